/**
 * How the demo's commands talk to its controller. A command is a bash script: it sends NUL-terminated fields,
 *
 *     token · command · folder it stands in · number of arguments · arguments … · its variables as `export -p` prints them
 *
 * and is answered with lines: `hello` once the token is known to be right (systems that hold back the second of two small writes
 * until the first is acknowledged get that acknowledgement with it); `stdin` when standard input is wanted, which the command sends
 * as one field `1` (`0` when it holds NUL bytes) and one with the text; `rc N`; and `short` or `long`. Then come standard error up
 * to a NUL, and standard output: up to a NUL when it is short, up to the end when it is long.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
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
/** A request larger than this is not one of ours. */
const LARGEST = 64 * 1024 * 1024;

/** Hands out NUL-terminated fields as they arrive. */
class Fields {
  #chunks: Buffer[] = [];
  #size = 0;
  #waiting: { resolve(field: string): void; reject(error: Error): void } | null = null;
  #closed = false;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#waiting !== null && (chunk.includes(0) || this.#size > LARGEST)) this.#serve();
  }

  close(): void {
    this.#closed = true;
    this.#waiting?.reject(new Error('the command went away'));
    this.#waiting = null;
  }

  /** The next field, decoded as UTF-8. */
  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#serve();
    });
  }

  async count(): Promise<number> {
    const text = await this.next();
    if (!/^\d{1,6}$/.test(text)) throw new Error('not a number of fields');
    return Number(text);
  }

  async list(): Promise<string[]> {
    const count = await this.count();
    const fields: string[] = [];
    for (let index = 0; index < count; index += 1) fields.push(await this.next());
    return fields;
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const all = this.#chunks[0] ?? Buffer.alloc(0);
    const end = all.indexOf(0);
    if (end >= 0) {
      this.#chunks = [all.subarray(end + 1)];
      this.#size = all.length - end - 1;
      this.#waiting = null;
      waiting.resolve(all.toString('utf8', 0, end));
    } else if (this.#closed || this.#size > LARGEST) {
      this.#waiting = null;
      waiting.reject(new Error('not a whole field'));
    }
  }
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

async function converse(socket: Socket, token: string, answer: AnswerCommand): Promise<void> {
  const fields = new Fields();
  const gone = new AbortController();
  socket.on('data', (chunk: Buffer) => fields.push(chunk));
  socket.on('close', () => {
    gone.abort();
    fields.close();
  });
  if (!same(await fields.next(), token)) return;
  socket.write('hello\n');
  const command = await fields.next();
  const folder = await fields.next();
  const given = await fields.list();
  const environment = parseExports(await fields.next());
  const stdin = async (): Promise<string | null> => {
    socket.write('stdin\n');
    const whole = await fields.next();
    const text = await fields.next();
    return whole === '1' ? text : null;
  };
  const { stdout, stderr, exitCode } = await answer({ command, folder, arguments: given, environment, signal: gone.signal, stdin });
  // bash cannot hold a NUL; none of the texts has one unless a job's name brought it, and names are checked
  const short = Buffer.byteLength(stdout) <= SHORT;
  socket.end(`rc ${exitCode}\n${short ? 'short' : 'long'}\n${stderr}\0${stdout}${short ? '\0' : ''}`);
}

export interface CommandServer extends Disposable {
  readonly port: number;
}

/** Listens on 127.0.0.1 for commands that know the token; others are cut off without a word. */
export async function serveCommands(token: string, answer: AnswerCommand): Promise<CommandServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // a command that is cut off says that the controller did not answer, which is the truth
    converse(socket, token, answer).then(
      () => socket.end(),
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    dispose: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
