import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FilePiece, RemoteFiles } from '../remoteFiles.ts';

/** What goes in one call: over SFTP so many files are open at once, and so many bytes fill the window of a channel. */
const CALL = { pieces: 64, bytes: 2 * 1024 ** 2 };
/** Calls that are on the way at once, each over a channel of its own; others need channels too. */
const CALLS_AT_ONCE = 2;

interface Asked {
  readonly piece: FilePiece;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads pieces of many files for many who ask at the same time: what is asked for within one turn of the event loop goes in few calls. Answers
 * are handed out one by one, each in a turn of its own, so that what is made of them never holds the thread for long.
 */
export class PieceReader {
  readonly #files: Pick<RemoteFiles, 'read' | 'readMany'>;
  readonly #signal: AbortSignal;
  #waiting: Asked[] = [];
  #calls = 0;
  #gathering = false;

  constructor(files: Pick<RemoteFiles, 'read' | 'readMany'>, signal: AbortSignal) {
    this.#files = files;
    this.#signal = signal;
  }

  /** Up to `length` bytes from `offset`, none at the end of the file. Errors: those of RemoteFiles.read. */
  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ piece: { path, offset, length }, resolve, reject });
      void this.#gather();
    });
  }

  async #gather(): Promise<void> {
    if (this.#gathering) return;
    this.#gathering = true;
    await nextTurn();
    this.#gathering = false;
    while (this.#waiting.length > 0 && this.#calls < CALLS_AT_ONCE) void this.#call(this.#take());
  }

  #take(): Asked[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ piece: { length } }, index) => {
      bytes += length;
      return index === CALL.pieces || (index > 0 && bytes > CALL.bytes);
    });
    const taken = end < 0 ? this.#waiting : this.#waiting.slice(0, end);
    this.#waiting = end < 0 ? [] : this.#waiting.slice(end);
    return taken;
  }

  async #call(asked: readonly Asked[]): Promise<void> {
    this.#calls += 1;
    try {
      const answers = await this.#files.readMany(
        asked.map(({ piece }) => piece),
        { signal: this.#signal },
      );
      for (const [index, { piece, resolve, reject }] of asked.entries()) {
        const bytes = answers[index];
        if (bytes == null) this.#alone(piece).then(resolve, reject);
        else resolve(bytes);
        await nextTurn();
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      this.#calls -= 1;
      if (this.#waiting.length > 0) void this.#gather();
    }
  }

  /** For the reason why it cannot be read. */
  async #alone({ path, offset, length }: FilePiece): Promise<Uint8Array> {
    return this.#files.read(path, offset, length, { signal: this.#signal });
  }
}
