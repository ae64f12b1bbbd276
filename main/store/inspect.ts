import { rmSync, statSync, writeFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { listCopies } from './copies.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { isDamage, sqliteReason } from './sqliteErrors.ts';
import { message, type Message, quoted } from '../../shared/messages/message.ts';

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * What is missing before SQLite may look at a database, or null. SQLite takes an empty file for a new database and deletes the log
 * beside it, and with that what could still be read.
 */
export function lostContent(file: string): Message | null {
  if (sizeOf(file) > 0) return null;
  if (sizeOf(`${file}-wal`) > 0) return message('store.emptyWithLog');
  return listCopies(file).length > 0 ? message('store.emptyWithCopies') : null;
}

/** The first thing that `PRAGMA quick_check` finds wrong with the file, or null. About 10 ms for 20 MB in the disk cache. */
export function quickCheck(db: Database): Message | null {
  try {
    const said = String(db.pragma('quick_check(1)', { simple: true }));
    return said === 'ok' ? null : quoted(said.replaceAll(/\s+/g, ' ').trim());
  } catch (error) {
    if (isDamage(error)) return sqliteReason(error);
    throw error;
  }
}

/** What is wrong with a database file, or null; reads all of it. Throws what SQLite says when it cannot be opened for another reason. */
export function inspectDatabase(file: string, options: Pick<DatabaseOptions, 'nativeBinding'>): Message | null {
  const lost = lostContent(file);
  if (lost !== null || sizeOf(file) === 0) return lost;
  const db = openDatabase(file, { ...options, timeout: 2000 });
  try {
    return quickCheck(db);
  } finally {
    db.close();
  }
}

const suspicionOf = (file: string): string => `${file}-suspect`;

/** Notes that a database was found damaged while the program ran: its next start looks at all of it. Never throws. */
export function suspect(file: string, reason: string): void {
  try {
    writeFileSync(suspicionOf(file), `${reason}\n`, { mode: 0o600 });
  } catch {
    // a disk that cannot be written either: the damage will be met again
  }
}

export function isSuspect(file: string): boolean {
  return statSync(suspicionOf(file), { throwIfNoEntry: false }) !== undefined;
}

export function clearSuspicion(file: string): void {
  rmSync(suspicionOf(file), { force: true });
}
