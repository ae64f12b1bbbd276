import { z } from 'zod';
import { SlurmJobId } from '../ids.ts';
import { CancelledBy } from './cancelledBy.ts';

export { taskGroup } from './taskGroup.ts';

/** An earlier start of a task, ended by a requeue or a preemption. Times are epoch milliseconds. */
export const TaskAttempt = z.object({
  /** Slurm's word for how it ended; `REQUEUED` where nobody says more. */
  state: z.string(),
  reason: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  nodes: z.string().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type TaskAttempt = z.infer<typeof TaskAttempt>;

/** What Slurm runs: the only one of a plain job, or an element of an array. Times are epoch milliseconds, durations seconds. */
export const Task = z.object({
  /** SLURM_ARRAY_TASK_ID; null where the run is no array. */
  index: z.int().nullable(),
  /** Slurm's own number for it, which only accounting tells of an array's element; null while it is not known. */
  jobId: SlurmJobId.nullable(),
  /** Slurm's word. */
  state: z.string().nullable(),
  /** Slurm's reason while it waits, or why it ended. */
  reason: z.string().nullable(),
  cancelledBy: CancelledBy.nullable(),
  /** How often Slurm has started it again. */
  restarts: z.int(),
  /** Its earlier starts, as far as they are known, oldest first. */
  attempts: z.array(TaskAttempt),
  /** Until when its end is looked at again, because Slurm may start it once more or has not confirmed it yet. */
  endWatchedUntil: z.number().nullable(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  nodes: z.string().nullable(),
  partition: z.string().nullable(),
  timeLimit: z.number().nullable(),
  elapsed: z.number().nullable(),
  /** 0 to 100, reported by the task itself. */
  progress: z.number().nullable(),
  progressText: z.string().nullable(),
  expectedStart: z.number().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type Task = z.infer<typeof Task>;

/** How many tasks of a run are in each group of states. Before Slurm has taken the run there are none. */
export const TaskCounts = z.object({
  total: z.int(),
  pending: z.int(),
  running: z.int(),
  ok: z.int(),
  bad: z.int(),
  cancelled: z.int(),
  unknown: z.int(),
});
export type TaskCounts = z.infer<typeof TaskCounts>;

export const NO_TASKS: TaskCounts = { total: 0, pending: 0, running: 0, ok: 0, bad: 0, cancelled: 0, unknown: 0 };

/** A task of which nothing is known but what was asked for. */
export function newTask(index: number | null, known: Partial<Omit<Task, 'index'>> = {}): Task {
  return {
    index,
    jobId: null,
    state: null,
    reason: null,
    cancelledBy: null,
    restarts: 0,
    attempts: [],
    endWatchedUntil: null,
    exitCode: null,
    signal: null,
    nodes: null,
    partition: null,
    timeLimit: null,
    elapsed: null,
    progress: null,
    progressText: null,
    expectedStart: null,
    startedAt: null,
    endedAt: null,
    ...known,
  };
}

/** The order of tasks everywhere: by index, the one without an index first. */
export function byIndex(a: Pick<Task, 'index'>, b: Pick<Task, 'index'>): number {
  return (a.index ?? -1) - (b.index ?? -1);
}
