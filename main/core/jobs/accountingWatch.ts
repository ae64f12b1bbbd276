import type { AccountingOutcome } from '../../slurm/accounting.ts';

/** What accounting is to a cluster now. Times are epoch milliseconds. */
export type AccountingState =
  | { kind: 'answers' }
  /** `absent`: there is none, as far as sacct says; `silent`: it should know, and does not say. `since` is the first of its failures in a row. */
  | { kind: 'absent' | 'silent'; since: number; said: string };

/** Once silent, it is asked again after this, and each time twice as long after. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
/** So long a job that has left the queue keeps its last state, for accounting to say how it ended; then its own word is taken. */
const PATIENCE_MS = 15_000;

/**
 * How one cluster's accounting behaves. It has a pace of its own: a database that hangs is asked ever less, while the queue is looked
 * at as before.
 */
export class AccountingWatch {
  /** Columns that its sacct does not know. */
  readonly without = new Set<string>();
  #state: AccountingState = { kind: 'answers' };
  #failures = 0;
  #nextAt = 0;

  get state(): AccountingState {
    return this.#state;
  }

  mayAsk(now: number): boolean {
    return now >= this.#nextAt;
  }

  /** A person asks, or the connection is new: what is known of its silence is no reason to leave it alone. */
  askSoon(): void {
    this.#nextAt = 0;
  }

  /** Takes note of an answer; true when its state is another now. */
  heard(outcome: Exclude<AccountingOutcome, { kind: 'unknownField' }>, now: number): boolean {
    const before = this.#state;
    if (outcome.kind === 'whole') {
      this.#failures = 0;
      this.#nextAt = 0;
      this.#state = { kind: 'answers' };
    } else {
      this.#failures += 1;
      this.#nextAt =
        now +
        (outcome.kind === 'absent'
          ? LONGEST_PAUSE_MS
          : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10)));
      this.#state = { kind: outcome.kind, since: before.kind === 'answers' ? now : before.since, said: outcome.said };
    }
    const after = this.#state;
    return (
      before.kind !== after.kind ||
      (before.kind !== 'answers' && after.kind !== 'answers' && before.said !== after.said)
    );
  }

  /** True when nothing is to be waited for: there is no accounting, or it has been silent for a while. */
  givenUp(now: number): boolean {
    return this.#state.kind === 'absent' || (this.#state.kind === 'silent' && now - this.#state.since >= PATIENCE_MS);
  }
}
