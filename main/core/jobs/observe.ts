import { cancellerText, type CancelledBy, type JobEvent, type JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal, stateGroup, type StateGroup } from '../../../shared/domain/job/state.ts';
import type { AccountingRow } from '../../slurm/accounting.ts';
import type { QueueRow } from '../../slurm/queue.ts';
import type { RunReport } from '../../slurm/watch.ts';
import type { Task } from '../../../shared/domain/job/task.ts';

/** What an observation changes of a job. */
export type JobChanges = Partial<Omit<Task, 'index' | 'jobId' | 'attempts'>>;

/** What a cluster says of one job, in our time: epoch milliseconds. Null is “it does not say”, and changes nothing. */
export interface JobObservation {
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
  /** How often it was started again. */
  readonly restarts: number | null;
}

export type ToOurTime = (epochSeconds: number | null) => number | null;

/** A job array counts as the busiest of its tasks, and once all have ended as the unluckiest. */
const WEIGHT: Record<StateGroup, number> = { running: 5, pending: 4, unknown: 3, bad: 2, cancelled: 1, ok: 0 };

function mostActiveTask<T extends { state: string }>(rows: readonly T[]): T | undefined {
  return [...rows].sort((a, b) => WEIGHT[stateGroup(b.state)] - WEIGHT[stateGroup(a.state)])[0];
}

const finite = (value: number | null): number | null => (value === null || !Number.isFinite(value) ? null : value);
const least = (values: readonly (number | null)[]): number | null =>
  values.reduce((low, value) => (value === null ? low : low === null ? value : Math.min(low, value)), null);
const most = (values: readonly (number | null)[]): number | null =>
  values.reduce((high, value) => (value === null ? high : high === null ? value : Math.max(high, value)), null);

/** One job, or all tasks of one array, as squeue shows them. Null when there are no rows. */
export function seenInQueue(rows: readonly QueueRow[], toOurTime: ToOurTime): JobObservation | null {
  const row = mostActiveTask(rows);
  if (row === undefined) return null;
  const waiting = stateGroup(row.state) === 'pending';
  // %S is the expected start of a waiting job and the true one of any other
  return {
    state: row.state,
    reason: row.reason,
    nodes: row.nodes,
    partition: row.partition,
    elapsed: finite(row.elapsed),
    timeLimit: finite(row.timeLimit),
    expectedStart: waiting ? toOurTime(row.expectedStart) : null,
    startedAt: waiting
      ? null
      : toOurTime(
          least(rows.filter(({ state }) => stateGroup(state) !== 'pending').map(({ expectedStart }) => expectedStart)),
        ),
    endedAt: isFinal(row.state) ? toOurTime(most(rows.map(({ end }) => end))) : null,
    exitCode: null,
    signal: null,
    canceller: null,
    // the next task of an array that waits looks like a job that was put back
    restarts: rows.some(({ arrayTask }) => arrayTask !== null) ? 0 : null,
  };
}

/** The same from accounting. A requeued job has several rows: the newest is the present one. */
export function seenInAccounting(rows: readonly AccountingRow[], toOurTime: ToOurTime): JobObservation | null {
  const newest = new Map<string, AccountingRow>();
  const runs = new Map<string, number>();
  for (const row of rows) {
    runs.set(row.jobId, (runs.get(row.jobId) ?? 0) + 1);
    const before = newest.get(row.jobId);
    if (before === undefined || (row.submitTime ?? 0) >= (before.submitTime ?? 0)) newest.set(row.jobId, row);
  }
  const current = [...newest.values()];
  const row = mostActiveTask(current);
  if (row === undefined) return null;
  const failed = current.find(({ exitCode }) => exitCode !== null && exitCode !== 0);
  return {
    state: row.state,
    reason: row.stateDetail,
    nodes: row.nodes,
    partition: row.partition,
    elapsed: finite(row.elapsed),
    timeLimit: finite(row.timeLimit),
    expectedStart: null,
    startedAt: toOurTime(least(current.map(({ start }) => start))),
    endedAt: isFinal(row.state) ? toOurTime(most(current.map(({ end }) => end))) : null,
    exitCode: isFinal(row.state) ? (failed ?? row).exitCode : null,
    signal: isFinal(row.state) ? (failed ?? row).signal : null,
    canceller: row.cancelledBy,
    restarts: Math.max(...runs.values()) - 1,
  };
}

/** The end as the job itself wrote it, for clusters without accounting. */
export function seenInRunFolder({ exit }: RunReport, toOurTime: ToOurTime): JobObservation | null {
  if (exit === null) return null;
  return {
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
    restarts: null,
  };
}

