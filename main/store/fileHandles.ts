import type { Database } from 'better-sqlite3';
import { FileHandleId } from '../../shared/domain/ids.ts';
import type { FileHandleRepository } from '../core/ports.ts';
import { reading, writing } from './sqliteErrors.ts';

/** Local paths behind handles, kept so that drafts and interrupted uploads outlive a restart. */
export function createFileHandles(db: Database): FileHandleRepository {
  const insert = db.prepare('INSERT INTO file_handles (handle, path, granted_at) VALUES (?, ?, ?)');
  const select = db.prepare<[string], { path: string; granted_at: number }>(
    'SELECT path, granted_at FROM file_handles WHERE handle = ?',
  );

  return {
    insert: (record) =>
      void writing(() => insert.run(FileHandleId.parse(record.handle), record.path, record.grantedAt)),
    get: (handle) => {
      const row = reading(() => select.get(handle));
      return row === undefined ? null : { handle, path: row.path, grantedAt: row.granted_at };
    },
  };
}
