/** Something that was opened and must be closed by its owner. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/**
 * Owns what was opened, in order. `dispose()` closes everything once, newest first, and keeps going when one of them
 * fails; the first failure is thrown at the end.
 */
export class DisposableStack implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Registers an owner's duty and hands the same object back. */
  use<T extends Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  /** Registers a function to be called on dispose. */
  defer(close: () => void | Promise<void>): void {
    this.use({ dispose: close });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const item of this.#items.reverse()) {
      try {
        await item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#items.length = 0;
    if (failures.length > 0) throw failures[0];
  }
}
