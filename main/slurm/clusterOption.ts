import { quote } from '../../shared/lib/quote.ts';

/**
 * ` --clusters=NAME` for a job that sbatch gave to another cluster than the login node's own, else nothing: without it squeue, sacct and
 * scancel take the number for a job of this cluster. A name that cannot be one is passed on all the same: Slurm refuses it, where
 * leaving it out would mean another job. Source: squeue(1), sacct(1), scancel(1), --clusters.
 */
export function clusterOption(slurmCluster: string | null): string {
  return slurmCluster === null ? '' : ` --clusters=${quote(slurmCluster)}`;
}
