import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { AppError, fromWire, reasonOf } from '../../shared/errors/appError.ts';
import type { DamageListener } from './damage.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { migrate, storedVersion } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { rebuild, type RangeReader, type RebuildOptions, type UpgradeProgress } from './rebuild.ts';
import type { UpgradeReport, UpgradeTask } from './upgradeWorker.ts';

export type { UpgradeProgress };

/** The step before which a file stops until its rows are carried over by code; null when it is of the newest version. */
function stepToConvert(file: string, options: Pick<DatabaseOptions, 'nativeBinding'>): number | null {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return null;
  const db = openDatabase(file, { ...options, timeout: 2000 });
  try {
    return migrate(db, MIGRATIONS);
  } finally {
    db.close();
  }
}

/**
 * Brings a file of whatever version to the newest; yields whenever something is done, and never when there is nothing to do. `readerOf`:
 * what reads the old file for a step, where that is not done in this thread.
 */
export function* upgrade(
  options: Omit<RebuildOptions, 'reader'>,
  readerOf?: (step: number) => RangeReader,
): Generator<UpgradeProgress, void> {
  for (;;) {
    const step = stepToConvert(options.file, options);
    const conversion = step === null ? undefined : MIGRATIONS[step - 1]?.conversion;
    if (step === null || conversion === undefined) return;
    const reader = readerOf === undefined ? {} : { reader: readerOf(step) };
    yield* rebuild({ ...options, ...reader }, MIGRATIONS.slice(0, step), conversion);
  }
}

/** Whether a file waits for an update that takes its time. What is wrong with it otherwise, opening it says. */
function isOld(file: string, options: Pick<DatabaseOptions, 'nativeBinding'>): boolean {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return false;
  try {
    const db = openDatabase(file, { ...options, timeout: 2000 });
    try {
      return storedVersion(db) < MIGRATIONS.length;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './upgradeWorker.ts' : './upgradeWorker.js', import.meta.url);
}

export interface UpgradeOptions {
  readonly file: string;
  readonly nativeBinding?: string | undefined;
  /** Told at most about ten times a second, and not at all when there is nothing to do. */
  readonly onProgress: (progress: UpgradeProgress) => void;
  readonly onDamage: DamageListener;
}

/**
 * Brings the database that nobody has open to the newest version, in a thread of its own. What cannot be read is kept and told. The database
 * of before is kept among the copies. Whenever it is interrupted, the next start goes on.
 * Errors: STORE_DAMAGED, STORE_UNAVAILABLE, STORE_NEWER; the old database is untouched then.
 */
export function upgradeStore({ file, nativeBinding, onProgress, onDamage }: UpgradeOptions): Promise<void> {
  if (!isOld(file, { nativeBinding })) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const task: UpgradeTask = { file, nativeBinding, now: Date.now() };
    const worker = new Worker(workerUrl(), { name: 'store upgrade', workerData: task });
    const unavailable = (error: unknown): AppError =>
      new AppError('STORE_UNAVAILABLE', { details: { reason: reasonOf(error), file }, cause: error });
    worker.on('message', (report: UpgradeReport) => {
      switch (report.kind) {
        case 'progress':
          onProgress(report.progress);
          break;
        case 'unreadable':
          onDamage(report.row);
          break;
        case 'failed':
          reject(fromWire(report.error));
          break;
        case 'done':
          resolve();
      }
    });
    worker.once('error', (error) => reject(unavailable(error)));
    worker.once('exit', () => reject(unavailable(new Error('the thread of the update ended'))));
  });
}
