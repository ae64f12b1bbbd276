import type { OutputOf } from '../../../shared/contract/index.ts';
import type { OperationId, RunId } from '../../../shared/domain/ids.ts';
import { isSettled, type JobRecord } from '../../../shared/domain/job/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { stderrName, stdoutName } from '../../slurm/runFolder.ts';
import type { Clock, RemoteConnection } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type { ClusterSessions } from '../services.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { continuedHead, unfinishedTail } from './utf8.ts';

export type LogStream = 'stdout' | 'stderr';
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
      details: { path, reason: 'it is no ordinary file' },
      hint: 'The job has put something else in the place of its output. See what is there in its run folder.',
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
  /** NOT_CONNECTED, JOB_NOT_FOUND, and what reading files can say; REMOTE_FILE_DENIED for a pipe, a device or a folder. A file that is not there yet is `exists: false`. */
  read(runId: RunId, stream: LogStream, offset: number, limit: number, signal: AbortSignal): Promise<LogPart>;
  /** Sends chunks until the job has ended and all of it was sent; goes on over lost connections. CANCELLED, REMOTE_FILE_DENIED. */
  follow(operationId: OperationId, runId: RunId, stream: LogStream, offset: number, signal: AbortSignal): Promise<void>;
}

export function createJobLogs(registry: JobRegistry, sessions: ClusterSessions, clock: Clock, emit: Emit): JobLogs {
  const pathOf = (job: JobRecord, stream: LogStream): string | null =>
    job.jobId === null
      ? null
      : `${job.runFolder}/${stream === 'stdout' ? stdoutName(job.jobId) : stderrName(job.jobId)}`;

  return {
    read: async (runId, stream, offset, limit, signal) => {
      const job = registry.get(runId);
      const path = pathOf(job, stream);
      if (path === null) return NOTHING_YET;
      return sessions.use(job.clusterId, { signal, purpose: 'log' }, (connection) =>
        readPart(connection, path, offset, limit, isSettled(job)),
      );
    },

    follow: async (operationId, runId, stream, offset, signal) => {
      let next = offset;
      for (;;) {
        // asked before reading: what was written before the end is then surely read
        const job = registry.get(runId);
        const ended = isSettled(job);
        const path = pathOf(job, stream);
        if (path !== null) {
          try {
            const connection = await sessions.whenReady(job.clusterId, signal, 'log');
            const part = await readPart(connection, path, next, FOLLOW_CHUNK, ended);
            // a requeued job may begin its file anew
            if (part.exists && part.size < next) next = 0;
            else if (part.text !== '') {
              emit('jobs.logChunk', {
                operationId,
                runId,
                stream,
                offset: part.offset,
                text: part.text,
                size: part.size,
              });
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
