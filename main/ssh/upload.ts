import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { quote } from '../../shared/lib/quote.ts';
import { AppError, reasonOf } from '../../shared/errors/appError.ts';
import { sftpReason } from './errors.ts';
import { within } from './limits.ts';
import type { SftpChannel } from './sftpChannel.ts';
import type { SftpFiles } from './sftpFiles.ts';

/** Bytes on the way at once. A server's channel window is about 2 MiB; the rest waits in memory, ready to go. */
const WINDOW_BYTES = 4 * 1024 ** 2;
/** When someone waits for the channel's place, it is given up after this many milliseconds of sending, and asked for again. */
const SHORTEST_LEG_MS = 1000;
const PROGRESS_INTERVAL_MS = 100;
/** A hash on the server at this many bytes a second, at worst. */
const SLOWEST_HASH = 10 * 1024 ** 2;

export interface UploadRequest {
  readonly localPath: string;
  readonly remotePath: string;
  readonly mode: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Runs a script on the server. */
export type RunScript = (script: string, timeoutMs: number, signal: AbortSignal) => Promise<{ exitCode: number; stdout: string }>;

/**
 * Sends a file to `remotePath.part` and renames it when it is complete. A `.part` is continued only if its SHA-256, asked from
 * the server, is that of the same number of bytes at the start of the local file; otherwise it is written anew. When the upload is given up,
 * the `.part` stays for the next time.
 * Errors: UPLOAD_FAILED, FILE_UNREADABLE, FILE_NOT_FOUND, CONNECTION_LOST, CANCELLED.
 */
export async function upload(files: SftpFiles, runScript: RunScript, request: UploadRequest): Promise<{ bytes: number; sha256: string }> {
  const name = path.basename(request.localPath);
  const local = await openLocal(request.localPath, name);
  try {
    const before = await local.stat();
    if (!before.isFile()) throw new AppError('FILE_UNREADABLE', { details: { name, reason: 'it is not a file' } });
    const source: Source = { local, name, bytes: before.size };
    const start = await resumePoint(files, runScript, source, request);
    const sha256 = await send(files, source, start, request);
    const after = await local.stat();
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw uploadFailed(name, 'the file was changed while it was sent');
    await finish(files, source, request);
    return { bytes: source.bytes, sha256 };
  } catch (error) {
    if (error instanceof AppError && !AppError.is(error, 'REMOTE_FILE_DENIED', 'REMOTE_PATH_MISSING', 'REMOTE_TIMEOUT')) throw error;
    throw uploadFailed(name, error instanceof AppError ? error.message : sftpReason(error), error);
  } finally {
    await local.close();
  }
}

interface Source {
  readonly local: FileHandle;
  readonly name: string;
  readonly bytes: number;
}

/** Where to go on, and the hash of everything before it. */
interface ResumePoint {
  readonly offset: number;
  readonly hash: Hash;
}

function uploadFailed(name: string, reason: string, cause?: unknown): AppError {
  return new AppError('UPLOAD_FAILED', { details: { name, reason }, cause });
}

async function openLocal(localPath: string, name: string): Promise<FileHandle> {
  try {
    return await open(localPath, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new AppError('FILE_NOT_FOUND', { details: { name }, cause: error });
    throw new AppError('FILE_UNREADABLE', { details: { name, reason: reasonOf(error) }, cause: error });
  }
}

/** Fills `buffer` from the local file, or as much of it as there is. */
async function readLocal({ local, name }: Source, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const { bytesRead } = await local.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', { details: { name, reason: reasonOf(error) }, cause: error });
  }
  return filled;
}

async function resumePoint(files: SftpFiles, runScript: RunScript, source: Source, { remotePath, signal }: UploadRequest): Promise<ResumePoint> {
  const part = `${remotePath}.part`;
  const there = await files.stat(part, signal);
  if (there?.kind === 'file' && there.size > 0 && there.size <= source.bytes) {
    const [remote, hash] = await Promise.all([remoteHash(runScript, part, there.size, signal), localHash(source, there.size, signal)]);
    if (remote === hash.copy().digest('hex')) return { offset: there.size, hash };
  }
  return { offset: 0, hash: createHash('sha256') };
}

/** The hash of the first `bytes` of the local file, open for more. */
async function localHash(source: Source, bytes: number, signal: AbortSignal): Promise<Hash> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1024 ** 2);
  let at = 0;
  while (at < bytes) {
    signal.throwIfAborted();
    const count = await readLocal(source, buffer.subarray(0, Math.min(buffer.length, bytes - at)), at);
    if (count === 0) throw becameShorter(source);
    hash.update(buffer.subarray(0, count));
    at += count;
  }
  return hash;
}

