import { createHash } from 'node:crypto';
import type { JobRecord, RunFile } from '../../../shared/domain/job/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Clock, Log, RemoteConnection } from '../ports.ts';
import type { LocalFiles } from '../services.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { Transfers } from './transfers.ts';

export interface UploadInputsDependencies {
  readonly registry: JobRegistry;
  readonly files: Pick<LocalFiles, 'path' | 'converted'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes the run folder and sends what of the run's files is not there yet, one after the other; each file that arrived is in the
 * record with its hash before the next begins. `onProgress` hears every report of a transfer.
 * Errors: those of RemoteFiles and LocalFiles.converted; FILE_HANDLE_UNKNOWN.
 */
export async function uploadInputs(
  dependencies: UploadInputsDependencies,
  job: JobRecord,
  connection: RemoteConnection,
  folderMode: number,
  onProgress: (transfers: Transfers) => void,
  signal: AbortSignal,
): Promise<JobRecord> {
  const { registry, clock, log } = dependencies;
  const transfers = new Transfers();
  let current = job;
  await connection.files.makeFolder(job.runFolder, { mode: folderMode });
  for (const [index, file] of job.files.entries()) {
    if (file.uploaded) continue;
    if (signal.aborted) throw new AppError('CANCELLED');
    const remotePath = `${job.runFolder}/${file.remoteName}`;
    transfers.begin(file.name, file.size, clock.now());
    const begun = clock.now();
    const sent = await send(file, remotePath, dependencies.files, connection, signal, (done) => {
      transfers.report(file.name, done, clock.now());
      onProgress(transfers);
    });
    const arrived: RunFile = { ...file, size: sent.bytes, sha256: sent.sha256, uploaded: true };
    current = registry.update(job.runId, { files: current.files.with(index, arrived) });
    transfers.report(file.name, sent.bytes, clock.now());
    onProgress(transfers);
    log.write('info', 'file_uploaded', job.requestId, {
      name: file.name,
      remoteName: file.remoteName,
      bytes: sent.bytes,
      sha256: sent.sha256,
      elapsedMs: clock.now() - begun,
    });
  }
  return current;

  async function send(
    file: RunFile,
    remotePath: string,
    localFiles: UploadInputsDependencies['files'],
    { files: remote }: RemoteConnection,
    abort: AbortSignal,
    report: (done: number) => void,
  ): Promise<{ bytes: number; sha256: string }> {
    const { source } = file;
    if (source.kind === 'local' && source.convert !== true)
      return remote.upload(localFiles.path(source.handle), remotePath, { signal: abort, onProgress: report });
    const content = source.kind === 'local' ? await localFiles.converted(source.handle) : Buffer.from(source.text);
    await remote.write(remotePath, content, { signal });
    return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  }
}
