import { MessageSchema } from '../../messages/schema.ts';
import { z } from 'zod';
import { ImageIdentity } from '../image/identity.ts';
import { Line, list, Name, Time } from '../bounds/schemas.ts';
import { CostEstimate } from '../cost/schema.ts';
import { ClusterId, FileHandleId, RequestId, RunId, SlurmJobId } from '../ids.ts';
import { SlurmRequest } from '../request/schema.ts';
import { ScriptFold } from './script.ts';
import { ParameterValues, TemplateSource } from '../template/schema.ts';
import { CancelledBy } from './cancelledBy.ts';
import { NO_TASKS, TaskCounts } from './task.ts';
import { SUBMIT_PHASES } from './submitPhases.ts';
import { ErrorRecord } from '../../errors/errorRecord.ts';

export { isFinal, JOB_STATES, stateGroup, type StateGroup } from './state.ts';
export { CancelledBy, cancellerMessage } from './cancelledBy.ts';

/** Where a submission stands on our side. */
export const SubmitPhase = z.enum(SUBMIT_PHASES);
export type SubmitPhase = z.infer<typeof SubmitPhase>;

export const RunFile = z.object({
  slot: z.string().nullable(),
  name: z.string(),
  /** Name within the run folder. */
  remoteName: z.string(),
  size: z.number(),
  sha256: z.string().nullable(),
  uploaded: z.boolean(),
  /** Where its bytes come from, so that an upload can go on after a restart. */
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('local'), handle: FileHandleId, convert: z.boolean().optional() }),
    z.object({ kind: z.literal('generated'), text: z.string() }),
  ]),
});
export type RunFile = z.infer<typeof RunFile>;

/** A line of a run's timeline. Of an array's tasks only what is out of the ordinary has one: bad ends, cancellations, further starts. */
export const JobEvent = z.object({
  at: z.number(),
  state: z.string(),
  /** What there is to say beside the state; null for nothing. */
  detail: MessageSchema.nullable(),
  /** The index of the task that it is about; null: the run as a whole. */
  task: z.int().nullable().default(null),
});
export type JobEvent = z.infer<typeof JobEvent>;

/**
 * A submission and what came of it. From `state` on, what is said of the run is folded from its tasks (`foldTasks`). Times are epoch
 * milliseconds, memory bytes, durations seconds.
 */
export const JobRecord = z.object({
  runId: RunId,
  requestId: RequestId,
  clusterId: ClusterId,
  /** Who submitted it: this program, or somebody or something else; then there is no script and there are no parameters. */
  origin: z.enum(['slipway', 'elsewhere']).default('slipway'),
  user: z.string(),
  /** The id that sbatch answered with: the job's own, or its array's. */
  jobId: SlurmJobId.nullable(),
  /** The cluster of a federation that took the job, where it is not the login node's own; the number alone would mean another job. */
  slurmCluster: z.string().nullable().optional(),
  name: z.string(),
  templateId: z.string(),
  templateSource: TemplateSource,
  templateVersion: z.string(),
  /** SHA-256 of the template file's bytes. */
  templateHash: z.string(),
  imagePath: z.string().nullable(),
  /** Which file the image was when the run was made, as far as that was known. */
  imageIdentity: ImageIdentity.optional(),
  request: SlurmRequest,
  /** The tasks that are asked for, in sbatch's spelling (`1-12%3`); null for a plain job. This and the next three follow from the request. */
  array: z.string().nullable().default(null),
  account: z.string().nullable().default(null),
  qos: z.string().nullable().default(null),
  /** GPUs that each task asks for, over all of its nodes. */
  gpus: z.int().default(0),
  parameters: ParameterValues,
  files: z.array(RunFile),
  script: z.string(),
  /** Whether the script was edited by hand, and which of the generated files were. */
  edited: z.object({ script: z.boolean(), files: z.array(z.string()) }).optional(),
  /** Lines of the script that are Slipway's own. */
  folds: z.array(ScriptFold).optional(),
  runFolder: z.string(),
  phase: SubmitPhase,
  /** How many tasks it has and how they stand; none before Slurm has taken it. */
  tasks: TaskCounts.default(NO_TASKS),
  /** Slurm's word, or null before there is a job. */
  state: z.string().nullable(),
  /** Slurm's reason while it waits, or why it ended. */
  reason: z.string().nullable(),
  cancelledBy: CancelledBy.nullable().optional(),
  /** How often Slurm has started it again. */
  restarts: z.int().optional(),
  /**
   * Until when an end is looked at again, because Slurm may start the job once more or has not confirmed it yet. The job has ended all
   * the same, as far as is known.
   */
  endWatchedUntil: z.number().nullable().optional(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  nodes: z.string().nullable(),
  partition: z.string().nullable(),
  timeLimit: z.number().nullable(),
  elapsed: z.number().nullable(),
  /** 0 to 100, reported by the job itself. */
  progress: z.number().nullable(),
  progressText: z.string().nullable(),
  createdAt: z.number(),
  submittedAt: z.number().nullable(),
  expectedStart: z.number().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  cost: CostEstimate.nullable(),
  error: ErrorRecord.nullable(),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** A row of the jobs list: what the table shows, without script and parameters. */
export const JobRow = JobRecord.pick({
  runId: true,
  requestId: true,
  clusterId: true,
  origin: true,
  jobId: true,
  slurmCluster: true,
  name: true,
  templateId: true,
  phase: true,
  array: true,
  account: true,
  qos: true,
  gpus: true,
  tasks: true,
  state: true,
  reason: true,
  cancelledBy: true,
  restarts: true,
  exitCode: true,
  nodes: true,
  partition: true,
  timeLimit: true,
  elapsed: true,
  progress: true,
  createdAt: true,
  submittedAt: true,
  expectedStart: true,
  startedAt: true,
  endedAt: true,
}).extend({
  error: ErrorRecord.omit({ hint: true, ownHint: true }).nullable(),
});
export type JobRow = z.infer<typeof JobRow>;

export const JobFilter = z.object({
  text: Line.optional(),
  states: list(Name).optional(),
  clusterId: ClusterId.optional(),
  templateId: Name.optional(),
  /** Epoch milliseconds. */
  since: Time.optional(),
});
export type JobFilter = z.infer<typeof JobFilter>;

/** Steps of a submission as the receipt shows them. */
export const SubmitStep = z.object({
  step: z.enum(['checks', 'folder', 'files', 'script', 'sbatch', 'record']),
  state: z.enum(['waiting', 'active', 'done', 'failed']),
  detail: z.union([z.string(), MessageSchema]),
});
export type SubmitStep = z.infer<typeof SubmitStep>;

/** Bytes under way. `bytesPerSecond` is 0 until it is known. */
export const TransferProgress = z.object({
  name: z.string(),
  done: z.number(),
  total: z.number(),
  bytesPerSecond: z.number(),
});
export type TransferProgress = z.infer<typeof TransferProgress>;
