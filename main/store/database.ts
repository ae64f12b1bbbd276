import SqliteDatabase, { type Database } from 'better-sqlite3';
import { AppError } from '../../shared/errors/appError.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import { isDamage, sqliteReason } from './sqliteErrors.ts';

/** better-sqlite3 13 is built for Node-API 10 and crashes the process below it instead of failing. */
const NEEDED_NODE_API = 10;

/** Why the shipped native build must not be loaded here, or null. `nodeApi` is `process.versions.napi`. */
export function runtimeObjection(nodeApi: string | undefined, nativeBinding: string | undefined): Message | null {
  if (nativeBinding !== undefined || Number(nodeApi ?? 0) >= NEEDED_NODE_API) return null;
  return message('store.nodeApi', { offered: nodeApi ?? 'none', needed: NEEDED_NODE_API });
}

/** What SQLite threw about the store's file, as a person is told it: STORE_DAMAGED or STORE_UNAVAILABLE. */
export function storeFailure(file: string, error: unknown): AppError {
  return new AppError(isDamage(error) ? 'STORE_DAMAGED' : 'STORE_UNAVAILABLE', {
    details: { reason: sqliteReason(error), file },
    cause: error,
  });
}

export interface DatabaseOptions {
  /** Path of a native build of better-sqlite3 for runtimes that cannot load the shipped one. */
  readonly nativeBinding?: string | undefined;
  /** Milliseconds to wait for another program's lock; the thread stands still meanwhile. */
  readonly timeout: number;
  readonly readonly?: boolean;
}

/** Opens an SQLite file; what SQLite refuses is thrown as it is. STORE_UNAVAILABLE for a runtime that the binding would crash. */
export function openDatabase(file: string, { nativeBinding, ...options }: DatabaseOptions): Database {
  const objection = runtimeObjection(process.versions['napi'], nativeBinding);
  if (objection !== null) throw new AppError('STORE_UNAVAILABLE', { details: { reason: objection, file } });
  return new SqliteDatabase(file, {
    ...options,
    fileMustExist: options.readonly === true,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
}
