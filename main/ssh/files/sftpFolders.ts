import path from 'node:path';
import type { Stats } from 'ssh2';
import type { RemoteEntry, RemoteStat } from '../../core/remoteFiles.ts';
import type { SftpChannel } from '../channels/sftpChannel.ts';
import { hasSftpStatus, remoteGarbage } from '../errors.ts';
import { MAX_NAME, toRemoteStat } from './files.ts';
import { withHandle } from './sftpTransfers.ts';
import { message } from '../../../shared/messages/message.ts';

/** READDIR requests on the way at once: each brings about a hundred names, so a folder of 100,000 would otherwise cost a thousand round trips. */
const FOLDER_WINDOW = 8;
/** Answers in a row that name nothing: `.` and `..` may be one. */
const MAX_EMPTY_ANSWERS = 64;

/**
 * Reads a folder until it ends or `limit` entries were found. `found` hears of those of each answer. Resolves with whether it ended before that.
 * REMOTE_GARBAGE where it goes on without naming anything.
 */
export async function readFolder(
  sftp: SftpChannel,
  host: string,
  folder: string,
  limit: number,
  signal: AbortSignal,
  found: (entries: RemoteEntry[]) => void,
): Promise<boolean> {
  const handle = await sftp.openFolder(folder);
  let count = 0;
  let empty = 0;
  let ended = false;
  const take = async (): Promise<boolean> => {
    const entries = await sftp.readFolder(handle);
    if (entries === null) {
      ended = true;
      return false;
    }
    // a name that no file can have is dropped here, so that the bound on their number is one on memory too
    const named = entries
      .filter(({ filename }) => filename.length <= MAX_NAME)
      .slice(0, limit - count)
      .map(({ filename, attrs }) => ({ name: filename, ...statOf(attrs) }));
    count += named.length;
    empty = named.length > 0 ? 0 : empty + 1;
    if (empty > MAX_EMPTY_ANSWERS && count < limit)
      throw remoteGarbage(host, message('remoteFiles.endlessListing', { folder }));
    if (named.length > 0 && !signal.aborted) found(named);
    return count < limit;
  };
  await withHandle(sftp, handle, signal, async (given) => {
    // the first answer alone: a small folder is complete with it
    let more = await take();
    while (more) {
      given.throwIfAborted();
      more = (await Promise.all(Array.from({ length: FOLDER_WINDOW }, take))).every(Boolean);
    }
  });
  return ended;
}

export async function makeFolders(sftp: SftpChannel, folder: string, mode: number | null): Promise<void> {
  if (await isFolder(sftp, folder)) return;
  try {
    await sftp.makeFolder(folder, mode);
    await widenTo(sftp, folder, mode);
  } catch (error) {
    const parent = path.posix.dirname(folder);
    if (hasSftpStatus(error, 'noSuchFile') && parent !== folder) {
      await makeFolders(sftp, parent, mode);
      await makeFolders(sftp, folder, mode);
    } else if (!(await isFolder(sftp, folder))) {
      throw error;
    }
  }
}

/** A login's umask may have taken the group's right away. The set-group-id bit that a shared folder hands down stays. */
async function widenTo(sftp: SftpChannel, folder: string, mode: number | null): Promise<void> {
  if (mode === null || (mode & 0o077) === 0) return;
  const made = (await sftp.stat(folder))?.mode;
  if (made !== undefined && (made & 0o777) !== mode) await sftp.changeMode(folder, (made & 0o7000) | mode);
}

async function isFolder(sftp: SftpChannel, folder: string): Promise<boolean> {
  return (await sftp.stat(folder))?.isDirectory() ?? false;
}

/** Links are followed as far as the path exists. */
export async function physicalPath(sftp: SftpChannel, absolute: string): Promise<string> {
  if ((await sftp.stat(absolute)) !== null) return sftp.realpath(absolute);
  const parent = path.posix.dirname(absolute);
  return parent === absolute
    ? absolute
    : path.posix.join(await physicalPath(sftp, parent), path.posix.basename(absolute));
}

export function statOf({ mode, size, mtime }: Stats): RemoteStat {
  return toRemoteStat(mode, size, mtime);
}
