import { ClusterModules } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import { modulesScript, parseModules } from '../../slurm/modules.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import { CachedAnswer } from '../cache/cachedAnswer.ts';
import { keptPerCluster } from '../cache/keptPerCluster.ts';
import type { SessionsService } from './clusterSessions.ts';

/** Software changes seldom: a list older than a week is asked for again, in milliseconds. */
const FRESH_MS = 7 * 24 * 3600 * 1000;

/** The software modules of each cluster: kept in the store, asked for when somebody wants them. */
export interface ModulesCache {
  /** From the cache when it is fresh; otherwise, or with `refresh`, asks the cluster. Fails only when nothing is known or with `refresh`. */
  take(clusterId: ClusterId, refresh: boolean, signal: AbortSignal): Promise<ClusterModules>;
  /** Its profile was removed, or names another cluster now. */
  forget(clusterId: ClusterId): void;
}

export function createModules(
  ports: Pick<CorePorts, 'store' | 'clock'>,
  sessions: Pick<SessionsService, 'profile' | 'runSlurm'>,
): ModulesCache {
  const kept = keptPerCluster(ports.store.documents, 'clusterModules', ClusterModules);

  async function ask(clusterId: ClusterId, signal: AbortSignal): Promise<ClusterModules> {
    // a large tree on a cold file system takes its time
    const { stdout, stderr } = await sessions.runSlurm(clusterId, modulesScript(), {
      signal,
      timeoutMs: 120_000,
      purpose: 'modules',
      programs: [],
      answer: ANSWER_BOUNDS.modules,
      repeatable: true,
    });
    const answer = parseModules(stdout);
    if (answer === null)
      throw new AppError('REMOTE_GARBAGE', {
        details: { reason: message('clusters.noModuleList'), output: `${stdout}${stderr}`.slice(0, 2000) },
      });
    return { ...answer, takenAt: ports.clock.now() };
  }

  const cache = new CachedAnswer<ClusterModules>(ports.clock, kept, {
    takenAt: ({ takenAt }) => takenAt,
    freshMs: () => FRESH_MS,
    ask: (clusterId, _known, { signal }) => ask(clusterId, signal),
  });

  return {
    take: (clusterId, refresh, signal) => {
      sessions.profile(clusterId);
      return cache.take(clusterId, { refresh, signal });
    },
    forget: (clusterId) => {
      cache.forget(clusterId);
      kept.forget(clusterId);
    },
  };
}
