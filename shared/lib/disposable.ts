/** Something that was opened and must be closed by its owner. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/**
 * Owns what was opened, in order. `dispose()` closes everything once, newest first, and keeps going when one of them fails; the first
 * failure is thrown at the end. What is given to it after that is closed at once and refused with an Error: nobody else would close it.
 *
 * Not called DisposableStack: the language's own takes objects with `Symbol.dispose` and waits for nothing.
 */
export class ResourceScope implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Registers an owner's duty and hands the same object back. Throws after `dispose()`, and closes the object. */
  use<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      void Promise.resolve()
        .then(() => item.dispose())
        .catch(() => undefined);
      throw new Error('something was opened in a scope that has been disposed');
    }
    this.#items.push(item);
    return item;
  }

  /** Registers a function to be called on dispose. Throws after `dispose()`, and calls it. */
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
