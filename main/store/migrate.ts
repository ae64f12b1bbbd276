import type { Database } from 'better-sqlite3';
import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';
import type { Migration } from './migration.ts';

/** `SLPW`: marks the file as ours. Source: sqlite.org/pragma.html#pragma_application_id. */
export const APPLICATION_ID = 0x53_4c_50_57;

/** The version of a file, 0 for an empty one. STORE_UNAVAILABLE for a database that another program made. */
export function storedVersion(db: Database): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const application = Number(db.pragma('application_id', { simple: true }));
  const empty = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0;
  if (empty ? application !== 0 : application !== APPLICATION_ID) {
    throw new AppError('STORE_UNAVAILABLE', {
      details: { reason: message('store.otherProgram'), file: db.name },
    });
  }
  return version;
}

/**
 * Brings the file to the newest version: each step in a transaction of its own together with its number, so that a crash or a
 * failing step leaves the file whole at the step before. It stops before a step whose rows code must carry over, and answers with the
 * number of that step; null when the file is of the newest version. STORE_NEWER, before anything is touched, for a file from the future.
 */
export function migrate(db: Database, migrations: readonly Migration[]): number | null {
  const found = storedVersion(db);
  if (found > migrations.length)
    throw new AppError('STORE_NEWER', { details: { found, known: migrations.length, file: db.name } });
  for (const [i, { sql, conversion }] of migrations.entries()) {
    const version = i + 1;
    const done = db
      .transaction(() => {
        // asked again inside the transaction: another process may have migrated meanwhile
        if (storedVersion(db) >= version) return true;
        if (conversion?.isNeeded(db) === true) return false;
        db.exec(sql);
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.pragma(`user_version = ${version}`);
        return true;
      })
      .immediate();
    if (!done) return version;
  }
  return null;
}
