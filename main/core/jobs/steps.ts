import { errorMessages } from '../../../shared/errors/codedError.ts';
import type { JobRecord, SubmitStep } from '../../../shared/domain/job/schema.ts';
import { endedUnsubmitted } from '../../../shared/domain/job/rules.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';

type Name = SubmitStep['step'];
const ORDER: readonly Name[] = ['checks', 'folder', 'files', 'script', 'sbatch', 'record'];

/** The step that a phase is at. */
function activeStep(job: JobRecord): Name | null {
  switch (job.phase) {
    case 'prepared':
      return 'folder';
    case 'uploading':
      return 'files';
    case 'submitting':
    case 'ambiguous':
      return 'sbatch';
    case 'rejected':
    case 'cancelled':
    case 'abandoned':
      return job.files.some((file) => !file.uploaded) ? 'files' : 'sbatch';
    case 'submitted':
      return null;
  }
}

function detail(job: JobRecord, step: Name): SubmitStep['detail'] {
  switch (step) {
    case 'checks':
      return '';
    case 'folder':
      return job.runFolder;
    case 'files':
      return job.files.length === 0
        ? ''
        : `${String(job.files.filter((file) => file.uploaded).length)} / ${String(job.files.length)} · ${formatBytes(job.files.reduce((sum, { size }) => sum + size, 0))}`;
    case 'script':
      return `${job.runFolder}/job.sh`;
    case 'sbatch':
      if (job.jobId !== null) return job.jobId;
      return job.error !== null && (job.phase === 'ambiguous' || endedUnsubmitted(job))
        ? errorMessages(job.error).message
        : '';
    case 'record':
      return job.requestId;
  }
}

/** The receipt's steps, told from the record alone, so that they are the same after a restart. */
export function submitSteps(job: JobRecord): SubmitStep[] {
  const active = activeStep(job);
  const at = active === null ? ORDER.length : ORDER.indexOf(active);
  return ORDER.map((step, i) => ({
    step,
    state: i < at ? 'done' : i > at ? 'waiting' : endedUnsubmitted(job) ? 'failed' : 'active',
    detail: i <= at ? detail(job, step) : '',
  }));
}
