import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startProgram, type Program } from '../program.ts';
import type { HttpLimits } from './limits.ts';
import { startHttpHost, type HttpHost } from './server.ts';
import { bodyOf, converse, dial, statusOf } from './testing/servedProgram.ts';

let folder: string;
let program: Program;
let host: HttpHost;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-limits-'));
  program = await startProgram({ host: 'http', version: '0.0.0-test', dataFolder: folder });
});
afterEach(() => host.dispose());
afterAll(async () => {
  await program.dispose();
  await rm(folder, { recursive: true, force: true });
});

const start = async (limits: Partial<HttpLimits>, spool = {}): Promise<void> => {
  host = await startHttpHost(program, { port: 0, limits, spool });
};
const hostLine = (): string => `Host: 127.0.0.1:${String(host.port)}\r\n`;
const head = (first: string, more = ''): string =>
  `${first} HTTP/1.1\r\n${hostLine()}Authorization: Bearer ${host.bearer}\r\n${more}`;
const call = (body: string, length = body.length): string =>
  head('POST /api/app.info', `Content-Type: application/json\r\nContent-Length: ${String(length)}\r\n\r\n${body}`);
const closed = (socket: Socket): Promise<unknown> =>
  socket.destroyed ? Promise.resolve() : once(socket.resume(), 'close');

describe('what the HTTP host bears', () => {
  it('gives headers that do not come their time and no more', async () => {
    await start({ headersMs: 300 });
    expect(statusOf(await converse(host.port, `GET / HTTP/1.1\r\n${hostLine()}X-Half: `))).toBe(408);
    await closed(await dial(host.port));
  });

  it('gives a body that stops coming its time and no more, a call’s and a file’s', async () => {
    await start({ bodyIdleMs: 200 });
    expect(statusOf(await converse(host.port, call('{', 2)))).toBe(408);
    // the answer waits a little for a browser that is still sending
    expect(
      bodyOf(await converse(host.port, head('PUT /files?name=slow.bin', 'Content-Length: 100\r\n\r\nhalf'))),
    ).toContain('"code":2002');
    expect(await readdir(path.join(folder, 'spool'))).toEqual([]);
  });

  it('lets a body be slow that goes on coming', async () => {
    await start({ bodyIdleMs: 1500 });
    const socket = await dial(host.port);
    socket.write(call('', 10));
    for (const part of ['{', '   ', '   ', '  ']) {
      await wait(500);
      socket.write(part);
    }
    socket.write('}');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(statusOf(answer.toString())).toBe(200);
    socket.destroy();
  });

  it('keeps an idle connection for a next request a while', async () => {
    await start({ keepAliveMs: 200 });
    const socket = await dial(host.port);
    socket.write(call('{}'));
    await closed(socket);
  });

  it('makes room for a newcomer at the cost of the oldest stranger, and of nobody who has shown a token', async () => {
    await start({ strangers: 3 });
    const known = await dial(host.port);
    known.write(call('{}'));
    await once(known, 'data');
    const first = await dial(host.port);
    const others = [];
    for (let i = 0; i < 3; i += 1) others.push(await dial(host.port));
    await closed(first);
    known.write(call('{}'));
    const [answer] = (await once(known, 'data')) as [Buffer];
    expect(statusOf(answer.toString())).toBe(200);
    expect(others.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of [known, ...others]) socket.destroy();
  });

  it('takes so many connections and no more', async () => {
    await start({ connections: 4, strangers: 100 });
    const sockets = [];
    for (let i = 0; i < 4; i += 1) sockets.push(await dial(host.port));
    await closed(await dial(host.port));
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map(closed));
    await expect.poll(async () => statusOf(await converse(host.port, call('{}'), 500)), { timeout: 10_000 }).toBe(200);
  });
});

describe('a WebSocket of events', () => {
  const listen = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(host.port)}/events`, {
      headers: { Authorization: `Bearer ${host.bearer}` },
    });
    socket.on('error', () => undefined);
    await Promise.race([once(socket, 'open'), once(socket, 'close')]);
    return socket;
  };

  it.each<[string, (socket: WebSocket) => void]>([
    ['text', (socket) => socket.send('{"name":"jobs.changed"}')],
    ['bytes', (socket) => socket.send(Buffer.from([0, 255, 1]))],
    ['no JSON', (socket) => socket.send('{{')],
    ['too much', (socket) => socket.send('x'.repeat(100_000))],
    [
      'a flood',
      (socket) => {
        for (let i = 0; i < 20_000; i += 1) socket.send('x');
      },
    ],
  ])('is ended when it sends %s, and others go on', async (_, misbehave) => {
    await start({});
    const [bad, good] = [await listen(), await listen()];
    const ended = once(bad, 'close');
    misbehave(bad);
    await ended;
    const heard = once(good, 'message');
    program.core.events.emit({ name: 'templates.changed', payload: {} });
    expect(JSON.parse(String((await heard)[0]))).toEqual({ name: 'templates.changed', payload: {} });
    good.terminate();
  });

  it('is ended by bytes that are no frame', async () => {
    await start({});
    const socket = await dial(host.port);
    socket.write(
      head(
        'GET /events',
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    );
    await once(socket, 'data');
    socket.write(Buffer.alloc(64, 0xff));
    await closed(socket);
    expect(statusOf(await converse(host.port, call('{}'), 1000))).toBe(200);
  });

  it('is one of so many', async () => {
    await start({ eventSockets: 2 });
    const sockets = [await listen(), await listen()];
    const third = new WebSocket(`ws://127.0.0.1:${String(host.port)}/events`, {
      headers: { Authorization: `Bearer ${host.bearer}` },
    });
    expect(((await once(third, 'error')) as [Error])[0].message).toContain('503');
    expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    for (const socket of sockets) socket.terminate();
  });

  it('that does not read is ended before it fills the memory', async () => {
    await start({ unreadEventBytes: 1024 ** 2 });
    const socket = await dial(host.port);
    socket.write(
      head(
        'GET /events',
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    );
    await once(socket, 'data');
    socket.pause();
    const text = 'x'.repeat(1024 ** 2);
    const gone = once(socket, 'close');
    for (let i = 0; i < 40; i += 1) {
      program.core.events.emit({ name: 'clusters.promptClosed', payload: { promptId: text } });
      await wait(5);
    }
    socket.resume();
    await gone;
  });
});

describe('files of a browser beyond their quota', () => {
  const put = async (name: string, body: string, length: number | null = body.length): Promise<unknown> => {
    const answer = await converse(
      host.port,
      head(
        `PUT /files?name=${name}`,
        `${length === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${String(length)}`}\r\nConnection: close\r\n\r\n${body}`,
      ),
    );
    return JSON.parse(bodyOf(answer)) as unknown;
  };

  it('are refused in words, announced or not, and leave nothing behind', async () => {
    await start({}, { bytes: 1000 });
    expect(await put('fits.bin', 'x'.repeat(600))).toMatchObject({ ok: true });
    const refusal = {
      ok: false,
      error: {
        name: 'UPLOAD_SPACE_FULL',
        message: expect.stringContaining('1000 B') as string,
        hint: expect.stringContaining('--upload-space') as string,
      },
    };
    expect(await put('large.bin', 'x'.repeat(600))).toMatchObject(refusal);
    expect(await put('unknown.bin', `258\r\n${'x'.repeat(600)}\r\n0\r\n\r\n`, null)).toMatchObject(refusal);
    expect(await put('small.bin', 'x'.repeat(300))).toMatchObject({ ok: true });
    expect(await readdir(path.join(folder, 'spool'))).toHaveLength(2);
  });
});
