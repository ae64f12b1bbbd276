import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';
import type { Envelope } from '../../shared/contract/index.ts';
import { FileHandle } from '../../shared/contract/files.ts';
import { AppError, fromWire, toWire, type WireError } from '../../shared/errors/appError.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { message } from '../../shared/messages/message.ts';
import type { Purpose } from '../core/places/grants.ts';
import { assertOwnAddress, readControlFile } from './controlAddress.ts';
import { isProof, newNonce, proofOf } from './controlProof.ts';

/** A connection to the program that owns the data folder. */
export interface ControlClient extends Disposable {
  call(name: string, input: unknown, signal?: AbortSignal, requestId?: string): Promise<Envelope<unknown>>;
  grant(file: string): Promise<FileHandle>;
  /** Lets settings and profiles name a place (`Core.allowPlace`). Returns the path as it is to be stored. SETTING_INVALID. */
  allow(purpose: Purpose, place: string): Promise<string>;
}

/** Milliseconds for the owner to show that it is one; it may be busy starting. */
const MAX_WAIT_MS = 5000;

const Introduction = z.object({ proof: z.string(), nonce: z.string() });

function dial(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

/** The next line, or null when the other end hangs up or stays silent. */
function nextLine(socket: Socket, lines: Interface): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (line: string | null): void => {
      clearTimeout(timer);
      lines.off('line', settle);
      resolve(line);
    };
    const timer = setTimeout(() => settle(null), MAX_WAIT_MS);
    lines.once('line', settle);
    socket.once('close', () => settle(null));
  });
}

/** Whether the other end knows the token too; then it has been shown that this one does. */
async function introduce(socket: Socket, lines: Interface, token: string): Promise<boolean> {
  const nonce = newNonce();
  const answered = nextLine(socket, lines);
  socket.write(`${JSON.stringify({ do: 'hello', nonce })}\n`);
  try {
    const other = Introduction.parse(JSON.parse((await answered) ?? ''));
    if (!isProof(other.proof, 'owner', token, nonce)) return false;
    socket.write(`${JSON.stringify({ do: 'prove', proof: proofOf('caller', token, other.nonce) })}\n`);
    return true;
  } catch {
    return false;
  }
}

/**
 * The program that owns the data folder, or null when none is running there that knows its token. DATA_FOLDER_UNSAFE when somebody
 * else may have put the socket there.
 */
export async function findRunningProgram(dataFolder: string): Promise<ControlClient | null> {
  const found = await readControlFile(dataFolder);
  if (found === null) return null;
  await assertOwnAddress(dataFolder, found.address);
  const socket = await dial(found.address).catch(() => null);
  if (socket === null) return null;
  const lines = createInterface({ input: socket });
  // it repeats the socket's, and would end the process where nobody listens
  lines.on('error', () => undefined);
  if (await introduce(socket, lines, found.token)) return talk(socket, lines);
  socket.destroy();
  return null;
}

function talk(socket: Socket, lines: Interface): ControlClient {
  type Reply = Envelope<unknown> & { id: number };
  const waiting = new Map<number, (reply: Reply) => void>();
  let next = 1;
  const lost: WireError = toWire(
    new AppError('STORE_UNAVAILABLE', { details: { reason: message('program.wentAway') } }),
  );
  lines.on('line', (line) => {
    try {
      const reply = JSON.parse(line) as Reply;
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    } catch {
      // cut off by its end; whoever waits is told at the close
      socket.destroy();
    }
  });
  let gone = false;
  socket.on('close', () => {
    gone = true;
    for (const [id, settle] of waiting) settle({ id, ok: false, error: lost, requestId: '' });
    waiting.clear();
  });
  const ask = (message: Record<string, unknown>, signal?: AbortSignal): Promise<Reply> => {
    const id = next++;
    return new Promise((resolve) => {
      if (gone) {
        resolve({ id, ok: false, error: lost, requestId: '' });
        return;
      }
      waiting.set(id, resolve);
      const giveUp = (): void => void socket.write(`${JSON.stringify({ do: 'cancel', id })}\n`);
      socket.write(`${JSON.stringify({ ...message, id })}\n`);
      if (signal?.aborted === true) giveUp();
      else signal?.addEventListener('abort', giveUp, { once: true });
    });
  };
  return {
    call: (name, input, signal, requestId) =>
      ask({ do: 'call', name, input, ...(requestId === undefined ? {} : { requestId }) }, signal),
    grant: async (file) => {
      const reply = await ask({ do: 'grant', path: path.resolve(file) });
      if (!reply.ok) throw fromWire(reply.error);
      return FileHandle.parse(reply.value);
    },
    allow: async (purpose, place) => {
      const reply = await ask({ do: 'allow', purpose, path: path.resolve(place) });
      if (!reply.ok) throw fromWire(reply.error);
      return z.string().parse(reply.value);
    },
    dispose: () => void socket.destroy(),
  };
}
