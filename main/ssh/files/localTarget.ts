import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';

/** Neither waits for who would read a pipe, nor cuts what is there. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK;

/** A range of a local file that is written once from its beginning to its end, and hashed on the way. */
export class LocalTarget {
  readonly name: string;
  readonly start: number;
  /** At most so many bytes come. */
  readonly bytes: number;
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  #position = 0;

  private constructor(name: string, file: FileHandle, start: number, bytes: number) {
    this.name = name;
    this.#file = file;
    this.start = start;
    this.bytes = bytes;
  }

  /** Makes the file (0o600) where there is none. Error: DOWNLOAD_FAILED. */
  static async open(localPath: string, start: number, bytes: number): Promise<LocalTarget> {
    const name = path.basename(localPath);
    try {
      return new LocalTarget(name, await open(localPath, FLAGS, 0o600), start, bytes);
    } catch (error) {
      throw downloadFailed(name, error);
    }
  }

  /** Bytes of the range that were put. */
  get position(): number {
    return this.#position;
  }

  /** SHA-256 of what was put, in hexadecimal. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Error: DOWNLOAD_FAILED. */
  async put(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    try {
      for (let put = 0; put < piece.length;) {
        const at = this.start + this.#position;
        const { bytesWritten } = await this.#file.write(piece, put, piece.length - put, at);
        put += bytesWritten;
        this.#position += bytesWritten;
      }
    } catch (error) {
      throw downloadFailed(this.name, error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function downloadFailed(name: string, error: unknown): AppError {
  return new AppError('DOWNLOAD_FAILED', { details: { name, reason: reasonMessage(error) }, cause: error });
}
