/** Makes one copy of the database in a thread of its own, says how it went, and ends. */
import { mkdirSync, renameSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../../shared/errors/appError.ts';
import type { Message } from '../../shared/messages/message.ts';
import { inWords } from '../../shared/messages/catalogue.ts';
import { copiesFolder, copyFileName, pruneCopies } from './copies.ts';
import { openDatabase } from './database.ts';
import { quickCheck } from './inspect.ts';
import { keepDatabasePrivate, removeDatabase, syncToDisk } from './privateFile.ts';
import { isDamage, sqliteReason } from './sqliteErrors.ts';

export interface CopyTask {
  readonly file: string;
  /** Epoch ms, for the copy's name. */
  readonly at: number;
  readonly nativeBinding?: string | undefined;
}

export type CopyResult =
  | { readonly kind: 'copied'; readonly file: string; readonly bytes: number }
  /** The database itself is not whole. */
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string };

/** Bytes that are left free for everything else. */
const SPARE = 64 * 1024 ** 2;

async function copy({ file, at, nativeBinding }: CopyTask): Promise<CopyResult> {
  const folder = copiesFolder(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < 2 * statSync(file).size + SPARE) return { kind: 'skipped', reason: 'the disk is nearly full' };
  const target = copyFileName(file, at);
  const fresh = `${target}.new`;
  removeDatabase(fresh);
  keepDatabasePrivate(fresh);
  try {
    const source = openDatabase(file, { nativeBinding, timeout: 2000, readonly: true });
    try {
      // all pages in one step: a write in between would make it begin anew
      await source.backup(fresh, { progress: () => 2 ** 31 - 1 });
    } finally {
      source.close();
    }
    const made = openDatabase(fresh, { nativeBinding, timeout: 0 });
    let wrong: Message | null;
    try {
      wrong = quickCheck(made);
      // a copy is one file
      if (wrong === null) made.pragma('journal_mode = DELETE');
    } finally {
      made.close();
    }
    if (wrong !== null) return { kind: 'damaged', reason: inWords(wrong) };
    syncToDisk(fresh);
    renameSync(fresh, target);
    syncToDisk(path.dirname(target));
    pruneCopies(file);
    return { kind: 'copied', file: target, bytes: statSync(target).size };
  } catch (error) {
    return isDamage(error)
      ? { kind: 'damaged', reason: inWords(sqliteReason(error)) }
      : { kind: 'skipped', reason: inWords(sqliteReason(error)) };
  } finally {
    removeDatabase(fresh);
  }
}

const result = await copy(workerData as CopyTask).catch((error: unknown): CopyResult => ({
  kind: 'skipped',
  reason: reasonOf(error),
}));
parentPort?.postMessage(result);
