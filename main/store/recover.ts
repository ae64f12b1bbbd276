import { copyFileSync, chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors/appError.ts';
import { copiesFolder, listCopies, stampOf, type StoreCopy } from './copies.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { clearSuspicion, inspectDatabase } from './inspect.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { keepDatabasePrivate, SIDE_FILES, syncToDisk } from './privateFile.ts';

/** Ways on from a damaged database. */
export type RecoveryChoice = 'restore' | 'start-fresh';

export interface Recovery {
  /** Where the damaged file is now, or null when there was none. */
  readonly kept: string | null;
  /** The copy that stands in its place; null for a fresh start. */
  readonly copy: StoreCopy | null;
}

/** Puts a database and what is beside it under a dated name that is free; -wal and -shm keep their endings, so that it can still be opened. */
function keepAside(file: string, now: number): string | null {
  const free = (n: number): string => {
    const name = `${file}.damaged-${stampOf(now)}${n === 0 ? '' : `-${String(n)}`}`;
    return existsSync(name) || existsSync(`${name}-wal`) ? free(n + 1) : name;
  };
  const aside = free(0);
  // the log first: a database without its log would be taken for an older state of itself
  const moved = [...SIDE_FILES, ''].filter((ending) => {
    if (!existsSync(file + ending)) return false;
    renameSync(file + ending, aside + ending);
    return true;
  });
  return moved.length === 0 ? null : aside;
}

/** The newest copy that is whole, or null. */
export function newestGoodCopy(file: string, options: Pick<DatabaseOptions, 'nativeBinding'>): StoreCopy | null {
  const isWhole = (copy: StoreCopy): boolean => {
    try {
      return statSync(copy.file).size > 0 && inspectDatabase(copy.file, options) === null;
    } catch {
      return false;
    }
  };
  return listCopies(file).find(isWhole) ?? null;
}

/** A database with nothing in it: where copies are, a missing file would be taken for a loss. */
function makeEmpty(file: string, options: Pick<DatabaseOptions, 'nativeBinding'>): void {
  keepDatabasePrivate(file);
  const db = openDatabase(file, { ...options, timeout: 0 });
  try {
    migrate(db, MIGRATIONS);
  } finally {
    db.close();
  }
}

/**
 * Goes on from a damaged database, which nobody has open: it is kept under a dated name, and the newest good copy, or an empty one,
 * takes its place. Nothing is deleted. STORE_COPY_MISSING, before anything is touched, when there is no good copy to restore.
 */
export function recoverDatabase(
  file: string,
  choice: RecoveryChoice,
  now: number,
  options: Pick<DatabaseOptions, 'nativeBinding'> = {},
): Recovery {
  const copy = choice === 'restore' ? newestGoodCopy(file, options) : null;
  if (choice === 'restore' && copy === null)
    throw new AppError('STORE_COPY_MISSING', { details: { folder: copiesFolder(file) } });
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  if (copy === null) makeEmpty(fresh, options);
  else copyFileSync(copy.file, fresh);
  chmodSync(fresh, 0o600);
  syncToDisk(fresh);
  const kept = keepAside(file, now);
  renameSync(fresh, file);
  syncToDisk(path.dirname(file));
  clearSuspicion(file);
  return { kept, copy };
}
