import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import type { AnyEvent } from '../../shared/contract/index.ts';
import { CodedError } from '../../shared/errors/codedError.ts';
import { createClient, type Client } from './client.ts';
import { httpTransport } from './httpTransport.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A host that speaks the protocol and answers as a test says. */
async function startHost(answer: Answer): Promise<{
  origin: string;
  sockets: Set<ServerSocket>;
  protocols: string[];
  connected: () => Promise<void>;
  server: Server;
  stop: () => Promise<void>;
}> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, Buffer.concat(parts).toString(), response));
  });
  const events = new WebSocketServer({ server, path: '/events' });
  let tellConnected: () => void = () => undefined;
  const protocols: string[] = [];
  events.on('connection', (_socket, request) => {
    protocols.push(...(request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/));
    tellConnected();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    sockets: events.clients,
    protocols,
    connected: () =>
      events.clients.size > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            tellConnected = resolve;
          }),
    server,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of events.clients) socket.terminate();
        events.close();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const json = (response: ServerResponse, status: number, value: unknown): void =>
  void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

describe('a page that was served by the HTTP host', () => {
  let answer: Answer;
  let host: Awaited<ReturnType<typeof startHost>>;
  let client: Client;
  let refused: number;
  beforeEach(async () => {
    answer = (_request, _body, response) => json(response, 404, {});
    host = await startHost((...call) => answer(...call));
    refused = 0;
    client = createClient(httpTransport(host.origin, 'key0', () => (refused += 1)));
  });
  afterEach(async () => {
    await client.dispose();
    await host.stop();
  });

  it('sends an operation as JSON and gets its value', async () => {
    answer = (request, body, response) =>
      json(response, 200, {
        ok: true,
        value: { method: request.method, url: request.url, type: request.headers['content-type'], body },
        requestId: 'q1',
      });
    expect(await client.call('ui.get', { key: 'interface' })).toEqual({
      method: 'POST',
      url: '/api/ui.get',
      type: 'application/json',
      body: '{"key":"interface"}',
    });
  });

  it('shows the key of its tab with every call, file and socket', async () => {
    await host.connected();
    const keys: unknown[] = [];
    answer = (request, _body, response) => {
      keys.push(request.headers['x-slipway-tab']);
      json(response, 200, { ok: true, value: {}, requestId: 'q1' });
    };
    await client.call('app.info', {});
    await client.grantFiles([new File(['a'], 'a.txt')]);
    expect(keys).toEqual(['key0', 'key0']);
    expect([...host.sockets].map((socket) => socket.protocol)).toEqual(['slipway']);
    expect(host.protocols).toEqual(['slipway', 'tab-key0']);
  });

  it('leaves when it is refused at first, and stays with what is written in it when that comes later', async () => {
    const refusal = {
      ok: false,
      error: { name: 'FORBIDDEN', code: 9004, message: '', hint: '', retry: false, details: {}, requestId: null },
      requestId: '',
    };
    answer = (_request, _body, response) => json(response, 401, refusal);
    await expect(client.call('app.info', {})).rejects.toMatchObject({ name: 'FORBIDDEN' });
    expect(refused).toBe(1);
    answer = (_request, _body, response) => json(response, 200, { ok: true, value: {}, requestId: 'q1' });
    await client.call('app.info', {});
    answer = (_request, _body, response) => json(response, 401, refusal);
    await expect(client.call('app.info', {})).rejects.toMatchObject({ name: 'FORBIDDEN' });
    expect(refused).toBe(1);
  });

  it('rejects with the error that the core named, and its request id', async () => {
    const wire = {
      name: 'NOT_CONNECTED',
      code: 6010,
      message: 'The cluster cori is not connected.',
      hint: 'Connect and try again.',
      retry: true,
      details: { cluster: 'cori' },
      requestId: null,
    };
    answer = (_request, _body, response) => json(response, 403, { ok: false, error: wire, requestId: 'q-12345678' });
    const failure = await client.call('clusters.list', {}).catch((error: unknown) => error);
    expect(CodedError.is(failure, 'NOT_CONNECTED')).toBe(true);
    expect(failure).toMatchObject({ message: wire.message, retry: true, requestId: 'q-12345678' });
  });

  it('says that Slipway does not answer when it is gone, or when something else answers', async () => {
    answer = (_request, _body, response) => void response.writeHead(502).end('<html>Bad gateway</html>');
    await expect(client.call('clusters.list', {})).rejects.toMatchObject({
      name: 'HOST_UNREACHABLE',
      details: { reason: 'HTTP 502' },
    });
    answer = (request) => request.socket.destroy();
    await expect(client.call('clusters.list', {})).rejects.toMatchObject({ name: 'HOST_UNREACHABLE' });
  });

  it('ends the call at the host when it is given up', async () => {
    const gone = new AbortController();
    const ended = new Promise<void>((resolve) => {
      answer = (_request, _body, response) => {
        response.on('close', resolve);
        gone.abort();
      };
    });
    await expect(client.call('jobs.list', {}, { signal: gone.signal })).rejects.toMatchObject({ name: 'CANCELLED' });
    await ended;
  });

  it('hands files over byte for byte, whatever they are called', async () => {
    const seen: { name: string | null; body: string }[] = [];
    answer = (request, body, response) => {
      const name = new URL(request.url ?? '/', host.origin).searchParams.get('name');
      seen.push({ name, body });
      json(response, 200, {
        ok: true,
        value: { handle: 'f0000000000000001', name, size: body.length, modifiedAt: 0 },
        requestId: 'q1',
      });
    };
    const names = ['train.py', 'a b&c=d.txt', '데이터 #1.csv'];
    const handles = await client.grantFiles(names.map((name) => new File([`content of ${name}`], name)));
    expect(handles.map((handle) => handle.name)).toEqual(names);
    expect(seen).toEqual(names.map((name) => ({ name, body: `content of ${name}` })));
  });

  it('hears events by name, until it stops listening', async () => {
    await host.connected();
    const heard: string[] = [];
    const event = (promptId: string): AnyEvent => ({ name: 'clusters.promptClosed', payload: { promptId } });
    const send = (message: AnyEvent): void => {
      for (const socket of host.sockets) socket.send(JSON.stringify(message));
    };
    const last = new Promise<void>((resolve) => {
      const listening = client.on('clusters.promptClosed', ({ promptId }) => {
        heard.push(promptId);
        void listening.dispose();
      });
      client.on('clusters.changed', () => resolve());
    });
    send(event('first'));
    send(event('second'));
    send({ name: 'clusters.changed', payload: {} });
    await last;
    expect(heard).toEqual(['first']);
  });

  it('connects anew after a break, and says that events may have been missed', async () => {
    await host.connected();
    const states: string[] = [];
    const isDown = new Promise<void>((resolve) => {
      client.onLink((state) => {
        states.push(state);
        if (state === 'down') resolve();
      });
    });
    const resynced = new Promise<void>((resolve) => {
      // the first opening is told too, perhaps only now
      client.onResync(() => {
        if (states.includes('down')) resolve();
      });
    });
    for (const socket of host.sockets) socket.terminate();
    await isDown;
    await resynced;
    expect(states).toEqual(['up', 'down', 'up']);
  });
});
