import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { isWatched } from '../../shared/domain/job/rules.ts';
import { isFinal, JobEvent, JobRecord, JobRow, stateGroup, type JobFilter } from '../../shared/domain/job/schema.ts';
import { ERRORS, type ErrorName } from '../../shared/errors/codes.ts';
import { AppError } from '../../shared/errors/appError.ts';
import type { JobRepository, RunChanges } from '../core/ports.ts';
import type { RowReader } from './damage.ts';
import { foldTasks, soleTask } from '../../shared/domain/job/foldTasks.ts';
import { displayState } from '../../shared/domain/job/rules.ts';
import { askedFor } from '../../shared/domain/job/asked.ts';
import { byIndex, taskGroup, type Task } from '../../shared/domain/job/task.ts';
import { reading, writing } from './sqliteErrors.ts';

/** Before there were words for each, `refused` meant rejected by Slurm, cancelled before it was sent, or given up. */
function inTodaysWords(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || !('phase' in stored) || stored.phase !== 'refused')
    return stored;
  const error = 'error' in stored ? (stored.error as { code?: unknown } | null) : null;
  const phase = error === null ? 'abandoned' : error.code === ERRORS.CANCELLED.code ? 'cancelled' : 'rejected';
  return { ...stored, phase };
}
const StoredRecord = z.preprocess(inTodaysWords, JobRecord);
const StoredRow = z.preprocess(inTodaysWords, JobRow);

/** Errors that were stored before they told whether they pass: their catalogue does. */
function withRetry(error: JobRecord['error']): JobRecord['error'] {
  if (error === null || !Object.hasOwn(ERRORS, error.name)) return error;
  return { ...error, retry: ERRORS[error.name as ErrorName].retry };
}

/** The columns of `jobs` for a record. */
function columns(job: JobRecord) {
  return {
    runId: job.runId,
    requestId: job.requestId,
    clusterId: job.clusterId,
    templateId: job.templateId,
    standing: displayState(job),
    settled: isWatched(job) ? 0 : 1,
    createdAt: Math.round(job.createdAt),
    search: [job.name, job.jobId, job.templateId, job.clusterId, job.user, job.partition, job.nodes, displayState(job)]
      .filter((part) => part !== null)
      .join('\n')
      .toLowerCase(),
    // the schema strips what the list does not show
    summary: JSON.stringify(JobRow.parse(job)),
  };
}

