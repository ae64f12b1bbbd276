import type { JobRecord, JobRow } from './schema.ts';
import type { Task } from './task.ts';

/** How Slurm names a task of an array, for scancel and squeue: `4711_3`. Null before there is a job. */
export function taskJobId({ jobId }: Pick<JobRow, 'jobId'>, index: number): string | null {
  return jobId === null ? null : `${jobId}_${String(index)}`;
}

/** A run with the state, times and end of one of its tasks in the place of their fold: what is said of a job can be said of a task. */
export function runOfTask<J extends JobRecord | JobRow>(job: J, task: Task): J {
  const { index, jobId: _own, attempts: _attempts, ...said } = task;
  return { ...job, ...said, ...(index === null ? {} : { jobId: taskJobId(job, index) }) };
}
