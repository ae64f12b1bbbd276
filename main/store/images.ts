import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { ImageMetadata } from '../../shared/domain/image/metadata.ts';
import { ImageFacts, InspectedImage, UnreadableFolder } from '../../shared/domain/image/schema.ts';
import { reasonOf } from '../../shared/errors/appError.ts';
import type { ImageKey, ImageRepository, StoredImage } from '../core/ports.ts';
import type { RowReader } from './damage.ts';
import { reading, writing } from './sqliteErrors.ts';

interface ImageRow {
  seq: number;
  node: string;
  path: string;
  partition: string | null;
  folder: string;
  name: string;
  other_paths: string | null;
  size: number;
  modified_at: number;
  scanned_at: number;
  active: 0 | 1;
  uuid: string | null;
  digest: string | null;
  digest_of: string | null;
  facts: string;
}

interface FolderRow {
  node: string;
  folder: string;
  path: string;
  partition: string | null;
  scanned_at: number;
  found: number;
  unreadable: string;
}

const IMAGE_COLUMNS =
  'seq, node, path, partition, folder, name, other_paths, size, modified_at, scanned_at, active, uuid, digest, digest_of, facts';

const Paths = z.array(z.string());

/** Of which file a hash is: the UUID alone is no content hash. */
const identity = (size: number, modifiedAt: number, uuid: string | null): string =>
  `${String(size)} ${String(modifiedAt)} ${uuid ?? '-'}`;

/** The login node has no name in a key. */
const nodeColumn = (node: string | null): string => node ?? '';
const nodeOf = (column: string): string | null => (column === '' ? null : column);

