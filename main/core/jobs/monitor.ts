import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { isSettled, LOST } from '../../../shared/domain/job/rules.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { failureDetails } from '../log/failure.ts';
import type { Emit } from '../program/events.ts';
import { ClusterMemory } from './clusterMemory.ts';
import { lookAtJobs, type LookDependencies } from './look.ts';
import { nextPoll } from './pollSchedule.ts';
import { ViewerLeases } from './viewerLeases.ts';
import type { ClusterSessions } from '../services.ts';

export interface Monitor extends Disposable {
  /** A job was submitted, found or cancelled: look soon. */
  expectNews(clusterId: ClusterId): void;
  /** Which jobs a window shows, and whether it is in view at all. Holds until that window's next word, for 90 s at most. */
  watch(watcher: string, runIds: readonly RunId[], visible: boolean): void;
  /** Asks now; joins a poll that is under way. Waits a little for a connection that is being made: NOT_CONNECTED, CANCELLED, and what running a script can say. */
  poll(clusterId: ClusterId, signal: AbortSignal): Promise<void>;
  /** The same for a person who asks: accounting, too, is asked again, however long it has been silent. */
  refresh(clusterId: ClusterId, signal: AbortSignal): Promise<void>;
  nextPollAt(clusterId: ClusterId): number | null;
}

interface MonitorDependencies extends LookDependencies {
  readonly sessions: ClusterSessions;
  readonly emit: Emit;
}

interface Watched {
  lastPollAt: number | null;
  nextPollAt: number | null;
  /** The last look at which every queue answered wholly. */
  answeredAt: number | null;
  lastNewsAt: number | null;
  errors: number;
  polling: Promise<void> | null;
  sleep: AbortController;
  readonly memory: ClusterMemory;
}

/** The contract's bound on one event. */
const TASKS_IN_EVENT = 500;

/** Watches the jobs of all connected clusters, with one squeue per cluster and poll. */
export function createMonitor(dependencies: MonitorDependencies): Monitor {
  const { ports, registry, sessions, emit } = dependencies;
  const { clock } = ports;
  const clusters = new Map<ClusterId, Watched>();
  const closing = new AbortController();
  const watchers = new ViewerLeases(clock, closing.signal, () => {
    for (const clusterId of clusters.keys()) schedule(clusterId);
  });

  const told = registry.onTasks(({ runId, tasks }) => {
    if (!watchers.seen().onScreen.has(runId)) return;
    for (let from = 0; from < tasks.length; from += TASKS_IN_EVENT)
      emit('jobs.tasksChanged', { runId, tasks: tasks.slice(from, from + TASKS_IN_EVENT) });
  });

  function watched(clusterId: ClusterId): Watched {
    let entry = clusters.get(clusterId);
    if (entry === undefined) {
      entry = {
        lastPollAt: null,
        nextPollAt: null,
        answeredAt: null,
        lastNewsAt: null,
        errors: 0,
        polling: null,
        sleep: new AbortController(),
        memory: new ClusterMemory(),
      };
      clusters.set(clusterId, entry);
    }
    return entry;
  }

  /** Whoever shows the next look is told when it is another one: `looking…` of a look that was put off would not be true. */
  function plan(clusterId: ClusterId, entry: Watched, due: number | null): void {
    if (entry.nextPollAt === due) return;
    entry.nextPollAt = due;
    emit('jobs.planned', { clusterId, nextPollAt: due });
  }

  function schedule(clusterId: ClusterId): void {
    const entry = watched(clusterId);
    entry.sleep.abort();
    if (closing.signal.aborted || entry.polling !== null) return;
    const followed = registry.watched(clusterId).filter(({ phase }) => phase === 'submitted');
    const open = followed.filter((job) => !isSettled(job));
    const { onScreen, inView } = watchers.seen();
    // a cluster whose jobs have all ended may have been removed, and is not asked for
    const exists = followed.length > 0 && sessions.profiles().some(({ id }) => id === clusterId);
    const isReachable = exists && isConnected(sessions.state(clusterId));
    const missing = open.filter(({ state }) => state === LOST).length;
    const due = !isReachable
      ? null
      : nextPoll(
          {
            pollSeconds: sessions.profile(clusterId).pollSeconds,
            lastPollAt: entry.lastPollAt,
            lastNewsAt: entry.lastNewsAt,
            lastChangeAt: entry.memory.lastChangeAt,
            inView,
            watched: open.some(({ runId }) => onScreen.has(runId)),
            active: open.length - missing,
            missing,
            ended: followed.length - open.length,
            errors: entry.errors,
          },
          clock.now(),
        );
    plan(clusterId, entry, due);
    if (due === null) return;
    const sleep = new AbortController();
    entry.sleep = sleep;
    clock.sleep(Math.max(0, due - clock.now()), AbortSignal.any([sleep.signal, closing.signal])).then(
      () => void poll(clusterId).catch(() => undefined),
      () => undefined,
    );
  }

  /** One poll; whoever asks meanwhile waits for the same one. The result is told and the next one planned before it resolves. */
  function poll(clusterId: ClusterId): Promise<void> {
    const entry = watched(clusterId);
    if (entry.polling !== null) return entry.polling;
    entry.sleep.abort();
    const look = async (): Promise<void> => {
      try {
        await lookAtJobs(dependencies, clusterId, entry.memory, closing.signal);
        entry.errors = 0;
        entry.answeredAt = clock.now();
        done(null);
      } catch (error) {
        entry.errors += 1;
        if (!closing.signal.aborted)
          ports.log.write('warn', 'poll_failed', null, { clusterId, errors: entry.errors, ...failureDetails(error) });
        done(reasonMessage(error));
        throw error;
      }
    };
    const done = (error: Message | null): void => {
      entry.lastPollAt = clock.now();
      entry.polling = null;
      if (closing.signal.aborted) return;
      schedule(clusterId);
      emit('jobs.poll', {
        clusterId,
        lastPollAt: entry.lastPollAt,
        answeredAt: entry.answeredAt,
        nextPollAt: entry.nextPollAt,
        error,
      });
    };
    entry.polling = look();
    return entry.polling;
  }

  const ready = sessions.onReady((clusterId) => {
    const entry = watched(clusterId);
    entry.lastNewsAt = clock.now();
    // what failed for want of a connection says nothing of the cluster
    entry.errors = 0;
    entry.memory.accounting.askSoon();
    schedule(clusterId);
  });

  const pollWhenReady = async (clusterId: ClusterId, signal: AbortSignal): Promise<void> => {
    await sessions.use(clusterId, { signal, purpose: 'poll' }, () => poll(clusterId));
  };

  return {
    expectNews: (clusterId) => {
      watched(clusterId).lastNewsAt = clock.now();
      schedule(clusterId);
    },
    watch: (watcher, runIds, visible) => watchers.renew(watcher, runIds, visible),
    poll: pollWhenReady,
    refresh: (clusterId, signal) => {
      watched(clusterId).memory.accounting.askSoon();
      return pollWhenReady(clusterId, signal);
    },
    nextPollAt: (clusterId) => clusters.get(clusterId)?.nextPollAt ?? null,
    dispose: async () => {
      closing.abort();
      void ready.dispose();
      void told.dispose();
      await Promise.allSettled([...clusters.values()].flatMap(({ polling }) => polling ?? []));
    },
  };
}
