import { soleTask } from '../../../shared/domain/job/foldTasks.ts';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import { newTask, type Task } from '../../../shared/domain/job/task.ts';
import { parseTaskRange } from '../../../shared/domain/job/taskRange.ts';

/**
 * The tasks of a run at the moment in which Slurm has taken it, all in `state`: those that its array asks for, or its only one. An array
 * that cannot be read, which Slurm's own words then tell, begins as one task of its own.
 */
export function firstTasks(job: JobSummary, jobId: string, state: string): Task[] {
  const range = job.array === null ? null : parseTaskRange(job.array);
  if (range === null) return [{ ...soleTask(job), jobId: job.array === null ? jobId : null, state }];
  const known = { state, partition: job.partition, timeLimit: job.timeLimit };
  return range.indices.map((index) => newTask(index, known));
}

/** The tasks of an array of which only the whole was recorded, as far as that tells: each may have gone further, or not begun. */
export function tasksOfWhole(job: JobSummary, whole: Task): Task[] {
  const range = job.array === null ? null : parseTaskRange(job.array);
  if (range === null) return [whole];
  return range.indices.map((index) =>
    newTask(index, { state: whole.state, partition: whole.partition, timeLimit: whole.timeLimit }),
  );
}
