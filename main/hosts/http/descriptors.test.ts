import { request, Agent } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { once } from 'node:events';
import { dial, serveInChild, type ServedProgram } from './testing/servedProgram.ts';

const DESCRIPTORS = 1024;
const HALF_REQUESTS = 1200;

// a limit of open files as the shell has it; Windows has none
describe.skipIf(process.platform === 'win32')('a host that may open 1,024 files', () => {
  let served: ServedProgram;
  beforeAll(async () => {
    served = await serveInChild({ descriptors: DESCRIPTORS });
  });
  afterAll(() => served.stop());

  const halves: Socket[] = [];
  async function openHalfRequests(count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += 100) {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => dial(served.port)));
      for (const socket of sockets)
        socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${String(served.port)}\r\nX-Half: `);
      halves.push(...sockets);
    }
  }

  it(`goes on with its session, and takes new ones, under ${String(HALF_REQUESTS)} half requests of a neighbour`, async () => {
    const events = new WebSocket(`ws://127.0.0.1:${String(served.port)}/events`, {
      headers: { Authorization: `Bearer ${served.token}` },
    });
    await once(events, 'open');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const call = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request(
          {
            agent,
            host: '127.0.0.1',
            port: served.port,
            method: 'POST',
            path: '/api/app.info',
            headers: { Authorization: `Bearer ${served.token}`, 'Content-Type': 'application/json' },
          },
          (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)),
        );
        sent.on('error', reject);
        sent.end('{}');
      });
    expect(await call()).toBe(200);
    await openHalfRequests(HALF_REQUESTS);
    // the connection that has shown its token, one that comes anew, and what needs files of its own
    expect(await call()).toBe(200);
    expect(await served.post('app.info', {})).toMatchObject({ ok: true });
    expect(await served.post('templates.list', {})).toMatchObject({ ok: true });
    expect(events.readyState).toBe(WebSocket.OPEN);
    // the timers that look at the network and the clock have ticked meanwhile
    await wait(6000);
    expect(await served.post('app.info', {})).toMatchObject({ ok: true });
    for (const socket of halves) socket.destroy();
    expect(await served.post('app.info', {})).toMatchObject({ ok: true });
    expect(served.process.exitCode ?? served.process.signalCode).toBeNull();
    events.terminate();
    agent.destroy();
  }, 60_000);
});
