import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { AnyEvent } from '../../../shared/contract/index.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { EVENTS_PROTOCOL, hasLoopbackHost, hasOneHost, type Gate } from './access.ts';
import { readAddress } from './address.ts';
import { refuseSocket } from './answers.ts';
import type { HttpLimits } from './limits.ts';

/** The WebSockets that tell events. They tell and do not listen: one that sends something is ended. */
export class EventSockets implements Disposable {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: 1024,
    handleProtocols: (offered) => offered.has(EVENTS_PROTOCOL) && EVENTS_PROTOCOL,
  });
  /** Those that programs opened: they read messages in English, a page says them in its language. */
  readonly #programs = new WeakSet<object>();
  readonly #gate: Gate;
  readonly #limits: HttpLimits;

  constructor(gate: Gate, limits: HttpLimits) {
    this.#gate = gate;
    this.#limits = limits;
  }

  /** Makes a WebSocket of the socket, or refuses and closes it. True when whoever asks may listen. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const address = readAddress(request.url);
    if (address === null || !hasOneHost(request) || request.headers.upgrade?.toLowerCase() !== 'websocket') {
      refuseSocket(socket, 400);
    } else if (!hasLoopbackHost(request) || !this.#gate.mayListen(request)) {
      refuseSocket(socket, 403);
    } else if (address.path !== '/events') {
      refuseSocket(socket, 404);
    } else if (this.#server.clients.size >= this.#limits.eventSockets) {
      refuseSocket(socket, 503);
    } else {
      this.#server.handleUpgrade(request, socket, head, (client) => {
        if (this.#gate.hasBearer(request)) this.#programs.add(client);
        client.on('error', () => client.terminate());
        client.on('message', () => client.terminate());
      });
      return true;
    }
    return false;
  }

  send(event: AnyEvent): void {
    if (this.#server.clients.size === 0) return;
    const text = JSON.stringify(event);
    const said = forPrograms(event);
    const forProgram = said === event ? text : JSON.stringify(said);
    for (const client of this.#server.clients) {
      if (client.bufferedAmount > this.#limits.unreadEventBytes) client.terminate();
      else client.send(this.#programs.has(client) ? forProgram : text);
    }
  }

  dispose(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}