/** The images of clusters: `images` is what lists show, `image_metadata` all that was read of each, compressed. */
export function createImages(db: Database, readRow: RowReader): ImageRepository {
  const selectPage = db.prepare<[string, number, number], ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images WHERE cluster_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const selectOne = db.prepare<[string, string, string], ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images WHERE cluster_id = ? AND node = ? AND path = ?`,
  );
  const selectByLink = db.prepare<[string, string, string], ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images WHERE cluster_id = ? AND node = ? AND active = 1 AND other_paths IS NOT NULL
       AND EXISTS (SELECT 1 FROM json_each(other_paths) WHERE value = ?) LIMIT 1`,
  );
  const selectMetadata = db.prepare<[string, string, string], { metadata: Buffer | null; inspected: string | null }>(
    `SELECT metadata, inspected FROM image_metadata JOIN images ON seq = image_seq
     WHERE cluster_id = ? AND node = ? AND path = ?`,
  );
  const selectFiles = db.prepare<
    [string, string, string],
    { path: string; size: number; modified_at: number; active: number; reader: number }
  >('SELECT path, size, modified_at, active, reader FROM images WHERE cluster_id = ? AND node = ? AND folder = ?');
  const upsert = db
    .prepare<unknown[], number>(
      `INSERT INTO images (cluster_id, node, path, partition, folder, name, other_paths, size, modified_at, scanned_at, active, reader, uuid, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (cluster_id, node, path) DO UPDATE SET partition = excluded.partition, folder = excluded.folder, name = excluded.name,
         other_paths = excluded.other_paths, size = excluded.size, modified_at = excluded.modified_at, scanned_at = excluded.scanned_at,
         active = excluded.active, reader = excluded.reader, uuid = excluded.uuid, facts = excluded.facts
       RETURNING seq`,
    )
    .pluck();
  const upsertMetadata = db.prepare(
    'INSERT INTO image_metadata (image_seq, metadata) VALUES (?, ?) ON CONFLICT DO UPDATE SET metadata = excluded.metadata, inspected = NULL',
  );
  const setActive = db.prepare('UPDATE images SET active = ? WHERE cluster_id = ? AND node = ? AND path = ?');
  const setLinks = db.prepare('UPDATE images SET other_paths = ? WHERE cluster_id = ? AND node = ? AND path = ?');
  const clearLinks = db.prepare(
    'UPDATE images SET other_paths = NULL WHERE cluster_id = ? AND node = ? AND folder = ? AND active = 1 AND other_paths IS NOT NULL',
  );
  const selectScannedAt = db
    .prepare<[string, string, string], number>(
      'SELECT scanned_at FROM images WHERE cluster_id = ? AND node = ? AND path = ?',
    )
    .pluck();
  const setScannedAt = db.prepare('UPDATE images SET scanned_at = ? WHERE cluster_id = ? AND node = ? AND path = ?');
  const touchFolder = db.prepare(
    'UPDATE images SET scanned_at = ?, partition = ? WHERE cluster_id = ? AND node = ? AND folder = ? AND active = 1',
  );
  const upsertFolder = db.prepare(
    `INSERT INTO image_folders (cluster_id, node, folder, path, partition, scanned_at, found, unreadable) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET path = excluded.path, partition = excluded.partition, scanned_at = excluded.scanned_at, found = excluded.found,
       unreadable = excluded.unreadable`,
  );
  const selectFolders = db.prepare<[string], FolderRow>(
    'SELECT node, folder, path, partition, scanned_at, found, unreadable FROM image_folders WHERE cluster_id = ? ORDER BY node, folder',
  );
  const setDigest = db.prepare(
    'UPDATE images SET digest = ?, digest_of = ? WHERE cluster_id = ? AND node = ? AND path = ?',
  );
  const setFacts = db
    .prepare<unknown[], number>(
      'UPDATE images SET facts = ? WHERE cluster_id = ? AND node = ? AND path = ? RETURNING seq',
    )
    .pluck();
  const upsertInspected = db.prepare(
    'INSERT INTO image_metadata (image_seq, inspected) VALUES (?, ?) ON CONFLICT DO UPDATE SET inspected = excluded.inspected',
  );
  const selectUsage = db.prepare<[string], { path: string; runs: number; lastAt: number }>(
    `SELECT image_path AS path, count(*) AS runs, max(created_at) AS lastAt FROM runs
     WHERE cluster_id = ? AND image_path IS NOT NULL AND phase = 'submitted' GROUP BY image_path`,
  );
  const selectUsageOf = db.prepare<[string, string], { runs: number; lastAt: number | null }>(
    `SELECT count(*) AS runs, max(created_at) AS lastAt FROM runs WHERE cluster_id = ? AND image_path = ? AND phase = 'submitted'`,
  );
  const selectUsedBy = db.prepare<[string, string, number], { runId: string; name: string; submittedAt: number }>(
    `SELECT run_id AS runId, name, coalesce(submitted_at, created_at) AS submittedAt FROM runs
     WHERE cluster_id = ? AND image_path = ? AND phase = 'submitted' ORDER BY created_at DESC LIMIT ?`,
  );
  const removeImages = db.prepare('DELETE FROM images WHERE cluster_id = ?');
  const removeFolders = db.prepare('DELETE FROM image_folders WHERE cluster_id = ?');

  const imageOf = (clusterId: string, row: ImageRow): StoredImage | null => {
    const id = `${clusterId}:${row.node}:${row.path}`;
    const facts = readRow.json('images', id, ImageFacts, row.facts);
    if (facts === null) return null;
    return {
      ...facts,
      name: row.name,
      path: row.path,
      otherPaths: row.other_paths === null ? [] : (readRow.json('images', id, Paths, row.other_paths) ?? []),
      folder: row.folder,
      node: nodeOf(row.node),
      partition: row.partition,
      size: row.size,
      modifiedAt: row.modified_at,
      digest: row.digest_of === identity(row.size, row.modified_at, row.uuid) ? row.digest : null,
      lastScannedAt: row.scanned_at,
      active: row.active === 1,
    };
  };

  const keyOf = ({ clusterId, node, path }: ImageKey): [string, string, string] => [clusterId, nodeColumn(node), path];

  const recordRead = db.transaction(
    (clusterId: string, reader: number, images: Parameters<ImageRepository['recordRead']>[2]) => {
      for (const { image, metadata } of images) {
        const { name, path, otherPaths, folder, node, partition, size, modifiedAt, lastScannedAt, active, ...facts } =
          image;
        const seq = upsert.get(
          clusterId,
          nodeColumn(node),
          path,
          partition,
          folder,
          name,
          otherPaths.length === 0 ? null : JSON.stringify(otherPaths),
          size,
          modifiedAt,
          lastScannedAt,
          active ? 1 : 0,
          reader,
          facts.uuid,
          JSON.stringify(facts),
        );
        upsertMetadata.run(seq, metadata === null ? null : deflateRawSync(JSON.stringify(metadata)));
      }
    },
  );

  const recordFolder = db.transaction(
    (
      clusterId: string,
      { folder, path, node, partition, scannedAt, found, unreadable }: Parameters<ImageRepository['recordFolder']>[1],
      { gone, back, unseen, links }: Parameters<ImageRepository['recordFolder']>[2],
    ) => {
      const on = nodeColumn(node);
      for (const each of gone) setActive.run(0, clusterId, on, each);
      for (const each of back) setActive.run(1, clusterId, on, each);
      const seenAt = unseen.map((each) => [selectScannedAt.get(clusterId, on, each) ?? scannedAt, each] as const);
      touchFolder.run(scannedAt, partition, clusterId, on, path);
      for (const [at, each] of seenAt) setScannedAt.run(at, clusterId, on, each);
      clearLinks.run(clusterId, on, path);
      for (const [each, others] of links) setLinks.run(JSON.stringify(others), clusterId, on, each);
      upsertFolder.run(clusterId, on, folder, path, partition, scannedAt, found, JSON.stringify(unreadable));
    },
  );

  const recordInspected = db.transaction((key: ImageKey, inspected: InspectedImage, facts: ImageFacts) => {
    const seq = setFacts.get(JSON.stringify(facts), ...keyOf(key));
    if (seq !== undefined) upsertInspected.run(seq, JSON.stringify(inspected));
  });

  const forget = db.transaction((clusterId: string) => {
    removeImages.run(clusterId);
    removeFolders.run(clusterId);
  });

  return {
    page: (clusterId, after, limit) =>
      reading(() => {
        const rows = selectPage.all(clusterId, after, limit);
        return {
          images: rows.flatMap((row) => imageOf(clusterId, row) ?? []),
          last: rows.length < limit ? null : (rows.at(-1)?.seq ?? null),
        };
      }),
    get: (key) =>
      reading(() => {
        const row = selectOne.get(...keyOf(key)) ?? selectByLink.get(...keyOf(key));
        return row === undefined ? null : imageOf(key.clusterId, row);
      }),
    metadata: (key) =>
      reading(() => {
        const row = selectMetadata.get(...keyOf(key));
        const id = `${key.clusterId}:${nodeColumn(key.node)}:${key.path}`;
        return {
          metadata: row?.metadata == null ? null : unpacked(id, row.metadata),
          inspected: row?.inspected == null ? null : readRow.json('image_metadata', id, InspectedImage, row.inspected),
        };
      }),
    filesOf: (clusterId, node, folder) =>
      reading(
        () =>
          new Map(
            selectFiles
              .all(clusterId, nodeColumn(node), folder)
              .map(({ path, size, modified_at, active, reader }) => [
                path,
                { size, modifiedAt: modified_at, active: active === 1, reader },
              ]),
          ),
      ),
    recordRead: (clusterId, reader, images) => writing(() => recordRead.immediate(clusterId, reader, images)),
    recordFolder: (clusterId, folder, changes) => writing(() => recordFolder.immediate(clusterId, folder, changes)),
    folders: (clusterId) =>
      reading(() =>
        selectFolders.all(clusterId).map((row) => ({
          folder: row.folder,
          path: row.path,
          node: nodeOf(row.node),
          partition: row.partition,
          scannedAt: row.scanned_at,
          found: row.found,
          unreadable:
            readRow.json(
              'image_folders',
              `${clusterId}:${row.node}:${row.folder}`,
              z.array(UnreadableFolder),
              row.unreadable,
            ) ?? [],
        })),
      ),
    recordDigest: (key, { size, modifiedAt, uuid }, digest) =>
      void writing(() => setDigest.run(digest, identity(size, modifiedAt, uuid), ...keyOf(key))),
    recordInspected: (key, inspected, facts) => writing(() => recordInspected.immediate(key, inspected, facts)),
    usage: (clusterId) =>
      reading(() => new Map(selectUsage.all(clusterId).map(({ path, runs, lastAt }) => [path, { runs, lastAt }]))),
    usageOf: (clusterId, path) =>
      reading(() => {
        const found = selectUsageOf.get(clusterId, path);
        return found?.lastAt == null ? null : { runs: found.runs, lastAt: found.lastAt };
      }),
    usedBy: (clusterId, path, limit) => reading(() => selectUsedBy.all(clusterId, path, limit)),
    forget: (clusterId) => writing(() => forget.immediate(clusterId)),
  };

  function unpacked(id: string, packed: Buffer): ImageMetadata | null {
    try {
      return readRow.json('image_metadata', id, ImageMetadata, inflateRawSync(packed).toString('utf8'));
    } catch (error) {
      return readRow.unreadable('image_metadata', id, reasonOf(error));
    }
  }
}
