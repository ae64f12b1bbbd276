import type { Disposable } from '../../../../shared/lib/disposable.ts';

/** The longest stretch for which the main thread was kept from everything else, in milliseconds of its own processor time. */
export interface Hold {
  readonly ms: number;
  /** The calls that were under way. */
  readonly calls: readonly string[];
}

const TICK = 2;
const cpu = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/**
 * Watches the main thread by a timer that ticks all the time. Between two ticks the thread's own processor time is counted and not
 * the clock's, so that other programs of the computer cost nobody anything; `starved` says what they took.
 */
export class HoldMeter implements Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #onHold: (hold: Hold) => void;
  readonly #active = new Set<string>();
  #cpu = cpu();
  #clock = performance.now();
  /** Milliseconds that the thread wanted to run and could not, or stood still in the system, since it began. */
  starved = 0;

  constructor(onHold: (hold: Hold) => void) {
    this.#onHold = onHold;
    this.#timer = setInterval(() => this.tick(), TICK);
  }

  begin(call: string): void {
    this.tick();
    this.#active.add(call);
  }

  end(call: string): void {
    this.tick();
    this.#active.delete(call);
  }

  tick(): void {
    const [used, now] = [cpu(), performance.now()];
    const held = used - this.#cpu;
    this.starved += Math.max(0, now - this.#clock - held - 2 * TICK);
    if (this.#active.size > 0) this.#onHold({ ms: held, calls: [...this.#active] });
    this.#cpu = used;
    this.#clock = now;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
