import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converse, dial, serveInChild, statusOf, type ServedProgram } from './testing/servedProgram.ts';

let served: ServedProgram;

beforeAll(async () => {
  served = await serveInChild();
});
afterAll(() => served.stop());

const host = (): string => `Host: 127.0.0.1:${String(served.port)}\r\n`;
const auth = (): string => `Authorization: Bearer ${served.token}\r\n`;
const upgrade = (target: string, protocol = 'websocket', more = ''): string =>
  `GET ${target} HTTP/1.1\r\n${host()}Connection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

async function expectToLive(): Promise<void> {
  expect(await served.post('app.info', {})).toMatchObject({ ok: true });
  expect(served.process.exitCode ?? served.process.signalCode).toBeNull();
}

describe('somebody without a token', () => {
  it('cannot stop the host by resetting refused sockets', async () => {
    for (let round = 0; round < 30; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const socket = connect(served.port, '127.0.0.1');
          socket.on('error', () => undefined);
          await once(socket, 'connect');
          // what comes after the refusal meets a closed socket, and the reset meets the server
          socket.write(upgrade('/events') + 'x'.repeat(4096));
          setImmediate(() => socket.resetAndDestroy());
          await once(socket, 'close');
        }),
      );
    }
    await expectToLive();
  });

  it.each([
    ['a cleartext HTTP/2', () => upgrade('/', 'h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'), 400],
    ['something unknown', () => upgrade('/events', 'x-tunnel'), 400],
    ['a WebSocket without a name', () => upgrade('//'), 400],
    ['a WebSocket at a whole address', () => upgrade('http://evil.example/events'), 400],
    ['a WebSocket elsewhere', () => upgrade('/other'), 403],
    ['a WebSocket with bad escapes', () => upgrade('/events?%'), 400],
    ['a WebSocket', () => upgrade('/events'), 403],
  ])('who asks for %s is refused, and the socket is closed', async (_, request, status) => {
    const answer = await converse(served.port, request(), 5000);
    expect(statusOf(answer)).toBe(status);
    await expectToLive();
  });

  it.each([
    ['an empty host in the address', () => `GET // HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['a host in the address', () => `GET //evil.example/x HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['a whole address', () => `GET http://127.0.0.1/ HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['an asterisk', () => `OPTIONS * HTTP/1.1\r\n${host()}\r\n`, [400, 401, 405]],
    ['a bad port in the address', () => `GET http://a:b:c/ HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['bad percent escapes', () => `GET /%E0%A4%A HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['bad escapes in a query', () => `PUT /files?name=%ff HTTP/1.1\r\n${host()}Content-Length: 0\r\n\r\n`, [400]],
    ['a zero byte', () => `GET /%00 HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['backslashes', () => `GET /\\\\evil.example HTTP/1.1\r\n${host()}\r\n`, [400]],
    ['a very long address', () => `GET /${'a'.repeat(12_000)} HTTP/1.1\r\n${host()}\r\n`, [400, 414]],
    ['headers without end', () => `GET / HTTP/1.1\r\n${host()}X: ${'a'.repeat(100_000)}\r\n\r\n`, [431]],
    ['a Host that is not ASCII', () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\xe9\r\n\r\n', [400]],
    ['two Hosts', () => `GET / HTTP/1.1\r\n${host()}Host: evil.example\r\n\r\n`, [400]],
    ['no Host', () => 'GET / HTTP/1.1\r\n\r\n', [400]],
    ['HTTP/1.0 without a Host', () => 'GET / HTTP/1.0\r\n\r\n', [400]],
    ['TRACE', () => `TRACE / HTTP/1.1\r\n${host()}Connection: close\r\n\r\n`, [401, 405]],
    ['CONNECT', () => `CONNECT evil.example:80 HTTP/1.1\r\n${host()}\r\n`, [0, 400, 405]],
    ['an unknown method', () => `BREW / HTTP/1.1\r\n${host()}\r\n`, [400]],
    [
      'an expectation',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Expect: tea\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
      [417],
    ],
    [
      'a body that waits for leave',
      () =>
        `POST /api/app.info HTTP/1.1\r\n${host()}Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n`,
      [401],
    ],
    [
      'two lengths',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      [400],
    ],
    [
      'a length and chunks',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'chunks within chunks',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
      [400, 401],
    ],
    [
      'a chunk of no size',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      [400, 401],
    ],
    ['bare line feeds', () => 'GET / HTTP/1.1\nHost: 127.0.0.1\n\n', [400]],
    ['folded headers', () => `GET / HTTP/1.1\r\n${host()}X: a\r\n b\r\n\r\n`, [400, 401]],
    ['TLS', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
    ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['nothing that is HTTP', () => '\0\xff'.repeat(500), [400]],
    [
      'an operation',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
      [401],
    ],
    [
      'an operation with a body that is no JSON',
      () => `POST /api/app.info HTTP/1.1\r\n${host()}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{`,
      [401],
    ],
    [
      'an operation with a promise of 40 MB',
      () =>
        `POST /api/app.info HTTP/1.1\r\n${host()}Content-Type: application/json\r\nContent-Length: 40000000\r\n\r\n{`,
      [401],
    ],
    ['an address that is not there', () => `POST /none HTTP/1.1\r\n${host()}Content-Length: 0\r\n\r\n`, [401]],
    ['a file’s place', () => `PUT /files?name=x HTTP/1.1\r\n${host()}Content-Length: 1000000\r\n\r\nx`, [401]],
  ])(
    'who sends %s is refused at once, with no word of a fault inside, and the connection ends',
    async (_, request, statuses) => {
      const answer = await converse(served.port, request(), 5000);
      expect(statuses).toContain(statusOf(answer));
      expect(answer).not.toContain('9999');
      expect(answer).not.toContain('100 Continue');
      await expectToLive();
    },
  );

  it('cannot smuggle a second request behind a refused one', async () => {
    const first = `POST /api/app.info HTTP/1.1\r\n${host()}Content-Length: 3\r\n\r\n{}`;
    const answer = await converse(served.port, `${first}GET /events HTTP/1.1\r\n${host()}\r\n`, 5000);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });
});

describe('a program with the token', () => {
  it('is given leave to send its body', async () => {
    const socket = await dial(served.port);
    socket.write(
      `POST /api/app.info HTTP/1.1\r\n${host()}${auth()}Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`,
    );
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /);
    socket.write('{}');
    const [second] = (await once(socket, 'data')) as [Buffer];
    expect(statusOf(second.toString())).toBe(200);
    socket.destroy();
  });

  it('is told of a body that is too large, without its being read to the end', async () => {
    const answer = await converse(
      served.port,
      `POST /api/app.info HTTP/1.1\r\n${host()}${auth()}Content-Type: application/json\r\nContent-Length: 40000000\r\n\r\n{`,
      5000,
    );
    expect(statusOf(answer)).toBe(413);
    await expectToLive();
  });

  it.each([
    ['that goes nowhere', () => `POST /none HTTP/1.1\r\n${host()}${auth()}Content-Length: 0\r\n\r\n`, 404],
    ['of an odd method', () => `DELETE /api/app.info HTTP/1.1\r\n${host()}${auth()}\r\n`, 405],
    [
      'that is no JSON',
      () =>
        `POST /api/app.info HTTP/1.1\r\n${host()}${auth()}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{`,
      400,
    ],
    [
      'whose name is an escape',
      () =>
        `POST /api/%2e%2e HTTP/1.1\r\n${host()}${auth()}Content-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      200,
    ],
  ])('who sends a call %s is answered', async (_, request, status) => {
    const answer = await converse(served.port, request(), 5000);
    expect(statusOf(answer)).toBe(status);
    expect(answer).not.toContain('9999');
  });
});
