import { mkdirSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { AppError } from '../../shared/errors/appError.ts';
import { plain } from '../../shared/lib/plain.ts';
import type { Store } from '../core/ports.ts';
import { createRowReader, type DamageListener } from './damage.ts';
import { createDocuments } from './documents.ts';
import { createFileHandles } from './fileHandles.ts';
import { createJobs } from './jobs.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { sqliteReason } from './sqliteErrors.ts';
import { createTemplates } from './templates.ts';

export interface StoreOptions {
  /** The SQLite file; it and its folder are made when they are not there. */
  readonly file: string;
  /** Path of a native build of better-sqlite3 for runtimes that cannot load the shipped one. */
  readonly nativeBinding?: string;
  /** Told of each stored row that cannot be read, once. By default it goes to standard error. */
  readonly onDamage?: DamageListener;
}

/** better-sqlite3 13 is built for Node-API 10 and crashes the process below it instead of failing. */
const NEEDED_NODE_API = 10;

/** Why the shipped native build must not be loaded here, or null. `nodeApi` is `process.versions.napi`. */
export function runtimeObjection(nodeApi: string | undefined, nativeBinding: string | undefined): string | null {
  if (nativeBinding !== undefined || Number(nodeApi ?? 0) >= NEEDED_NODE_API) return null;
  return `this runtime offers Node-API ${nodeApi ?? 'none'} and the database needs ${NEEDED_NODE_API}: use Node 22.14, Electron 35 or newer`;
}

function unavailable(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('STORE_UNAVAILABLE', { details: { reason, file }, ...(cause === undefined ? {} : { cause }) });
}

/** Milliseconds to wait for another program's lock; the main thread stands still meanwhile. */
const BUSY_TIMEOUT = 2000;

function openDatabase({ file, nativeBinding }: StoreOptions): Database {
  const objection = runtimeObjection(process.versions['napi'], nativeBinding);
  if (objection !== null) throw unavailable(file, objection);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return new SqliteDatabase(file, { timeout: BUSY_TIMEOUT, ...(nativeBinding === undefined ? {} : { nativeBinding }) });
  } catch (error) {
    throw unavailable(file, sqliteReason(error), error);
  }
}

/**
 * Opens the store and brings it to this version. Every write is on the disk when it returns (WAL with synchronous=FULL).
 * Errors: STORE_NEWER for a file of a newer Slipway, which is left untouched; STORE_UNAVAILABLE with the reason.
 */
export function openStore(options: StoreOptions): Store {
  const db = openDatabase(options);
  try {
    db.pragma('foreign_keys = ON');
    migrate(db, MIGRATIONS);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    const readRow = createRowReader(options.onDamage ?? (({ table, id, reason }) => console.error(plain(`slipway: cannot read ${table}/${id}: ${reason}`))));
    return {
      jobs: createJobs(db, readRow),
      documents: createDocuments(db, readRow),
      fileHandles: createFileHandles(db),
      templates: createTemplates(db, readRow),
      dispose: () => void db.close(),
    };
  } catch (error) {
    db.close();
    throw AppError.is(error) ? error : unavailable(options.file, sqliteReason(error), error);
  }
}

