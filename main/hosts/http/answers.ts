import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { quoted } from '../../../shared/messages/message.ts';
import { SECURITY_HEADERS } from '../securityHeaders.ts';

/** A request that is refused by the host itself, before or instead of a call of the core. */
export class HttpRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

/** A refusal is an envelope too. The connection ends with it: what else was sent on it is not read. */
export function sendRefusal(response: ServerResponse, { status, message }: HttpRefusal): void {
  const known = new AppError(status === 401 || status === 403 ? 'FORBIDDEN' : 'INPUT_INVALID', {
    details: { reason: quoted(message) },
  });
  response.setHeader('Connection', 'close');
  sendJson(response, status, { ok: false, error: toWire(known), requestId: '' });
}

/** Answers on a bare socket, where there is no request to answer: an upgrade that is refused, bytes that are no HTTP. Closes it. */
export function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroy(),
  );
}
