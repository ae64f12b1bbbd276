import type { Database } from 'better-sqlite3';
import type { FileHandleId } from '../../../shared/domain/ids.ts';
import { foldTasks, soleTask } from '../../../shared/domain/job/foldTasks.ts';
import { JobEvent, JobRecord, JobRow } from '../../../shared/domain/job/schema.ts';
import { JobSummary } from '../../../shared/domain/job/summary.ts';
import { Task } from '../../../shared/domain/job/task.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import type { JobRepository, RunChanges, SubmissionChanges } from '../../core/ports.ts';
import type { RowReader } from '../damage.ts';
import { reading, writing } from '../sqliteErrors.ts';
import { createEventRows } from './eventRows.ts';
import { createFileRows } from './fileRows.ts';
import { inputsOf, packInputs, RunInputs, unpackInputs, type PackedInputs } from './inputs.ts';
import { createRunList } from './list.ts';
import { createRunRows, SUMMARY_COLUMNS, summaryValue, type SummaryRow } from './runRows.ts';
import { createTaskRows } from './taskRows.ts';

const notFound = (runId: string, reason: Message): AppError =>
  new AppError('RECORD_FAILED', { details: { reason, runId } });
const NO_SUCH = message('store.noSuchJob');
const UNREADABLE = message('store.jobUnreadable');

