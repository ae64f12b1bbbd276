import { createHash, type Hash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';

export function uploadFailed(name: string, reason: Message, cause?: unknown): AppError {
  return new AppError('UPLOAD_FAILED', { details: { name, reason }, cause });
}

/** A range of a local file that is read once from its beginning to its end, and hashed on the way. */
export class LocalSource {
  readonly name: string;
  /** Where in the file the range begins. */
  readonly start: number;
  /** How long it is: no longer than the file was when it was opened. */
  readonly bytes: number;
  readonly #file: FileHandle;
  readonly #fileBytes: number;
  readonly #modifiedMs: number;
  #hash: Hash = createHash('sha256');
  #position = 0;

  private constructor(name: string, file: FileHandle, stats: Stats, start: number, length: number) {
    this.name = name;
    this.#file = file;
    this.start = start;
    this.bytes = Math.max(0, Math.min(length, stats.size - start));
    this.#fileBytes = stats.size;
    this.#modifiedMs = stats.mtimeMs;
  }

  /** The whole file, or a range of it. Errors: FILE_NOT_FOUND, FILE_UNREADABLE. */
  static async open(localPath: string, start = 0, length = Infinity): Promise<LocalSource> {
    const name = path.basename(localPath);
    let file: FileHandle;
    try {
      file = await open(localPath, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        throw new AppError('FILE_NOT_FOUND', { details: { name }, cause: error });
      throw new AppError('FILE_UNREADABLE', { details: { name, reason: reasonMessage(error) }, cause: error });
    }
    try {
      const stats = await file.stat();
      if (!stats.isFile())
        throw new AppError('FILE_UNREADABLE', { details: { name, reason: message('system.notAFile') } });
      return new LocalSource(name, file, stats, start, length);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes of the range that were taken. */
  get position(): number {
    return this.#position;
  }

  /** SHA-256 of what was taken, in hexadecimal. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** The next bytes, in `buffer`: all that it holds, or all that are left. Errors: FILE_UNREADABLE, UPLOAD_FAILED when the file became shorter. */
  async take(buffer: Buffer): Promise<Buffer> {
    const wanted = Math.min(buffer.length, this.bytes - this.#position);
    let filled = 0;
    while (filled < wanted) {
      const bytesRead = await this.#read(buffer, filled, wanted - filled);
      if (bytesRead === 0) throw uploadFailed(this.name, message('remoteFiles.becameShorter'));
      filled += bytesRead;
    }
    const piece = buffer.subarray(0, filled);
    this.#hash.update(piece);
    this.#position += filled;
    return piece;
  }

  /** Takes so many bytes for their hash alone. */
  async skip(bytes: number, signal: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafe(1024 ** 2);
    while (this.#position < bytes) {
      signal.throwIfAborted();
      await this.take(buffer.subarray(0, bytes - this.#position));
    }
  }

  /** From the beginning again. */
  rewind(): void {
    this.#hash = createHash('sha256');
    this.#position = 0;
  }

  /** It is as it was when it was opened, by its size and time. */
  async unchanged(): Promise<boolean> {
    const { size, mtimeMs } = await this.#file.stat();
    return size === this.#fileBytes && mtimeMs === this.#modifiedMs;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #read(buffer: Buffer, filled: number, length: number): Promise<number> {
    try {
      return (await this.#file.read(buffer, filled, length, this.start + this.#position + filled)).bytesRead;
    } catch (error) {
      throw new AppError('FILE_UNREADABLE', {
        details: { name: this.name, reason: reasonMessage(error) },
        cause: error,
      });
    }
  }
}
