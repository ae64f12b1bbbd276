import type { Bridge } from '../../../shared/contract/bridge.ts';
import type { FileHandle } from '../../../shared/contract/files.ts';
import type {
  AnyEvent,
  Envelope,
  EventName,
  EventOf,
  InputOf,
  OperationName,
  OutputOf,
} from '../../../shared/contract/index.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';

type Answer = (input: unknown) => unknown;

/** A host that answers as a test says, tells the events that it says, and keeps what it was asked. */
export class ScriptedHost implements Bridge {
  readonly #asked: { name: string; input: unknown }[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #listeners = new Set<(event: AnyEvent) => void>();
  #grant: (file: File) => FileHandle = () => {
    throw new AppError('FILE_NOT_FOUND');
  };

  /** What an operation answers from now on, at once or when a promise is kept; an AppError that is thrown crosses as one. */
  answer<N extends OperationName>(
    name: N,
    answer: (input: InputOf<N>) => Partial<OutputOf<N>> | Promise<Partial<OutputOf<N>>>,
  ): void {
    this.#answers.set(name, answer as Answer);
  }

  /** What becomes of files that are dropped. */
  granting(grant: (file: File) => FileHandle): void {
    this.#grant = grant;
  }

  /** The inputs with which an operation was asked, oldest first. */
  asked<N extends OperationName>(name: N): InputOf<N>[] {
    return this.#asked.filter((call) => call.name === name).map(({ input }) => input as InputOf<N>);
  }

  /** Forgets what it was asked and how it answers. */
  reset(): void {
    this.#asked.length = 0;
    this.#answers.clear();
  }

  tell<N extends EventName>(name: N, payload: EventOf<N>): void {
    for (const listener of this.#listeners) listener({ name, payload } as AnyEvent);
  }

  async invoke(name: string, input: unknown): Promise<Envelope<unknown>> {
    this.#asked.push({ name, input });
    const answer = this.#answers.get(name);
    return envelope(() => (answer === undefined ? {} : answer(input)));
  }

  cancel(): void {
    // an abandoned question answers nobody
  }

  subscribe(listener: (event: AnyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  grant(file: File): Promise<Envelope<FileHandle>> {
    return envelope(() => this.#grant(file));
  }

  choose(): Promise<never> {
    return Promise.reject(new Error('no dialogs here'));
  }
}

async function envelope<T>(value: () => T | Promise<T>): Promise<Envelope<T>> {
  try {
    return { ok: true, value: await value(), requestId: 'test' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, error: toWire(error), requestId: 'test' };
  }
}

/** A window in which a page with that host lives; events such as `pagehide` can be dispatched on it. */
export function pageOf(host: Bridge): EventTarget {
  return Object.assign(new EventTarget(), { slipway: host, location: { origin: 'app://slipway' } });
}

/** A promise that the test keeps when it says so. */
export function held<T>(): { promise: Promise<T>; keep: (value: T) => void } {
  let keep: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (keep = resolve));
  return { promise, keep };
}
