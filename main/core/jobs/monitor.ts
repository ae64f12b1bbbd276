import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import type { JobRecord } from '../../../shared/domain/job.ts';
import { isFinal } from '../../../shared/domain/jobState.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { accountingCommand, accountingUnavailable, parseAccounting, type AccountingRow } from '../../slurm/accounting.ts';
import { wasRefused, type QueueRow } from '../../slurm/queue.ts';
import { rejectionOf } from '../../slurm/rejection.ts';
import { sameRunFolder } from '../../slurm/runFolder.ts';
import { parseWatch, watchScript, type RunReport } from '../../slurm/watch.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { SessionsService } from '../clusters/sessions.ts';
import { failureDetails } from '../log/failure.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { isSettled, type JobBook } from './jobBook.ts';
import { changesFrom, seenInAccounting, seenInQueue, seenInRunFolder, type Sighting, type ToOurTime } from './observe.ts';
import { nextPoll } from './pollSchedule.ts';
import { Watchers } from './watchers.ts';

/** State of a job that Slurm has forgotten and that left no word of its end. It is looked for on, and never called finished. */
export const MISSING = 'UNKNOWN';
/** A job is missing when this many good polls in a row found no trace of it. */
const MISSING_AFTER = 3;

const NO_WORD: RunReport = { progress: null, exit: null };

export interface Monitor extends Disposable {
  /** A job was submitted, found or cancelled: look soon. */
  expectNews(clusterId: ClusterId): void;
  /** Which jobs a window shows, and whether it is in view at all. Holds until that window's next word, for 90 s at most. */
  watch(watcher: string, runIds: readonly RunId[], visible: boolean): void;
  /** Asks now; joins a poll that is under way. Waits a little for a connection that is being made: NOT_CONNECTED, CANCELLED, and what running a script can say. */
  poll(clusterId: ClusterId, signal: AbortSignal): Promise<void>;
  nextPollAt(clusterId: ClusterId): number | null;
}

interface Parts {
  readonly ports: Pick<CorePorts, 'clock' | 'log'>;
  readonly book: JobBook;
  readonly sessions: SessionsService;
  readonly emit: Emit;
  /** A job went from one state to another. */
  readonly onTransition: (before: JobRecord, after: JobRecord) => void;
}

interface Watched {
  lastPollAt: number | null;
  nextPollAt: number | null;
  lastNewsAt: number | null;
  lastChangeAt: number | null;
  errors: number;
  polling: Promise<void> | null;
  sleep: AbortController;
  /** Polls in a row without a trace, by run. */
  readonly missed: Map<RunId, number>;
}

