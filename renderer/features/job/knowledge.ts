import type { ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { isActive } from '../../../shared/domain/job/rules.ts';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { useClusters } from '../../stores/clusters.ts';

export interface Stale {
  readonly clusterName: string;
  /** Epoch ms up to which the shown state is known. */
  readonly asOf: number;
  readonly phase: ConnectionState['phase'];
}

type Timed = Pick<JobRow, 'clusterId' | 'phase' | 'state' | 'createdAt' | 'submittedAt' | 'startedAt'>;

/**
 * Set when what the job does now is not known, because its cluster is not connected; null for a job that is over, whose state no longer
 * changes. Known up to the last look that was answered, and after a start of the program at least up to what the record says happened.
 */
export function useStale(job: Timed): Stale | null {
  const cluster = useClusters((store) => store.clusters?.find(({ profile }) => profile.id === job.clusterId));
  const looked = useClusters((store) => store.polls[job.clusterId]?.answeredAt ?? 0);
  if (cluster === undefined || isConnected(cluster.connection) || !isActive(job)) return null;
  return {
    clusterName: cluster.profile.name,
    asOf: Math.max(looked, job.startedAt ?? job.submittedAt ?? job.createdAt),
    phase: cluster.connection.phase,
  };
}
