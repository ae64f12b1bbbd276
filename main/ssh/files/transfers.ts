import { AppError } from '../../../shared/errors/appError.ts';
import type { ResultOf } from '../../core/remoteFiles.ts';
import { sftpReason } from '../errors.ts';
import { DEFAULT_MODE, type UploadTarget, type WayCall } from './files.ts';
import { LocalSource, uploadFailed } from './localSource.ts';

const untold = (): void => undefined;

/**
 * Sends a file to `remotePath.part` and renames it when it is complete. A `.part` is continued only if its SHA-256, asked from
 * the server, is that of the same number of bytes at the start of the local file; otherwise it is written anew. When the upload is given up,
 * the `.part` stays for the next time.
 * Errors: UPLOAD_FAILED, FILE_UNREADABLE, FILE_NOT_FOUND, CONNECTION_LOST, CANCELLED.
 */
export async function upload(
  target: UploadTarget,
  localPath: string,
  remotePath: string,
  { signal, onProgress, mode = DEFAULT_MODE }: WayCall<'upload'>,
): Promise<ResultOf<'upload'>> {
  const part = `${remotePath}.part`;
  const source = await LocalSource.open(localPath);
  try {
    await skipWhatIsThere(target, source, part, signal);
    let there = source.position;
    await target.send(part, source, signal, (bytes) => {
      there += bytes;
      onProgress(there);
    });
    onProgress(there);
    if (!(await source.unchanged())) throw uploadFailed(source.name, 'the file was changed while it was sent');
    if (target.mustVerify) await verify(target, source, part, signal);
    await target.finish(part, remotePath, source, mode, signal);
    return { bytes: source.bytes, sha256: source.sha256 };
  } catch (error) {
    if (error instanceof AppError && !AppError.is(error, 'REMOTE_FILE_DENIED', 'REMOTE_PATH_MISSING', 'REMOTE_TIMEOUT'))
      throw error;
    throw uploadFailed(source.name, error instanceof AppError ? error.message : sftpReason(error), error);
  } finally {
    await source.close();
  }
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

/** Compares the hash; where the server can make none, the size must do, which `finish` compares. */
async function verify(target: UploadTarget, source: LocalSource, part: string, signal: AbortSignal): Promise<void> {
  const remote = await hashOf(target, part, source.bytes, signal);
  if (remote !== null && remote !== source.sha256) throw uploadFailed(source.name, 'what arrived is not what was sent');
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
