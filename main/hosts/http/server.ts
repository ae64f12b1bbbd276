import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { AppError, reasonOf, toWire } from '../../../shared/errors/appError.ts';
import { DisposableStack, type Disposable } from '../../../shared/lib/disposable.ts';
import { programFolder } from '../appFolders.ts';
import { randomId, type Program } from '../program.ts';
import { readRendererFile } from '../rendererFiles.ts';
import { SECURITY_HEADERS } from '../securityHeaders.ts';
import { Gate, hasLoopbackHost, hasOwnOrigin } from './access.ts';
import { Spool } from './spool.ts';

/** A JSON body of a call: template texts are the largest, and they end at 20 MB. */
const MAX_BODY = 32 * 1024 ** 2;

export interface HttpHost extends Disposable {
  readonly port: number;
  /** For programs: `Authorization: Bearer …` on `POST /api/<operation>`. */
  readonly bearer: string;
  /** The link for one browser; after it was used it names the next. */
  link(): string;
}

class HttpRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw new HttpRefusal(415, 'send application/json');
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new HttpRefusal(413, 'the body is too large');
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new HttpRefusal(400, `the body is not JSON: ${reasonOf(error)}`);
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

/** The page for somebody without a cookie: which link to open. */
function sendNoAccess(response: ServerResponse): void {
  response.writeHead(401, { ...SECURITY_HEADERS, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Slipway</title><h1>This link was used already</h1><p>Open the newest link that Slipway printed in its terminal.</p></html>',
  );
}

/**
 * Serves the interface and the operations on a loopback address.
 * `GET /?token=…` exchanges the one-time link for a cookie; `POST /api/<operation>` answers an envelope; `PUT /files?name=…` hands
 * over a file; `/events` is a WebSocket of events. Host and Origin are checked on every request and socket.
 */
export async function startHttpHost(program: Program, options: { port: number; onLinkUsed?: (next: string) => void }): Promise<HttpHost> {
  const opened = new DisposableStack();
  const rendererFolder = path.join(programFolder(), 'out', 'renderer');
  const spool = new Spool(path.join(program.dataFolder, 'spool'), randomId);
  await spool.removeOld(Date.now());

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const status = error instanceof HttpRefusal ? error.status : 500;
      const known = error instanceof HttpRefusal ? new AppError(status === 403 || status === 401 ? 'FORBIDDEN' : 'INPUT_INVALID', { details: { reason: error.message } }) : error;
      sendJson(response, status, { ok: false, error: toWire(known), requestId: '' });
    });
  });
  // a browser may send a file for hours; headers still have to come at once
  server.requestTimeout = 0;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new AppError('STORE_UNAVAILABLE', { details: { reason: reasonOf(error) }, cause: error })));
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const gate = new Gate(port, () => randomId(40));
  const link = (): string => `http://127.0.0.1:${String(port)}/?token=${gate.linkToken}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hasLoopbackHost(request)) throw new HttpRefusal(403, 'the Host header is not a loopback name');
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' || request.method === 'HEAD') {
      await page(request, response, url);
    } else if (request.method === 'POST' && url.pathname.startsWith('/api/')) {
      await call(request, response, url.pathname.slice('/api/'.length));
    } else if (request.method === 'PUT' && url.pathname === '/files') {
      await takeFile(request, response, url.searchParams.get('name') ?? '');
    } else {
      throw new HttpRefusal(405, 'no such address');
    }
  }

  async function page(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const token = url.searchParams.get('token');
    if (token !== null && url.pathname === '/') {
      const cookie = gate.exchange(token);
      if (cookie !== null) {
        response.writeHead(303, { ...SECURITY_HEADERS, Location: '/', 'Set-Cookie': cookie, 'Cache-Control': 'no-store' }).end();
        options.onLinkUsed?.(link());
        return;
      }
      if (gate.hasCookie(request)) {
        response.writeHead(303, { ...SECURITY_HEADERS, Location: '/' }).end();
        return;
      }
    }
    if (!gate.hasCookie(request)) {
      sendNoAccess(response);
      return;
    }
    const file = await readRendererFile(rendererFolder, url.pathname);
    if (file === null) {
      response.writeHead(404, { ...SECURITY_HEADERS, 'Content-Type': 'text/plain' }).end('Not found');
      return;
    }
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'Content-Type': file.type,
      'Content-Length': file.body.length,
      'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  async function call(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (!gate.mayCall(request)) throw new HttpRefusal(401, 'no valid token or session');
    const input = await readJson(request);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const id = request.headers['x-request-id'];
    const envelope = await program.dispatch(name, input, { signal: gone.signal, requestId: typeof id === 'string' ? id : undefined });
    // a failed operation is still an answered call: the envelope says which
    sendJson(response, 200, envelope);
  }

  async function takeFile(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (!gate.mayCall(request)) throw new HttpRefusal(401, 'no valid token or session');
    const requestId = `q${randomId(15)}`;
    try {
      const handle = await program.core.grantFile(await spool.take(name, request));
      sendJson(response, 200, { ok: true, value: handle, requestId });
    } catch (error) {
      sendJson(response, 200, { ok: false, error: toWire(error, requestId), requestId });
    }
  }

  const events = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  server.on('upgrade', (request, socket, head) => {
    const allowed = hasLoopbackHost(request) && (gate.hasBearer(request) || (gate.hasCookie(request) && hasOwnOrigin(request) && request.headers.origin !== undefined));
    if (!allowed || new URL(request.url ?? '/', 'http://localhost').pathname !== '/events') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    events.handleUpgrade(request, socket, head, (client) => {
      events.emit('connection', client, request);
      client.on('error', () => client.terminate());
    });
  });
  opened.use(
    program.core.events.on((event) => {
      if (events.clients.size === 0) return;
      const text = JSON.stringify(event);
      for (const client of events.clients) client.send(text);
    }),
  );
  opened.defer(async () => {
    for (const client of events.clients) client.terminate();
    events.close();
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of open) socket.destroy();
    await closed;
  });
  return { port, bearer: gate.bearer, link, dispose: () => opened.dispose() };
}