/** The WHERE of a filter, over columns of the index `jobs_newest` only. */
function conditions(filter: JobFilter): { where: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (part: string, ...more: (string | number)[]): void => {
    parts.push(part);
    values.push(...more);
  };
  if (filter.since !== undefined) add('created_at >= ?', filter.since);
  if (filter.clusterId !== undefined) add('cluster_id = ?', filter.clusterId);
  if (filter.templateId !== undefined) add('template_id = ?', filter.templateId);
  if (filter.states !== undefined) add(`standing IN (${filter.states.map(() => '?').join(', ')})`, ...filter.states);
  // every word somewhere (instr has no wild cards to escape), or the id of a run or request, whole
  for (const word of (filter.text ?? '').split(/\s+/).filter(Boolean)) {
    add(
      '(instr(search, ?) > 0 OR seq = (SELECT seq FROM jobs WHERE run_id = ? OR request_id = ?))',
      word.toLowerCase(),
      word,
      word,
    );
  }
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

/** Submissions and what became of them. */
export function createJobs(db: Database, readRow: RowReader): JobRepository {
  const insertJob = db.prepare(
    `INSERT INTO jobs (run_id, request_id, cluster_id, template_id, standing, settled, created_at, search, summary)
     VALUES (:runId, :requestId, :clusterId, :templateId, :standing, :settled, :createdAt, :search, :summary)`,
  );
  const insertRecord = db.prepare('INSERT INTO job_records (run_id, record) VALUES (?, ?)');
  const updateJob = db.prepare(
    `UPDATE jobs SET cluster_id = :clusterId, template_id = :templateId, standing = :standing, settled = :settled, created_at = :createdAt,
       search = :search, summary = :summary WHERE run_id = :runId AND request_id = :requestId`,
  );
  const updateRecord = db.prepare('UPDATE job_records SET record = ? WHERE run_id = ?');
  const insertEvent = db.prepare('INSERT INTO job_events (run_id, at, state, detail) VALUES (?, ?, ?, ?)');
  const selectRecord = db.prepare<[string], string>('SELECT record FROM job_records WHERE run_id = ?').pluck();
  const selectRunOfRequest = db.prepare<[string], string>('SELECT run_id FROM jobs WHERE request_id = ?').pluck();
  const selectOpen = db.prepare<[string | null, string | null], { run_id: string; record: string }>(
    // left to itself the planner walks all jobs for the order
    `SELECT run_id, record FROM jobs INDEXED BY jobs_open JOIN job_records USING (run_id) WHERE settled = 0 AND (? IS NULL OR cluster_id = ?) ORDER BY seq`,
  );
  const selectOpenSummaries = db.prepare<[], { run_id: string; summary: string }>(
    'SELECT run_id, summary FROM jobs WHERE settled = 0',
  );
  const selectEvents = db.prepare<[string], { at: number; state: string; detail: string }>(
    'SELECT at, state, detail FROM job_events WHERE run_id = ? ORDER BY at, seq',
  );
  const countSince = db.prepare<[number], number>('SELECT count(*) FROM jobs WHERE created_at >= ?').pluck();
  const deleteJob = db.prepare('DELETE FROM jobs WHERE run_id = ?');
  const countUse = db.prepare(
    'INSERT INTO template_usage (source, template_id, uses, last_at) VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET uses = uses + 1, last_at = max(last_at, excluded.last_at)',
  );
  /** A template is used when Slurm has taken a job of it; removing the job later does not undo that. */
  const noteUse = (before: JobRecord | null, job: JobRecord): void => {
    if (job.phase === 'submitted' && before?.phase !== 'submitted')
      countUse.run(job.templateSource, job.templateId, Math.round(job.createdAt));
  };

  // tasks have no table yet: what a plain job's is follows from its record
  const arrays = new Map<string, Map<number | null, Task>>();
  const tasksOf = (job: JobRecord): Task[] =>
    job.phase !== 'submitted' ? [] : [...(arrays.get(job.runId)?.values() ?? [soleTask(job)])].sort(byIndex);
  const parse = (runId: string, json: string): JobRecord | null => {
    const stored = readRow('job_records', runId, StoredRecord, json);
    if (stored === null) return null;
    const job = { ...stored, ...askedFor(stored.request), error: withRetry(stored.error) };
    return job.phase !== 'submitted' || job.tasks.total > 0 ? job : { ...job, tasks: foldTasks(tasksOf(job)).tasks };
  };
  const get = (runId: string): JobRecord | null => {
    const json = selectRecord.get(runId);
    return json === undefined ? null : parse(runId, json);
  };

  const insert = db.transaction((job: JobRecord) => {
    insertJob.run(columns(job));
    insertRecord.run(job.runId, JSON.stringify(job));
    noteUse(null, job);
  });

  const update = db.transaction(
    (runId: string, changes: Partial<JobRecord>, event: JobEvent | undefined): JobRecord => {
      const before = get(runId);
      if (before === null) {
        const reason =
          selectRecord.get(runId) === undefined ? 'there is no such job' : 'what is stored of the job cannot be read';
        throw new AppError('RECORD_FAILED', { details: { reason, runId } });
      }
      const job = JobRecord.parse({ ...before, ...changes, runId: before.runId, requestId: before.requestId });
      updateJob.run(columns(job));
      updateRecord.run(JSON.stringify(job), runId);
      noteUse(before, job);
      if (event !== undefined) insertEvent.run(runId, event.at, event.state, event.detail);
      return job;
    },
  );

  const recordLook = db.transaction((changes: readonly RunChanges[]): JobRecord[] =>
    changes.flatMap(({ runId, tasks, run, events }) => {
      const before = get(runId);
      if (before === null) return [];
      const known = new Map(tasksOf({ ...before, phase: 'submitted' }).map((task) => [task.index, task]));
      for (const task of tasks) known.set(task.index, task);
      if (known.size > 1) known.delete(null);
      const changed = [...known.values()].sort(byIndex);
      const after = JobRecord.parse({ ...before, ...run, ...(tasks.length === 0 ? {} : foldTasks(changed)) });
      if (tasks.length > 0) arrays.set(runId, known);
      updateJob.run(columns(after));
      updateRecord.run(JSON.stringify(after), runId);
      noteUse(before, after);
      for (const event of events) insertEvent.run(runId, event.at, event.state, event.detail);
      return [after];
    }),
  );

  const removeAll = db.transaction((runIds: readonly string[]) =>
    runIds.reduce((removed, runId) => removed + deleteJob.run(runId).changes, 0),
  );

  return {
    insert: (job) => {
      const checked = JobRecord.parse(job);
      writing(() => insert.immediate(checked), { runId: checked.runId, requestId: checked.requestId });
    },
    update: (runId, changes, event) => {
      const checked = event === undefined ? undefined : JobEvent.parse(event);
      return writing(() => update.immediate(runId, changes, checked), { runId });
    },
    recordLook: (changes) => writing(() => recordLook.immediate(changes), { runs: changes.length }),
    tasks: (runId, { offset, limit, groups }) => {
      const job = reading(() => get(runId));
      const all = job === null ? [] : tasksOf(job);
      const chosen = groups === undefined ? all : all.filter((task) => groups.includes(taskGroup(task)));
      return { tasks: chosen.slice(offset, offset + limit), total: chosen.length };
    },
    task: (runId, index) => {
      const job = reading(() => get(runId));
      return (job === null ? [] : tasksOf(job)).find((task) => task.index === index) ?? null;
    },
    get: (runId) => reading(() => get(runId)),
    findByRequest: (requestId) =>
      reading(() => {
        const runId = selectRunOfRequest.get(requestId);
        return runId === undefined ? null : get(runId);
      }),
    list: (filter, offset, limit) =>
      reading(() => {
        const { where, values } = conditions(filter);
        // the page is cut inside the index; only its rows are then read from the table
        const page = db.prepare<unknown[], { run_id: string; summary: string }>(
          `SELECT run_id, summary FROM (SELECT seq FROM jobs ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?) JOIN jobs USING (seq)
           ORDER BY created_at DESC, seq DESC`,
        );
        const stored = page.all(...values, limit, offset);
        const rows = stored.flatMap(({ run_id, summary }) => readRow('jobs', run_id, StoredRow, summary) ?? []);
        // a first page that is not full has shown all there is
        if (offset === 0 && stored.length < limit) return { rows, total: stored.length };
        return {
          rows,
          total:
            db
              .prepare<unknown[], number>(`SELECT count(*) FROM jobs ${where}`)
              .pluck()
              .get(...values) ?? 0,
        };
      }),
    unsettled: (clusterId) =>
      reading(() =>
        selectOpen
          .all(clusterId ?? null, clusterId ?? null)
          .flatMap(({ run_id, record }) => parse(run_id, record) ?? []),
      ),
    events: (runId) =>
      reading(() =>
        selectEvents
          .all(runId)
          .map((event) => ({ ...event, state: event.state === 'refused' ? 'rejected' : event.state, task: null })),
      ),
    counts: () => {
      const counts = { pending: 0, running: 0, submitting: 0 };
      for (const { run_id, summary } of reading(() => selectOpenSummaries.all())) {
        const job = readRow('jobs', run_id, StoredRow, summary);
        if (job === null) continue;
        const group = stateGroup(job.state);
        if (job.phase !== 'submitted') counts.submitting += 1;
        // just submitted: Slurm has it and has not been asked about it yet
        else if (group === 'pending' || job.state === null) counts.pending += 1;
        else if (!isFinal(job.state)) counts.running += 1;
      }
      return counts;
    },
    submittedSince: (at) => reading(() => countSince.get(at) ?? 0),
    remove: (runIds) => writing(() => removeAll.immediate(runIds)),
  };
}
