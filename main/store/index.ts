import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../shared/errors/appError.ts';
import { plain } from '../../shared/lib/plain.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import { inWords } from '../../shared/messages/catalogue.ts';
import type { Store } from '../core/ports.ts';
import { createRowReader, type DamageListener } from './damage.ts';
import { openDatabase, storeFailure } from './database.ts';
import { createDocuments } from './documents.ts';
import { createFileHandles } from './fileHandles.ts';
import { createImages } from './images.ts';
import { clearSuspicion, isSuspect, lostContent, quickCheck, suspect } from './inspect.ts';
import { createRuns } from './runs/runs.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { keepDatabasePrivate } from './privateFile.ts';
import { isDamage, sqliteReason } from './sqliteErrors.ts';
import { createTemplates } from './templates.ts';
import { upgrade } from './upgrade.ts';

export interface StoreOptions {
  /** The SQLite file; it and its folder are made when they are not there. */
  readonly file: string;
  /** Path of a native build of better-sqlite3 for runtimes that cannot load the shipped one. */
  readonly nativeBinding?: string | undefined;
  /** Told of each stored row that cannot be read, once. By default it goes to standard error. */
  readonly onDamage?: DamageListener;
}

/** Milliseconds to wait for another program's lock; the main thread stands still meanwhile. */
const BUSY_TIMEOUT = 2000;

/** Bytes up to which every start looks at the whole file, a few milliseconds; larger ones are looked at when their copy is made. */
const SMALL = 8 * 1024 ** 2;

const damaged = (file: string, reason: Message): AppError =>
  new AppError('STORE_DAMAGED', { details: { reason, file } });

/** The file, made or found whole. Throws STORE_DAMAGED, or what the disk or SQLite says. */
function openWhole({ file, nativeBinding }: StoreOptions, onDamage: DamageListener): Database {
  const lost = lostContent(file);
  if (lost !== null) throw damaged(file, lost);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  keepDatabasePrivate(file);
  // where a host has done it before, with progress, there is nothing left to do
  const steps = upgrade({ file, nativeBinding, now: Date.now(), onDamage });
  while (steps.next().done !== true);
  const db = openDatabase(file, { nativeBinding, timeout: BUSY_TIMEOUT });
  try {
    db.pragma('foreign_keys = ON');
    migrate(db, MIGRATIONS);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // KiB: the index of 100 000 runs, which a filter goes through
    db.pragma('cache_size = -32768');
    if (isSuspect(file) || statSync(file).size <= SMALL) {
      const wrong = quickCheck(db);
      if (wrong !== null) throw damaged(file, wrong);
      clearSuspicion(file);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The same repository; damage that it meets while the program runs is noted for the next start, and said as what it is. */
function noticingDamage<T extends object>(repository: T, file: string): T {
  const noticing = ([name, method]: [string, (...args: unknown[]) => unknown]): [string, unknown] => [
    name,
    (...args: unknown[]): unknown => {
      try {
        return method(...args);
      } catch (error) {
        const { cause } = error as Error;
        if (!isDamage(cause)) throw error;
        const reason = sqliteReason(cause);
        suspect(file, inWords(reason));
        throw new AppError('STORE_DAMAGED', {
          details: { reason, file },
          hint: message('store.startAnew'),
          cause: error,
        });
      }
    },
  ];
  return Object.fromEntries(Object.entries(repository).map(noticing)) as T;
}

/**
 * Opens the store and brings it to this version. Every write is on the disk when it returns (WAL with synchronous=FULL). The file
 * is its owner's alone.
 * Errors: STORE_NEWER for a file of a newer Slipway, which is left untouched; STORE_DAMAGED for one that is not whole, see
 * `recoverDatabase`; STORE_UNAVAILABLE with the reason for everything else.
 */
export function openStore(options: StoreOptions): Store {
  const { file } = options;
  let db: Database | null = null;
  try {
    const onDamage: DamageListener =
      options.onDamage ??
      (({ table, id, reason }) => console.error(plain(`slipway: cannot read ${table}/${id}: ${reason}`)));
    const whole = openWhole(options, onDamage);
    db = whole;
    const readRow = createRowReader(onDamage);
    return {
      jobs: noticingDamage(createRuns(whole, readRow), file),
      documents: noticingDamage(createDocuments(whole, readRow), file),
      fileHandles: noticingDamage(createFileHandles(whole), file),
      templates: noticingDamage(createTemplates(whole, readRow), file),
      images: noticingDamage(createImages(whole, readRow), file),
      dispose: () => void whole.close(),
    };
  } catch (error) {
    db?.close();
    throw AppError.is(error) ? error : storeFailure(file, error);
  }
}
