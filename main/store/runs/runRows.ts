import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import type { CostEstimate } from '../../../shared/domain/cost/schema.ts';
import { displayState, isWatched } from '../../../shared/domain/job/rules.ts';
import { stateGroup } from '../../../shared/domain/job/state.ts';
import type { RowReader } from '../damage.ts';

/** Fields of a summary that are columns as they stand, and what the columns are called. */
const PLAIN = {
  runId: 'run_id',
  requestId: 'request_id',
  origin: 'origin',
  clusterId: 'cluster_id',
  user: 'user',
  name: 'name',
  templateId: 'template_id',
  templateSource: 'template_source',
  templateVersion: 'template_version',
  templateHash: 'template_hash',
  imagePath: 'image_path',
  runFolder: 'run_folder',
  array: 'array',
  account: 'account',
  qos: 'qos',
  gpus: 'gpus',
  createdAt: 'created_at',
  phase: 'phase',
  jobId: 'job_id',
  slurmCluster: 'slurm_cluster',
  submittedAt: 'submitted_at',
  state: 'state',
  reason: 'reason',
  restarts: 'restarts',
  endWatchedUntil: 'end_watched_until',
  exitCode: 'exit_code',
  signal: 'signal',
  nodes: 'nodes',
  partition: 'partition',
  timeLimit: 'time_limit',
  elapsed: 'elapsed',
  progress: 'progress',
  progressText: 'progress_text',
  expectedStart: 'expected_start',
  startedAt: 'started_at',
  endedAt: 'ended_at',
} as const satisfies Partial<Record<keyof JobSummary, string>>;

/** The others: those that take several columns, are JSON, or follow from the rest. */
const MADE = {
  error: 'error',
  cancelledWho: 'cancelled_who',
  cancelledName: 'cancelled_name',
  tasksTotal: 'tasks_total',
  tasksPending: 'tasks_pending',
  tasksRunning: 'tasks_running',
  tasksOk: 'tasks_ok',
  tasksBad: 'tasks_bad',
  tasksCancelled: 'tasks_cancelled',
  tasksUnknown: 'tasks_unknown',
  displayState: 'display_state',
  stateGroup: 'state_group',
  watched: 'watched',
  search: 'search',
} as const;

/** Not asked for again: they follow from the rest. */
const DERIVED: ReadonlySet<string> = new Set(['displayState', 'stateGroup', 'watched', 'search']);

type Value = string | number | null;
type Columns = Record<keyof typeof PLAIN | keyof typeof MADE, Value>;

const PLAIN_NAMES = Object.keys(PLAIN) as (keyof typeof PLAIN)[];
const ENTRIES = Object.entries({ ...PLAIN, ...MADE });
/** `seq` and the columns of a summary, for a SELECT from `runs`. */
export const SUMMARY_COLUMNS = [
  'seq',
  ...ENTRIES.filter(([name]) => !DERIVED.has(name)).map(([name, column]) => `${column} AS ${name}`),
].join(', ');

/** A row of `SUMMARY_COLUMNS`. */
export type SummaryRow = { seq: number } & Omit<Columns, 'displayState' | 'stateGroup' | 'watched' | 'search'>;

function columnsOf(run: JobSummary): Columns {
  const plainly = Object.fromEntries(PLAIN_NAMES.map((name) => [name, run[name] ?? null])) as Record<
    (typeof PLAIN_NAMES)[number],
    Value
  >;
  const shown = displayState(run);
  return {
    ...plainly,
    error: run.error === null ? null : JSON.stringify(run.error),
    cancelledWho: run.cancelledBy?.who ?? null,
    cancelledName: run.cancelledBy?.name ?? null,
    tasksTotal: run.tasks.total,
    tasksPending: run.tasks.pending,
    tasksRunning: run.tasks.running,
    tasksOk: run.tasks.ok,
    tasksBad: run.tasks.bad,
    tasksCancelled: run.tasks.cancelled,
    tasksUnknown: run.tasks.unknown,
    displayState: shown,
    stateGroup: run.state === null ? null : stateGroup(run.state),
    watched: isWatched(run) ? 1 : 0,
    search: [run.name, run.jobId, run.templateId, run.clusterId, run.user, run.partition, run.nodes, shown]
      .filter((part) => part !== null)
      .join('\n')
      .toLowerCase(),
  };
}

/**
 * The summary that a row tells, not checked yet. Null in a column of an optional field is a field that is not there. An error that is no
 * JSON is told to `readRow`, and left out.
 */
export function summaryValue(row: SummaryRow, readRow: RowReader): Record<string, unknown> {
  const {
    seq: _seq,
    error,
    cancelledWho,
    cancelledName,
    tasksTotal,
    tasksPending,
    tasksRunning,
    tasksOk,
    tasksBad,
    tasksCancelled,
    tasksUnknown,
    slurmCluster,
    restarts,
    endWatchedUntil,
    ...fields
  } = row;
  return {
    ...fields,
    error: error === null ? null : readRow.json('runs', String(row.runId), z.unknown(), String(error)),
    tasks: {
      total: tasksTotal,
      pending: tasksPending,
      running: tasksRunning,
      ok: tasksOk,
      bad: tasksBad,
      cancelled: tasksCancelled,
      unknown: tasksUnknown,
    },
    ...(slurmCluster === null ? {} : { slurmCluster }),
    ...(restarts === null ? {} : { restarts }),
    ...(endWatchedUntil === null ? {} : { endWatchedUntil }),
    ...(cancelledWho === null ? {} : { cancelledBy: { who: cancelledWho, name: cancelledName } }),
  };
}

export interface RunRows {
  /** Stores a run; answers with the number under which it is stored from now on. `cost` is in its inputs, with all its lines. */
  insert(run: JobSummary, cost: CostEstimate | null): number;
  /** Writes what changed of a run, and nothing else: a column that stays as it is costs no index. */
  update(seq: number, before: JobSummary, run: JobSummary): void;
}

export function createRunRows(db: Database): RunRows {
  const insert = db
    .prepare<[Columns & Record<'costTotal' | 'costCurrency' | 'costBilling', Value>], number>(
      `INSERT INTO runs (${ENTRIES.map(([, column]) => column).join(', ')}, cost_total, cost_currency, cost_billing)
       VALUES (${ENTRIES.map(([name]) => `:${name}`).join(', ')}, :costTotal, :costCurrency, :costBilling) RETURNING seq`,
    )
    .pluck();
  /** By what they set: of all sets that could be, a few come, again and again. */
  const updates = new Map<string, Statement>();
  return {
    insert: (run, cost) =>
      insert.get({
        ...columnsOf(run),
        costTotal: cost?.total ?? null,
        costCurrency: cost?.currency ?? null,
        costBilling: cost?.billing?.total ?? null,
      }) ?? 0,
    update: (seq, before, run) => {
      const was = columnsOf(before);
      const is = columnsOf(run);
      const changed = ENTRIES.filter(([name]) => was[name as keyof Columns] !== is[name as keyof Columns]);
      if (changed.length === 0) return;
      const set = changed.map(([, column]) => `${column} = ?`).join(', ');
      let statement = updates.get(set);
      if (statement === undefined) updates.set(set, (statement = db.prepare(`UPDATE runs SET ${set} WHERE seq = ?`)));
      statement.run(...changed.map(([name]) => is[name as keyof Columns]), seq);
    },
  };
}
