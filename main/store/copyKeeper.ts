import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../../shared/errors/appError.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { listCopies } from './copies.ts';
import type { CopyResult, CopyTask } from './copyWorker.ts';
import { suspect } from './inspect.ts';

/** A copy is due when the newest one is older than this. */
const DUE_MS = 24 * 3_600_000;
/** How often that is looked at: a laptop sleeps through longer timers. */
const LOOK_MS = 3_600_000;
/** The first look waits until the start is over. */
const FIRST_MS = 10_000;
/** How long the end of the program waits for a copy. */
const GOODBYE_MS = 3000;

export interface CopyKeeperOptions {
  /** The database, open in this process. */
  readonly file: string;
  readonly nativeBinding?: string | undefined;
  readonly now: () => number;
  /** Told how each copying went. Must not throw. */
  readonly onResult: (result: CopyResult) => void;
}

export interface CopyKeeper extends Disposable {
  /** Makes a copy when one is due; null when not. Never rejects. */
  look(): Promise<CopyResult | null>;
}

function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './copyWorker.ts' : './copyWorker.js', import.meta.url);
}

/**
 * Keeps good copies of the database: one a day, checked by quick_check, in `backups` beside it, the newest five. Copying and
 * checking happen in a thread of its own. None is made when the disk is short. A database that turns out to be damaged is noted,
 * so that the next start offers the choice. A command that ends soon makes its copy before it ends.
 */
export function keepCopies({ file, nativeBinding, now, onResult }: CopyKeeperOptions): CopyKeeper {
  let worker: Worker | null = null;
  let running: Promise<CopyResult> | null = null;

  const copy = (task: CopyTask): Promise<CopyResult> =>
    new Promise((resolve) => {
      const settle = (result: CopyResult): void => {
        worker = null;
        resolve(result);
      };
      try {
        worker = new Worker(workerUrl(), { name: 'store copy', workerData: task });
        worker.unref();
        worker.once('message', settle);
        worker.once('error', (error) => settle({ kind: 'skipped', reason: reasonOf(error) }));
        worker.once('exit', () => settle({ kind: 'skipped', reason: 'the thread ended' }));
      } catch (error) {
        settle({ kind: 'skipped', reason: reasonOf(error) });
      }
    });

  const isDue = (): boolean => {
    const newest = listCopies(file)[0]?.at ?? Number.NEGATIVE_INFINITY;
    // a date in the future is of a clock that was wrong
    return now() - newest >= DUE_MS || newest > now() + DUE_MS;
  };

  const look = async (): Promise<CopyResult | null> => {
    if (running !== null) return running;
    if (!isDue()) return null;
    running = copy({ file, at: now(), nativeBinding });
    const result = await running;
    running = null;
    if (result.kind === 'damaged') suspect(file, result.reason);
    onResult(result);
    return result;
  };

  const first = setTimeout(() => void look(), FIRST_MS).unref();
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  return {
    look,
    dispose: async () => {
      clearTimeout(first);
      clearInterval(timer);
      const patience = new AbortController();
      // a worker does not keep the process alive, this wait does
      await Promise.race([look(), delay(GOODBYE_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
      patience.abort();
      await worker?.terminate();
    },
  };
}
