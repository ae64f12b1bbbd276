import type { ClusterUsage } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { usageScript, parseUsage, usagePrograms } from '../../slurm/clusterUsage.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { CachedAnswer, type Asking } from '../cache/cachedAnswer.ts';
import type { SessionsService } from './clusterSessions.ts';

/** A look younger than this is shown again, in milliseconds; longer where the site wants fewer polls. */
const FRESH_MS = 30_000;
/** The jobs of all people are the dearest question to the controller, and their number says little more a minute later. */
const WAITING_FRESH_MS = 300_000;

/** What happens on each cluster now. Only asked while somebody looks: nothing here runs by itself. */
export interface UsageCache {
  /**
   * At most 30 s old, or as old as the profile's least interval between polls. Where the cluster cannot be reached, the last look,
   * however old; NOT_CONNECTED, CONNECTION_LOST, REMOTE_TIMEOUT or SLURM_UNAVAILABLE only when there never was one.
   */
  take(clusterId: ClusterId, signal: AbortSignal): Promise<ClusterUsage>;
  /** A job of ours was submitted or went on: a look from before does not count as fresh any more. */
  jobsChanged(clusterId: ClusterId): void;
  /** Its profile was removed, or names another cluster now. */
  forget(clusterId: ClusterId): void;
}

export function createClusterUsage(
  ports: Pick<CorePorts, 'clock'>,
  sessions: Pick<SessionsService, 'profile' | 'knownUsage' | 'learnUsage' | 'runSlurm'>,
  emit: Emit,
): UsageCache {
  const waitingTakenAt = new Map<ClusterId, number>();
  const changedAt = new Map<ClusterId, number>();

  async function ask(
    clusterId: ClusterId,
    known: ClusterUsage | null,
    { signal }: Asking<ClusterUsage>,
  ): Promise<ClusterUsage> {
    const begun = ports.clock.now();
    const waiting = begun - (waitingTakenAt.get(clusterId) ?? -Infinity) >= WAITING_FRESH_MS;
    const { stdout, stderr } = await sessions.runSlurm(clusterId, usageScript({ waiting }), {
      signal,
      timeoutMs: 75_000,
      purpose: 'usage',
      programs: usagePrograms({ waiting }),
      answer: ANSWER_BOUNDS.usage,
      repeatable: true,
    });
    const answer = parseUsage(stdout);
    if (answer === null)
      throw new AppError('SLURM_UNAVAILABLE', { details: { stderr: (stderr || stdout).slice(0, 2000) } });
    if (waiting) waitingTakenAt.set(clusterId, begun);
    return {
      takenAt: ports.clock.now(),
      partitions: answer.partitions,
      mine: answer.mine,
      waiting: waiting ? answer.waiting : (known?.waiting ?? null),
    };
  }

  const cache = new CachedAnswer<ClusterUsage>(
    ports.clock,
    {
      get: (clusterId) => sessions.knownUsage(clusterId),
      set: (clusterId, usage) => sessions.learnUsage(clusterId, usage),
    },
    {
      takenAt: ({ takenAt }) => takenAt,
      freshMs: (clusterId, { takenAt }) => {
        const least = sessions.profile(clusterId).pollSeconds * 1000;
        return takenAt < (changedAt.get(clusterId) ?? -Infinity) ? least : Math.max(FRESH_MS, least);
      },
      ask,
      onAnswer: (clusterId, usage) => emit('clusters.usage', { clusterId, usage }),
    },
  );

  return {
    take: (clusterId, signal) => {
      sessions.profile(clusterId);
      return cache.take(clusterId, { signal });
    },
    jobsChanged: (clusterId) => void changedAt.set(clusterId, ports.clock.now()),
    forget: (clusterId) => {
      cache.forget(clusterId);
      waitingTakenAt.delete(clusterId);
      changedAt.delete(clusterId);
    },
  };
}