/** SHA-256 of a file on the server; null when it cannot be had there. */
async function remoteHash(runScript: RunScript, remotePath: string, bytes: number, signal: AbortSignal): Promise<string | null> {
  const file = quote(remotePath);
  const script = `{ sha256sum < ${file} || shasum -a 256 < ${file} || openssl dgst -sha256 -r < ${file}; } 2>/dev/null`;
  try {
    const { stdout } = await runScript(script, 60_000 + (bytes / SLOWEST_HASH) * 1000, signal);
    return /^[0-9a-f]{64}/.exec(stdout)?.[0] ?? null;
  } catch (error) {
    if (AppError.is(error, 'CANCELLED', 'CONNECTION_LOST')) throw error;
    return null;
  }
}

/** Sends everything from `start` on, in one or more legs, and returns the hash of the whole file. */
async function send(files: SftpFiles, source: Source, start: ResumePoint, request: UploadRequest): Promise<string> {
  const { remotePath, signal } = request;
  const report = throttle(request.onProgress, start.offset);
  let offset = start.offset;
  do {
    offset = await files.use(remotePath, signal, async (sftp, lease) => {
      const handle = await sftp.open(`${remotePath}.part`, offset === 0 ? 'create' : 'update');
      const startedAt = performance.now();
      const enough = (): boolean => lease.wanted && performance.now() - startedAt > SHORTEST_LEG_MS;
      try {
        return await within({ signals: [signal] }, (ended) => sendLeg(sftp, handle, source, { offset, hash: start.hash }, ended, enough, report.add));
      } finally {
        const closed = sftp.closeHandle(handle);
        // given up: nobody waits until what is on the way has arrived; the server takes requests in turn
        if (signal.aborted) closed.catch(() => undefined);
        else await closed;
      }
    });
  } while (offset < source.bytes);
  report.finish();
  return start.hash.digest('hex');
}

/** Sends with several requests on the way until the end of the file or until it is `enough`; returns the position that was reached. */
async function sendLeg(
  sftp: SftpChannel,
  handle: Buffer,
  source: Source,
  { offset, hash }: ResumePoint,
  signal: AbortSignal,
  enough: () => boolean,
  arrived: (bytes: number) => void,
): Promise<number> {
  const chunk = sftp.chunkBytes;
  const buffer = Buffer.allocUnsafe(chunk);
  const window = Math.max(2, Math.floor(WINDOW_BYTES / chunk));
  const writes: Promise<void>[] = Array.from({ length: window }, () => Promise.resolve());
  let at = offset;
  for (let turn = 0; at < source.bytes && !enough(); turn = (turn + 1) % window) {
    await writes[turn];
    const count = await readLocal(source, buffer.subarray(0, Math.min(chunk, source.bytes - at)), at);
    if (count === 0) throw becameShorter(source);
    signal.throwIfAborted();
    const piece = buffer.subarray(0, count);
    hash.update(piece);
    // the request holds a copy, so that the buffer is free again
    const write = sftp.write(handle, piece, at).then(() => {
      arrived(count);
    });
    // awaited at its next turn, or below; a failure in between must not count as unhandled
    write.catch(() => undefined);
    writes[turn] = write;
    at += count;
  }
  await Promise.all(writes);
  return at;
}

function becameShorter({ name }: Source): AppError {
  return uploadFailed(name, 'the file became shorter while it was sent');
}

/** Compares the size, sets the permissions and puts the file in its place. */
async function finish(files: SftpFiles, source: Source, { remotePath, mode, signal }: UploadRequest): Promise<void> {
  await files.use(remotePath, signal, async (sftp) => {
    const part = `${remotePath}.part`;
    const handle = await sftp.open(part, 'update');
    try {
      const { size } = await sftp.fstat(handle);
      if (size !== source.bytes) throw uploadFailed(source.name, `${String(size)} of ${String(source.bytes)} bytes arrived`);
      await sftp.setMode(handle, mode);
    } finally {
      await sftp.closeHandle(handle);
    }
    await sftp.renameOver(part, remotePath);
  });
}

/** Passes on a running total at most about ten times a second. */
function throttle(onProgress: (done: number) => void, start: number): { add: (bytes: number) => void; finish: () => void } {
  let done = start;
  let reportedAt = -Infinity;
  return {
    add(bytes) {
      done += bytes;
      const now = performance.now();
      if (now - reportedAt < PROGRESS_INTERVAL_MS) return;
      reportedAt = now;
      onProgress(done);
    },
    finish() {
      onProgress(done);
    },
  };
}
