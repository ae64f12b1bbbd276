/** Reads ranges of an old database and converts their rows, in the order in which it is asked. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { reasonOf } from '../../shared/errors/appError.ts';
import { openDatabase } from './database.ts';
import type { ConvertedRows } from './migration.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { sqliteCode } from './sqliteErrors.ts';

export interface ReadTask {
  readonly file: string;
  /** The number of the migration that converts. */
  readonly step: number;
  readonly nativeBinding?: string | undefined;
  /** Takes ranges and gives answers. */
  readonly port: MessagePort;
  /** Counted up with each answer. */
  readonly answers: SharedArrayBuffer;
}

export type ReadAnswer =
  | { readonly kind: 'rows'; readonly rows: ConvertedRows }
  /** `code`: SQLite's. */
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | null };

const { file, step, nativeBinding, port, answers } = workerData as ReadTask;
const count = new Int32Array(answers);

function answer(said: ReadAnswer): void {
  port.postMessage(said);
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
}

function attempt(work: () => ConvertedRows): void {
  try {
    answer({ kind: 'rows', rows: work() });
  } catch (error) {
    answer({ kind: 'failed', message: reasonOf(error), code: sqliteCode(error) });
  }
}

let read: ((after: number, last: number) => ConvertedRows) | null = null;
port.on('message', ({ after, last }: { after: number; last: number }) =>
  attempt(() => {
    const conversion = MIGRATIONS[step - 1]?.conversion;
    if (conversion === undefined) throw new Error(`step ${String(step)} converts nothing`);
    read ??= conversion.reader(openDatabase(file, { nativeBinding, timeout: 2000, readonly: true }));
    return read(after, last);
  }),
);
