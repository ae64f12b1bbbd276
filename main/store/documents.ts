import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { DocumentRepository } from '../core/ports.ts';
import type { RowReader } from './damage.ts';
import { reading, writing } from './sqliteErrors.ts';

/** Documents as JSON text by collection and key. Their owners know their schemas; one that is no JSON reads as undefined. */
export function createDocuments(db: Database, readRow: RowReader): DocumentRepository {
  const select = db
    .prepare<[string, string], string>('SELECT value FROM documents WHERE collection = ? AND key = ?')
    .pluck();
  const upsert = db.prepare(
    'INSERT INTO documents (collection, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM documents WHERE collection = ? AND key = ?');
  const selectKeys = db
    .prepare<[string], string>('SELECT key FROM documents WHERE collection = ? ORDER BY key')
    .pluck();

  return {
    get: (collection, key) => {
      const json = reading(() => select.get(collection, key));
      return json === undefined
        ? undefined
        : (readRow.json('documents', `${collection}/${key}`, z.unknown(), json) ?? undefined);
    },
    set: (collection, key, value) => {
      // JSON.stringify answers undefined for undefined, whatever its type says
      const json = JSON.stringify(value) as string | undefined;
      if (json === undefined) throw new TypeError(`documents/${collection}/${key}: not a JSON value`);
      writing(() => upsert.run(collection, key, json));
    },
    delete: (collection, key) => void writing(() => remove.run(collection, key)),
    keys: (collection) => reading(() => selectKeys.all(collection)),
  };
}
