/**
 * Time that goes by itself, as everywhere, and that a test can move on besides: what would wait for minutes waits for nothing, in this
 * thread and in the threads of connections that were given MOVED_WORKER. Timers go off in their order, each at its own time, and may
 * set others meanwhile. What happens outside of it (a socket, a process, a cluster) takes the time that it takes.
 */
import { BroadcastChannel, threadId, type Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { Clock } from '../ports.ts';

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  date: Date.now,
  performance: performance.now.bind(performance),
};

type Callback = (...given: unknown[]) => void;

/** Stands for a timer of Node's, as far as our code and ssh2 use one. */
class MovableTimer {
  readonly #time: MovableTime;
  readonly #callback: Callback;
  readonly #given: readonly unknown[];
  readonly #ms: number;
  readonly #repeats: boolean;
  #real: NodeJS.Timeout | undefined;
  #isRef = true;
  due = 0;

  constructor(time: MovableTime, callback: Callback, ms: number, repeats: boolean, given: readonly unknown[]) {
    this.#time = time;
    this.#callback = callback;
    this.#given = given;
    this.#ms = Math.max(1, Number.isFinite(ms) ? ms : 1);
    this.#repeats = repeats;
    this.refresh();
  }

  refresh(): this {
    this.due = this.#time.now() + this.#ms;
    this.#time.timers.add(this);
    this.rearm();
    return this;
  }

