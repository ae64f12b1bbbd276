import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';

const KEEP_DAYS = 30;

/**
 * Where files that a browser hands over are kept until they are on the cluster: a browser has no paths. Each in a folder of its
 * own, under its own name; what is older than 30 days is removed at start.
 */
export class Spool {
  readonly #folder: string;
  readonly #randomId: (length: number) => string;

  constructor(folder: string, randomId: (length: number) => string) {
    this.#folder = folder;
    this.#randomId = randomId;
  }

  async removeOld(nowMs: number): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const entry = path.join(this.#folder, name);
      const info = await stat(entry).catch(() => null);
      if (info !== null && nowMs - info.mtimeMs > KEEP_DAYS * 86_400_000) await rm(entry, { recursive: true, force: true });
    }
  }

  /** Writes a body to disk and returns its path. FILE_NAME_REFUSED for a name that is none, FILE_UNREADABLE when it broke off. */
  async take(name: string, body: Readable): Promise<string> {
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name) || Buffer.byteLength(name) > 255) {
      throw new AppError('FILE_NAME_REFUSED', { details: { reason: 'a path separator, or too long or empty a name' } });
    }
    const folder = path.join(this.#folder, this.#randomId(16));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, name);
    try {
      await pipeline(body, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw new AppError('FILE_UNREADABLE', { details: { name, reason: reasonOf(error) }, cause: error });
    }
    return file;
  }
}
