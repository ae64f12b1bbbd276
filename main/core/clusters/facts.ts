import type { ClusterFacts } from '../../../shared/domain/cluster.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { factsScript, parseFacts } from '../../slurm/facts.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type { SessionsService } from './sessions.ts';

/** Facts older than this are taken again, in milliseconds. */
const FRESH_MS = 24 * 3600 * 1000;

/** What is known of each cluster: kept in the store, taken again once a day or when asked. */
export interface FactsCache {
  /** From the cache when it is fresh; otherwise, or with `refresh`, asks the cluster. NOT_CONNECTED only when nothing is known. */
  take(clusterId: ClusterId, refresh: boolean, signal: AbortSignal): Promise<ClusterFacts>;
}

export function createFacts(ports: Pick<CorePorts, 'store' | 'clock'>, sessions: SessionsService, emit: Emit): FactsCache {
  const underWay = new Map<ClusterId, Promise<ClusterFacts>>();

  async function ask(clusterId: ClusterId, signal: AbortSignal): Promise<ClusterFacts> {
    const { stdout, stderr } = await sessions.runSlurm(clusterId, factsScript(), { signal, timeoutMs: 60_000 });
    const environment = sessions.environment(clusterId);
    const taken = parseFacts(stdout, ports.clock.now());
    // nothing of Slurm answered: what is known stays
    if (taken.partitions.length === 0) throw new AppError('SLURM_UNAVAILABLE', { details: { stderr: stderr.slice(0, 2000) } });
    const facts: ClusterFacts = { ...taken, overridingVariables: environment?.sbatchVariables ?? [] };
    ports.store.documents.set('clusterFacts', clusterId, facts);
    emit('clusters.changed', {});
    return facts;
  }

  return {
    take: async (clusterId, refresh, signal) => {
      sessions.profile(clusterId);
      const known = sessions.knownFacts(clusterId);
      if (known !== null && !refresh && ports.clock.now() - known.takenAt < FRESH_MS) return known;
      let asking = underWay.get(clusterId);
      if (asking === undefined) {
        asking = ask(clusterId, signal).finally(() => underWay.delete(clusterId));
        underWay.set(clusterId, asking);
      }
      try {
        return await asking;
      } catch (error) {
        if (known !== null && !refresh && AppError.is(error, 'NOT_CONNECTED', 'CONNECTION_LOST', 'REMOTE_TIMEOUT', 'SLURM_UNAVAILABLE')) return known;
        throw error;
      }
    },
  };
}
