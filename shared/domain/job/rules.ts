/** What may be done with a run or task, and what is to be done with it: used by store, core, window and command line alike. */
import type { JobRecord } from './schema.ts';
import { isFinal } from './state.ts';
import type { Task } from './task.ts';

/** State of a job that Slurm has forgotten and that left no word of its end. It is looked for on, and never called finished. */
export const LOST = 'UNKNOWN';

/** A run and how far it got: its submission, and then Slurm's word. */
type Stage = Pick<JobRecord, 'phase' | 'state'>;

/** Something is still to come: it is being submitted, or Slurm may still change it. */
export function isActive(job: Stage): boolean {
  return job.phase === 'submitted' ? !isFinal(job.state) : !endedUnsubmitted(job);
}

/** Slurm has not taken it and will not: it was rejected, cancelled before it was sent, or given up. */
export function endedUnsubmitted({ phase }: Pick<JobRecord, 'phase'>): boolean {
  return phase === 'rejected' || phase === 'cancelled' || phase === 'abandoned';
}

/** The opposite: this run has ended, or never began, and nothing is known that it would still do. */
export function isSettled(job: Stage): boolean {
  return !isActive(job);
}

/** Its cluster is asked about it: it is active, or its end may not be the last. */
export function isWatched(job: Stage & Pick<JobRecord, 'endWatchedUntil'>): boolean {
  return (
    isActive(job) || job.phase === 'cancelled' || (job.phase === 'submitted' && (job.endWatchedUntil ?? null) !== null)
  );
}

/** The same of a task of a run that Slurm has taken. */
export function isTaskWatched({ state, endWatchedUntil }: Pick<Task, 'state' | 'endWatchedUntil'>): boolean {
  return !isFinal(state) || endWatchedUntil !== null;
}

/** The word under which a run is listed and filtered: Slurm's state, or how far its submission got. */
export function displayState(job: Stage): string {
  return job.state ?? job.phase;
}

/** Going on with it makes sense: it was interrupted, cancelled before it was sent, or rejected for a reason that passes. Another rejection needs another request. */
export function mayBeResumed(
  job: Stage & { readonly error: { readonly retry?: boolean | undefined } | null },
): boolean {
  if (job.phase === 'submitted') return false;
  return isActive(job) || job.phase === 'cancelled' || (job.phase === 'rejected' && job.error?.retry === true);
}

/** There is something to cancel, and it is known what. Of a submission without an answer it must be known first what became of it. */
export function mayBeCancelled(job: Stage): boolean {
  return isActive(job) && job.phase !== 'ambiguous';
}

/** The same of one task of a run that Slurm has taken. */
export function mayTaskBeCancelled({ state }: Pick<Task, 'state'>): boolean {
  return !isFinal(state);
}

/** Its record may be forgotten: nothing is to come of it, or it was looked for in vain. */
export function mayBeRemoved(job: Stage): boolean {
  return !isActive(job) || (job.phase === 'submitted' && job.state === LOST);
}

/** What is said of the tasks of an array is said one by one; the index is SLURM_ARRAY_TASK_ID. */
export function isArray(run: { readonly array: string | null }): boolean {
  return run.array !== null;
}
