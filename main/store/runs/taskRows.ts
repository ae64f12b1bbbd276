import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { StateGroup } from '../../../shared/domain/job/state.ts';
import { TaskAttempt, taskGroup, type Task } from '../../../shared/domain/job/task.ts';
import type { RowReader } from '../damage.ts';

/** In the store the task of a run that is no array has this number. */
const NO_INDEX = -1;

/** A task as it lies in `tasks`, under the names of its columns. */
type TaskRow = Omit<Task, 'index' | 'cancelledBy' | 'attempts'> & {
  task: number;
  cancelledWho: 'you' | 'system' | 'other' | null;
  cancelledName: string | null;
  attempts: string | null;
};

const COLUMNS =
  'task, job_id AS jobId, state, reason, cancelled_who AS cancelledWho, cancelled_name AS cancelledName, restarts, attempts, ' +
  'end_watched_until AS endWatchedUntil, exit_code AS exitCode, signal, nodes, partition, time_limit AS timeLimit, elapsed, progress, ' +
  'progress_text AS progressText, expected_start AS expectedStart, started_at AS startedAt, ended_at AS endedAt';

const Attempts = z.array(TaskAttempt);

export interface TaskRows {
  /** All tasks of a run, by index. */
  all(seq: number): Task[];
  page(
    seq: number,
    offset: number,
    limit: number,
    groups: readonly StateGroup[] | undefined,
  ): { tasks: Task[]; total: number };
  one(seq: number, index: number | null): Task | null;
  /** Puts tasks in the place of those of the same index; the first that has one takes the place of the one without. */
  put(seq: number, tasks: readonly Task[]): void;
}

export function createTaskRows(db: Database, readRow: RowReader): TaskRows {
  const selectAll = db.prepare<[number], TaskRow>(`SELECT ${COLUMNS} FROM tasks WHERE run_seq = ? ORDER BY task`);
  const selectOne = db.prepare<[number, number], TaskRow>(
    `SELECT ${COLUMNS} FROM tasks WHERE run_seq = ? AND task = ?`,
  );
  const removeUnindexed = db.prepare(`DELETE FROM tasks WHERE run_seq = ? AND task = ${String(NO_INDEX)}`);
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO tasks (run_seq, task, state_group, job_id, state, reason, cancelled_who, cancelled_name, restarts, attempts,
       end_watched_until, exit_code, signal, nodes, partition, time_limit, elapsed, progress, progress_text, expected_start, started_at, ended_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  const toTask = (seq: number, { task, cancelledWho, cancelledName, attempts, ...columns }: TaskRow): Task => ({
    ...columns,
    index: task === NO_INDEX ? null : task,
    cancelledBy: cancelledWho === null ? null : { who: cancelledWho, name: cancelledName },
    attempts:
      attempts === null ? [] : (readRow.json('tasks', `${String(seq)}_${String(task)}`, Attempts, attempts) ?? []),
  });

  return {
    all: (seq) => selectAll.all(seq).map((row) => toTask(seq, row)),
    one: (seq, index) => {
      const row = selectOne.get(seq, index ?? NO_INDEX);
      return row === undefined ? null : toTask(seq, row);
    },
    page: (seq, offset, limit, groups) => {
      const where = `run_seq = ?${groups === undefined ? '' : ` AND state_group IN (${groups.map(() => '?').join(', ')})`}`;
      const values = [seq, ...(groups ?? [])];
      const tasks = db
        .prepare<unknown[], TaskRow>(`SELECT ${COLUMNS} FROM tasks WHERE ${where} ORDER BY task LIMIT ? OFFSET ?`)
        .all(...values, limit, offset)
        .map((row) => toTask(seq, row));
      const total =
        db
          .prepare<unknown[], number>(`SELECT count(*) FROM tasks WHERE ${where}`)
          .pluck()
          .get(...values) ?? 0;
      return { tasks, total };
    },
    put: (seq, tasks) => {
      if (tasks.some(({ index }) => index !== null)) removeUnindexed.run(seq);
      for (const task of tasks)
        upsert.run(
          seq,
          task.index ?? NO_INDEX,
          taskGroup(task),
          task.jobId,
          task.state,
          task.reason,
          task.cancelledBy?.who ?? null,
          task.cancelledBy?.name ?? null,
          task.restarts,
          task.attempts.length === 0 ? null : JSON.stringify(task.attempts),
          task.endWatchedUntil,
          task.exitCode,
          task.signal,
          task.nodes,
          task.partition,
          task.timeLimit,
          task.elapsed,
          task.progress,
          task.progressText,
          task.expectedStart,
          task.startedAt,
          task.endedAt,
        );
    },
  };
}
