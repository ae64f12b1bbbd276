import type { CancelledBy, JobRecord } from './schema.ts';
import { isFinal } from './state.ts';

/** This run has ended, or never began: nothing is known that it would still do. */
export function isSettled(job: Pick<JobRecord, 'phase' | 'state'>): boolean {
  return job.phase === 'refused' || (job.phase === 'submitted' && isFinal(job.state));
}

/** Its cluster is asked about it: it has not ended, or its end may not be the last. */
export function isWatched(job: Pick<JobRecord, 'phase' | 'state' | 'endWatchedUntil'>): boolean {
  return !isSettled(job) || (job.phase === 'submitted' && (job.endWatchedUntil ?? null) !== null);
}

/** Who cancelled a job, in English, for texts outside of the window. */
export function cancellerText({ who, name }: CancelledBy): string {
  return who === 'you' ? 'you' : who === 'system' ? 'the system or an administrator' : (name ?? 'another user');
}
