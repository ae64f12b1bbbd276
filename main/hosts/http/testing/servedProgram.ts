import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Envelope } from '../../../../shared/contract/index.ts';

export interface ServedProgram {
  readonly port: number;
  /** The programs' bearer token. */
  readonly token: string;
  readonly process: ChildProcess;
  /** POST /api/<operation> with the bearer token, over a connection of its own. */
  post(operation: string, input: unknown): Promise<Envelope<unknown>>;
  stop(): Promise<void>;
}

/** The HTTP host from source in a process of its own, so that its death is seen. `descriptors`: its limit of open files. */
export async function serveInChild(options: { descriptors?: number } = {}): Promise<ServedProgram> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-served-'));
  const program = [
    process.execPath,
    path.resolve(import.meta.dirname, '../main.ts'),
    '--port',
    '0',
    '--data',
    path.join(folder, 'data'),
  ];
  const command =
    options.descriptors === undefined
      ? program
      : ['bash', '-c', `ulimit -n ${String(options.descriptors)} && exec "$@"`, 'bash', ...program];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string),
    once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it said its address'))),
  ]);
  const { url, token } = JSON.parse(line) as { url: string; token: string };
  const port = Number(new URL(url).port);
  return {
    port,
    token,
    process: child,
    post: async (operation, input) => {
      const headers = `Host: 127.0.0.1:${String(port)}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nConnection: close\r\n`;
      const body = JSON.stringify(input);
      const answer = await converse(
        port,
        `POST /api/${operation} HTTP/1.1\r\n${headers}Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
      );
      return JSON.parse(bodyOf(answer)) as Envelope<unknown>;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A connected TCP client of a loopback port. What becomes of it is the test's affair: its errors are not thrown. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** Sends these bytes as they are, and answers what came back until the other side closed, or `waitMs` went by. */
export async function converse(port: number, bytes: string | Buffer, waitMs = 15_000): Promise<string> {
  const socket = await dial(port);
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    // the server has said all when it ends its side, or breaks off
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const end of ['end', 'close'] as const) socket.once(end, finish);
  });
  socket.destroy();
  return Buffer.concat(parts).toString('latin1');
}

/** The status of the first answer in this text; 0 where there is none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** What follows the headers of the first answer, joined again where it was sent in chunks. */
export function bodyOf(answer: string): string {
  const at = answer.indexOf('\r\n\r\n');
  const body = at === -1 ? '' : answer.slice(at + 4);
  if (!/^transfer-encoding: chunked/im.test(answer.slice(0, at))) return body;
  return body.replaceAll(/([\da-f]+)\r\n/gi, '').replaceAll('\r\n', '');
}
