/**
 * How the demo's commands talk to its controller. A command is a bash script: it leaves its call in a file `calls/<process id>`,
 *
 *     command \0 folder it stands in \0 number of arguments \0 arguments, each \0 · its variables as `export -p` prints them
 *
 * and sends one line, `TOKEN <process id>`, over the socket. It is answered with a line `stdin` when its standard input is wanted,
 * which it puts into the same file before it sends `1` (`0` when there are NUL bytes in it), and with a line `rc N`, a line `short` or
 * `long`, standard error up to a NUL, and standard output: up to a NUL when it is short, up to the end when it is long.
 *
 * Only single short lines travel towards the controller, because bash cannot turn off Nagle's algorithm: of two small writes, the
 * second can wait 40 ms for the first one's acknowledgement.
 */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { parseExports } from './exports.ts';

export interface CommandCall {
  readonly command: string;
  readonly folder: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Fires when the command is gone. */
  readonly signal: AbortSignal;
  /** Reads the command's standard input; null when it holds NUL bytes. */
  stdin(): Promise<string | null>;
}

export interface CommandAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export type AnswerCommand = (call: CommandCall) => CommandAnswer | Promise<CommandAnswer>;

/** bash reads up to a NUL byte by byte; what is longer than this it hands to cat. */
const SHORT = 2000;

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function parseCall(text: string): Pick<CommandCall, 'command' | 'folder' | 'arguments' | 'environment'> {
  const [command = '', folder = '', count = '0', ...rest] = text.split('\0');
  const given = rest.slice(0, Number(count));
  return { command, folder, arguments: given, environment: parseExports(rest.slice(given.length).join('\0')) };
}

async function converse(socket: Socket, calls: string, token: string, answer: AnswerCommand): Promise<void> {
  const gone = new AbortController();
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  socket.on('close', () => gone.abort());
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error('the command went away');
    return next.value;
  };
  const [given = '', id = ''] = (await line()).split(' ');
  if (!same(given, token) || !/^\d+$/.test(id)) return;
  const file = path.join(calls, id);
  const call = parseCall(await readFile(file, 'utf8'));
  await rm(file);
  const stdin = async (): Promise<string | null> => {
    socket.write('stdin\n');
    const whole = (await line()) === '1';
    const text = await readFile(file, 'utf8');
    await rm(file);
    return whole ? text : null;
  };
  const { stdout, stderr, exitCode } = await answer({ ...call, signal: gone.signal, stdin });
  const short = Buffer.byteLength(stdout) <= SHORT;
  socket.end(`rc ${exitCode}\n${short ? 'short' : 'long'}\n${stderr}\0${stdout}${short ? '\0' : ''}`);
}

export interface CommandServer extends Disposable {
  readonly port: number;
}

/**
 * Listens on 127.0.0.1 for commands that know the token and leave their calls in the folder `calls`; others are cut off without a
 * word. The folder is the listener's own: what an earlier one left in it is removed when the lock is held, see `clearCalls`.
 */
export async function serveCommands(calls: string, token: string, answer: AnswerCommand): Promise<CommandServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // a command that is cut off says that the controller did not answer, which is the truth
    converse(socket, calls, token, answer).then(
      () => socket.end(),
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    dispose: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Empties the folder of calls, which the user alone may read: they hold environments. */
export function clearCalls(calls: string): void {
  rmSync(calls, { recursive: true, force: true });
  mkdirSync(calls, { recursive: true, mode: 0o700 });
}
