import { AppError, reasonOf, type ErrorDetails } from '../../shared/errors/appError.ts';

/** SQLite's result code (`SQLITE_FULL`), or null for anything else. Source: sqlite.org/rescode.html. */
export function sqliteCode(error: unknown): string | null {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null;
}

const SENTENCES: readonly [prefix: string, sentence: string][] = [
  ['SQLITE_NOTADB', 'the file is not a database, or it is damaged'],
  ['SQLITE_CORRUPT', 'the file is damaged'],
  ['SQLITE_BUSY', 'another program holds it'],
  ['SQLITE_LOCKED', 'another program holds it'],
  ['SQLITE_READONLY', 'the file or its folder cannot be written'],
  ['SQLITE_CANTOPEN', 'the file or its folder cannot be opened'],
  ['SQLITE_PERM', 'access is refused'],
  ['SQLITE_FULL', 'the disk is full'],
  ['SQLITE_IOERR', 'the disk reports an error'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'it is there already'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'it is there already'],
];

/** Whether SQLite says that what is in the file is not a whole database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'));
}

/** Why SQLite refused, in words, with its own text behind. */
export function sqliteReason(error: unknown): string {
  const code = sqliteCode(error);
  const sentence = code === null ? undefined : SENTENCES.find(([prefix]) => code.startsWith(prefix))?.[1];
  return sentence === undefined ? reasonOf(error) : `${sentence} (${reasonOf(error)})`;
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
