import { isFinal, type StateGroup } from './state.ts';
import type { JobSummary } from './summary.ts';
import { NO_TASKS, newTask, taskGroup, type Task, type TaskCounts } from './task.ts';

/** What the tasks of a run come to: the fields under which a run is listed, filtered and counted. */
export interface TaskFold extends Omit<Task, 'index' | 'jobId' | 'attempts'> {
  readonly tasks: TaskCounts;
}

/** A run counts as the busiest of its tasks, and once all have ended as the unluckiest. */
const WEIGHT: Readonly<Record<StateGroup, number>> = {
  running: 5,
  pending: 4,
  unknown: 3,
  bad: 2,
  cancelled: 1,
  ok: 0,
};

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));
const most = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/**
 * Folds the tasks of one run into what is said of the run. Tasks are given in the order of their indices.
 * - state, reason, nodes, signal, exit code and who cancelled: of the task whose state matters most, the first of them;
 * - started: when the first one did; ended: when the last one did, null before all have;
 * - progress: the mean over all tasks, of an array one that ended well being done; null where no task has reported any and none has ended;
 * - elapsed: of a plain job as Slurm says; of an array from its first start to its last end, before that the longest of its tasks;
 * - restarts: the sum.
 */
export function foldTasks(tasks: readonly Task[]): TaskFold {
  const counts = { ...NO_TASKS, total: tasks.length };
  let telling: Task | null = null;
  let weight = -1;
  let restarts = 0;
  let endWatchedUntil: number | null = null;
  let expectedStart: number | null = null;
  let startedAt: number | null = null;
  let endedAt: number | null = null;
  let elapsed: number | null = null;
  let partition: string | null = null;
  let timeLimit: number | null = null;
  let done = 0;
  let reported = false;
  let allEnded = tasks.length > 0;
  for (const task of tasks) {
    const group = taskGroup(task);
    counts[group] += 1;
    if (WEIGHT[group] > weight) {
      telling = task;
      weight = WEIGHT[group];
    }
    restarts += task.restarts;
    endWatchedUntil = most(endWatchedUntil, task.endWatchedUntil);
    expectedStart = least(expectedStart, task.expectedStart);
    startedAt = least(startedAt, task.startedAt);
    endedAt = most(endedAt, task.endedAt);
    elapsed = most(elapsed, task.elapsed);
    partition ??= task.partition;
    timeLimit ??= task.timeLimit;
    allEnded &&= isFinal(task.state);
    reported ||= task.progress !== null || (task.index !== null && isFinal(task.state));
    // a plain job's is its own word, whatever became of it
    done += group === 'ok' && task.index !== null ? 100 : (task.progress ?? 0);
  }
  const isPlain = telling !== null && tasks.length === 1;
  return {
    state: telling?.state ?? null,
    reason: telling?.reason ?? null,
    cancelledBy: telling?.cancelledBy ?? null,
    exitCode: telling?.exitCode ?? null,
    signal: telling?.signal ?? null,
    nodes: telling?.nodes ?? null,
    partition: telling?.partition ?? partition,
    timeLimit: telling?.timeLimit ?? timeLimit,
    progressText: isPlain ? (telling?.progressText ?? null) : null,
    restarts,
    endWatchedUntil,
    expectedStart,
    startedAt,
    endedAt: allEnded ? endedAt : null,
    elapsed:
      isPlain || !allEnded || startedAt === null || endedAt === null
        ? elapsed
        : Math.max(elapsed ?? 0, Math.round((endedAt - startedAt) / 1000)),
    progress: reported ? Math.round(done / tasks.length) : null,
    tasks: counts,
  };
}

/**
 * The one task of a run whose tasks are not known one by one: of a plain job, and of an array that was recorded as a whole. Folding it
 * gives the run back.
 */
export function soleTask(job: JobSummary): Task {
  return newTask(null, {
    jobId: job.jobId,
    state: job.state,
    reason: job.reason,
    cancelledBy: job.cancelledBy ?? null,
    restarts: job.restarts ?? 0,
    endWatchedUntil: job.endWatchedUntil ?? null,
    exitCode: job.exitCode,
    signal: job.signal,
    nodes: job.nodes,
    partition: job.partition,
    timeLimit: job.timeLimit,
    elapsed: job.elapsed,
    progress: job.progress,
    progressText: job.progressText,
    expectedStart: job.expectedStart,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
  });
}