/** Watches the jobs of all connected clusters, with one squeue per cluster and poll. */
export function createMonitor(parts: Parts): Monitor {
  const { ports, book, sessions, emit } = parts;
  const { clock } = ports;
  const clusters = new Map<ClusterId, Watched>();
  const closing = new AbortController();
  const watchers = new Watchers(clock, closing.signal, () => {
    for (const clusterId of clusters.keys()) schedule(clusterId);
  });

  function watched(clusterId: ClusterId): Watched {
    let entry = clusters.get(clusterId);
    if (entry === undefined) {
      entry = { lastPollAt: null, nextPollAt: null, lastNewsAt: null, lastChangeAt: null, errors: 0, polling: null, sleep: new AbortController(), missed: new Map() };
      clusters.set(clusterId, entry);
    }
    return entry;
  }

  /** The clock of the cluster against ours; a second of difference is the round trip. */
  function ourTime(clusterId: ClusterId): ToOurTime {
    const offset = sessions.knownFacts(clusterId)?.clockOffset ?? 0;
    const correction = Math.abs(offset) < 2 ? 0 : offset;
    return (seconds) => (seconds === null ? null : (seconds - correction) * 1000);
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
    const open = book.open(clusterId).filter(({ phase }) => phase === 'submitted');
    const { onScreen, inView } = watchers.seen();
    const { phase } = open.length === 0 ? { phase: null } : sessions.state(clusterId);
    const missing = open.filter(({ state }) => state === MISSING).length;
    const due =
      // a cluster without jobs may have been removed, and is not asked for
      phase !== 'ready' && phase !== 'degraded'
        ? null
        : nextPoll(
            {
              pollSeconds: sessions.profile(clusterId).pollSeconds,
              lastPollAt: entry.lastPollAt,
              lastNewsAt: entry.lastNewsAt,
              lastChangeAt: entry.lastChangeAt,
              inView,
              watched: open.some(({ runId }) => onScreen.has(runId)),
              unfinished: open.length - missing,
              missing,
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
        await ask(clusterId, entry);
        entry.errors = 0;
        done(null);
      } catch (error) {
        entry.errors += 1;
        if (!closing.signal.aborted) ports.log.write('warn', 'poll_failed', null, { clusterId, errors: entry.errors, ...failureDetails(error) });
        done(reasonOf(error));
        throw error;
      }
    };
    const done = (error: string | null): void => {
      entry.lastPollAt = clock.now();
      entry.polling = null;
      if (closing.signal.aborted) return;
      schedule(clusterId);
      emit('jobs.poll', { clusterId, lastPollAt: entry.lastPollAt, nextPollAt: entry.nextPollAt, error });
    };
    entry.polling = look();
    return entry.polling;
  }

  async function ask(clusterId: ClusterId, entry: Watched): Promise<void> {
    const unsettled = book.open(clusterId);
    const open = unsettled.filter(hasJobId);
    const environment = sessions.environment(clusterId);
    if (environment === null) throw new AppError('NOT_CONNECTED', { details: { cluster: clusterId } });
    const script = watchScript({ user: environment.user, runs: open });
    const { stdout, stderr } = await sessions.runSlurm(clusterId, script, { signal: closing.signal, timeoutMs: 60_000, purpose: 'poll', answer: ANSWER_BOUNDS.watch });
    const { queue, exitCode, runs } = parseWatch(stdout, open.length);
    if (queue === null) throw exitCode === null ? new AppError('SLURM_OUTPUT_UNKNOWN', { details: { command: 'squeue', stdout: stdout.slice(-2000) } }) : rejectionOf(stderr, exitCode);
    const toOurTime = ourTime(clusterId);
    entry.lastChangeAt ??= clock.now();

    const queued = new Map<RunId, Sighting>();
    for (const job of open) {
      const sighting = seenInQueue(queue.filter((row) => isRowOf(job, row)), toOurTime);
      if (sighting !== null) queued.set(job.runId, sighting);
    }
    const ended = open.filter(({ runId }) => {
      const state = queued.get(runId)?.state;
      return state === undefined || isFinal(state);
    });
    const accounting = ended.length === 0 ? [] : await askAccounting(clusterId, ended);

    // what is odd about one job must not cost the others their record
    const failures: unknown[] = [];
    const each = (body: () => void): void => {
      try {
        body();
      } catch (error) {
        failures.push(error);
      }
    };
    for (const [index, job] of open.entries()) {
      const own = runs[index] ?? NO_WORD;
      const inQueue = queued.get(job.runId) ?? null;
      const inBooks = ended.includes(job) ? seenInAccounting(accounting.filter((row) => isAccountOf(job, row)), toOurTime) : null;
      each(() => record(job, finalOf(inBooks, inQueue, () => seenInRunFolder(own, toOurTime)), own, entry));
    }
    for (const job of unsettled.filter(({ phase }) => phase === 'ambiguous')) each(() => adopt(job, queue));
    if (failures.length > 0) throw failures[0];
  }

  async function askAccounting(clusterId: ClusterId, jobs: readonly SubmittedJob[]): Promise<AccountingRow[]> {
    const command = accountingCommand(jobs.map(({ jobId }) => jobId));
    const { stdout, stderr, exitCode } = await sessions.runSlurm(clusterId, command, { signal: closing.signal, timeoutMs: 60_000, purpose: 'poll', answer: ANSWER_BOUNDS.accounting });
    if (exitCode === 0) return parseAccounting(stdout);
    if (accountingUnavailable(stderr)) return [];
    throw new AppError('SLURM_OUTPUT_UNKNOWN', { details: { command: 'sacct', exitCode, stderr: stderr.slice(0, 2000) } });
  }

  function record(job: JobRecord, sighting: Sighting | null, own: RunReport, entry: Watched): void {
    // it may have been cancelled or removed while the answer was on its way
    const current = book.find(job.runId);
    if (current === null || isSettled(current)) return;
    if (sighting === null) {
      const missed = (entry.missed.get(job.runId) ?? 0) + 1;
      entry.missed.set(job.runId, missed);
      if (missed < MISSING_AFTER || current.state === MISSING) return;
      const reason = 'Slurm no longer knows this job, and it left no word of its end.';
      parts.onTransition(current, book.update(job.runId, { state: MISSING, reason }, { state: MISSING, detail: reason }));
      return;
    }
    entry.missed.delete(job.runId);
    const news = changesFrom(current, sighting, own, clock.now());
    if (news === null) return;
    entry.lastChangeAt = clock.now();
    const [first, ...later] = news.events;
    let after = book.update(job.runId, news.changes, first);
    for (const event of later) after = book.update(job.runId, {}, event);
    if (isFinal(after.state)) entry.missed.delete(job.runId);
    if (after.state !== current.state) parts.onTransition(current, after);
  }

  /** A run of which it was not known whether sbatch took it: its folder in the queue is the answer. */
  function adopt(job: JobRecord, rows: readonly QueueRow[]): void {
    const row = rows.find((candidate) => sameRunFolder(candidate.workDir, job.runFolder) && !wasRefused(candidate));
    if (row === undefined || book.find(job.runId)?.phase !== 'ambiguous') return;
    book.update(
      job.runId,
      { phase: 'submitted', jobId: row.arrayJobId, state: row.state, submittedAt: job.submittedAt ?? clock.now(), error: null },
      { state: row.state, detail: `job ${row.arrayJobId}, found in the queue` },
    );
  }

  const ready = sessions.onReady((clusterId) => {
    const entry = watched(clusterId);
    entry.lastNewsAt = clock.now();
    // what failed for want of a connection says nothing of the cluster
    entry.errors = 0;
    schedule(clusterId);
  });

  return {
    expectNews: (clusterId) => {
      watched(clusterId).lastNewsAt = clock.now();
      schedule(clusterId);
    },
    watch: (watcher, runIds, visible) => watchers.said(watcher, runIds, visible),
    poll: async (clusterId, signal) => {
      await sessions.use(clusterId, { signal, purpose: 'poll' }, () => poll(clusterId));
    },
    nextPollAt: (clusterId) => clusters.get(clusterId)?.nextPollAt ?? null,
    dispose: async () => {
      closing.abort();
      void ready.dispose();
      await Promise.allSettled([...clusters.values()].flatMap(({ polling }) => polling ?? []));
    },
  };
}

