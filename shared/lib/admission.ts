import type { Disposable } from './disposable.ts';

/** What is needed of a TCP socket. */
interface Socket {
  on(event: 'error' | 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/**
 * The connections of a server on a loopback port, which everybody on the computer can reach, from their first moment to their last.
 * Errors of a socket are heard here whatever happens to the socket later: a reset of one that nobody listens to ends the process.
 * Those that have shown no right to be here are few, and the oldest makes room for the newest: somebody who opens thousands takes
 * places from himself only, and no descriptors from the program.
 */
export class Admission<S extends Socket> implements Disposable {
  readonly #open = new Set<S>();
  /** In the order of their coming. */
  readonly #strangers = new Set<S>();
  readonly #maxStrangers: number;

  constructor(maxStrangers: number) {
    this.#maxStrangers = maxStrangers;
  }

  admit(socket: S): void {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#strangers.delete(socket);
    });
    this.#open.add(socket);
    this.#strangers.add(socket);
    if (this.#strangers.size <= this.#maxStrangers) return;
    const [oldest] = this.#strangers;
    if (oldest === undefined) return;
    // its descriptor is free when destroy() returns; `close` comes later
    this.#strangers.delete(oldest);
    oldest.destroy();
  }

  /** Whoever is at the other end has shown a secret of ours: this connection stays. */
  prove(socket: S): void {
    this.#strangers.delete(socket);
  }

  dispose(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
