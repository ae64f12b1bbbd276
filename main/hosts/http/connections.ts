import type { Socket } from 'node:net';
import type { Disposable } from '../../../shared/lib/disposable.ts';

/**
 * Every TCP connection of the HTTP host, from its first moment to its last. Errors of a socket are heard here whatever happens to the
 * socket later: a reset of one that nobody listens to ends the process. Those that have shown no token or session are few, and the
 * oldest makes room for the newest: somebody who opens thousands takes places from himself only.
 */
export class Connections implements Disposable {
  readonly #open = new Set<Socket>();
  /** In the order of their coming. */
  readonly #strangers = new Set<Socket>();
  readonly #maxStrangers: number;

  constructor(maxStrangers: number) {
    this.#maxStrangers = maxStrangers;
  }

  admit(socket: Socket): void {
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

  /** A request on this connection has shown a token or a session: it is ours to keep. */
  prove(socket: Socket): void {
    this.#strangers.delete(socket);
  }

  dispose(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
