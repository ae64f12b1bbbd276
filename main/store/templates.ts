import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { IndexedTemplate } from '../../shared/domain/template/indexed.ts';
import { TemplateVersion } from '../../shared/domain/template/studio.ts';
import type { TemplateRef, TemplateRepository } from '../core/ports.ts';
import type { RowReader } from './damage.ts';
import { reading, writing } from './sqliteErrors.ts';

/** What is kept of the past of one template, at most. Bytes as they lie in the store. */
const MAX_VERSIONS = 100;
const MAX_VERSION_BYTES = 5 * 1024 * 1024;

/** The index of template files, the texts they once had, and how often they were used. */
export function createTemplates(db: Database, readRow: RowReader): TemplateRepository {
  const selectPage = db.prepare<[string, string, number], { file: string; entry: string }>(
    'SELECT file, entry FROM template_index WHERE root = ? AND file > ? ORDER BY file LIMIT ?',
  );
  const selectSeq = db
    .prepare<[string, string], number>('SELECT seq FROM template_index WHERE root = ? AND file = ?')
    .pluck();
  const upsert = db
    .prepare<[string, string, string, string], number>(
      'INSERT INTO template_index (root, file, entry, text) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry, text = excluded.text RETURNING seq',
    )
    .pluck();
  const update = db.prepare('UPDATE template_index SET entry = ? WHERE root = ? AND file = ?');
  const unindex = db.prepare('DELETE FROM template_search WHERE rowid = ?');
  const index = db.prepare('INSERT INTO template_search (rowid, name, about, fields, script) VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM template_index WHERE seq = ?');
  const selectRoots = db.prepare<[], string>('SELECT DISTINCT root FROM template_index').pluck();
  const unindexRoot = db.prepare(
    'DELETE FROM template_search WHERE rowid IN (SELECT seq FROM template_index WHERE root = ?)',
  );
  const removeRoot = db.prepare('DELETE FROM template_index WHERE root = ?');
  const match = db.prepare<[string, number], { root: string; file: string; score: number; text: string }>(
    // bm25 is the smaller the better; the words of a name weigh most
    `SELECT root, file, -score AS score, text FROM (
       SELECT rowid AS seq, bm25(template_search, 10.0, 4.0, 2.0, 1.0) AS score FROM template_search WHERE template_search MATCH ? ORDER BY score LIMIT ?
     ) JOIN template_index USING (seq) ORDER BY score DESC, file`,
  );

  const insertVersion = db.prepare(
    'INSERT INTO template_versions (source, template_id, hash, at, written_by, version, bytes, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const selectVersions = db.prepare<
    [string, string],
    { hash: string; version: string; at: number; by: string; bytes: number }
  >(
    'SELECT hash, version, at, written_by AS "by", bytes FROM template_versions WHERE source = ? AND template_id = ? ORDER BY seq DESC',
  );
  const selectSizes = db.prepare<[string, string], { seq: number; hash: string; size: number }>(
    'SELECT seq, hash, length(content) AS size FROM template_versions WHERE source = ? AND template_id = ? ORDER BY seq DESC',
  );
  const selectContent = db
    .prepare<[string, string, string], Buffer>(
      'SELECT content FROM template_versions WHERE source = ? AND template_id = ? AND hash = ?',
    )
    .pluck();
  const removeVersion = db.prepare('DELETE FROM template_versions WHERE seq = ?');
  const removeVersions = db.prepare('DELETE FROM template_versions WHERE source = ? AND template_id = ?');
  const moveVersions = db.prepare(
    'UPDATE OR IGNORE template_versions SET source = ?, template_id = ? WHERE source = ? AND template_id = ?',
  );
  const selectUsage = db.prepare<[], { source: string; id: string; uses: number; lastAt: number }>(
    'SELECT source, template_id AS id, uses, last_at AS lastAt FROM template_usage',
  );

  const prune = ({ source, id }: TemplateRef, keep: string): void => {
    let bytes = 0;
    selectSizes.all(source, id).forEach(({ seq, hash, size }, position) => {
      bytes += size;
      if (hash !== keep && position > 0 && (position >= MAX_VERSIONS || bytes > MAX_VERSION_BYTES))
        removeVersion.run(seq);
    });
  };
  const forgetFile = (root: string, file: string): void => {
    const seq = selectSeq.get(root, file);
    if (seq === undefined) return;
    unindex.run(seq);
    remove.run(seq);
  };

  const record = db.transaction((readings: Parameters<TemplateRepository['record']>[0]) => {
    for (const { root, file, entry, search, found } of readings) {
      const json = JSON.stringify(entry);
      if (search === null) update.run(json, root, file);
      else {
        const seq = upsert.get(root, file, json, search.text);
        if (seq === undefined) continue;
        unindex.run(seq);
        index.run(seq, search.name, search.about, search.fields, search.script);
      }
      if (found === null) continue;
      const { ref, text, hash, by, version, at } = found;
      const { changes } = insertVersion.run(
        ref.source,
        ref.id,
        hash,
        at,
        by,
        version,
        Buffer.byteLength(text),
        deflateRawSync(text),
      );
      if (changes > 0) prune(ref, entry.hash);
    }
  });
  const forget = db.transaction((root: string, files: readonly string[]) => {
    for (const file of files) forgetFile(root, file);
  });
  const keepRoots = db.transaction((roots: readonly string[]) => {
    for (const root of selectRoots.all()) {
      if (roots.includes(root)) continue;
      unindexRoot.run(root);
      removeRoot.run(root);
    }
  });
  const move = db.transaction((from: TemplateRef, to: TemplateRef) => {
    moveVersions.run(to.source, to.id, from.source, from.id);
    removeVersions.run(from.source, from.id);
  });

  return {
    indexed: (root, after, limit) =>
      reading(() => {
        const rows = selectPage.all(root, after, limit);
        const entries = rows.flatMap(({ file, entry }) => {
          const parsed = readRow.json('template_index', `${root}/${file}`, IndexedTemplate, entry);
          return parsed === null ? [] : [{ file, entry: parsed }];
        });
        return { entries, last: rows.length < limit ? null : (rows.at(-1)?.file ?? null) };
      }),
    record: (readings) => writing(() => record.immediate(readings)),
    forget: (root, files) => writing(() => forget.immediate(root, files)),
    keepRoots: (roots) => writing(() => keepRoots.immediate(roots)),
    search: (query, limit) => reading(() => match.all(query, limit)),
    versions: ({ source, id }) =>
      reading(() =>
        selectVersions.all(source, id).flatMap((row) => {
          const parsed = TemplateVersion.safeParse(row);
          return parsed.success ? [parsed.data] : [];
        }),
      ),
    version: ({ source, id }, hash) =>
      reading(() => {
        const content = selectContent.get(source, id, hash);
        return content === undefined ? null : inflateRawSync(content).toString('utf8');
      }),
    moveVersions: (from, to) => writing(() => move.immediate(from, to)),
    eraseVersions: ({ source, id }) => void writing(() => removeVersions.run(source, id)),
    usage: () => reading(() => selectUsage.all()),
  };
}
