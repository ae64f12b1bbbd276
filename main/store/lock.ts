import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors/appError.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { message } from '../../shared/messages/message.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { sqliteCode, sqliteReason } from './sqliteErrors.ts';

const LOCK_FILE = 'owner.lock';

type LockOptions = Pick<DatabaseOptions, 'nativeBinding'>;

/** Holds `BEGIN EXCLUSIVE` on a file of its own. Null when somebody else holds it, or the file system has no locks to give. */
function hold(file: string, options: LockOptions): Disposable | null {
  const db = openDatabase(file, { ...options, timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return { dispose: () => void db.close() };
  } catch (error) {
    db.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) return null;
    throw error;
  }
}

/** Whether a file that nobody else knows can be locked there. SQLite says BUSY both for a held lock and for ENOLCK. */
function keepsLocks(folder: string, options: LockOptions): boolean {
  const file = path.join(folder, `${LOCK_FILE}.${randomBytes(8).toString('hex')}`);
  try {
    const held = hold(file, options);
    void held?.dispose();
    return held !== null;
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Takes a folder for this process, until it is disposed or the process ends in whatever way: the lock is the operating system's
 * (fcntl on Linux and macOS, LockFileEx on Windows), reached through SQLite because Node itself offers none. It is on a file of its
 * own, `owner.lock`, that nobody else opens: POSIX locks go when any descriptor of the file is closed in the process. Child
 * processes do not inherit it, so a demo job that outlives the program does not hold its folder.
 * Null when another process has the folder. DATA_FOLDER_UNUSABLE when the file system keeps no locks (some network folders), or
 * the file cannot be made.
 */
export function lockFolder(folder: string, options: LockOptions = {}): Disposable | null {
  try {
    const held = hold(path.join(folder, LOCK_FILE), options);
    if (held !== null || keepsLocks(folder, options)) return held;
  } catch (error) {
    if (AppError.is(error)) throw error;
    const cannotLock =
      sqliteCode(error)?.startsWith('SQLITE_IOERR_LOCK') === true ||
      sqliteCode(error)?.startsWith('SQLITE_IOERR_RDLOCK') === true;
    if (!cannotLock)
      throw new AppError('DATA_FOLDER_UNUSABLE', { details: { folder, reason: sqliteReason(error) }, cause: error });
  }
  throw new AppError('DATA_FOLDER_UNUSABLE', {
    details: { folder, reason: message('store.noLocks') },
    hint: message('store.localDisk'),
  });
}
