import { AppError } from '../../shared/errors/appError.ts';
import { quote } from '../../shared/lib/quote.ts';

/** scancel for one job, array or array task. It ends with 0 for finished and unknown jobs too: look again afterwards. JOB_NOT_FOUND for what is no id. */
export function cancelCommand(jobId: string): string {
  if (!/^\d+(?:_\d+)?$/.test(jobId)) throw new AppError('JOB_NOT_FOUND', { details: { jobId } });
  return `scancel ${quote(jobId)}`;
}
