import { seededRandom } from '../../../core/testing/sampled.ts';

/** Chance that is the same for the same seed. */
export class Dice {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** A whole number of [0, end). */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** True in `share` of all cases. */
  chance(share: number): boolean {
    return this.#next() < share;
  }

  pick<T>(list: readonly [T, ...T[]]): T;
  pick<T>(list: readonly T[]): T | undefined;
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }
}
