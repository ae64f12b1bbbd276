/** Files of this computer by the names that SFTP gives them: bytes where the system's names are bytes, text on Windows. */
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { localPath, shellPath } from '../paths.ts';
import type { AttributeChanges } from './attributes.ts';
import { STATUS } from './packet.ts';
import { Refused } from './status.ts';

export type FsPath = Buffer | string;

export const WINDOWS = process.platform === 'win32';

export const join = (folder: FsPath, name: Buffer): FsPath =>
  typeof folder === 'string' ? path.join(folder, name.toString()) : Buffer.concat([folder, Buffer.from('/'), name]);

export const shown = (name: FsPath): Buffer => (typeof name === 'string' ? Buffer.from(shellPath(name)) : name);

/** The path that a client gives: relative ones begin in the home folder. */
export function pathIn(home: string, given: Buffer): FsPath {
  if (WINDOWS) return path.resolve(home, localPath(given.toString()));
  if (given.length === 0) return Buffer.from(home);
  return given[0] === 0x2f ? given : Buffer.concat([Buffer.from(`${home}/`), given]);
}

export const readLink = (link: FsPath): Promise<FsPath> =>
  WINDOWS ? fs.readlink(link) : fs.readlink(link, { encoding: 'buffer' });

export async function setAttributes(target: FsPath, { size, mode, times, owner }: AttributeChanges): Promise<void> {
  if (size !== undefined) await fs.truncate(target, size);
  if (mode !== undefined) await fs.chmod(target, mode);
  if (times !== undefined) await fs.utimes(target, times.accessed, times.modified);
  if (owner !== undefined) await fs.chown(target, owner.uid, owner.gid);
}

/** The plain rename of SFTP 3 never replaces: a link fails where the target exists. Folders cannot be linked. */
export async function renameToNew(from: FsPath, to: FsPath): Promise<void> {
  const stats = await fs.lstat(from);
  if (stats.isFile()) {
    await fs.link(from, to);
    await fs.unlink(from);
    return;
  }
  const taken = await fs.lstat(to).then(
    () => true,
    () => false,
  );
  if (taken) throw new Refused(STATUS.FAILURE, 'the target exists');
  await fs.rename(from, to);
}

/** As realpath(3) of OpenSSH: the last part need not exist. */
export async function realPath(target: FsPath): Promise<FsPath> {
  const resolve = async (each: FsPath): Promise<FsPath> =>
    WINDOWS ? fs.realpath(each) : fs.realpath(each, { encoding: 'buffer' });
  try {
    return await resolve(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // latin1 keeps every byte as it is
    const text = typeof target === 'string' ? target : target.toString('latin1');
    const parent = path.dirname(text);
    const real = await resolve(typeof target === 'string' ? parent : Buffer.from(parent, 'latin1'));
    return typeof real === 'string'
      ? path.join(real, path.basename(text))
      : Buffer.from(path.posix.join(real.toString('latin1'), path.posix.basename(text)), 'latin1');
  }
}
