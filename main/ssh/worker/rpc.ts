import { AppError, fromWire, toWire, type WireError } from '../../../shared/errors/appError.ts';

/** The calls that one side answers: by name, what goes, what comes back, and what is told meanwhile. All of it must survive a structured clone. */
export type CallTable<T> = { [K in keyof T]: { params: unknown; result: unknown; progress?: unknown } };

type ProgressOf<C> = C extends { progress: infer P } ? P : never;

export interface CallContext<Progress> {
  /** Fires with CANCELLED as its reason when the caller gives up. */
  readonly signal: AbortSignal;
  readonly progress: (value: Progress) => void;
}

export type Handlers<T extends CallTable<T>> = {
  [K in keyof T]: (
    params: T[K]['params'],
    context: CallContext<ProgressOf<T[K]>>,
  ) => T[K]['result'] | Promise<T[K]['result']>;
};

export interface CallOptions<Progress> {
  signal?: AbortSignal | undefined;
  onProgress?: ((value: Progress) => void) | undefined;
}

/** The part of a Worker, or of a worker's parentPort, that is needed. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: Message) => void): unknown;
}

type Message =
  | { type: 'call'; id: number; method: string; params: unknown }
  | { type: 'cancel'; id: number }
  | { type: 'progress'; id: number; value: unknown }
  | { type: 'value'; id: number; value: unknown }
  | { type: 'error'; id: number; error: WireError };

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

/** One end of a two-way line between threads: answers the calls of `Local`, makes those of `Remote`. */
export class RpcPeer<Local extends CallTable<Local>, Remote extends CallTable<Remote>> {
  readonly #port: Port;
  readonly #handlers: Handlers<Local>;
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, AbortController>();
  #lastId = 0;
  #failure: Error | null = null;

  constructor(port: Port, handlers: Handlers<Local>) {
    this.#port = port;
    this.#handlers = handlers;
    port.on('message', (message) => {
      this.#receive(message);
    });
  }

  /**
   * Rejects with the other side's AppError. After an abort the call still ends with the other side's answer, so that nothing
   * goes on there when it has ended here.
   */
  async call<K extends keyof Remote & string>(
    method: K,
    params: Remote[K]['params'],
    options: CallOptions<ProgressOf<Remote[K]>> = {},
  ): Promise<Remote[K]['result']> {
    const { signal, onProgress } = options;
    if (signal?.aborted) throw new AppError('CANCELLED');
    if (this.#failure) throw this.#failure;
    const id = ++this.#lastId;
    const onAbort = (): void => {
      this.#post({ type: 'cancel', id });
    };
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onProgress: onProgress as ((value: unknown) => void) | undefined });
        this.#post({ type: 'call', id, method, params });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends every pending and every later call with this error: the other side is gone. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const pending of [...this.#pending.values()]) pending.reject(this.#failure);
  }

  #post(message: Message): void {
    this.#port.postMessage(message);
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'call':
        void this.#answer(message.id, message.method, message.params);
        return;
      case 'cancel':
        this.#running.get(message.id)?.abort(new AppError('CANCELLED'));
        return;
      case 'progress':
        this.#pending.get(message.id)?.onProgress?.(message.value);
        return;
      case 'value':
        this.#pending.get(message.id)?.resolve(message.value);
        return;
      case 'error':
        this.#pending.get(message.id)?.reject(fromWire(message.error));
        return;
    }
  }

  async #answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const handler = this.#handlers[method as keyof Local];
      const progress = (value: unknown): void => {
        this.#post({ type: 'progress', id, value });
      };
      const value = await handler(params, { signal: controller.signal, progress });
      this.#post({ type: 'value', id, value });
    } catch (error) {
      this.#post({ type: 'error', id, error: toWire(error) });
    } finally {
      this.#running.delete(id);
    }
  }
}
