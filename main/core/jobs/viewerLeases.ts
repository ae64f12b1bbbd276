import type { RunId } from '../../../shared/domain/ids.ts';
import type { Clock } from '../ports.ts';

/** A window that is gone without a word must not keep a cluster busy. */
const WATCH_MS = 90_000;
/** More windows than this at once is somebody's mistake. */
const MAX_WATCHERS = 50;

interface Lease {
  readonly runIds: readonly RunId[];
  readonly until: number;
}

/** What the windows that are in view said that they show; each lease holds for 90 s. */
export class ViewerLeases {
  readonly #clock: Clock;
  readonly #closing: AbortSignal;
  readonly #onChange: () => void;
  readonly #leases = new Map<string, Lease>();
  #waiting = new AbortController();

  /** `onChange` hears of every lease and of its end. */
  constructor(clock: Clock, closing: AbortSignal, onChange: () => void) {
    this.#clock = clock;
    this.#closing = closing;
    this.#onChange = onChange;
  }

  renew(watcher: string, runIds: readonly RunId[], visible: boolean): void {
    // the newest last, for the bound
    this.#leases.delete(watcher);
    if (visible) this.#leases.set(watcher, { runIds, until: this.#clock.now() + WATCH_MS });
    for (const oldest of this.#leases.keys()) {
      if (this.#leases.size <= MAX_WATCHERS) break;
      this.#leases.delete(oldest);
    }
    this.#onChange();
    this.#waitForEnd();
  }

  /** Which runs are on screen now, and whether any window is in view. */
  seen(): { onScreen: ReadonlySet<RunId>; inView: boolean } {
    this.#dropOld();
    const leases = [...this.#leases.values()];
    return { onScreen: new Set(leases.flatMap(({ runIds }) => runIds)), inView: leases.length > 0 };
  }

  #dropOld(): void {
    const now = this.#clock.now();
    for (const [watcher, { until }] of this.#leases) if (until <= now) this.#leases.delete(watcher);
  }

  #waitForEnd(): void {
    this.#waiting.abort();
    this.#dropOld();
    const first = Math.min(...[...this.#leases.values()].map(({ until }) => until));
    if (!Number.isFinite(first) || this.#closing.aborted) return;
    this.#waiting = new AbortController();
    this.#clock
      .sleep(Math.max(0, first - this.#clock.now()), AbortSignal.any([this.#waiting.signal, this.#closing]))
      .then(
        () => {
          this.#onChange();
          this.#waitForEnd();
        },
        () => undefined,
      );
  }
}
