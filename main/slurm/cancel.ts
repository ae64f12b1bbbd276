import { AppError } from '../../shared/errors/appError.ts';
import { quote } from '../../shared/lib/quote.ts';
import { clusterOption } from './clusterOption.ts';

/**
 * scancel for one job, array or array task, of the cluster that sbatch named with its id: the number alone may be a job of this one. It
 * ends with 0 for finished and unknown jobs too: look again afterwards. JOB_NOT_FOUND for what is no id.
 */
export function cancelCommand(jobId: string, slurmCluster: string | null = null): string {
  if (!/^\d+(?:_\d+)?$/.test(jobId)) throw new AppError('JOB_NOT_FOUND', { details: { jobId } });
  return `scancel${clusterOption(slurmCluster)} ${quote(jobId)}`;
}