/** Submissions, their tasks, and what became of them. */
export function createRuns(db: Database, readRow: RowReader): JobRepository {
  const runRows = createRunRows(db);
  const fileRows = createFileRows(db);
  const taskRows = createTaskRows(db, readRow);
  const eventRows = createEventRows(db);
  const list = createRunList(db, (row) => readRow.value('runs', String(row.runId), JobRow, summaryValue(row, readRow)));

  const selectRow = db.prepare<[string], SummaryRow>(`SELECT ${SUMMARY_COLUMNS} FROM runs WHERE run_id = ?`);
  const selectSeq = db.prepare<[string], number>('SELECT seq FROM runs WHERE run_id = ?').pluck();
  const selectRunOfRequest = db.prepare<[string], string>('SELECT run_id FROM runs WHERE request_id = ?').pluck();
  const selectWithImage = db.prepare<[string, string, string], SummaryRow>(
    `SELECT ${SUMMARY_COLUMNS} FROM runs INDEXED BY runs_by_image
     WHERE cluster_id = ? AND image_path = ? AND phase = 'submitted' AND template_id = ? ORDER BY created_at DESC LIMIT 1`,
  );
  const insertInputs = db.prepare('INSERT INTO run_inputs (run_seq, dictionary, content) VALUES (?, ?, ?)');
  const selectInputs = db.prepare<[number], PackedInputs>(
    'SELECT dictionary, content FROM run_inputs WHERE run_seq = ?',
  );
  // left to itself the planner walks all runs for the order
  const selectWatched = db.prepare<[string | null, string | null], SummaryRow>(
    `SELECT ${SUMMARY_COLUMNS} FROM runs INDEXED BY runs_watched WHERE watched = 1 AND (? IS NULL OR cluster_id = ?) ORDER BY seq`,
  );
  const selectCounts = db.prepare<[], { pending: number; running: number; submitting: number }>(
    // just submitted, Slurm has it and has not been asked about it yet: it waits
    `SELECT count(*) FILTER (WHERE phase = 'submitted' AND (state_group IS NULL OR state_group = 'pending')) AS pending,
            count(*) FILTER (WHERE phase = 'submitted' AND state_group IN ('running', 'unknown')) AS running,
            count(*) FILTER (WHERE phase <> 'submitted') AS submitting
     FROM runs INDEXED BY runs_watched WHERE watched = 1`,
  );
  const selectUnsent = db
    .prepare<[], string>(
      `SELECT DISTINCT handle FROM runs INDEXED BY runs_watched JOIN run_files ON run_seq = seq
       WHERE watched = 1 AND phase <> 'submitted' AND handle IS NOT NULL`,
    )
    .pluck();
  const countSince = db.prepare<[number], number>('SELECT count(*) FROM runs WHERE created_at >= ?').pluck();
  const deleteRun = db.prepare('DELETE FROM runs WHERE run_id = ?');
  const countUse = db.prepare(
    'INSERT INTO template_usage (source, template_id, uses, last_at) VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET uses = uses + 1, last_at = max(last_at, excluded.last_at)',
  );
  /** A template is used when Slurm has taken a job of it; removing the job later does not undo that. */
  const noteUse = (before: JobSummary | null, run: JobSummary): void => {
    if (run.origin === 'slipway' && run.phase === 'submitted' && before?.phase !== 'submitted')
      countUse.run(run.templateSource, run.templateId, Math.round(run.createdAt));
  };

  const readSummary = (row: SummaryRow): JobSummary | null =>
    readRow.value('runs', String(row.runId), JobSummary, summaryValue(row, readRow));

  function readInputs(row: SummaryRow): RunInputs | null {
    const runId = String(row.runId);
    const packed = selectInputs.get(row.seq);
    if (packed === undefined) return readRow.unreadable('run_inputs', runId, 'there are none');
    let json: string;
    try {
      json = unpackInputs(packed);
    } catch (error) {
      return readRow.unreadable('run_inputs', runId, reasonOf(error));
    }
    return readRow.json('run_inputs', runId, RunInputs, json);
  }

  function readRecord(row: SummaryRow): JobRecord | null {
    const inputs = readInputs(row);
    if (inputs === null) return null;
    const { texts, ...written } = inputs;
    return readRow.value('runs', String(row.runId), JobRecord, {
      ...summaryValue(row, readRow),
      ...written,
      files: fileRows.all(row.seq, texts),
    });
  }

  const get = (runId: string): JobRecord | null => {
    const row = selectRow.get(runId);
    return row === undefined ? null : readRecord(row);
  };

  const insert = db.transaction((job: JobRecord) => {
    // a job that Slurm has already is what is known of its only task
    const tasks = job.phase === 'submitted' ? [soleTask(job)] : [];
    const run = JobSummary.parse({ ...job, tasks: foldTasks(tasks).tasks });
    const seq = runRows.insert(run, job.cost);
    taskRows.put(seq, tasks);
    const { dictionary, content } = packInputs(JSON.stringify(inputsOf(job)));
    insertInputs.run(seq, dictionary, content);
    fileRows.insert(seq, job.files);
    noteUse(null, run);
  });

  const update = db.transaction((runId: string, changes: SubmissionChanges, event: JobEvent | undefined): JobRecord => {
    const row = selectRow.get(runId);
    if (row === undefined) throw notFound(runId, NO_SUCH);
    const before = readRecord(row);
    if (before === null) throw notFound(runId, UNREADABLE);
    const job = JobRecord.parse({ ...before, ...changes, runId: before.runId, requestId: before.requestId });
    const run = JobSummary.parse(job);
    runRows.update(row.seq, JobSummary.parse(before), run);
    if (changes.files !== undefined) fileRows.update(row.seq, job.files);
    noteUse(before, run);
    if (event !== undefined) eventRows.add(row.seq, event);
    return job;
  });

  function record({ runId, tasks, run: changes, events }: RunChanges): JobSummary | null {
    const row = selectRow.get(runId);
    if (row === undefined) return null;
    // of hundreds in one poll each is checked once: as what it is afterwards
    const before = summaryValue(row, readRow) as unknown as JobSummary;
    taskRows.put(
      row.seq,
      tasks.map((task) => Task.parse(task)),
    );
    // the only task of a plain job is all there is
    const isPlain = before.array === null && tasks.length === 1 && tasks[0]?.index === null;
    const fold = tasks.length === 0 ? {} : foldTasks(isPlain ? tasks : taskRows.all(row.seq));
    const after = JobSummary.safeParse({
      ...before,
      ...changes,
      ...fold,
      // what was asked for, until Slurm says what it gave
      ...('partition' in fold && fold.partition === null ? { partition: before.partition } : {}),
      ...('timeLimit' in fold && fold.timeLimit === null ? { timeLimit: before.timeLimit } : {}),
      runId: before.runId,
      requestId: before.requestId,
    });
    if (!after.success) {
      if (readSummary(row) === null) return null;
      throw after.error;
    }
    const run = after.data;
    runRows.update(row.seq, before, run);
    if (changes?.files !== undefined) fileRows.update(row.seq, changes.files);
    noteUse(before, run);
    for (const event of events) eventRows.add(row.seq, JobEvent.parse(event));
    return run;
  }

  const recordLook = db.transaction((changes: readonly RunChanges[]): JobSummary[] =>
    changes.flatMap((each) => record(each) ?? []),
  );

  const removeAll = db.transaction((runIds: readonly string[]) =>
    runIds.reduce((removed, runId) => removed + deleteRun.run(runId).changes, 0),
  );

  /** Does one write, after which nothing is known of counts any more. */
  const changing: typeof writing = (write, details) => {
    list.changed();
    return writing(write, details);
  };

  return {
    insert: (job) => {
      const checked = JobRecord.parse(job);
      changing(() => insert.immediate(checked), { runId: checked.runId, requestId: checked.requestId });
    },
    update: (runId, changes, event) => {
      const checked = event === undefined ? undefined : JobEvent.parse(event);
      return changing(() => update.immediate(runId, changes, checked), { runId });
    },
    recordLook: (changes) => changing(() => recordLook.immediate(changes)),
    tasks: (runId, { offset, limit, groups }) =>
      reading(() => {
        const seq = selectSeq.get(runId);
        return seq === undefined ? { tasks: [], total: 0 } : taskRows.page(seq, offset, limit, groups);
      }),
    task: (runId, index) =>
      reading(() => {
        const seq = selectSeq.get(runId);
        return seq === undefined ? null : taskRows.one(seq, index);
      }),
    get: (runId) => reading(() => get(runId)),
    summary: (runId) =>
      reading(() => {
        const row = selectRow.get(runId);
        return row === undefined ? null : readSummary(row);
      }),
    findByRequest: (requestId) =>
      reading(() => {
        const runId = selectRunOfRequest.get(requestId);
        return runId === undefined ? null : get(runId);
      }),
    lastImage: (clusterId, templateId, imagePath) =>
      reading(() => {
        const row = selectWithImage.get(clusterId, imagePath, templateId);
        const identity = row === undefined ? undefined : readInputs(row)?.imageIdentity;
        return identity === undefined || row === undefined ? null : { identity, at: Number(row.createdAt) };
      }),
    list: (filter, offset, limit) => reading(() => list.page(filter, offset, limit)),
    watched: (clusterId) =>
      reading(() => selectWatched.all(clusterId ?? null, clusterId ?? null).flatMap((row) => readSummary(row) ?? [])),
    unsentFiles: () => reading(() => selectUnsent.all()) as FileHandleId[],
    events: (runId) => reading(() => eventRows.all(runId)),
    counts: () => reading(() => selectCounts.get()) ?? { pending: 0, running: 0, submitting: 0 },
    submittedSince: (at) => reading(() => countSince.get(at) ?? 0),
    remove: (runIds) => changing(() => removeAll.immediate(runIds)),
  };
}
