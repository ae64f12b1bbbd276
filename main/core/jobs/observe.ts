/** What the three witnesses say of each task of one run, in our time. */
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import type { Task, TaskAttempt } from '../../../shared/domain/job/task.ts';
import { parseTaskRange } from '../../../shared/domain/job/taskRange.ts';
import type { AccountingRow } from '../../slurm/accounting.ts';
import type { QueueRow } from '../../slurm/queue.ts';
import type { TaskReport } from '../../slurm/taskReports.ts';

/** What a cluster says of one task: times are epoch milliseconds. Null is “it does not say”, and changes nothing. */
export interface TaskObservation {
  /** Slurm's own number for it. */
  readonly jobId: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly nodes: string | null;
  readonly partition: string | null;
  readonly elapsed: number | null;
  readonly timeLimit: number | null;
  readonly expectedStart: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** Slurm's word for who cancelled it: a user's number or name. */
  readonly canceller: string | null;
  /** Its earlier starts, oldest first, where somebody keeps account of them. */
  readonly attempts: readonly TaskAttempt[] | null;
}

/** By index; null is the only task of a plain job. */
export type TaskObservations = ReadonlyMap<number | null, TaskObservation>;

export type ToOurTime = (epochSeconds: number | null) => number | null;

const finite = (value: number | null): number | null => (value === null || !Number.isFinite(value) ? null : value);

/** Cancelled while it waited: Slurm gives it the time of its end as a start, and neither a node nor a second. */
const neverRan = (row: { state: string; nodes: string | null; elapsed: number | null }): boolean =>
  isFinal(row.state) && row.nodes === null && (row.elapsed ?? 0) === 0;

/** The tasks that a row is about; null when its text was cut or is none of Slurm's. */
function indicesOf(text: string | null): { indices: readonly (number | null)[]; whole: boolean } {
  if (text === null) return { indices: [null], whole: true };
  return parseTaskRange(text) ?? { indices: [], whole: false };
}

/**
 * One run's rows in squeue. Tasks that wait together are one row (`5_[4-400:3%2]`). `whole` is false where Slurm cut their list: a task that
 * is not named may be there all the same.
 */
export function seenInQueue(
  rows: readonly QueueRow[],
  toOurTime: ToOurTime,
): { tasks: TaskObservations; whole: boolean } {
  const tasks = new Map<number | null, TaskObservation>();
  let all = true;
  for (const row of rows) {
    const { indices, whole } = indicesOf(row.arrayTask);
    all &&= whole;
    const observation = queueObservation(row, toOurTime);
    for (const index of indices) {
      const before = tasks.get(index);
      // a task that was put back may for a moment have an ended row, too
      if (before === undefined || isFinal(before.state)) tasks.set(index, observation);
    }
  }
  return { tasks, whole: all };
}

function queueObservation(row: QueueRow, toOurTime: ToOurTime): TaskObservation {
  const waiting = stateGroup(row.state) === 'pending';
  // %S is the expected start of a waiting job and the true one of any other
  return {
    jobId: row.arrayTask === null ? row.jobId : null,
    state: row.state,
    reason: row.reason,
    nodes: row.nodes,
    partition: row.partition,
    elapsed: finite(row.elapsed),
    timeLimit: finite(row.timeLimit),
    expectedStart: waiting ? toOurTime(row.expectedStart) : null,
    startedAt: waiting || neverRan(row) ? null : toOurTime(row.expectedStart),
    endedAt: isFinal(row.state) ? toOurTime(row.end) : null,
    exitCode: null,
    signal: null,
    canceller: null,
    attempts: null,
  };
}

/** The same from accounting. A requeued task has several rows: the newest is the present one, the others its earlier starts. */
export function seenInAccounting(rows: readonly AccountingRow[], toOurTime: ToOurTime): TaskObservations {
  const byTask = new Map<number | null, AccountingRow[]>();
  for (const row of rows) {
    const task = /_(.+)$/.exec(row.jobId)?.[1] ?? null;
    for (const index of indicesOf(task).indices) {
      const known = byTask.get(index);
      if (known === undefined) byTask.set(index, [row]);
      else known.push(row);
    }
  }
  return new Map(
    [...byTask].map(([index, starts]) => {
      // sorting is stable: of two in the same second the one that Slurm told last is the newer
      const sorted = starts.length === 1 ? starts : starts.sort((a, b) => (a.submitTime ?? 0) - (b.submitTime ?? 0));
      return [index, accountingObservation(sorted, toOurTime)];
    }),
  );
}

function accountingObservation(starts: readonly AccountingRow[], toOurTime: ToOurTime): TaskObservation {
  const row = starts[starts.length - 1] as AccountingRow;
  const ended = isFinal(row.state);
  return {
    jobId: /^\d+$/.test(row.jobIdRaw) ? row.jobIdRaw : null,
    state: row.state,
    reason: row.stateDetail,
    nodes: row.nodes,
    partition: row.partition,
    elapsed: finite(row.elapsed),
    timeLimit: finite(row.timeLimit),
    expectedStart: null,
    startedAt: neverRan(row) ? null : toOurTime(row.start),
    endedAt: ended ? toOurTime(row.end) : null,
    exitCode: ended ? row.exitCode : null,
    signal: ended ? row.signal : null,
    canceller: row.cancelledBy,
    attempts: starts.slice(0, -1).map((start) => ({
      state: start.state,
      reason: start.stateDetail,
      exitCode: start.exitCode,
      signal: start.signal,
      nodes: start.nodes,
      startedAt: toOurTime(start.start),
      endedAt: toOurTime(start.end),
    })),
  };
}

/**
 * What a task wrote, without an end that is of an earlier start: that stays in its file until the task begins anew, which may be long
 * after Slurm has put it back.
 */
export function ownWord({ restarts }: Task, report: TaskReport): TaskReport {
  const { exit } = report;
  return exit !== null && exit.restarts !== null && exit.restarts < restarts ? { ...report, exit: null } : report;
}

/** The end as the task itself wrote it, for clusters without accounting. */
export function seenInRunFolder({ exit }: TaskReport, toOurTime: ToOurTime): TaskObservation | null {
  if (exit === null) return null;
  return {
    jobId: null,
    state: exit.code === 0 ? 'COMPLETED' : 'FAILED',
    reason: null,
    nodes: null,
    partition: null,
    elapsed: null,
    timeLimit: null,
    expectedStart: null,
    startedAt: null,
    endedAt: toOurTime(exit.at),
    exitCode: exit.code,
    signal: null,
    canceller: null,
    attempts: null,
  };
}
