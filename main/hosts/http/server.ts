import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { Admission } from '../../../shared/lib/admission.ts';
import { ResourceScope, type Disposable } from '../../../shared/lib/disposable.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { failureDetails } from '../../core/log/failure.ts';
import { programFolder } from '../appFolders.ts';
import { randomId, type Program } from '../program.ts';
import { Gate, hasLoopbackHost, hasOneHost } from './access.ts';
import { readAddress } from './address.ts';
import { HttpRefusal, refuseSocket, sendJson, sendRefusal } from './answers.ts';
import { drain, partsOf, readJson } from './body.ts';
import { EventSockets } from './eventSockets.ts';
import { HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { servePage } from './page.ts';
import { Spool, SPOOL_LIMITS, type SpoolLimits } from './spool.ts';

/** Milliseconds in which a browser may go on sending a file that was refused, so that it hears why. */
const REFUSED_FILE_MS = 5000;

export interface HttpHost extends Disposable {
  readonly port: number;
  /** For programs: `Authorization: Bearer …` on `POST /api/<operation>`. */
  readonly bearer: string;
  /** The link for one tab; after it was used it names the next. */
  link(): string;
}

export interface HttpHostOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly onLinkUsed?: (next: string) => void;
  /** Where the built interface is. */
  readonly rendererFolder?: string;
  readonly limits?: Partial<HttpLimits>;
  readonly spool?: Partial<SpoolLimits>;
}

/** The status for bytes of which no request could be made. */
function statusOfClientError(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

/**
 * Serves the interface and the operations on a loopback address.
 * `GET /?token=…` exchanges the one-time link for a session; `POST /api/<operation>` answers an envelope; `PUT /files?name=…` hands
 * over a file; `/events` is a WebSocket of events. Host, Origin and who asks are checked on every request and socket before anything
 * else of it is read; connections, their idleness and what they send are bounded (limits.ts).
 */
export async function startHttpHost(program: Program, options: HttpHostOptions): Promise<HttpHost> {
  const opened = new ResourceScope();
  const limits: HttpLimits = { ...HTTP_LIMITS, ...options.limits };
  const rendererFolder = options.rendererFolder ?? path.join(programFolder(), 'out', 'renderer');
  const spool = opened.use(
    new Spool({
      folder: path.join(program.dataFolder, 'spool'),
      randomId,
      inUse: () => program.core.filesInUse(),
      limits: { ...SPOOL_LIMITS, ...options.spool },
      log: program.log,
    }),
  );
  const connections = new Admission<Socket>(limits.strangers);

  const server = createServer({
    headersTimeout: limits.headersMs,
    // a browser may send a file for hours; its parts have to come one after the other (bodyIdleMs)
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
    requireHostHeader: true,
    insecureHTTPParser: false,
    maxHeaderSize: 16 * 1024,
  });
  server.maxConnections = limits.connections;
  server.on('connection', (socket: Socket) => connections.admit(socket));
  server.on('request', (request, response) => serve(request, response, false));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => serve(request, response, true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseSocket(socket, statusOfClientError(error.code)),
  );
  server.on('upgrade', (request, socket, head) => {
    if (eventSockets.upgrade(request, socket, head)) connections.prove(request.socket);
  });
  server.on('connect', (_request, socket) => refuseSocket(socket, 405));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new AppError('STORE_UNAVAILABLE', { details: { reason: reasonMessage(error) }, cause: error })),
    );
    server.listen(options.port, '127.0.0.1', resolve);
  });
  // out of descriptors, say: what is open goes on
  server.on('error', (error) =>
    program.log.write('error', 'http_server', null, failureDetails(error, 'HOST_UNREACHABLE')),
  );
  const { port } = server.address() as AddressInfo;
  const gate = new Gate(port, () => randomId(40));
  const eventSockets = new EventSockets(gate, limits);
  const link = (): string => `http://127.0.0.1:${String(port)}/?token=${gate.linkToken}`;

  function serve(request: IncomingMessage, response: ServerResponse, waits: boolean): void {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    handle(request, response, waits ? () => response.writeContinue() : () => undefined).catch((error: unknown) => {
      if (!(error instanceof HttpRefusal))
        program.log.write('error', 'bug', null, { operation: 'http', ...failureDetails(error) });
      if (response.headersSent) response.destroy();
      else if (error instanceof HttpRefusal) sendRefusal(response, error);
      // who has no business here is not told what is wrong inside
      else if (gate.mayCall(request)) sendJson(response, 500, { ok: false, error: toWire(error), requestId: '' });
      else sendRefusal(response, new HttpRefusal(400, 'the request is not understood'));
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse, invite: () => void): Promise<void> {
    if (!hasOneHost(request)) throw new HttpRefusal(400, 'one Host header names this computer');
    if (!hasLoopbackHost(request)) throw new HttpRefusal(403, 'the Host header is not a loopback name');
    const address = readAddress(request.url);
    if (address === null) throw new HttpRefusal(400, 'the address is not valid');
    if (request.method === 'GET' || request.method === 'HEAD') {
      await servePage(
        { gate, rendererFolder, onExchange: () => options.onLinkUsed?.(link()) },
        request,
        response,
        address,
      );
      return;
    }
    if (!gate.mayCall(request)) throw new HttpRefusal(401, 'no valid token or session');
    connections.prove(request.socket);
    if (request.method === 'POST' && address.path.startsWith('/api/')) {
      await call(request, response, address.path.slice('/api/'.length), invite);
    } else if (request.method === 'PUT' && address.path === '/files') {
      await takeFile(request, response, address.query.get('name') ?? '', invite);
    } else {
      throw request.method === 'POST' || request.method === 'PUT'
        ? new HttpRefusal(404, 'no such address')
        : new HttpRefusal(405, 'no such method');
    }
  }

  async function call(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    invite: () => void,
  ): Promise<void> {
    const input = await readJson(request, limits, invite);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const id = request.headers['x-request-id'];
    const envelope = await program.dispatch(name, input, {
      signal: gone.signal,
      requestId: typeof id === 'string' ? id : undefined,
    });
    // a failed operation is still an answered call: the envelope says which
    // a page says messages in its language
    sendJson(response, 200, gate.hasBearer(request) ? forPrograms(envelope) : envelope);
  }

  async function takeFile(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    invite: () => void,
  ): Promise<void> {
    const requestId = `q${randomId(15)}`;
    try {
      const announced = Number(request.headers['content-length'] ?? 0);
      const handle = await program.core.grantFile(
        await spool.take(name, announced, partsOf(request, limits.bodyIdleMs, invite)),
      );
      sendJson(response, 200, { ok: true, value: handle, requestId });
    } catch (error) {
      await drain(request, REFUSED_FILE_MS);
      response.setHeader('Connection', 'close');
      sendJson(response, 200, { ok: false, error: toWire(error, requestId), requestId });
    }
  }

  opened.use(program.core.events.on((event) => eventSockets.send(event)));
  opened.defer(async () => {
    eventSockets.dispose();
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    connections.dispose();
    await closed;
  });
  return { port, bearer: gate.bearer, link, dispose: () => opened.dispose() };
}
