import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { FileHandle } from '../../shared/contract/files.ts';
import { AppError, toWire } from '../../shared/errors/appError.ts';
import { ResourceScope, type Disposable } from '../../shared/lib/disposable.ts';
import { lockFolder } from '../store/lock.ts';
import {
  controlFilePath,
  describeOwner,
  newControlAddress,
  readControlFile,
  removeControlAddress,
  type ControlFile,
} from './controlAddress.ts';
import { isProof, newNonce, proofOf } from './controlProof.ts';
import { inDataFolder } from './dataFolder.ts';
import { Purpose } from '../core/places/grants.ts';
import type { Dispatch } from './dispatch.ts';

/**
 * The control socket of a data folder. Who holds the folder's lock owns it and listens here; a command line finds the running app
 * through it (controlClient.ts) and lets that do the work, so that two programs never write one store or watch one cluster twice.
 * JSON lines both ways. First each side shows that it knows the token of `control.json`, which only the folder's owner can read.
 */
const Request = z.discriminatedUnion('do', [
  z.object({ do: z.literal('hello'), nonce: z.string() }),
  z.object({ do: z.literal('prove'), proof: z.string() }),
  z.object({
    do: z.literal('call'),
    id: z.int(),
    name: z.string(),
    input: z.unknown(),
    requestId: z.string().optional(),
  }),
  z.object({ do: z.literal('grant'), id: z.int(), path: z.string() }),
  z.object({ do: z.literal('allow'), id: z.int(), purpose: Purpose, path: z.string() }),
  z.object({ do: z.literal('cancel'), id: z.int() }),
]);
type Request = z.infer<typeof Request>;

/** Bytes that a caller may send before it has shown that it knows the token. */
const MAX_BEFORE_TRUST = 4096;
const MAX_CALLERS = 256;

interface Served {
  readonly dispatch: Dispatch;
  grant(file: string): Promise<FileHandle>;
  /** `Core.allowPlace` by the person's command. */
  allow(purpose: Purpose, place: string): string;
}

export interface ControlSocket extends Disposable {
  /** From here on callers are answered; those that came earlier were kept waiting. */
  serve(served: Served): void;
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Takes the data folder, which is there, for this process: first its lock, which the operating system gives to one process only and
 * takes back when that ends in whatever way, then the socket. Only the owner of the lock touches socket and control file, so
 * whatever lies there was left behind by a process that was killed.
 * Errors: DATA_FOLDER_TAKEN when another program has it, DATA_FOLDER_UNUSABLE.
 */
export async function claimDataFolder(
  dataFolder: string,
  options: { readonly nativeBinding?: string | undefined } = {},
): Promise<ControlSocket> {
  const opened = new ResourceScope();
  const lock = lockFolder(dataFolder, options);
  if (lock === null)
    throw new AppError('DATA_FOLDER_TAKEN', {
      details: { folder: dataFolder, owner: await describeOwner(dataFolder) },
    });
  opened.use(lock);
  try {
    return await inDataFolder(dataFolder, () => openControlSocket(dataFolder, opened));
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}

async function openControlSocket(dataFolder: string, opened: ResourceScope): Promise<ControlSocket> {
  const left = await readControlFile(dataFolder);
  if (left !== null) await removeControlAddress(dataFolder, left.address);
  const address = await newControlAddress(dataFolder);
  opened.defer(() => removeControlAddress(dataFolder, address));
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
  server.maxConnections = MAX_CALLERS;
  await listen(server, address);
  // a caller that cannot be accepted (no descriptor left) is turned away and may come again
  server.on('error', () => undefined);
  opened.defer(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  });
  const file = controlFilePath(dataFolder);
  await writeFile(
    `${file}.new`,
    JSON.stringify({ address, token, pid: process.pid, host: hostname() } satisfies ControlFile),
    { mode: 0o600 },
  );
  await rename(`${file}.new`, file);
  opened.defer(() => rm(file, { force: true }));
  return { serve, dispose: () => opened.dispose() };
}

function answer(socket: Socket, token: string, served: Promise<Served>): void {
  const calls = new Map<number, AbortController>();
  const nonce = newNonce();
  let trusted = false;
  const send = (message: unknown): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };

  const introduce = (request: Request): void => {
    if (request.do === 'hello') send({ proof: proofOf('owner', token, request.nonce), nonce });
    else if (request.do === 'prove' && isProof(request.proof, 'caller', token, nonce)) trusted = true;
    else socket.destroy();
  };

  const carryOut = async (request: Request): Promise<void> => {
    if (request.do === 'cancel') calls.get(request.id)?.abort();
    if (request.do === 'grant') {
      try {
        send({ id: request.id, ok: true, value: await (await served).grant(request.path) });
      } catch (error) {
        send({ id: request.id, ok: false, error: toWire(error) });
      }
    }
    if (request.do === 'allow') {
      try {
        send({ id: request.id, ok: true, value: (await served).allow(request.purpose, request.path) });
      } catch (error) {
        send({ id: request.id, ok: false, error: toWire(error) });
      }
    }
    if (request.do === 'call') {
      const controller = new AbortController();
      calls.set(request.id, controller);
      const { dispatch } = await served;
      const envelope = await dispatch(request.name, request.input, {
        signal: controller.signal,
        requestId: request.requestId,
      });
      calls.delete(request.id);
      send({ id: request.id, ...envelope });
    }
  };

  const serve = async (line: string): Promise<void> => {
    const request = Request.parse(JSON.parse(line));
    if (trusted) await carryOut(request);
    else introduce(request);
  };

  const countUntilTrusted = (data: Buffer): void => {
    if (trusted) socket.off('data', countUntilTrusted);
    else if ((received += data.length) > MAX_BEFORE_TRUST) socket.destroy();
  };
  let received = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', countUntilTrusted);
  const lines = createInterface({ input: socket });
  // what is no request, and an answer that cannot be written as JSON, end the connection
  lines.on('line', (line) => void serve(line).catch(() => socket.destroy()));
  // it repeats the socket's, and would end the process where nobody listens
  lines.on('error', () => undefined);
  socket.on('close', () => {
    for (const controller of calls.values()) controller.abort();
  });
}