type SubmittedJob = JobRecord & { readonly jobId: string };

function hasJobId(job: JobRecord): job is SubmittedJob {
  return job.phase === 'submitted' && job.jobId !== null;
}

/** Job ids are reused: a row is ours when it also works in our folder, or does not say where it works. */
function isRowOf(job: JobRecord, row: QueueRow): boolean {
  return (row.jobId === job.jobId || row.arrayJobId === job.jobId) && (row.workDir === '' || sameRunFolder(row.workDir, job.runFolder));
}

function isAccountOf(job: JobRecord, row: AccountingRow): boolean {
  return (row.jobId === job.jobId || row.jobId.replace(/_.*$/, '') === job.jobId) && (row.workDir === '' || sameRunFolder(row.workDir, job.runFolder));
}

/**
 * Which of three witnesses to believe: accounting when it knows the end; else the queue, which has the state without the exit code;
 * else accounting's present state; else the job's own word, which SIGKILL can silence but nothing can forge.
 */
function finalOf(inBooks: Sighting | null, inQueue: Sighting | null, inFolder: () => Sighting | null): Sighting | null {
  if (inBooks !== null && (isFinal(inBooks.state) || inQueue === null)) {
    return inBooks.nodes === null && inQueue !== null ? { ...inBooks, nodes: inQueue.nodes } : inBooks;
  }
  return inQueue ?? inFolder();
}
