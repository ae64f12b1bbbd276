import { AppError, reasonOf, type ErrorDetails } from '../../shared/errors/appError.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import { reasonMessage } from '../../shared/errors/reasonMessage.ts';

/** SQLite's result code (`SQLITE_FULL`), or null for anything else. Source: sqlite.org/rescode.html. */
export function sqliteCode(error: unknown): string | null {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null;
}

/** What SQLite's codes mean to a person, by how they begin; its own words stand behind. */
const MEANINGS: readonly [prefix: string, mean: (words: string) => Message][] = [
  ['SQLITE_NOTADB', (words) => message('store.SQLITE_NOTADB', { words })],
  ['SQLITE_CORRUPT', (words) => message('store.SQLITE_CORRUPT', { words })],
  ['SQLITE_BUSY', (words) => message('store.SQLITE_BUSY', { words })],
  ['SQLITE_LOCKED', (words) => message('store.SQLITE_BUSY', { words })],
  ['SQLITE_READONLY', (words) => message('store.SQLITE_READONLY', { words })],
  ['SQLITE_CANTOPEN', (words) => message('store.SQLITE_CANTOPEN', { words })],
  ['SQLITE_PERM', (words) => message('store.SQLITE_PERM', { words })],
  ['SQLITE_FULL', (words) => message('store.SQLITE_FULL', { words })],
  ['SQLITE_IOERR', (words) => message('store.SQLITE_IOERR', { words })],
  ['SQLITE_CONSTRAINT_UNIQUE', (words) => message('store.SQLITE_CONSTRAINT', { words })],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', (words) => message('store.SQLITE_CONSTRAINT', { words })],
];

/** Whether SQLite says that what is in the file is not a whole database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'));
}

/** Why SQLite refused, with its own text behind. */
export function sqliteReason(error: unknown): Message {
  const code = sqliteCode(error);
  const mean = code === null ? undefined : MEANINGS.find(([prefix]) => code.startsWith(prefix))?.[1];
  return mean === undefined ? reasonMessage(error) : mean(reasonOf(error));
}

/** Does one write; whatever SQLite refuses becomes RECORD_FAILED. */
export function writing<T>(write: () => T, details: ErrorDetails = {}): T {
  try {
    return write();
  } catch (error) {
    if (sqliteCode(error) === null) throw error;
    throw new AppError('RECORD_FAILED', { details: { ...details, reason: sqliteReason(error) }, cause: error });
  }
}

/** Does one read; a damaged or unreadable file becomes STORE_UNAVAILABLE. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (sqliteCode(error) === null) throw error;
    throw new AppError('STORE_UNAVAILABLE', { details: { reason: sqliteReason(error) }, cause: error });
  }
}
