import { requestSize } from '../../../../shared/domain/request/size.ts';
import { SlurmRequest } from '../../../../shared/domain/request/schema.ts';
import { ERRORS, type ErrorName } from '../../../../shared/errors/codes.ts';
import type { Cell, Conversion, ConvertedRows } from '../../migration.ts';
import { packInputs } from '../../runs/inputs.ts';
import { createOldJobs, type OldJob, type OldRecord } from './oldJobs.ts';

type Group = 'pending' | 'running' | 'ok' | 'bad' | 'cancelled' | 'unknown';

/** The groups of Slurm's states as they were when this step was written. */
const GROUPS: Readonly<Record<string, Group>> = {
  PENDING: 'pending',
  CONFIGURING: 'pending',
  REQUEUED: 'pending',
  REQUEUE_HOLD: 'pending',
  SPECIAL_EXIT: 'pending',
  SUSPENDED: 'running',
  RUNNING: 'running',
  COMPLETING: 'running',
  RESIZING: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  STOPPED: 'running',
  COMPLETED: 'ok',
  FAILED: 'bad',
  TIMEOUT: 'bad',
  OUT_OF_MEMORY: 'bad',
  NODE_FAIL: 'bad',
  BOOT_FAIL: 'bad',
  DEADLINE: 'bad',
  PREEMPTED: 'bad',
  REVOKED: 'cancelled',
  CANCELLED: 'cancelled',
};
const groupOf = (state: string): Group => GROUPS[state] ?? 'unknown';

/** `refused` was said of three things, which have words of their own now. `detail` is what the timeline says of it. */
function refusalOf(detail: string): 'rejected' | 'cancelled' | 'abandoned' {
  if (detail === 'cancelled before it was sent') return 'cancelled';
  return detail.startsWith('given up by a person') ? 'abandoned' : 'rejected';
}

/** How far a submission got, in today's words. The last refusal counts: one that passed may have been tried again. */
function phaseOf({ phase, error }: OldRecord, events: OldJob['events']): string {
  if (phase !== 'refused') return phase;
  const last = events.findLast(({ state }) => state === 'refused');
  if (last !== undefined) return refusalOf(last.detail);
  return error === null ? 'abandoned' : error.name === 'CANCELLED' ? 'cancelled' : 'rejected';
}

/** Whether the reason passes by itself was not stored: the catalogue of errors knows. */
function errorJson(error: OldRecord['error']): string | null {
  if (error === null) return null;
  const known = Object.hasOwn(ERRORS, error.name) ? ERRORS[error.name as ErrorName] : null;
  return JSON.stringify({ ...error, retry: known?.retry ?? false });
}

