import { z } from 'zod';
import { Count, list, Name } from '../domain/bounds/schemas.ts';
import { MAX_ARRAY_SIZE } from '../domain/job/taskRange.ts';
import { Task } from '../domain/job/task.ts';
import { Draft } from '../domain/job/draft.ts';
import { ClusterId, OperationId, RequestId, RunId } from '../domain/ids.ts';
import { JobEvent, JobFilter, JobRecord, JobRow, SubmitStep, TransferProgress } from '../domain/job/schema.ts';
import { MessageSchema } from '../messages/schema.ts';
import { operation } from './operation.ts';

const ById = z.object({ runId: RunId });
const Stream = z.enum(['stdout', 'stderr']);
const TaskIndex = z.int().min(0).max(MAX_ARRAY_SIZE);
/** Of an array a task must be named, of a plain job none: INPUT_INVALID, with the numbers that there are. */
const OfTask = z.object({ task: TaskIndex.nullable().default(null) });

export const jobOperations = {
  'jobs.submit': operation(
    'Submit a draft, exactly once per request id: a second call with the same id answers with the same run. Answers as soon as the intent is stored; `submit.progress` tells the rest, `wait` answers at the end.',
    z.object({ draft: Draft, requestId: RequestId.optional(), wait: z.boolean().default(false) }),
    JobRecord,
  ),
  'jobs.resume': operation(
    'Go on with a submission that was interrupted or refused for a passing reason. Never sends a job twice.',
    ById,
    JobRecord,
  ),
  'jobs.decide': operation(
    'Settle an ambiguous submission: `found` with the job id the person knows, or `never-ran` to give it up.',
    ById.extend({
      decision: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('found'), jobId: Name }),
        z.object({ kind: z.literal('never-ran') }),
      ]),
    }),
    JobRecord,
  ),
  'jobs.list': operation(
    'Jobs, newest first. `total` counts all that match.',
    z.object({ filter: JobFilter.default({}), offset: Count.default(0), limit: z.int().min(1).max(1000).default(200) }),
    z.object({ rows: z.array(JobRow), total: z.int() }),
  ),
  'jobs.counts': operation(
    'Jobs by group of state, for the status bar.',
    z.object({}),
    z.object({ pending: z.int(), running: z.int(), submitting: z.int() }),
  ),
  'jobs.get': operation(
    'One job with its script, files and timeline.',
    ById,
    z.object({ job: JobRecord, events: z.array(JobEvent), steps: z.array(SubmitStep) }),
  ),
  'jobs.tasks': operation(
    'The tasks of a run, by index: one for a plain job, the elements of an array, none before Slurm has taken it. `total` counts all of the `groups` that are asked for.',
    ById.extend({
      offset: Count.default(0),
      limit: z.int().min(1).max(5000).default(500),
      /** Groups of states; all when it is left out. */
      groups: list(z.enum(['pending', 'running', 'ok', 'bad', 'cancelled', 'unknown'])).optional(),
    }),
    z.object({ tasks: z.array(Task), total: z.int() }),
  ),
  'jobs.watch': operation(
    'Say which jobs are on screen, and whether the window is in view at all: their clusters are polled at the short interval until the same watcher’s next call, for 90 s at most. With no window in view clusters are polled at the long interval.',
    z.object({
      runIds: list(RunId),
      visible: z.boolean().default(true),
      /** Each window names itself, so that one does not speak for another. */
      watcher: z.string().max(64).default(''),
    }),
    z.object({}),
  ),
  'jobs.refresh': operation(
    'Ask the cluster now.',
    z.object({ clusterId: ClusterId }),
    z.object({ nextPollAt: z.number().nullable() }),
  ),
  'jobs.cancel': operation(
    'Cancel with scancel, then look what became of it. With `tasks`, only these tasks of an array.',
    ById.extend({ tasks: list(TaskIndex).min(1).optional() }),
    JobRecord,
  ),
  'jobs.remove': operation(
    'Forget the record of an ended job. Nothing on the cluster is touched.',
    z.object({ runIds: list(RunId) }),
    z.object({ removed: z.int() }),
  ),
  'jobs.readLog': operation(
    'A part of the output of a job, or of one task of an array, from byte `offset`; a negative offset counts from the end. `next` is where to go on.',
    ById.extend({
      ...OfTask.shape,
      stream: Stream,
      offset: z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).default(0),
      limit: z.int().min(1).max(4_194_304).default(262_144),
    }),
    z.object({ text: z.string(), offset: z.int(), next: z.int(), size: z.int(), exists: z.boolean() }),
  ),
  'jobs.explain': operation(
    'Why a job or a task waits, who cancelled it, or what most likely ended it and the next step, from Slurm’s words and the end of its output. Without a task, the end of an array is that of its first task that failed.',
    ById.extend(OfTask.shape),
    z.object({
      /** What Slurm’s reason means; null when there is none, or when it says nothing that the state does not say. */
      reason: MessageSchema.nullable(),
      /** Slurm’s own word, where the reason is ours. */
      word: z.string().nullable(),
      /** Null for what did not end badly, and where nothing points to a cause. */
      cause: z
        .object({
          code: z.string(),
          /** Slurm or the system says so itself; else it is what the output points to. */
          isSure: z.boolean(),
          said: MessageSchema,
          next: MessageSchema,
        })
        .nullable(),
      /** The task that it is about. */
      task: z.int().nullable(),
      /** False: nothing failed, or its output could not be read now, and the cause is what Slurm says alone. */
      outputRead: z.boolean(),
    }),
  ),
  'jobs.followLog': operation(
    'Send what is appended to the output of a job, or of one task of an array, as `jobs.logChunk` events, until `operations.cancel` or its end.',
    ById.extend({ ...OfTask.shape, stream: Stream, offset: Count }),
    z.object({ operationId: OperationId }),
  ),
} as const;

export const jobEvents = {
  /** Rows that are new or changed. */
  'jobs.changed': z.object({ rows: z.array(JobRow) }),
  /** Tasks that are new or changed, of runs that some window shows: at most 500 in one event. */
  'jobs.tasksChanged': z.object({ runId: RunId, tasks: z.array(Task) }),
  'jobs.removed': z.object({ runIds: z.array(RunId) }),
  'jobs.poll': z.object({
    clusterId: ClusterId,
    lastPollAt: z.number().nullable(),
    answeredAt: z.number().nullable(),
    nextPollAt: z.number().nullable(),
    /** Why the last look failed; null where it did not. */
    error: MessageSchema.nullable(),
  }),
  /** The next look is another one than was told last; null: none is planned. Epoch ms. */
  'jobs.planned': z.object({ clusterId: ClusterId, nextPollAt: z.number().nullable() }),
  'jobs.logChunk': z.object({
    operationId: OperationId,
    runId: RunId,
    task: z.int().nullable(),
    stream: Stream,
    offset: z.int(),
    text: z.string(),
    size: z.int(),
  }),
  'submit.progress': z.object({
    runId: RunId,
    phase: z.string(),
    steps: z.array(SubmitStep),
    transfers: z.array(TransferProgress),
  }),
} as const;
