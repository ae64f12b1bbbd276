import { lstat, mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import type { FilesInUse } from '../../core/core.ts';
import { failureDetails } from '../../core/log/failure.ts';
import type { Log } from '../../core/ports.ts';

export interface SpoolLimits {
  /** Bytes of all files together. */
  readonly bytes: number;
  readonly files: number;
  /** Bytes of the disk that are left to others. */
  readonly keepFreeBytes: number;
}

export const SPOOL_LIMITS: SpoolLimits = { bytes: 50 * 1024 ** 3, files: 10_000, keepFreeBytes: 1024 ** 3 };

const HOUR_MS = 3_600_000;
/** A file that no draft names, and no run still has to send, is kept this long: it was perhaps handed over a moment ago. */
const UNUSED_MS = 24 * HOUR_MS;
/** The same when there is no room for another. */
const UNUSED_WHEN_FULL_MS = HOUR_MS;
/** A file that only a draft names is kept this long. */
const DRAFTED_MS = 30 * 24 * HOUR_MS;

export interface SpoolDependencies {
  readonly folder: string;
  readonly randomId: (length: number) => string;
  /** What must not be removed yet. */
  readonly inUse: () => FilesInUse;
  readonly limits: SpoolLimits;
  readonly log: Log;
  readonly now?: () => number;
}

interface Entry {
  readonly file: string;
  readonly bytes: number;
  /** Epoch milliseconds of its last byte. */
  readonly at: number;
}

/**
 * Where files that a browser hands over are kept until they are on the cluster: a browser has no paths. Each in a folder of its
 * own, under its own name. Their number and size have limits; every hour, and when there is no room, those are removed that nothing
 * refers to any more, or that a draft has not used for 30 days. The folder belongs to this program alone while it runs.
 */
export class Spool implements Disposable {
  readonly #dependencies: SpoolDependencies;
  readonly #timer: NodeJS.Timeout;
  readonly #ready: Promise<void>;
  /** What is kept, by its folder. */
  readonly #kept = new Map<string, Entry>();
  /** Bytes promised to each file that is being written now. */
  readonly #coming = new Map<string, number>();

  constructor(dependencies: SpoolDependencies) {
    this.#dependencies = dependencies;
    this.#ready = this.#look();
    const tidy = (): void => {
      this.removeUnused(UNUSED_MS).catch((error: unknown) =>
        dependencies.log.write('warn', 'spool_not_tidied', null, failureDetails(error, 'UPLOAD_SPACE_FULL')),
      );
    };
    this.#timer = setInterval(tidy, HOUR_MS);
    this.#timer.unref();
    tidy();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  /** Removes files that nothing needs and that are older than `unusedMs`. */
  async removeUnused(unusedMs: number): Promise<void> {
    await this.#ready;
    const { drafts, runs } = this.#dependencies.inUse();
    for (const [folder, { file, at }] of this.#kept) {
      if (runs.has(file) || this.#now() - at <= (drafts.has(file) ? DRAFTED_MS : unusedMs)) continue;
      await rm(folder, { recursive: true, force: true });
      this.#kept.delete(folder);
    }
  }

  /**
   * Writes a body to disk and returns its path. `announced`: the bytes that are said to come, 0 where that is not known.
   * FILE_NAME_REFUSED for a name that is none, UPLOAD_SPACE_FULL before or while it comes, FILE_UNREADABLE when it broke off.
   */
  async take(name: string, announced: number, parts: AsyncIterable<Uint8Array>): Promise<string> {
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name) || Buffer.byteLength(name) > 255) {
      throw new AppError('FILE_NAME_REFUSED', { details: { reason: message('program.fileName') } });
    }
    const folder = path.join(this.#dependencies.folder, this.#dependencies.randomId(16));
    const file = path.join(folder, name);
    try {
      await this.#promise(folder, announced, name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const bytes = await this.#write(folder, file, parts);
      this.#kept.set(folder, { file, bytes, at: this.#now() });
      return file;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (AppError.is(error)) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw full(name, message('program.diskFull'));
      throw new AppError('FILE_UNREADABLE', { details: { name, reason: reasonMessage(error) }, cause: error });
    } finally {
      this.#coming.delete(folder);
    }
  }

  /** Keeps room for a file before its first byte; what comes at the same time is not promised the same room. */
  async #promise(folder: string, bytes: number, name: string): Promise<void> {
    await this.#ready;
    this.#coming.set(folder, bytes);
    const { limits } = this.#dependencies;
    const isOver = (): boolean =>
      this.#usedBytes() > limits.bytes || this.#kept.size + this.#coming.size > limits.files;
    if (isOver()) await this.removeUnused(UNUSED_WHEN_FULL_MS);
    if (isOver())
      throw full(name, message('program.spoolOver', { files: limits.files, limit: formatBytes(limits.bytes) }));
    await mkdir(this.#dependencies.folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#dependencies.folder);
    const coming = [...this.#coming.values()].reduce((sum, promised) => sum + promised, 0);
    if (bavail * bsize - coming < limits.keepFreeBytes)
      throw full(
        name,
        message('program.keepsFree', { left: formatBytes(bavail * bsize), kept: formatBytes(limits.keepFreeBytes) }),
      );
  }

  async #write(folder: string, file: string, parts: AsyncIterable<Uint8Array>): Promise<number> {
    const target = await open(file, 'wx', 0o600);
    try {
      let bytes = 0;
      for await (const part of parts) {
        bytes += part.length;
        if (bytes > (this.#coming.get(folder) ?? 0)) {
          this.#coming.set(folder, bytes);
          const { limits } = this.#dependencies;
          if (this.#usedBytes() > limits.bytes)
            throw full(path.basename(file), message('program.spoolBytesOver', { limit: formatBytes(limits.bytes) }));
        }
        await target.writeFile(part);
      }
      return bytes;
    } finally {
      await target.close();
    }
  }

  #usedBytes(): number {
    const coming = [...this.#coming.values()].reduce((sum, promised) => sum + promised, 0);
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, coming);
  }

  /** What an earlier program has left here; half-written files count as files. */
  async #look(): Promise<void> {
    for (const id of await readdir(this.#dependencies.folder).catch(() => [])) {
      const folder = path.join(this.#dependencies.folder, id);
      const names = await readdir(folder).catch(() => []);
      const info = await lstat(path.join(folder, names[0] ?? '')).catch(() => null);
      if (info !== null)
        this.#kept.set(folder, {
          file: path.join(folder, names[0] ?? ''),
          bytes: info.isFile() ? info.size : 0,
          at: info.mtimeMs,
        });
    }
  }

  #now(): number {
    return (this.#dependencies.now ?? Date.now)();
  }
}

function full(name: string, reason: Message): AppError {
  return new AppError('UPLOAD_SPACE_FULL', { details: { name, reason } });
}
