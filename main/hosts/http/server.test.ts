import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Envelope } from '../../../shared/contract/index.ts';
import { startProgram, type Program } from '../program.ts';
import { startHttpHost, type HttpHost } from './server.ts';

let folder: string;
let program: Program;
let host: HttpHost;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-http-'));
  program = await startProgram({ host: 'http', version: '0.0.0-test', dataFolder: folder });
  host = await startHttpHost(program, { port: 0 });
});
afterAll(async () => {
  await host.dispose();
  await program.dispose();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** A request with exactly these headers: fetch would correct some of them. */
function send(method: string, target: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: host.port, method, path: target, headers: { Host: `127.0.0.1:${String(host.port)}`, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

const json = { 'Content-Type': 'application/json' };
const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${host.bearer}` });

async function cookie(): Promise<string> {
  const answer = await send('GET', new URL(host.link()).pathname + new URL(host.link()).search);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

describe('the HTTP host', () => {
  it('answers a program with the bearer token in an envelope', async () => {
    const answer = await send('POST', '/api/app.info', { ...json, ...bearer() }, '{}');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: true, value: { host: 'http', version: '0.0.0-test' } });
  });

  it('answers bad input, unknown operations and bodies that are no JSON with a code, not with a crash', async () => {
    const envelope = async (operation: string, body: string): Promise<Envelope<unknown>> => JSON.parse((await send('POST', `/api/${operation}`, { ...json, ...bearer() }, body)).text) as Envelope<unknown>;
    expect(await envelope('jobs.list', '{"limit":"many"}')).toMatchObject({ ok: false, error: { code: 9001, details: { field: 'limit' } } });
    expect(await envelope('no.such', '{}')).toMatchObject({ ok: false, error: { code: 9002 } });
    expect(await envelope('__proto__', '{}')).toMatchObject({ ok: false, error: { code: 9002 } });
    expect((await send('POST', '/api/app.info', { ...json, ...bearer() }, '{nonsense')).status).toBe(400);
    expect((await send('POST', '/api/app.info', { 'Content-Type': 'text/plain', ...bearer() }, '{}')).status).toBe(415);
  });

  it('refuses everybody without token or cookie', async () => {
    expect((await send('POST', '/api/app.info', json, '{}')).status).toBe(401);
    expect((await send('POST', '/api/app.info', { ...json, Authorization: 'Bearer wrong' }, '{}')).status).toBe(401);
    expect((await send('PUT', '/files?name=x.txt', {}, 'x')).status).toBe(401);
    expect((await send('GET', '/')).status).toBe(401);
  });

  it('refuses names that only point at this computer (DNS rebinding), and pages of other origins', async () => {
    expect((await send('POST', '/api/app.info', { ...json, ...bearer(), Host: 'evil.example' }, '{}')).status).toBe(403);
    const session = await cookie();
    const own = `http://127.0.0.1:${String(host.port)}`;
    expect((await send('POST', '/api/app.info', { ...json, Cookie: session, Origin: own }, '{}')).status).toBe(200);
    expect((await send('POST', '/api/app.info', { ...json, Cookie: session, Origin: 'http://evil.example' }, '{}')).status).toBe(401);
    expect((await send('POST', '/api/app.info', { ...json, Cookie: session, Origin: 'null' }, '{}')).status).toBe(401);
    expect((await send('POST', '/api/app.info', { ...json, Cookie: session, 'Sec-Fetch-Site': 'cross-site' }, '{}')).status).toBe(401);
  });

  it('exchanges a link once, for a cookie that scripts and other sites cannot use', async () => {
    const link = new URL(host.link());
    const first = await send('GET', link.pathname + link.search);
    expect(first.status).toBe(303);
    expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await send('GET', link.pathname + link.search)).status).toBe(401);
    expect(host.link()).not.toBe(link.href);
  });

  it('takes a file of a browser into its spool and hands out a handle; names that are paths are refused', async () => {
    const answer = await send('PUT', `/files?name=${encodeURIComponent('my $(data) file.txt')}`, bearer(), 'twelve bytes');
    expect(JSON.parse(answer.text)).toMatchObject({ ok: true, value: { name: 'my $(data) file.txt', size: 12 } });
    for (const name of ['../x', '..', '', 'a/b', 'a\\b', 'a\0b']) {
      const refused = await send('PUT', `/files?name=${encodeURIComponent(name)}`, bearer(), 'x');
      expect(JSON.parse(refused.text)).toMatchObject({ ok: false, error: { code: 2003 } });
    }
    expect((await readdir(path.join(folder, 'spool'))).length).toBe(1);
  });

  it('sends events to a socket of ours, and lets no other in', async () => {
    const address = `ws://127.0.0.1:${String(host.port)}/events`;
    const client = new WebSocket(address, { headers: bearer() });
    await once(client, 'open');
    const heard = once(client, 'message');
    program.core.events.emit({ name: 'templates.changed', payload: {} });
    const [message] = (await heard) as [Buffer];
    expect(JSON.parse(message.toString())).toEqual({ name: 'templates.changed', payload: {} });
    client.terminate();
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Cookie: await cookie(), Origin: 'http://evil.example' }]) {
      const stranger = new WebSocket(address, { headers });
      const [error] = (await once(stranger, 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });

  it('says what a page may do in every answer', async () => {
    const answer = await send('GET', '/', { Cookie: await cookie() });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});
