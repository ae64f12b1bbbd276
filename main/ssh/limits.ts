import { setMaxListeners } from 'node:events';
import type { AppError } from '../../shared/errors/appError.ts';

/**
 * What may end an operation early. Inside main/ssh the `reason` of a signal is always the AppError to reject with:
 * CANCELLED from the caller, CONNECTION_LOST from the session.
 */
export interface Limits {
  readonly signals: readonly AbortSignal[];
  /** Milliseconds, with the error of their passing. */
  readonly timeout?: { readonly ms: number; readonly expired: () => AppError };
}

/** For what ends with a connection or a channel: any number of operations listen to it at once. */
export function manyListeners(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * Runs `body` until it settles or a limit is reached, whichever is first. The signal that `body` gets fires with the same reason,
 * for it to let go of what it holds; nothing of the limits outlives the call.
 */
export async function within<T>(limits: Limits, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const releases: (() => void)[] = [];
  try {
    return await new Promise<T>((resolve, reject) => {
      const end = (reason: Error): void => {
        ending.abort(reason);
        reject(reason);
      };
      for (const signal of limits.signals) {
        if (signal.aborted) {
          end(signal.reason as Error);
          return;
        }
        const onAbort = (): void => {
          end(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        releases.push(() => {
          signal.removeEventListener('abort', onAbort);
        });
      }
      const { timeout } = limits;
      if (timeout) {
        const timer = setTimeout(() => {
          end(timeout.expired());
        }, timeout.ms);
        releases.push(() => {
          clearTimeout(timer);
        });
      }
      body(ending.signal).then(resolve, reject);
    });
  } finally {
    for (const release of releases) release();
  }
}

/** Resolves after `ms`, or rejects with the signal's reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await within({ signals: [signal] }, async (ended) => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      ended.addEventListener('abort', () => {
        clearTimeout(timer);
      });
    });
  });
}
