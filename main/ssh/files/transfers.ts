import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import type { ResultOf } from '../../core/remoteFiles.ts';
import { sftpReason } from '../errors.ts';
import { DEFAULT_MODE, type UploadTarget, type WayCall } from './files.ts';
import { LocalSource, uploadFailed } from './localSource.ts';
import { LocalTarget } from './localTarget.ts';

/** Transfers as both ways make them: what differs is how a range is sent and received. */

const untold = (): void => undefined;

/**
 * Sends a file to `remotePath.part` and renames it when it is complete. A `.part` is continued only if its SHA-256, asked from
 * the server, is that of the same number of bytes at the start of the local file; otherwise it is written anew. When the upload is given up,
 * the `.part` stays for the next time.
 */
export async function upload(
  target: UploadTarget,
  localPath: string,
  remotePath: string,
  { signal, onProgress, mode = DEFAULT_MODE }: WayCall<'upload'>,
): Promise<ResultOf<'upload'>> {
  const part = `${remotePath}.part`;
  return withSource(await LocalSource.open(localPath), async (source) => {
    await skipWhatIsThere(target, source, part, signal);
    if (source.position === 0 || source.position < source.bytes)
      await target.send(part, source, source.position === 0, signal, onProgress);
    onProgress(source.position);
    await refuseChanged(source);
    if (target.mustVerify) await verify(target, source, part, signal);
    await target.finishPart(part, remotePath, source.bytes, { mode, signal, onProgress: untold });
    return { bytes: source.bytes, sha256: source.sha256 };
  });
}

export async function uploadRange(
  target: UploadTarget,
  localPath: string,
  remotePath: string,
  offset: number,
  length: number,
  { signal, onProgress }: WayCall<'uploadRange'>,
): Promise<ResultOf<'uploadRange'>> {
  return withSource(await LocalSource.open(localPath, offset, length), async (source) => {
    await target.send(remotePath, source, false, signal, onProgress);
    await refuseChanged(source);
    return { bytes: source.bytes, sha256: source.sha256 };
  });
}

export async function downloadRange(
  from: UploadTarget,
  remotePath: string,
  localPath: string,
  offset: number,
  length: number,
  { signal, onProgress }: WayCall<'downloadRange'>,
): Promise<ResultOf<'downloadRange'>> {
  const target = await LocalTarget.open(localPath, offset, length);
  try {
    await from.receive(remotePath, target, signal, onProgress);
    return { bytes: target.position, sha256: target.sha256 };
  } finally {
    await target.close();
  }
}

/** Closes the source at the end; what the server says against it is UPLOAD_FAILED. */
async function withSource<T>(source: LocalSource, body: (source: LocalSource) => Promise<T>): Promise<T> {
  try {
    return await body(source);
  } catch (error) {
    if (error instanceof AppError && !AppError.is(error, 'REMOTE_FILE_DENIED', 'REMOTE_PATH_MISSING', 'REMOTE_TIMEOUT'))
      throw error;
    throw uploadFailed(source.name, error instanceof AppError ? reasonMessage(error) : sftpReason(error), error);
  } finally {
    await source.close();
  }
}
async function refuseChanged(source: LocalSource): Promise<void> {
  if (!(await source.unchanged())) throw uploadFailed(source.name, message('remoteFiles.changed'));
}

/** Leaves the source at the byte where sending goes on. */
async function skipWhatIsThere(
  target: UploadTarget,
  source: LocalSource,
  part: string,
  signal: AbortSignal,
): Promise<void> {
  const there = await target.stat(part, { signal, onProgress: untold });
  if (there?.kind !== 'file' || there.size === 0 || there.size > source.bytes) return;
  const [remote] = await Promise.all([hashOf(target, part, there.size, signal), source.skip(there.size, signal)]);
  if (remote !== source.sha256) source.rewind();
}

/** Compares the hash; where the server can make none, the size must do, which `finishPart` compares. */
async function verify(target: UploadTarget, source: LocalSource, part: string, signal: AbortSignal): Promise<void> {
  const remote = await hashOf(target, part, source.bytes, signal);
  if (remote !== null && remote !== source.sha256) throw uploadFailed(source.name, message('remoteFiles.arrivedOther'));
}

/** Null when it cannot be had, for whatever reason but that all ends. */
async function hashOf(
  target: UploadTarget,
  remotePath: string,
  bytes: number,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await target.hashRange(remotePath, 0, bytes, { signal, onProgress: untold });
  } catch (error) {
    if (AppError.is(error, 'CANCELLED', 'CONNECTION_LOST')) throw error;
    return null;
  }
}
