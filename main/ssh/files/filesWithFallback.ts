import { AppError } from '../../../shared/errors/appError.ts';
import { message, sayable } from '../../../shared/messages/message.ts';
import { takenNames, type FileOperation, type FilePiece, type ResultOf, type TakenBy } from '../../core/remoteFiles.ts';
import type { FileWay, WayCall } from './files.ts';
import { within } from '../limits.ts';

const PROGRESS_INTERVAL_MS = 100;

/** A way to files that can say whether it is one. */
export interface ProvableFiles extends FileWay {
  /** SFTP_UNAVAILABLE when this way does not work on this server. */
  prove(signal: AbortSignal): Promise<void>;
}

/**
 * The files of a connection over SFTP, or over the shell where the server has no SFTP or a start-up file spoils it. Found out with the first
 * operation, and kept for as long as the connection lasts: a way that has worked once does not change under an upload.
 */
export class FilesWithFallback {
  readonly #sftp: ProvableFiles;
  readonly #shell: ProvableFiles;
  readonly #lost: AbortSignal;
  readonly #chosen: (way: 'sftp' | 'shell') => void;
  #choice: Promise<FileWay> | null = null;

  constructor(sftp: ProvableFiles, shell: ProvableFiles, lost: AbortSignal, chosen: (way: 'sftp' | 'shell') => void) {
    this.#sftp = sftp;
    this.#shell = shell;
    this.#lost = lost;
    this.#chosen = chosen;
  }

  /** Runs one operation of the table; `onProgress` is called as the table promises it. Errors: its own, FILE_NAME_REFUSED. */
  async perform<K extends FileOperation>(name: K, takes: TakenBy<K>, call: WayCall<K>): Promise<ResultOf<K>> {
    takenNames(name).forEach((what, index) => {
      const value: unknown = takes[index];
      if (what !== 'content' && typeof value === 'string') refuseNul(value);
      if (what === 'pieces') for (const { path } of value as FilePiece[]) refuseNul(path);
    });
    const way = await this.#way(call.signal);
    // of a union of methods TypeScript knows no call; the table has tied name, what is taken and what is given together
    const operation = way[name] as unknown as (...args: readonly unknown[]) => Promise<ResultOf<K>>;
    const progress = throttled(call.onProgress);
    try {
      return await operation.call(way, ...takes, { ...call, onProgress: progress.tell });
    } finally {
      progress.finish();
    }
  }

  /** A choice that failed (the connection was lost, no channel was to be had) is made anew by whoever asks next. */
  async #way(signal: AbortSignal): Promise<FileWay> {
    this.#choice ??= this.#choose().catch((error: unknown) => {
      this.#choice = null;
      throw error;
    });
    const choice = this.#choice;
    return within({ signals: [signal] }, () => choice);
  }

  async #choose(): Promise<FileWay> {
    try {
      await this.#sftp.prove(this.#lost);
      this.#chosen('sftp');
      return this.#sftp;
    } catch (error) {
      if (!AppError.is(error, 'SFTP_UNAVAILABLE')) throw error;
      try {
        await this.#shell.prove(this.#lost);
      } catch (other) {
        if (!AppError.is(other, 'SFTP_UNAVAILABLE')) throw other;
        throw bothReasons(error, other);
      }
      this.#chosen('shell');
      return this.#shell;
    }
  }
}

function bothReasons(sftp: AppError, shell: AppError): AppError {
  const { host, reason } = sftp.details;
  const both = { sftp: sayable(reason) ?? '', shell: sayable(shell.details['reason']) ?? '' };
  return new AppError('SFTP_UNAVAILABLE', {
    details: { host, reason: message('remoteFiles.sftpAndShell', both) },
    cause: sftp,
  });
}

function refuseNul(remotePath: string): void {
  if (remotePath.includes('\0'))
    throw new AppError('FILE_NAME_REFUSED', { details: { reason: message('system.nul') } });
}

/** Numbers are passed on about ten times a second and the last one in any case; what is no number is never left out. */
function throttled<T>(onProgress: (progress: T) => void): { tell: (progress: T) => void; finish: () => void } {
  let toldAt = -Infinity;
  let held: T | undefined;
  return {
    tell(progress) {
      const now = performance.now();
      if (typeof progress === 'number' && now - toldAt < PROGRESS_INTERVAL_MS) {
        held = progress;
        return;
      }
      toldAt = now;
      held = undefined;
      onProgress(progress);
    },
    finish() {
      if (held !== undefined) onProgress(held);
    },
  };
}
