/** Updates the database in a thread of its own, tells how far it is, and ends. */
import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, toWire, type WireError } from '../../shared/errors/appError.ts';
import type { DamageListener } from './damage.ts';
import { storeFailure } from './database.ts';
import { readAhead } from './readAhead.ts';
import type { UpgradeProgress } from './rebuild.ts';
import { upgrade } from './upgrade.ts';

export interface UpgradeTask {
  readonly file: string;
  readonly nativeBinding?: string | undefined;
  /** Epoch ms. */
  readonly now: number;
}

export type UpgradeReport =
  | { readonly kind: 'progress'; readonly progress: UpgradeProgress }
  | { readonly kind: 'unreadable'; readonly row: Parameters<DamageListener>[0] }
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'done' };

const EVERY_MS = 100;

const tell = (report: UpgradeReport): void => parentPort?.postMessage(report);
const task = workerData as UpgradeTask;
try {
  let told = 0;
  const threads = Math.min(2, availableParallelism());
  const steps = upgrade({ ...task, onDamage: (row) => tell({ kind: 'unreadable', row }) }, (step) =>
    readAhead(step, threads, task.nativeBinding),
  );
  for (const progress of steps) {
    if (performance.now() - told < EVERY_MS) continue;
    told = performance.now();
    tell({ kind: 'progress', progress });
  }
  tell({ kind: 'done' });
} catch (error) {
  tell({ kind: 'failed', error: toWire(AppError.is(error) ? error : storeFailure(task.file, error)) });
}
