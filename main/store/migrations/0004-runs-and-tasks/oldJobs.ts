import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { reasonOf } from '../../../../shared/errors/appError.ts';

/** A job as versions 1 to 3 wrote it: one JSON text. What is only carried over, not looked into, may be anything. */
const OldRecord = z.object({
  runId: z.string(),
  requestId: z.string(),
  clusterId: z.string(),
  user: z.string(),
  jobId: z.string().nullable(),
  slurmCluster: z.string().nullable().optional(),
  name: z.string(),
  templateId: z.string(),
  templateSource: z.string(),
  templateVersion: z.string(),
  templateHash: z.string(),
  imagePath: z.string().nullable(),
  request: z.record(z.string(), z.unknown()),
  parameters: z.unknown(),
  files: z.array(
    z.object({
      slot: z.string().nullable(),
      name: z.string(),
      remoteName: z.string(),
      size: z.number(),
      sha256: z.string().nullable(),
      uploaded: z.boolean(),
      source: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('local'), handle: z.string(), convert: z.boolean().optional() }),
        z.object({ kind: z.literal('generated'), text: z.string() }),
      ]),
    }),
  ),
  script: z.string(),
  edited: z.unknown().optional(),
  folds: z.unknown().optional(),
  runFolder: z.string(),
  phase: z.enum(['prepared', 'uploading', 'submitting', 'ambiguous', 'submitted', 'refused']),
  state: z.string().nullable(),
  reason: z.string().nullable(),
  cancelledBy: z
    .object({ who: z.enum(['you', 'system', 'other']), name: z.string().nullable() })
    .nullable()
    .optional(),
  restarts: z.int().optional(),
  endWatchedUntil: z.number().nullable().optional(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  nodes: z.string().nullable(),
  partition: z.string().nullable(),
  timeLimit: z.number().nullable(),
  elapsed: z.number().nullable(),
  progress: z.number().nullable(),
  progressText: z.string().nullable(),
  createdAt: z.number(),
  submittedAt: z.number().nullable(),
  expectedStart: z.number().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  cost: z.looseObject({ currency: z.unknown(), total: z.unknown(), billing: z.unknown().optional() }).nullable(),
  error: z.looseObject({ name: z.string() }).nullable(),
});
export type OldRecord = z.infer<typeof OldRecord>;

export interface OldEvent {
  readonly at: number;
  readonly state: string;
  readonly detail: string;
}

/** A row of the old `jobs`, with its record and its timeline. `record` is null, with a reason, where it could not be read. */
export interface OldJob {
  readonly row: OldRow;
  readonly record: OldRecord | null;
  readonly reason: string;
  readonly events: readonly OldEvent[];
}

interface OldRow {
  readonly seq: number;
  readonly run_id: string;
  readonly request_id: string;
  /** The record's text. */
  readonly record: string | null;
}

/** The record of a job, or why it cannot be read. */
function readRecord({ run_id, request_id, record }: OldRow): { record: OldRecord | null; reason: string } {
  if (record === null) return { record: null, reason: 'there is no record' };
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch (error) {
    return { record: null, reason: reasonOf(error) };
  }
  const parsed = OldRecord.safeParse(value);
  if (!parsed.success)
    return {
      record: null,
      reason: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    };
  return parsed.data.runId === run_id && parsed.data.requestId === request_id
    ? { record: parsed.data, reason: '' }
    : { record: null, reason: 'it is the record of another job' };
}

/** Makes what reads the jobs after one number up to and with another from a file of version 3. */
export function createOldJobs(db: Database): (after: number, last: number) => OldJob[] {
  const selectRows = db.prepare<[number, number], OldRow>(
    'SELECT jobs.*, record FROM jobs LEFT JOIN job_records USING (run_id) WHERE seq > ? AND seq <= ? ORDER BY seq',
  );
  const selectEvents = db.prepare<[string], OldEvent>(
    'SELECT at, state, detail FROM job_events WHERE run_id = ? ORDER BY at, seq',
  );
  return (after, last) =>
    selectRows.all(after, last).map((row) => ({ row, ...readRecord(row), events: selectEvents.all(row.run_id) }));
}