/** Expected starts move all the time; less than this, in milliseconds, is not worth a write. */
const START_TOLERANCE_MS = 60_000;

/**
 * The changes that a sighting makes to a record, with the lines they add to the timeline, or null when it says nothing new.
 * `elapsed` alone is no news: it follows from the start. Slurm's whole seconds never put a start before the submission or an end
 * before the start. `cancelledBy` is who the sighting's `canceller` is, null where nobody is named.
 */
export function changesFrom(
  job: JobRecord,
  sighting: JobObservation,
  own: RunReport,
  now: number,
  cancelledBy: CancelledBy | null = null,
): { changes: JobChanges; events: JobEvent[] } | null {
  const final = isFinal(sighting.state);
  const group = stateGroup(sighting.state);
  const again = (isFinal(job.state) && !final) || (group === 'pending' && job.startedAt !== null);
  const startedAt =
    sighting.startedAt === null
      ? isFinal(job.state) && again
        ? null
        : job.startedAt
      : Math.max(sighting.startedAt, job.submittedAt ?? 0);
  const endedAt = final ? Math.max(sighting.endedAt ?? now, startedAt ?? job.submittedAt ?? 0) : null;
  const moved =
    job.expectedStart === null ||
    sighting.expectedStart === null ||
    Math.abs(job.expectedStart - sighting.expectedStart) > START_TOLERANCE_MS;
  const known = job.restarts ?? 0;
  // the queue does not count: one more than was known when it shows the job anew
  const restarts = Math.max(known, sighting.restarts ?? (again ? known + 1 : 0));
  const exitCode = final ? (sighting.exitCode ?? own.exit?.code ?? null) : null;
  const cancelled = group === 'cancelled';
  const changes: JobChanges = {
    state: sighting.state,
    reason: sighting.reason,
    nodes: sighting.nodes ?? job.nodes,
    partition: sighting.partition ?? job.partition,
    timeLimit: sighting.timeLimit ?? job.timeLimit,
    expectedStart: moved ? sighting.expectedStart : job.expectedStart,
    startedAt: group === 'pending' && again ? null : startedAt,
    endedAt,
    // a cancelled job did not end by itself: Slurm's 0 is not its success
    exitCode: cancelled && exitCode === 0 ? null : exitCode,
    signal: final ? sighting.signal : null,
    progress: own.progress?.percent ?? job.progress,
    progressText: own.progress === null ? job.progressText : own.progress.text,
    ...(cancelled && cancelledBy !== null
      ? { cancelledBy }
      : !cancelled && final && job.cancelledBy != null
        ? { cancelledBy: null }
        : {}),
    ...(restarts === known ? {} : { restarts }),
  };
  if (!Object.entries(changes).some(([key, value]) => !same(job[key as keyof JobRecord], value))) return null;
  const elapsed = final && startedAt !== null && endedAt !== null ? Math.round((endedAt - startedAt) / 1000) : null;
  const events: JobEvent[] = [];
  if (sighting.state !== job.state) {
    const running = group === 'running';
    const ran = startedAt !== null && stateGroup(job.state) === 'pending' && final;
    const counted =
      restarts === known
        ? ''
        : restarts === 1
          ? 'started again by Slurm'
          : `started again by Slurm, for the ${String(restarts)}. time`;
    if (ran) events.push({ at: startedAt, state: 'RUNNING', detail: changes.nodes ?? '', task: null });
    const detail = final
      ? endOf(changes, cancelled ? (changes.cancelledBy ?? job.cancelledBy ?? null) : null)
      : (sighting.reason ?? (running ? (changes.nodes ?? '') : ''));
    // a job does not start again before it ended, whatever the clocks say
    const at = endedAt ?? (running ? Math.max(startedAt ?? now, again ? (job.endedAt ?? 0) : 0) : now);
    events.push({
      at,
      state: sighting.state,
      detail: [detail, counted].filter((part) => part !== '').join(', '),
      task: null,
    });
  }
  return { changes: { ...changes, elapsed: sighting.elapsed ?? elapsed ?? (again ? null : job.elapsed) }, events };
}

const same = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));

function endOf({ exitCode, signal, reason }: JobChanges, by: CancelledBy | null): string {
  const parts = [
    exitCode == null ? '' : `exit code ${String(exitCode)}`,
    signal == null || signal === 0 ? '' : `signal ${String(signal)}`,
    reason ?? '',
    by === null ? '' : `by ${cancellerText(by)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
