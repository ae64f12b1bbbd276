/** The rows of the list of jobs. Pure. */
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import type { Task } from '../../../shared/domain/job/task.ts';

/** What a task's row says of its run. */
export type RunOfRow = Pick<JobRow, 'runId' | 'jobId' | 'partition'>;

/** A run, or below one that is unfolded a task of it. */
export type Row =
  | { readonly kind: 'run'; readonly run: JobRow }
  | { readonly kind: 'task'; readonly run: RunOfRow; readonly place: number; readonly task: Task };

/** What marks a row, in the list and in the address. */
export function rowKey(runId: string, task: number | null): string {
  return task === null ? runId : `${runId}/${String(task)}`;
}

/** The key of the run of a task's row; null for a run's. */
export function runOfKey(key: string): string | null {
  const end = key.indexOf('/');
  return end < 0 ? null : key.slice(0, end);
}

export const keyOf = (row: Row): string =>
  row.kind === 'run' ? row.run.runId : rowKey(row.run.runId, row.task.index ?? row.place);

/**
 * Makes rows, and the same object for what is the same: a task's row is another one when the task has changed, or what it says of its
 * run, and not whenever the run's counts do. A list keeps one for as long as it is shown.
 */
export class Rows {
  readonly #runs = new WeakMap<JobRow, Row>();
  readonly #tasks = new WeakMap<Task, Row & { kind: 'task' }>();

  run(run: JobRow): Row {
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    const row: Row = { kind: 'run', run };
    this.#runs.set(run, row);
    return row;
  }

  task({ runId, jobId, partition }: RunOfRow, place: number, task: Task): Row {
    const known = this.#tasks.get(task);
    if (
      known !== undefined &&
      known.place === place &&
      known.run.runId === runId &&
      known.run.jobId === jobId &&
      known.run.partition === partition
    )
      return known;
    const row = { kind: 'task', run: { runId, jobId, partition }, place, task } as const;
    this.#tasks.set(task, row);
    return row;
  }
}
