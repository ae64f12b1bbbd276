import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { abortable } from '../cache/abortable.ts';

interface UnderWay {
  readonly done: Promise<void>;
  readonly end: AbortController;
  waiting: number;
}

/** Work that is done once however many want it, and that ends when the last of them has gone. */
export class SharedWork<K> implements Disposable {
  readonly #underWay = new Map<K, UnderWay>();

  isUnderWay(key: K): boolean {
    return this.#underWay.has(key);
  }

  /** Begins the work or joins it. CANCELLED as soon as `signal` is aborted; without one it goes on to its end. */
  async join(key: K, signal: AbortSignal | null, work: (ending: AbortSignal) => Promise<void>): Promise<void> {
    const joined = this.#underWay.get(key) ?? this.#begin(key, work);
    joined.waiting += 1;
    if (signal === null) return joined.done;
    try {
      await abortable(joined.done, signal);
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0) this.#end(key, joined);
    }
  }

  #begin(key: K, work: (ending: AbortSignal) => Promise<void>): UnderWay {
    const end = new AbortController();
    const done = abortable(work(end.signal), end.signal).finally(() => {
      if (this.#underWay.get(key)?.end === end) this.#underWay.delete(key);
    });
    // who waits hears of it; nobody may be left
    done.catch(() => undefined);
    const begun = { done, end, waiting: 0 };
    this.#underWay.set(key, begun);
    return begun;
  }

  #end(key: K, { end }: UnderWay): void {
    if (this.#underWay.get(key)?.end === end) this.#underWay.delete(key);
    end.abort(new AppError('CANCELLED'));
  }

  end(key: K): void {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) this.#end(key, underWay);
  }

  dispose(): void {
    for (const key of [...this.#underWay.keys()]) this.end(key);
  }
}