  /** Waits for what is left of its time. */
  rearm(): void {
    real.clearTimeout(this.#real);
    this.#real = real.setTimeout(() => this.fire(), Math.max(0, this.due - this.#time.now()));
    if (!this.#isRef) this.#real.unref();
  }

  fire(): void {
    if (this.#repeats) this.refresh();
    else this.close();
    this.#callback(...this.#given);
  }

  close(): this {
    real.clearTimeout(this.#real);
    this.#time.timers.delete(this);
    return this;
  }

  ref(): this {
    this.#isRef = true;
    this.#real?.ref();
    return this;
  }

  unref(): this {
    this.#isRef = false;
    this.#real?.unref();
    return this;
  }

  hasRef(): boolean {
    return this.#isRef;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class MovableTime {
  readonly timers = new Set<MovableTimer>();
  #ahead = 0;

  /** Milliseconds of no clock in particular. */
  now(): number {
    return real.performance() + this.#ahead;
  }

  /** Makes the timers and clocks of this thread movable; what was waiting before is left alone. */
  install(): void {
    const timer =
      (repeats: boolean) =>
      (callback: Callback, ms = 0, ...given: unknown[]): MovableTimer =>
        new MovableTimer(this, callback, ms, repeats, given);
    const clear = (handle: unknown): void => {
      if (handle instanceof MovableTimer) handle.close();
      else real.clearTimeout(handle as NodeJS.Timeout | undefined);
    };
    Object.assign(globalThis, {
      setTimeout: timer(false),
      setInterval: timer(true),
      clearTimeout: clear,
      clearInterval: clear,
    });
    Date.now = () => real.date() + this.#ahead;
    performance.now = () => this.now();
  }

  uninstall(): void {
    const { setTimeout, clearTimeout, setInterval, clearInterval } = real;
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
    Date.now = real.date;
    performance.now = real.performance;
  }

  /** Moves on by `ms`; each timer goes off at its time, and what it sets in motion goes as far as it gets without waiting. */
  async move(ms: number): Promise<void> {
    const goal = this.now() + ms;
    for (;;) {
      await turn();
      const [next] = [...this.timers].sort((a, b) => a.due - b.due);
      if (next === undefined || next.due > goal) break;
      this.#ahead += Math.max(0, next.due - this.now());
      next.fire();
    }
    this.#ahead += Math.max(0, goal - this.now());
    for (const timer of this.timers) timer.rearm();
    await turn();
  }
}

type Word =
  { readonly kind: 'follows' | 'moved'; readonly thread: number } | { readonly kind: 'move'; readonly ms: number };

const CHANNEL = 'slipway-test-time';
/** Threads are moved side by side: none gets further ahead of another than this. Milliseconds. */
const STEP_MS = 250;

/** Runs in the thread of a connection that follows the time of the test. */
export const MOVED_WORKER = new URL('../../ssh/testing/movedWorker.ts', import.meta.url);

const wordOf = (event: unknown): Word => (event as { readonly data: Word }).data;

/** In a thread of a connection: its time moves with that of the test. */
export function followTime(): void {
  const time = new MovableTime();
  time.install();
  const channel = new BroadcastChannel(CHANNEL);
  const say = (word: Word): void => channel.postMessage(word);
  channel.onmessage = (event) => {
    const word = wordOf(event);
    if (word.kind === 'move') void time.move(word.ms).then(() => say({ kind: 'moved', thread: threadId }));
  };
  channel.unref();
  say({ kind: 'follows', thread: threadId });
}

/** Asked before each quarter of a second; a promise makes time wait for something real. */
type UnderWay = () => boolean | Promise<boolean>;

/** The time of a test file, and of all threads that follow it. One at a time; `dispose` gives the thread its own time back. */
export interface TestTime extends Disposable {
  /** For the core: it goes with the time of this thread. */
  readonly clock: Clock;
  /** Moves on by `ms`. While something is `underWay` that takes its own time, time only goes by itself, as it always does. */
  pass(ms: number, underWay: UnderWay): Promise<void>;
  /** Moves on until it is so; throws when that takes longer than `mostMs`. */
  passUntil(isSo: () => boolean, mostMs: number, underWay: UnderWay): Promise<void>;
}

export function takeTime(): TestTime {
  const time = new MovableTime();
  time.install();
  const channel = new BroadcastChannel(CHANNEL);
  const gone = new Set<number>();
  /** Threads that follow, and what to do when one of them has moved. */
  const followers = new Map<number, () => void>();
  const onWorker = (worker: Worker): void => {
    const { threadId: thread } = worker;
    worker.once('exit', () => {
      gone.add(thread);
      followers.get(thread)?.();
      followers.delete(thread);
    });
  };
  process.on('worker', onWorker);
  channel.onmessage = (event) => {
    const word = wordOf(event);
    if (word.kind === 'follows' && !gone.has(word.thread)) followers.set(word.thread, () => undefined);
    if (word.kind === 'moved') followers.get(word.thread)?.();
  };
  const step = async (ms: number): Promise<void> => {
    const moved = [...followers.keys()].map(
      (thread) => new Promise<void>((resolve) => void followers.set(thread, resolve)),
    );
    channel.postMessage({ kind: 'move', ms } satisfies Word);
    await Promise.all([time.move(ms), ...moved]);
  };
  const passUntil = async (isSo: () => boolean, mostMs: number, underWay: UnderWay): Promise<boolean> => {
    const end = time.now() + mostMs;
    for (;;) {
      if (isSo()) return true;
      if (await underWay()) await new Promise((resolve) => real.setTimeout(resolve, 5));
      else if (time.now() >= end) return false;
      else await step(Math.min(STEP_MS, end - time.now()));
    }
  };
  return {
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const cancelled = (): void => {
            clearTimeout(timer);
            reject(new AppError('CANCELLED'));
          };
          const timer = setTimeout(() => {
            signal?.removeEventListener('abort', cancelled);
            resolve();
          }, ms);
          if (signal?.aborted === true) cancelled();
          else signal?.addEventListener('abort', cancelled, { once: true });
        }),
    },
    pass: async (ms, underWay) => {
      await passUntil(() => false, ms, underWay);
    },
    passUntil: async (isSo, mostMs, underWay) => {
      if (!(await passUntil(isSo, mostMs, underWay))) throw new Error(`not so within ${String(mostMs)} ms`);
    },
    dispose: () => {
      process.off('worker', onWorker);
      channel.close();
      time.uninstall();
    },
  };
}
