import { ClusterModules } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { modulesScript, parseModules } from '../../slurm/modules.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import { abortable } from './abortable.ts';
import type { SessionsService } from './clusterSessions.ts';

/** Software changes seldom: a list older than a week is asked for again, in milliseconds. */
const FRESH_MS = 7 * 24 * 3600 * 1000;

/** The software modules of each cluster: kept in the store, asked for when somebody wants them. */
export interface ModulesCache {
  /** From the cache when it is fresh; otherwise, or with `refresh`, asks the cluster. Fails only when nothing is known or with `refresh`. */
  take(clusterId: ClusterId, refresh: boolean, signal: AbortSignal): Promise<ClusterModules>;
}

export function createModules(
  ports: Pick<CorePorts, 'store' | 'clock'>,
  sessions: Pick<SessionsService, 'profile' | 'runSlurm'>,
): ModulesCache {
  const underWay = new Map<ClusterId, Promise<ClusterModules>>();

  async function ask(clusterId: ClusterId): Promise<ClusterModules> {
    // a large tree on a cold file system takes its time
    const { stdout, stderr } = await sessions.runSlurm(clusterId, modulesScript(), {
      timeoutMs: 120_000,
      purpose: 'modules',
      answer: ANSWER_BOUNDS.modules,
      repeatable: true,
    });
    const answer = parseModules(stdout);
    if (answer === null)
      throw new AppError('REMOTE_GARBAGE', {
        details: { reason: 'a login bash did not list the modules', output: `${stdout}${stderr}`.slice(0, 2000) },
      });
    const modules: ClusterModules = { ...answer, takenAt: ports.clock.now() };
    ports.store.documents.set('clusterModules', clusterId, modules);
    return modules;
  }

  return {
    take: async (clusterId, refresh, signal) => {
      sessions.profile(clusterId);
      const stored = ClusterModules.safeParse(ports.store.documents.get('clusterModules', clusterId));
      const known = stored.success ? stored.data : null;
      if (known !== null && !refresh && ports.clock.now() - known.takenAt < FRESH_MS) return known;
      let asking = underWay.get(clusterId);
      if (asking === undefined) {
        asking = ask(clusterId).finally(() => underWay.delete(clusterId));
        underWay.set(clusterId, asking);
      }
      try {
        return await abortable(asking, signal);
      } catch (error) {
        if (
          known !== null &&
          !refresh &&
          AppError.is(error, 'NOT_CONNECTED', 'CONNECTION_LOST', 'REMOTE_TIMEOUT', 'REMOTE_GARBAGE', 'ANSWER_TOO_LARGE')
        )
          return known;
        throw error;
      }
    },
  };
}
