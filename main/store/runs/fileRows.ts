import type { Database } from 'better-sqlite3';
import type { RunFile } from '../../../shared/domain/job/schema.ts';

/** A file of a run as it lies in `run_files`, under the names of its columns. */
interface FileRow {
  position: number;
  slot: string | null;
  name: string;
  remoteName: string;
  size: number;
  sha256: string | null;
  uploaded: number;
  handle: string | null;
  convert: number | null;
}

export interface FileRows {
  insert(seq: number, files: readonly RunFile[]): void;
  /** Notes how far each file got. Which files a run has never changes. */
  update(seq: number, files: readonly RunFile[]): void;
  /** In their order. `texts`: those of generated files, by position. */
  all(seq: number, texts: Readonly<Record<string, string>>): unknown[];
}

/** The files of runs: what is known of each when the run is made, and how far it got. */
export function createFileRows(db: Database): FileRows {
  const insert = db.prepare(
    'INSERT INTO run_files (run_seq, position, slot, name, remote_name, size, sha256, uploaded, handle, convert) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare(
    'UPDATE run_files SET size = ?, sha256 = ?, uploaded = ? WHERE run_seq = ? AND position = ?',
  );
  const select = db.prepare<[number], FileRow>(
    'SELECT position, slot, name, remote_name AS remoteName, size, sha256, uploaded, handle, convert FROM run_files WHERE run_seq = ? ORDER BY position',
  );
  return {
    insert: (seq, files) => {
      for (const [position, { slot, name, remoteName, size, sha256, uploaded, source }] of files.entries()) {
        const [handle, convert] =
          source.kind === 'local' ? [source.handle, source.convert === undefined ? null : Number(source.convert)] : [];
        insert.run(
          seq,
          position,
          slot,
          name,
          remoteName,
          size,
          sha256,
          Number(uploaded),
          handle ?? null,
          convert ?? null,
        );
      }
    },
    update: (seq, files) => {
      for (const [position, { size, sha256, uploaded }] of files.entries())
        update.run(size, sha256, Number(uploaded), seq, position);
    },
    all: (seq, texts) =>
      select.all(seq).map(({ position, uploaded, handle, convert, ...file }) => ({
        ...file,
        uploaded: uploaded === 1,
        source:
          handle === null
            ? { kind: 'generated', text: texts[String(position)] }
            : { kind: 'local', handle, ...(convert === null ? {} : { convert: convert === 1 }) },
      })),
  };
}
