import { formatTaskRange } from '../../shared/domain/job/taskRange.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { quote } from '../../shared/lib/quote.ts';
import { clusterOption } from './clusterOption.ts';
import { LIMIT } from './sections.ts';

/** Seconds after which a scancel without an answer is ended on the login node. */
export const SCANCEL_SECONDS = 20;

/** Slurm's programs that `cancelCommand` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const CANCEL_PROGRAMS = ['scancel'] as const;

/**
 * sh that runs scancel for a job, or for some tasks of an array, of the cluster that sbatch named with its id: the number alone may be a job of this one. It
 * ends with 0 for finished and unknown jobs too, and with 124 when it did not answer: look again afterwards. JOB_NOT_FOUND for what is no id.
 */
export function cancelCommand(
  jobId: string,
  slurmCluster: string | null = null,
  tasks: readonly number[] | null = null,
): string {
  if (!/^\d+(?:_\d+)?$/.test(jobId)) throw new AppError('JOB_NOT_FOUND', { details: { jobId } });
  return `${LIMIT}\nslipway_limit ${SCANCEL_SECONDS} scancel${clusterOption(slurmCluster)} ${quote(tasks === null ? jobId : `${jobId}_[${formatTaskRange(tasks)}]`)}`;
}
