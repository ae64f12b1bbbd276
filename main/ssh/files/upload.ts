import { quote } from '../../../shared/lib/quote.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { sftpReason } from '../errors.ts';
import type { UploadTarget } from './files.ts';
import { LocalSource, uploadFailed } from './localSource.ts';

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
export type RunScript = (
  script: string,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<{ exitCode: number; stdout: string }>;

/**
 * Sends a file to `remotePath.part` and renames it when it is complete. A `.part` is continued only if its SHA-256, asked from
 * the server, is that of the same number of bytes at the start of the local file; otherwise it is written anew. When the upload is given up,
 * the `.part` stays for the next time.
 * Errors: UPLOAD_FAILED, FILE_UNREADABLE, FILE_NOT_FOUND, CONNECTION_LOST, CANCELLED.
 */
export async function upload(
  target: UploadTarget,
  runScript: RunScript,
  request: UploadRequest,
): Promise<{ bytes: number; sha256: string }> {
  const { remotePath, signal } = request;
  const part = `${remotePath}.part`;
  const source = await LocalSource.open(request.localPath);
  try {
    await skipWhatIsThere(target, runScript, source, part, signal);
    const report = throttle(request.onProgress, source.position);
    await target.send(part, source, signal, report.add);
    report.finish();
    if (!(await source.unchanged())) throw uploadFailed(source.name, 'the file was changed while it was sent');
    if (target.mustVerify) await verify(runScript, source, part, signal);
    await target.finish(part, remotePath, source, request.mode, signal);
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
  runScript: RunScript,
  source: LocalSource,
  part: string,
  signal: AbortSignal,
): Promise<void> {
  const there = await target.stat(part, signal);
  if (there?.kind !== 'file' || there.size === 0 || there.size > source.bytes) return;
  const [remote] = await Promise.all([
    remoteHash(runScript, part, there.size, signal),
    source.skip(there.size, signal),
  ]);
  if (remote !== source.sha256) source.rewind();
}

/** Compares the hash; where the server can make none, the size must do, which `finish` compares. */
async function verify(runScript: RunScript, source: LocalSource, part: string, signal: AbortSignal): Promise<void> {
  const remote = await remoteHash(runScript, part, source.bytes, signal);
  if (remote !== null && remote !== source.sha256) throw uploadFailed(source.name, 'what arrived is not what was sent');
}

/** SHA-256 of a file on the server; null when it cannot be had there. */
async function remoteHash(
  runScript: RunScript,
  remotePath: string,
  bytes: number,
  signal: AbortSignal,
): Promise<string | null> {
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

/** Passes on a running total at most about ten times a second. */
function throttle(
  onProgress: (done: number) => void,
  start: number,
): { add: (bytes: number) => void; finish: () => void } {
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