function isWatched({ phase, state, endWatchedUntil }: OldRecord): boolean {
  if (phase === 'refused') return false;
  if (phase !== 'submitted' || state === null) return true;
  return ['pending', 'running', 'unknown'].includes(groupOf(state)) || (endWatchedUntil ?? null) !== null;
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function gpusOf(request: unknown): number {
  const parsed = SlurmRequest.safeParse(request);
  return parsed.success ? [...requestSize(parsed.data).gpus.values()].reduce((sum, count) => sum + count, 0) : 0;
}

/** The values of `RUN_COLUMNS`, in that order. */
function runColumns(job: OldRecord, events: OldJob['events']) {
  const phase = phaseOf(job, events);
  const shown = job.state ?? phase;
  const group = job.state === null ? null : groupOf(job.state);
  // what was known of an array was known of it as a whole: until it is looked at again, it stands as one task without an index
  const taskGroup = job.phase === 'submitted' ? (group ?? 'pending') : null;
  const count = (of: Group): number => (taskGroup === of ? 1 : 0);
  const billing = job.cost?.billing;
  return {
    run_id: job.runId,
    request_id: job.requestId,
    origin: 'slipway',
    cluster_id: job.clusterId,
    user: job.user,
    name: job.name,
    template_id: job.templateId,
    template_source: job.templateSource,
    template_version: job.templateVersion,
    template_hash: job.templateHash,
    image_path: job.imagePath,
    run_folder: job.runFolder,
    array: textOrNull(job.request['array']),
    account: textOrNull(job.request['account']),
    qos: textOrNull(job.request['qos']),
    gpus: gpusOf(job.request),
    cost_total: numberOrNull(job.cost?.total),
    cost_currency: textOrNull(job.cost?.currency),
    cost_billing:
      typeof billing === 'object' && billing !== null && 'total' in billing ? numberOrNull(billing.total) : null,
    created_at: job.createdAt,
    phase,
    job_id: job.jobId,
    slurm_cluster: job.slurmCluster ?? null,
    submitted_at: job.submittedAt,
    error: errorJson(job.error),
    state: job.state,
    reason: job.reason,
    cancelled_who: job.cancelledBy?.who ?? null,
    cancelled_name: job.cancelledBy?.name ?? null,
    restarts: job.restarts ?? null,
    end_watched_until: job.endWatchedUntil ?? null,
    exit_code: job.exitCode,
    signal: job.signal,
    nodes: job.nodes,
    partition: job.partition,
    time_limit: job.timeLimit,
    elapsed: job.elapsed,
    progress: job.progress,
    progress_text: job.progressText,
    expected_start: job.expectedStart,
    started_at: job.startedAt,
    ended_at: job.endedAt,
    tasks_total: taskGroup === null ? 0 : 1,
    tasks_pending: count('pending'),
    tasks_running: count('running'),
    tasks_ok: count('ok'),
    tasks_bad: count('bad'),
    tasks_cancelled: count('cancelled'),
    tasks_unknown: count('unknown'),
    display_state: shown,
    state_group: group,
    watched: isWatched(job) ? 1 : 0,
    search: [job.name, job.jobId, job.templateId, job.clusterId, job.user, job.partition, job.nodes, shown]
      .filter((part) => part !== null)
      .join('\n')
      .toLowerCase(),
  };
}

const RUN_COLUMNS = `run_id, request_id, origin, cluster_id, user, name, template_id, template_source, template_version, template_hash, image_path,
  run_folder, array, account, qos, gpus, cost_total, cost_currency, cost_billing, created_at, phase, job_id, slurm_cluster, submitted_at, error,
  state, reason, cancelled_who, cancelled_name, restarts, end_watched_until, exit_code, signal, nodes, partition, time_limit, elapsed, progress,
  progress_text, expected_start, started_at, ended_at, tasks_total, tasks_pending, tasks_running, tasks_ok, tasks_bad, tasks_cancelled,
  tasks_unknown, display_state, state_group, watched, search`;
const INTO = {
  runs: `INSERT INTO runs (seq, ${RUN_COLUMNS}) VALUES (?, ${RUN_COLUMNS.replaceAll(/\w+/g, '?')})`,
  inputs: 'INSERT INTO run_inputs (run_seq, dictionary, content) VALUES (?, ?, ?)',
  files:
    'INSERT INTO run_files (run_seq, position, slot, name, remote_name, size, sha256, uploaded, handle, convert) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  // the only task of a run is what the run was
  tasks: `INSERT INTO tasks (run_seq, task, state_group, job_id, state, reason, cancelled_who, cancelled_name, restarts, attempts, end_watched_until,
      exit_code, signal, nodes, partition, time_limit, elapsed, progress, progress_text, expected_start, started_at, ended_at)
    SELECT seq, -1, coalesce(state_group, 'pending'), CASE WHEN array IS NULL THEN job_id END, state, reason, cancelled_who, cancelled_name,
      coalesce(restarts, 0), NULL, end_watched_until, exit_code, signal, nodes, partition, time_limit, elapsed, progress, progress_text,
      expected_start, started_at, ended_at FROM runs WHERE seq = ?`,
  events: 'INSERT INTO run_events (run_seq, position, task, at, state, detail) VALUES (?, ?, NULL, ?, ?, ?)',
  unreadable: 'INSERT INTO unreadable_jobs (run_id, request_id, reason, job, record, events) VALUES (?, ?, ?, ?, ?, ?)',
} as const;

function inputsJson({ script, request, parameters, edited, folds, cost, files }: OldRecord): string {
  const texts = Object.fromEntries(
    files.flatMap(({ source }, position) => (source.kind === 'generated' ? [[position, source.text]] : [])),
  );
  return JSON.stringify({ script, request, parameters, edited, folds, cost, texts });
}

/** The rows of jobs, which keep their numbers. */
function convert(jobs: readonly OldJob[]): ConvertedRows {
  const rows: Record<keyof typeof INTO, Cell[][]> = {
    runs: [],
    inputs: [],
    files: [],
    tasks: [],
    events: [],
    unreadable: [],
  };
  const unreadable: ConvertedRows['unreadable'][number][] = [];
  for (const { row, record: job, reason, events } of jobs) {
    if (job === null) {
      const { record, ...columns } = row;
      rows.unreadable.push([
        row.run_id,
        row.request_id,
        reason,
        JSON.stringify(columns),
        record,
        JSON.stringify(events),
      ]);
      unreadable.push({ table: 'job_records', id: row.run_id, reason });
      continue;
    }
    const { seq } = row;
    const columns = runColumns(job, events);
    rows.runs.push([seq, ...Object.values(columns)]);
    const { dictionary, content } = packInputs(inputsJson(job), 1);
    // what zlib answers with is a part of a larger piece of memory, which would be handed over whole
    rows.inputs.push([seq, dictionary, Uint8Array.from(content)]);
    for (const [position, { slot, name, remoteName, size, sha256, uploaded, source }] of job.files.entries()) {
      const handle = source.kind === 'local' ? source.handle : null;
      const converted = source.kind === 'local' && source.convert !== undefined ? Number(source.convert) : null;
      rows.files.push([seq, position, slot, name, remoteName, size, sha256, Number(uploaded), handle, converted]);
    }
    if (columns.tasks_total > 0) rows.tasks.push([seq]);
    for (const [position, { at, state, detail }] of events.entries())
      rows.events.push([seq, position + 1, at, state === 'refused' ? refusalOf(detail) : state, detail]);
  }
  return {
    inserts: Object.entries(INTO).map(([name, sql]) => ({ sql, rows: rows[name as keyof typeof INTO] })),
    unreadable,
  };
}

/** Tables that are the same before and after. */
const UNCHANGED = ['documents', 'file_handles', 'template_index', 'template_versions', 'template_usage'];

export const conversion: Conversion = {
  isNeeded: (db) => db.prepare('SELECT 1 FROM jobs LIMIT 1').get() !== undefined,
  carry: (db) => {
    for (const table of UNCHANGED) db.exec(`INSERT INTO main.${table} SELECT * FROM old.${table}`);
    db.exec(
      'INSERT INTO main.template_search (rowid, name, about, fields, script) SELECT rowid, name, about, fields, script FROM old.template_search',
    );
  },
  numbers: (db, after) =>
    db.prepare<[number], number>('SELECT seq FROM jobs WHERE seq > ? ORDER BY seq').pluck().all(after),
  reader: (db) => {
    const read = createOldJobs(db);
    return (after, last) => convert(read(after, last));
  },
};
