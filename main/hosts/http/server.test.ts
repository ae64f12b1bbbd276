import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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
  const rendererFolder = path.join(folder, 'renderer');
  await mkdir(rendererFolder);
  await writeFile(
    path.join(rendererFolder, 'index.html'),
    '<!doctype html><html><head></head><p>the interface</p></html>',
  );
  host = await startHttpHost(program, { port: 0, rendererFolder });
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
    const call = request(
      {
        host: '127.0.0.1',
        port: host.port,
        method,
        path: target,
        headers: { Host: `127.0.0.1:${String(host.port)}`, ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

const json = { 'Content-Type': 'application/json' };
const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${host.bearer}` });

interface TabSession {
  cookie: string;
  tabKey: string;
}

/** Uses the link, as a browser does. */
async function enter(): Promise<TabSession> {
  const answer = await send('GET', new URL(host.link()).pathname + new URL(host.link()).search);
  return {
    cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '',
    tabKey: /name="slipway-tab" content="(\w+)"/.exec(answer.text)?.[1] ?? '',
  };
}

const inTab = ({ cookie, tabKey }: TabSession): Record<string, string> => ({ Cookie: cookie, 'X-Slipway-Tab': tabKey });

describe('the HTTP host', () => {
  it('answers a program with the bearer token in an envelope', async () => {
    const answer = await send('POST', '/api/app.info', { ...json, ...bearer() }, '{}');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: true, value: { host: 'http', version: '0.0.0-test' } });
  });

  it('answers bad input, unknown operations and bodies that are no JSON with a code, not with a crash', async () => {
    const envelope = async (operation: string, body: string): Promise<Envelope<unknown>> =>
      JSON.parse((await send('POST', `/api/${operation}`, { ...json, ...bearer() }, body)).text) as Envelope<unknown>;
    expect(await envelope('jobs.list', '{"limit":"many"}')).toMatchObject({
      ok: false,
      error: { code: 9001, details: { field: 'limit' } },
    });
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
    expect((await send('POST', '/api/app.info', { ...json, ...bearer(), Host: 'evil.example' }, '{}')).status).toBe(
      403,
    );
    const session = inTab(await enter());
    const own = `http://127.0.0.1:${String(host.port)}`;
    expect((await send('POST', '/api/app.info', { ...json, ...session, Origin: own }, '{}')).status).toBe(200);
    expect(
      (await send('POST', '/api/app.info', { ...json, ...session, Origin: 'http://evil.example' }, '{}')).status,
    ).toBe(401);
    expect((await send('POST', '/api/app.info', { ...json, ...session, Origin: 'null' }, '{}')).status).toBe(401);
    for (const site of ['cross-site', 'same-site']) {
      expect((await send('POST', '/api/app.info', { ...json, ...session, 'Sec-Fetch-Site': site }, '{}')).status).toBe(
        401,
      );
    }
  });

  it('asks for both halves of a session: the cookie alone, which every port of this computer is shown, opens nothing', async () => {
    const session = await enter();
    const own = `http://127.0.0.1:${String(host.port)}`;
    const halves = [
      { Cookie: session.cookie },
      { 'X-Slipway-Tab': session.tabKey },
      { Cookie: session.cookie, 'X-Slipway-Tab': 'guessed' },
      { Cookie: session.cookie, 'X-Slipway-Tab': '' },
    ];
    for (const half of halves) {
      expect((await send('POST', '/api/app.info', { ...json, ...half, Origin: own }, '{}')).status).toBe(401);
      expect((await send('PUT', '/files?name=x.txt', { ...half, Origin: own }, 'x')).status).toBe(401);
    }
    expect((await send('POST', '/api/app.info', { ...json, ...inTab(session), Origin: own }, '{}')).status).toBe(200);
    expect((await send('PUT', '/files?name=own.txt', { ...inTab(session), Origin: own }, 'x')).status).toBe(200);
    // nor does the cookie lead to the key
    for (const target of ['/', '/?token=used', '/no-session', '/index.html']) {
      expect((await send('GET', target, { Cookie: session.cookie })).text).not.toContain(session.tabKey);
    }
  });

  it('says in a tab without its half what to do, in the browser’s language', async () => {
    const { cookie } = await enter();
    const page = await send('GET', '/no-session', { Cookie: cookie });
    expect(page.status).toBe(401);
    expect(page.text).toContain('This tab was not opened by a link');
    expect(page.text).toContain('the newest link that it printed');
    expect((await send('GET', '/no-session', { Cookie: cookie, 'Accept-Language': 'ko-KR,ko;q=0.9' })).text).toContain(
      '링크로 연 탭이 아닙니다',
    );
    expect((await send('GET', '/')).text).toContain('This link was used already');
  });

  it('exchanges a link once, for a cookie that scripts and other sites cannot use', async () => {
    const link = new URL(host.link());
    const first = await send('GET', link.pathname + link.search);
    expect(first.status).toBe(200);
    expect(first.text).toContain('<p>the interface</p>');
    expect(first.headers['cache-control']).toBe('no-store');
    // no Max-Age and no Expires: it ends with the browser
    expect(String(first.headers['set-cookie'])).toMatch(/^slipway_\d+=\w+; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await send('GET', link.pathname + link.search)).status).toBe(401);
    expect(host.link()).not.toBe(link.href);
    // a reload of the address in the tab that used it
    expect(
      (
        await send('GET', link.pathname + link.search, {
          Cookie: String(first.headers['set-cookie']).split(';')[0] ?? '',
        })
      ).status,
    ).toBe(303);
  });

  it('lets nobody use up a link by looking whether it is there', async () => {
    const link = new URL(host.link());
    expect((await send('HEAD', link.pathname + link.search)).status).toBe(401);
    expect(host.link()).toBe(link.href);
  });

  it('takes a file of a browser into its spool and hands out a handle; names that are paths are refused', async () => {
    const answer = await send(
      'PUT',
      `/files?name=${encodeURIComponent('my $(data) file.txt')}`,
      bearer(),
      'twelve bytes',
    );
    expect(JSON.parse(answer.text)).toMatchObject({ ok: true, value: { name: 'my $(data) file.txt', size: 12 } });
    for (const name of ['../x', '..', '', 'a/b', 'a\\b', 'a\0b']) {
      const refused = await send('PUT', `/files?name=${encodeURIComponent(name)}`, bearer(), 'x');
      expect(JSON.parse(refused.text)).toMatchObject({ ok: false, error: { code: 2003 } });
    }
    const spool = path.join(folder, 'spool');
    const kept = await Promise.all((await readdir(spool)).map((id) => readdir(path.join(spool, id))));
    expect(kept.filter(([name]) => name === 'my $(data) file.txt')).toHaveLength(1);
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
    const session = await enter();
    const own = `http://127.0.0.1:${String(host.port)}`;
    const tab = new WebSocket(address, ['slipway', `tab-${session.tabKey}`], {
      headers: { Cookie: session.cookie, Origin: own },
    });
    await once(tab, 'open');
    expect(tab.protocol).toBe('slipway');
    tab.terminate();
    const strangers: [string[], Record<string, string>][] = [
      [[], {}],
      [[], { Authorization: 'Bearer wrong' }],
      [['slipway', `tab-${session.tabKey}`], { Cookie: session.cookie, Origin: 'http://evil.example' }],
      [['slipway', `tab-${session.tabKey}`], { Cookie: session.cookie }],
      [['slipway', `tab-${session.tabKey}`], { Origin: own }],
      [['slipway', 'tab-guessed'], { Cookie: session.cookie, Origin: own }],
      [[], { Cookie: session.cookie, Origin: own }],
    ];
    for (const [protocols, headers] of strangers) {
      const stranger = new WebSocket(address, protocols, { headers });
      const [error] = (await once(stranger, 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });

  it('says what a page may do in every answer', async () => {
    const answer = await send('GET', '/', { Cookie: (await enter()).cookie });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});
