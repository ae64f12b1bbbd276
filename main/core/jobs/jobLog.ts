import type { OutputOf } from '../../../shared/contract/index.ts';
import type { OperationId, RunId } from '../../../shared/domain/ids.ts';
import { isSettled } from '../../../shared/domain/job/rules.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { outputFile, type OutputStream } from '../../../shared/domain/job/outputFiles.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { parseTaskRange } from '../../../shared/domain/job/taskRange.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import type { Clock, RemoteConnection } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type { ClusterSessions } from '../services.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { continuedHead, unfinishedTail } from './utf8.ts';

/** The output of a plain job (`task` null) or of a task of an array. */
export interface LogOf {
  readonly runId: RunId;
  readonly task: number | null;
  readonly stream: OutputStream;
}
type LogPart = OutputOf<'jobs.readLog'>;

const FOLLOW_PAUSE_MS = 1000;
const FOLLOW_CHUNK = 262_144;

const NOTHING_YET: LogPart = { text: '', offset: 0, next: 0, size: 0, exists: false };

/**
 * A part of a job's output. Characters are never cut: what a chunk's end cuts off comes with the next chunk. `final`: nothing will
 * be appended any more, so bytes that form no character are shown as U+FFFD instead of being waited for.
 */
async function readPart(
  { files }: RemoteConnection,
  path: string,
  from: number,
  limit: number,
  final: boolean,
): Promise<LogPart> {
  const stat = await files.stat(path);
  if (stat === null) return NOTHING_YET;
  // a pipe would be waited for, a device has no end
  if (stat.kind !== 'file')
    throw new AppError('REMOTE_FILE_DENIED', {
      details: { path, reason: message('jobs.noOrdinaryFile') },
      hint: message('jobs.seeRunFolder'),
    });
  const start = from < 0 ? Math.max(0, stat.size + from) : from;
  let bytes: Uint8Array;
  try {
    bytes = start >= stat.size ? new Uint8Array() : await files.read(path, start, Math.min(limit, stat.size - start));
  } catch (error) {
    if (AppError.is(error, 'REMOTE_PATH_MISSING')) return NOTHING_YET;
    throw error;
  }
  const head = from < 0 && start > 0 ? continuedHead(bytes) : 0;
  const atEnd = start + bytes.length >= stat.size;
  const tail = final && atEnd ? 0 : unfinishedTail(bytes);
  // fewer bytes asked for than one character has: rather cut than stand still
  const end = bytes.length - tail > head ? bytes.length - tail : atEnd ? head : bytes.length;
  return {
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(head, end)),
    offset: start + head,
    next: start + end,
    size: stat.size,
    exists: true,
  };
}

export interface JobLogs {
  /** JOB_NOT_FOUND; INPUT_INVALID for an array without a task, a task that is not of this array, and a task of a plain job. */
  check(log: LogOf): void;
  /**
   * Errors of `check`, NOT_CONNECTED, and what reading files can say; REMOTE_FILE_DENIED for a pipe, a device or a folder. A file that is
   * not there yet is `exists: false`.
   */
  read(log: LogOf, offset: number, limit: number, signal: AbortSignal): Promise<LogPart>;
  /** Sends chunks until the job or task has ended and all of it was sent; goes on over lost connections. CANCELLED, REMOTE_FILE_DENIED. */
  follow(operationId: OperationId, log: LogOf, offset: number, signal: AbortSignal): Promise<void>;
}

/** The run, its output's path (null before there is a job), and whether nothing will be appended any more. */
interface LogPlace {
  readonly job: JobRecord;
  readonly path: string | null;
  readonly ended: boolean;
}

export function createJobLogs(registry: JobRegistry, sessions: ClusterSessions, clock: Clock, emit: Emit): JobLogs {
  function placeOf({ runId, task, stream }: LogOf): LogPlace {
    const job = registry.get(runId);
    refuseOtherTasks(job, task);
    if (job.jobId === null) return { job, path: null, ended: isSettled(job) };
    return {
      job,
      path: `${job.runFolder}/${outputFile(stream, job.jobId, task)}`,
      ended: isSettled(job) || isFinal(registry.task(runId, task)?.state ?? null),
    };
  }

  return {
    check: (log) => void placeOf(log),

    read: async (log, offset, limit, signal) => {
      const { job, path, ended } = placeOf(log);
      if (path === null) return NOTHING_YET;
      return sessions.use(job.clusterId, { signal, purpose: 'log' }, (connection) =>
        readPart(connection, path, offset, limit, ended),
      );
    },

    follow: async (operationId, log, offset, signal) => {
      let next = offset;
      for (;;) {
        // asked before reading: what was written before the end is then surely read
        const { job, path, ended } = placeOf(log);
        if (path !== null) {
          try {
            const connection = await sessions.whenReady(job.clusterId, signal, 'log');
            const part = await readPart(connection, path, next, FOLLOW_CHUNK, ended);
            // a requeued job may begin its file anew
            if (part.exists && part.size < next) next = 0;
            else if (part.text !== '') {
              emit('jobs.logChunk', { operationId, ...log, offset: part.offset, text: part.text, size: part.size });
              next = part.next;
              continue;
            }
          } catch (error) {
            if (!AppError.is(error, 'CONNECTION_LOST', 'REMOTE_TIMEOUT', 'CHANNEL_REFUSED')) throw error;
            await clock.sleep(FOLLOW_PAUSE_MS, signal);
            continue;
          }
        }
        if (ended) return;
        await clock.sleep(FOLLOW_PAUSE_MS, signal);
      }
    },
  };
}

/** Looking at a file that nobody writes would say that a job wrote nothing. */
function refuseOtherTasks(job: JobRecord, task: number | null): void {
  const { array } = job;
  const refuse = (reason: Message, hint: Message): never => {
    throw new AppError('INPUT_INVALID', { details: { reason, field: 'task', array }, hint });
  };
  if (array === null) {
    if (task !== null) refuse(message('jobs.noArray'), message('jobs.leaveTaskOut'));
    return;
  }
  if (task === null) refuse(message('jobs.outputPerTask'), message('jobs.nameTask', { array }));
  const range = parseTaskRange(array);
  if (range !== null && task !== null && !range.indices.includes(task))
    refuse(message('jobs.noTask', { task }), message('jobs.nameTask', { array }));
}
