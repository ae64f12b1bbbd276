import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Envelope } from '../../shared/contract/index.ts';
import { FileHandle } from '../../shared/contract/files.ts';
import { AppError, fromWire, toWire, type WireError } from '../../shared/errors/appError.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import type { Dispatch } from './dispatch.ts';

/**
 * The control socket of a data folder. Who listens on it owns the folder; a command line finds the running app through it and
 * lets that do the work, so that two programs never write one store or watch one cluster twice.
 * JSON lines both ways. The first line must carry the token of `control.json`, which only the folder's owner can read.
 */
const Request = z.discriminatedUnion('do', [
  z.object({ do: z.literal('hello'), token: z.string() }),
  z.object({ do: z.literal('call'), id: z.int(), name: z.string(), input: z.unknown(), requestId: z.string().optional() }),
  z.object({ do: z.literal('grant'), id: z.int(), path: z.string() }),
  z.object({ do: z.literal('cancel'), id: z.int() }),
]);

interface Served {
  readonly dispatch: Dispatch;
  grant(file: string): Promise<FileHandle>;
}

export interface ControlSocket extends Disposable {
  /** From here on callers are answered; those that came earlier were kept waiting. */
  serve(served: Served): void;
}

/** A connection to the program that owns the data folder. */
export interface ControlClient extends Disposable {
  call(name: string, input: unknown, signal?: AbortSignal, requestId?: string): Promise<Envelope<unknown>>;
  grant(file: string): Promise<FileHandle>;
}

function socketPath(dataFolder: string): string {
  const full = path.resolve(dataFolder);
  const digest = createHash('sha256').update(full).digest('hex').slice(0, 20);
  if (process.platform === 'win32') return `\\\\.\\pipe\\slipway-${digest}`;
  const inside = path.join(full, 'control.sock');
  // sun_path holds 104 bytes on macOS and 108 on Linux
  return Buffer.byteLength(inside) <= 100 ? inside : path.join(tmpdir(), `slipway-${String(userInfo().uid)}-${digest}.sock`);
}

const tokenFile = (dataFolder: string): string => path.join(dataFolder, 'control.json');

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function dial(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Takes the data folder for this process. STORE_UNAVAILABLE when another program has it. */
export async function claimDataFolder(dataFolder: string): Promise<ControlSocket> {
  const address = socketPath(dataFolder);
  const token = randomBytes(32).toString('hex');
  let serve: (program: Served) => void = () => undefined;
  const served = new Promise<Served>((resolve) => {
    serve = resolve;
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    answer(socket, token, served);
  });
  try {
    await listen(server, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw new AppError('STORE_UNAVAILABLE', { details: { reason: String(error) }, cause: error });
    const other = await dial(address).catch(() => null);
    if (other !== null) {
      other.destroy();
      throw new AppError('STORE_UNAVAILABLE', { details: { reason: 'another Slipway uses this data folder', folder: dataFolder } });
    }
    // left behind by a process that was killed
    await rm(address, { force: true });
    await listen(server, address);
  }
  await mkdir(dataFolder, { recursive: true });
  await writeFile(`${tokenFile(dataFolder)}.new`, JSON.stringify({ address, token, pid: process.pid }), { mode: 0o600 });
  await rename(`${tokenFile(dataFolder)}.new`, tokenFile(dataFolder));
  return {
    serve,
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await rm(tokenFile(dataFolder), { force: true });
    },
  };
}

function same(given: string, expected: string): boolean {
  const a = createHash('sha256').update(given).digest();
  const b = createHash('sha256').update(expected).digest();
  return timingSafeEqual(a, b);
}

function answer(socket: Socket, token: string, served: Promise<Served>): void {
  const calls = new Map<number, AbortController>();
  let trusted = false;
  const send = (message: unknown): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  const serve = async (line: string): Promise<void> => {
    let request: z.infer<typeof Request>;
    try {
      request = Request.parse(JSON.parse(line));
    } catch {
      socket.destroy();
      return;
    }
    if (request.do === 'hello') trusted = same(request.token, token);
    if (!trusted) {
      socket.destroy();
      return;
    }
    if (request.do === 'cancel') calls.get(request.id)?.abort();
    if (request.do === 'grant') {
      try {
        send({ id: request.id, ok: true, value: await (await served).grant(request.path) });
      } catch (error) {
        send({ id: request.id, ok: false, error: toWire(error) });
      }
    }
    if (request.do === 'call') {
      const controller = new AbortController();
      calls.set(request.id, controller);
      const { dispatch } = await served;
      const envelope = await dispatch(request.name, request.input, { signal: controller.signal, requestId: request.requestId });
      calls.delete(request.id);
      send({ id: request.id, ...envelope });
    }
  };
  createInterface({ input: socket }).on('line', (line) => void serve(line));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const controller of calls.values()) controller.abort();
  });
}

/** The program that owns the data folder, or null when none is running. */
export async function findRunningProgram(dataFolder: string): Promise<ControlClient | null> {
  let token: string;
  let socket: Socket;
  try {
    const stored = z.object({ address: z.string(), token: z.string() }).parse(JSON.parse(await readFile(tokenFile(dataFolder), 'utf8')));
    token = stored.token;
    socket = await dial(stored.address);
  } catch {
    return null;
  }
  type Reply = Envelope<unknown> & { id: number };
  const waiting = new Map<number, (reply: Reply) => void>();
  let next = 1;
  const lost: WireError = toWire(new AppError('STORE_UNAVAILABLE', { details: { reason: 'the running Slipway went away' } }));
  createInterface({ input: socket }).on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const [id, settle] of waiting) settle({ id, ok: false, error: lost, requestId: '' });
    waiting.clear();
  });
  const ask = (message: Record<string, unknown>, signal?: AbortSignal): Promise<Reply> => {
    const id = next++;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      const giveUp = (): void => void socket.write(`${JSON.stringify({ do: 'cancel', id })}\n`);
      socket.write(`${JSON.stringify({ ...message, id })}\n`);
      if (signal?.aborted === true) giveUp();
      else signal?.addEventListener('abort', giveUp, { once: true });
    });
  };
  socket.write(`${JSON.stringify({ do: 'hello', token })}\n`);
  return {
    call: (name, input, signal, requestId) => ask({ do: 'call', name, input, ...(requestId === undefined ? {} : { requestId }) }, signal),
    grant: async (file) => {
      const reply = await ask({ do: 'grant', path: path.resolve(file) });
      if (!reply.ok) throw fromWire(reply.error);
      return FileHandle.parse(reply.value);
    },
    dispose: () => void socket.destroy(),
  };
}
