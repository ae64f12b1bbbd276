import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';
import { copiesFolder, copyFileName, listCopies, pruneCopies } from './copies.ts';
import type { DamageListener } from './damage.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { quickCheck } from './inspect.ts';
import { migrate } from './migrate.ts';
import type { Conversion, ConvertedRows, Migration } from './migration.ts';
import { keepDatabasePrivate, removeDatabase, syncToDisk } from './privateFile.ts';

export interface RebuildOptions {
  readonly file: string;
  readonly nativeBinding?: string | undefined;
  /** Epoch ms, for the name of the copy. */
  readonly now: number;
  readonly onDamage: DamageListener;
  /** What reads the old file. By default that is done in this thread. */
  readonly reader?: RangeReader;
}

/** How far an update of the database is. */
export interface UpgradeProgress {
  /** Jobs. */
  readonly done: number;
  readonly total: number;
}

/** Jobs in one transaction: little enough that progress moves, much enough that transactions do not cost. */
const BATCH = 250;
const BUSY_TIMEOUT = 2000;

/** The new file while it is being made. */
const freshFile = (file: string): string => `${file}.upgrade`;

/** What tells a file from what becomes of it once somebody has written to it. */
function identity(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${String(size)} ${String(mtimeMs)}`;
}

/** Puts everything that is in the log into the file, and the log away: the file alone is the database then. */
function settle(file: string, options: Pick<DatabaseOptions, 'nativeBinding'>): void {
  const db = openDatabase(file, { ...options, timeout: BUSY_TIMEOUT });
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
    const mode = String(db.pragma('journal_mode = DELETE', { simple: true }));
    if (mode !== 'delete')
      throw new AppError('STORE_UNAVAILABLE', { details: { reason: message('store.heldByOther'), file } });
  } finally {
    db.close();
  }
}

interface Begun {
  readonly db: Database;
  readonly cursor: number;
  readonly done: number;
}

/** The new file that an earlier, interrupted update has begun from this very file; null when there is none. */
function resume(fresh: string, source: string, options: Pick<DatabaseOptions, 'nativeBinding'>): Begun | null {
  if (statSync(fresh, { throwIfNoEntry: false }) === undefined) return null;
  let db: Database | null = null;
  try {
    db = openDatabase(fresh, { ...options, timeout: 0 });
    const found = db
      .prepare<[string], { cursor: number; done: number }>('SELECT cursor, done FROM upgrade WHERE source = ?')
      .get(source);
    if (found !== undefined) return { db, ...found };
  } catch {
    // cut off before it was begun, or while its last step was done: it is made anew
  }
  db?.close();
  return null;
}

/** Begins a new file: the tables of `migrations`, and what needs no conversion. */
function begin(
  { file, nativeBinding }: RebuildOptions,
  source: string,
  migrations: readonly Migration[],
  conversion: Conversion,
): Begun {
  const fresh = freshFile(file);
  removeDatabase(fresh);
  keepDatabasePrivate(fresh);
  const db = openDatabase(fresh, { nativeBinding, timeout: 0 });
  try {
    migrate(db, migrations);
    db.pragma('journal_mode = WAL');
    db.prepare('ATTACH ? AS old').run(file);
    db.transaction(() => {
      conversion.carry(db);
      db.exec('CREATE TABLE upgrade (source TEXT NOT NULL, cursor INTEGER NOT NULL, done INTEGER NOT NULL) STRICT');
      db.prepare('INSERT INTO upgrade (source, cursor, done) VALUES (?, ?, 0)').run(source, Number.MIN_SAFE_INTEGER);
    }).immediate();
    db.exec('DETACH old');
    return { db, cursor: Number.MIN_SAFE_INTEGER, done: 0 };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Keeps the old file among the copies, under a second name where the disk can do that. */
function keepAsCopy(file: string, now: number): void {
  const copy = copyFileName(file, now);
  mkdirSync(copiesFolder(file), { recursive: true, mode: 0o700 });
  const { ino } = statSync(file);
  // an update that was interrupted after this very step
  if (ino !== 0 && listCopies(file).some((kept) => statSync(kept.file).ino === ino)) return;
  rmSync(copy, { force: true });
  try {
    linkSync(file, copy);
  } catch {
    copyFileSync(file, copy);
    syncToDisk(copy);
  }
  syncToDisk(path.dirname(copy));
}

/** What reads and converts the rows of ranges, in order: in this thread, or ahead in others. */
export type RangeReader = (
  file: string,
  ranges: readonly { after: number; last: number }[],
) => Iterable<ConvertedRows> & { return?: () => unknown };

/** Reads in this thread, when it is asked. */
function readHere(conversion: Conversion, { nativeBinding }: RebuildOptions): RangeReader {
  return function* (file, ranges) {
    const db = openDatabase(file, { nativeBinding, timeout: BUSY_TIMEOUT, readonly: true });
    try {
      const read = conversion.reader(db);
      for (const { after, last } of ranges) yield read(after, last);
    } finally {
      db.close();
    }
  };
}

/** The rows that are still to be converted, as ranges of a batch each. */
function rangesAfter(
  cursor: number,
  conversion: Conversion,
  { file, nativeBinding }: RebuildOptions,
): { after: number; last: number; rows: number }[] {
  const db = openDatabase(file, { nativeBinding, timeout: BUSY_TIMEOUT, readonly: true });
  try {
    const numbers = conversion.numbers(db, cursor);
    return Array.from({ length: Math.ceil(numbers.length / BATCH) }, (_, batch) => {
      const own = numbers.slice(batch * BATCH, (batch + 1) * BATCH);
      return {
        after: batch === 0 ? cursor : (numbers[batch * BATCH - 1] ?? cursor),
        last: own.at(-1) ?? cursor,
        rows: own.length,
      };
    });
  } finally {
    db.close();
  }
}

/**
 * Brings a file of the version before the last of `migrations` to that version, whose rows code must carry over: into a new file beside it,
 * batch by batch, which at the end takes its place. The old file is only read, and becomes a copy in `backups`. Yields after each batch.
 *
 * At every moment the database is either the old file, whole, or the new one, whole: nothing is in both. An interrupted update goes on
 * where it stopped, unless the old file was written to meanwhile: then it begins anew.
 * Throws what SQLite or the disk says, STORE_UNAVAILABLE, and STORE_DAMAGED when the new file turns out not to be whole.
 */
export function* rebuild(
  options: RebuildOptions,
  migrations: readonly Migration[],
  conversion: Conversion,
): Generator<UpgradeProgress, void> {
  const { file, nativeBinding, now } = options;
  const fresh = freshFile(file);
  // the copy that it becomes is the same file
  keepDatabasePrivate(file);
  settle(file, { nativeBinding });
  const source = identity(file);
  const {
    db,
    cursor,
    done: before,
  } = resume(fresh, source, { nativeBinding }) ?? begin(options, source, migrations, conversion);
  let done = before;
  let total = before;
  try {
    // what a loss of power takes back is converted again
    db.pragma('synchronous = NORMAL');
    // what refers to what was whole in the old file, and is checked by nobody else meanwhile
    db.pragma('foreign_keys = OFF');
    // the ends of all tables and indexes at once, and their pages to the file once and not with each batch
    db.pragma('cache_size = -65536');
    db.pragma('wal_autocheckpoint = 10000');
    const ranges = rangesAfter(cursor, conversion, options);
    total += ranges.reduce((sum, { rows }) => sum + rows, 0);
    yield { done, total };
    const statements = new Map<string, Statement>();
    const statement = (sql: string): Statement => {
      const known = statements.get(sql) ?? db.prepare(sql);
      statements.set(sql, known);
      return known;
    };
    const note = db.prepare('UPDATE upgrade SET cursor = ?, done = ?');
    const write = db.transaction(({ inserts }: ConvertedRows, last: number) => {
      for (const { sql, rows } of inserts) for (const row of rows) statement(sql).run(...row);
      note.run(last, done);
    });
    let batch = 0;
    for (const converted of (options.reader ?? readHere(conversion, options))(file, ranges)) {
      const range = ranges[batch];
      if (range === undefined) break;
      batch += 1;
      done += range.rows;
      write.immediate(converted, range.last);
      converted.unreadable.forEach(options.onDamage);
      yield { done, total };
    }
    const wrong = quickCheck(db);
    if (wrong !== null) throw new AppError('STORE_DAMAGED', { details: { reason: wrong, file: fresh } });
    yield { done, total };
    db.exec('DROP TABLE upgrade');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
  syncToDisk(fresh);
  yield { done, total };
  keepAsCopy(file, now);
  yield { done, total };
  renameSync(fresh, file);
  syncToDisk(path.dirname(file));
  yield { done, total };
  pruneCopies(file);
}
