import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteStat } from '../../core/ports.ts';
import type { RemoteEntry, SessionFiles, UploadTarget } from './files.ts';
import { within } from '../limits.ts';

/** A way to files that can say whether it is one. */
export interface ProvableFiles extends SessionFiles {
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
  #choice: Promise<SessionFiles> | null = null;

  constructor(sftp: ProvableFiles, shell: ProvableFiles, lost: AbortSignal, chosen: (way: 'sftp' | 'shell') => void) {
    this.#sftp = sftp;
    this.#shell = shell;
    this.#lost = lost;
    this.#chosen = chosen;
  }

  async resolve(remotePath: string, signal: AbortSignal): Promise<string> {
    return (await this.#files(signal)).resolve(remotePath, signal);
  }

  async stat(remotePath: string, signal: AbortSignal): Promise<RemoteStat | null> {
    return (await this.#files(signal)).stat(remotePath, signal);
  }

  async list(folder: string, limit: number, signal: AbortSignal): Promise<RemoteEntry[]> {
    return (await this.#files(signal)).list(folder, limit, signal);
  }

  async read(remotePath: string, offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.#files(signal)).read(remotePath, offset, length, signal);
  }

  async write(remotePath: string, content: Uint8Array, mode: number, signal: AbortSignal): Promise<void> {
    await (await this.#files(signal)).write(remotePath, content, mode, signal);
  }

  async makeFolder(folder: string, mode: number | null, signal: AbortSignal): Promise<void> {
    await (await this.#files(signal)).makeFolder(folder, mode, signal);
  }

  async forUploads(signal: AbortSignal): Promise<UploadTarget> {
    return this.#files(signal);
  }

  /** A choice that failed (the connection was lost, no channel was to be had) is made anew by whoever asks next. */
  async #files(signal: AbortSignal): Promise<SessionFiles> {
    this.#choice ??= this.#choose().catch((error: unknown) => {
      this.#choice = null;
      throw error;
    });
    const choice = this.#choice;
    return within({ signals: [signal] }, () => choice);
  }

  async #choose(): Promise<SessionFiles> {
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
  return new AppError('SFTP_UNAVAILABLE', {
    details: { host, reason: `${String(reason)}; and over the shell: ${String(shell.details['reason'])}` },
    cause: sftp,
  });
}
