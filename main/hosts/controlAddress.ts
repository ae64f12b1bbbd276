import { randomBytes } from 'node:crypto';
import { lstat, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors/appError.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import { ownerObjection, privacyObjection } from './dataFolder.ts';

/** What the owner of a data folder writes beside its store, readable to its user only. */
export const ControlFile = z.object({
  address: z.string(),
  token: z.string(),
  pid: z.int(),
  /** Of the computer it runs on: a data folder in a network home is seen from many. */
  host: z.string(),
});
export type ControlFile = z.infer<typeof ControlFile>;

export const controlFilePath = (dataFolder: string): string => path.join(dataFolder, 'control.json');

/** sun_path holds 104 bytes on macOS and 108 on Linux. */
const MAX_SOCKET_PATH = 100;

/** Beginning of the folder's name of a socket that does not fit into the data folder. */
const OUTSIDE = 'slipway-';

/**
 * Where the owner of a data folder listens: in the folder, or, when its path is too long for a socket, in a new folder of mode
 * 0700 with a name that cannot be guessed (in XDG_RUNTIME_DIR where that is ours, else in the temp folder). On Windows a pipe with
 * such a name; its default access list lets nobody else write to it. The caller holds the data folder's lock.
 */
export async function newControlAddress(dataFolder: string): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\${OUTSIDE}${randomBytes(16).toString('hex')}`;
  const inside = path.join(path.resolve(dataFolder), 'control.sock');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH) {
    await rm(inside, { force: true });
    return inside;
  }
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const info = runtime === undefined ? null : await lstat(runtime).catch(() => null);
  const base =
    runtime !== undefined && info?.isDirectory() === true && privacyObjection(info) === null ? runtime : tmpdir();
  return path.join(await mkdtemp(path.join(base, OUTSIDE)), 'control.sock');
}

/** Removes a socket that its owner has left, with the folder that was made for it. The caller holds the data folder's lock. */
export async function removeControlAddress(dataFolder: string, address: string): Promise<void> {
  if (process.platform === 'win32' || path.basename(address) !== 'control.sock') return;
  const folder = path.dirname(address);
  const isOutside = path.basename(folder).startsWith(OUTSIDE);
  if (folder !== path.resolve(dataFolder) && !isOutside) return;
  await rm(address, { force: true });
  // what else may lie in it is not ours to remove
  if (isOutside && folder !== path.resolve(dataFolder)) await rmdir(folder).catch(() => undefined);
}

/** What the control file of a data folder says, or null where there is none that can be read. */
export async function readControlFile(dataFolder: string): Promise<ControlFile | null> {
  try {
    return ControlFile.parse(JSON.parse(await readFile(controlFilePath(dataFolder), 'utf8')));
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The owner of a data folder, by its control file; one that a killed owner left says nothing of the present one. */
export async function describeOwner(dataFolder: string): Promise<Message> {
  const found = await readControlFile(dataFolder);
  if (found !== null && found.host !== hostname())
    return message('program.processOn', { pid: found.pid, host: found.host });
  return found !== null && isRunning(found.pid)
    ? message('program.process', { pid: found.pid })
    : message('program.startingOrEnding');
}

/**
 * Refuses to talk to a socket that somebody else may have put there: the data folder, the control file, the socket and its folder
 * must belong to this user, and the folders must be closed to others. DATA_FOLDER_UNSAFE. Nothing is looked at on Windows.
 */
export async function assertOwnAddress(dataFolder: string, address: string): Promise<void> {
  if (process.platform === 'win32') return;
  const refuse = (folder: string, reason: Message): never => {
    throw new AppError('DATA_FOLDER_UNSAFE', { details: { folder, reason } });
  };
  // what is gone cannot be dialled, and that says so. `/.` looks at the folder that a link leads to
  for (const place of [path.resolve(dataFolder), path.dirname(address)]) {
    const info = await lstat(`${place}/.`).catch(() => null);
    const objection = info === null ? null : privacyObjection(info);
    if (objection !== null) refuse(place, objection);
  }
  // in a folder of ours that nobody else can look into, their own modes do not matter
  for (const place of [controlFilePath(dataFolder), address]) {
    const info = await lstat(place).catch(() => null);
    const objection = info === null ? null : info.isSymbolicLink() ? message('program.isLink') : ownerObjection(info);
    if (objection !== null) refuse(place, objection);
  }
}
