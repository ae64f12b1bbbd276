import { AppError } from '../../../shared/errors/appError.ts';
import type { Clock } from '../ports.ts';

/** A clock that stands still until the test moves it: no test waits for real time, and none depends on it. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  constructor(now = Date.UTC(2026, 10, 21)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        this.#sleepers.delete(sleeper);
        reject(new AppError('CANCELLED'));
      };
      const sleeper = {
        until: this.#now + ms,
        wake: (): void => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      if (signal?.aborted === true) {
        aborted();
        return;
      }
      signal?.addEventListener('abort', aborted, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** When the next sleeper wakes, or null when nobody sleeps. */
  get nextWake(): number | null {
    const times = [...this.#sleepers].map(({ until }) => until);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** The computer sleeps: it is later, and no timer has gone off. */
  sleepThrough(ms: number): void {
    this.#now += ms;
  }

  /** Moves on, waking sleepers in their order, and lets what they started run as far as it gets without time. */
  async advance(ms: number): Promise<void> {
    const goal = this.#now + ms;
    for (;;) {
      await settle();
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0];
      if (next === undefined || next.until > goal) break;
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
    this.#now = goal;
    await settle();
  }
}

/** Lets all promises that wait for nothing but each other go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
