import type { ClusterUsage } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { usageScript, parseUsage } from '../../slurm/clusterUsage.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { abortable } from './abortable.ts';
import type { SessionsService } from './clusterSessions.ts';

/** A look younger than this is shown again, in milliseconds; longer where the site wants fewer polls. */
const FRESH_MS = 30_000;
/** The jobs of all people are the dearest question to the controller, and their number says little more a minute later. */
const WAITING_FRESH_MS = 300_000;

/** What happens on each cluster now. Only asked while somebody looks: nothing here runs by itself. */
export interface LoadCache {
  /**
   * At most 30 s old, or as old as the profile's least interval between polls. Where the cluster cannot be reached, the last look,
   * however old; NOT_CONNECTED, CONNECTION_LOST, REMOTE_TIMEOUT or SLURM_UNAVAILABLE only when there never was one.
   */
  take(clusterId: ClusterId, signal: AbortSignal): Promise<ClusterUsage>;
  /** A job of ours was submitted or went on: a look from before does not count as fresh any more. */
  jobsChanged(clusterId: ClusterId): void;
}

export function createClusterUsage(
  ports: Pick<CorePorts, 'clock'>,
  sessions: Pick<SessionsService, 'profile' | 'knownUsage' | 'learnUsage' | 'runSlurm'>,
  emit: Emit,
): LoadCache {
  const underWay = new Map<ClusterId, Promise<ClusterUsage>>();
  const waitingTakenAt = new Map<ClusterId, number>();
  const changedAt = new Map<ClusterId, number>();

  async function ask(clusterId: ClusterId, known: ClusterUsage | null): Promise<ClusterUsage> {
    const begun = ports.clock.now();
    const waiting = begun - (waitingTakenAt.get(clusterId) ?? -Infinity) >= WAITING_FRESH_MS;
    const { stdout, stderr } = await sessions.runSlurm(clusterId, usageScript({ waiting }), {
      timeoutMs: 75_000,
      purpose: 'usage',
      answer: ANSWER_BOUNDS.usage,
      repeatable: true,
    });
    const answer = parseUsage(stdout);
    if (answer === null)
      throw new AppError('SLURM_UNAVAILABLE', { details: { stderr: (stderr || stdout).slice(0, 2000) } });
    if (waiting) waitingTakenAt.set(clusterId, begun);
    const usage: ClusterUsage = {
      takenAt: ports.clock.now(),
      partitions: answer.partitions,
      mine: answer.mine,
      waiting: waiting ? answer.waiting : (known?.waiting ?? null),
    };
    sessions.learnUsage(clusterId, usage);
    emit('clusters.usage', { clusterId, usage });
    return usage;
  }

  return {
    take: async (clusterId, signal) => {
      const least = sessions.profile(clusterId).pollSeconds * 1000;
      const known = sessions.knownUsage(clusterId);
      const fresh =
        known !== null && known.takenAt < (changedAt.get(clusterId) ?? -Infinity) ? least : Math.max(FRESH_MS, least);
      const age = known === null ? null : ports.clock.now() - known.takenAt;
      // a look from the future is one from before this computer's clock was put back
      if (known !== null && age !== null && age >= 0 && age < fresh) return known;
      let asking = underWay.get(clusterId);
      if (asking === undefined) {
        // not with the signal of the first who asks: others wait for the same answer
        asking = ask(clusterId, known).finally(() => underWay.delete(clusterId));
        underWay.set(clusterId, asking);
      }
      try {
        return await abortable(asking, signal);
      } catch (error) {
        if (
          known !== null &&
          AppError.is(
            error,
            'NOT_CONNECTED',
            'CONNECTION_LOST',
            'REMOTE_TIMEOUT',
            'SLURM_UNAVAILABLE',
            'REMOTE_GARBAGE',
            'ANSWER_TOO_LARGE',
          )
        )
          return known;
        throw error;
      }
    },
    jobsChanged: (clusterId) => void changedAt.set(clusterId, ports.clock.now()),
  };
}
