import path from 'node:path';
import type { Stats } from 'ssh2';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteEntry, RemoteStat, ResultOf } from '../../core/remoteFiles.ts';
import type { ChannelQueue, ChannelKind, Lease } from '../channels/channelQueue.ts';
import { fileError, hasSftpStatus } from '../errors.ts';
import {
  bytesOf,
  DEFAULT_LIST_LIMIT,
  DEFAULT_MODE,
  fromHome,
  MAX_NAME,
  toRemoteStat,
  type UploadTarget,
  type WayCall,
} from './files.ts';
import type { ProvableFiles } from './filesWithFallback.ts';
import { within } from '../limits.ts';
import type { LocalSource } from './localSource.ts';
import type { SftpChannel } from '../channels/sftpChannel.ts';
import { finishPart, sendLeg } from './sftpUpload.ts';
import type { ShellFiles } from './shellFiles.ts';
import { upload } from './upload.ts';

/** READDIR requests on the way at once: each brings about a hundred names, so a folder of 100,000 would otherwise cost a thousand round trips. */
const FOLDER_WINDOW = 8;
/** Answers in a row that name nothing: `.` and `..` may be one. */
const MAX_EMPTY_ANSWERS = 64;
/** READ requests on the way at once. */
const READ_WINDOW = 16;

/** The file operations of a connection over its SFTP channel, one method of RemoteFiles each. */
export class SftpFiles implements ProvableFiles, UploadTarget {
  /** Each request of SFTP is answered, and says where its bytes belong. */
  readonly mustVerify = false;
  readonly #host: string;
  readonly #queue: ChannelQueue;
  readonly #kind: ChannelKind<SftpChannel>;
  readonly #shell: ShellFiles;
  #home: string | null = null;

  /** `shell` does what SFTP has no request for. */
  constructor(host: string, queue: ChannelQueue, kind: ChannelKind<SftpChannel>, shell: ShellFiles) {
    this.#host = host;
    this.#shell = shell;
    this.#queue = queue;
    this.#kind = kind;
  }

  /** Opens the channel, to see that it can be. SFTP_UNAVAILABLE, CHANNEL_REFUSED, CONNECTION_LOST, the signal's reason. */
  async prove(signal: AbortSignal): Promise<void> {
    await this.#queue.use(this.#kind, signal, async () => undefined);
  }

  /** Runs `body` on the channel; `remotePath` names what a refusal is about. */
  async #use<T>(
    remotePath: string,
    signal: AbortSignal,
    body: (sftp: SftpChannel, lease: Lease<SftpChannel>) => Promise<T>,
  ): Promise<T> {
    return this.#queue.use(this.#kind, signal, async (lease) => {
      try {
        return await body(lease.channel, lease);
      } catch (error) {
        if (AppError.is(error, 'REMOTE_TIMEOUT', 'SFTP_UNAVAILABLE')) lease.spoil();
        throw fileError(remotePath, error);
      }
    });
  }

  /** Links are followed as far as the path exists, so that the answer is what `pwd -P` and Slurm's `%Z` say. */
  async resolve(remotePath: string, { signal }: WayCall<'resolve'>): Promise<string> {
    return this.#use(remotePath, signal, async (sftp) => {
      this.#home ??= await sftp.realpath('.');
      return physicalPath(sftp, fromHome(this.#home, remotePath));
    });
  }

  async stat(remotePath: string, { signal }: WayCall<'stat'>): Promise<RemoteStat | null> {
    return this.#use(remotePath, signal, async (sftp) => {
      const stats = await sftp.stat(remotePath);
      return stats === null ? null : statOf(stats);
    });
  }

  async list(folder: string, { limit = DEFAULT_LIST_LIMIT, signal }: WayCall<'list'>): Promise<RemoteEntry[]> {
    return this.#use(folder, signal, async (sftp) => {
      const handle = await sftp.openFolder(folder);
      const found: RemoteEntry[] = [];
      let empty = 0;
      const take = async (): Promise<boolean> => {
        const entries = await sftp.readFolder(handle);
        if (entries === null) return false;
        const before = found.length;
        // a name that no file can have is dropped here, so that the bound on their number is one on memory too
        for (const { filename, attrs } of entries)
          if (found.length < limit && filename.length <= MAX_NAME) found.push({ name: filename, ...statOf(attrs) });
        empty = found.length > before ? 0 : empty + 1;
        if (empty > MAX_EMPTY_ANSWERS && found.length < limit)
          throw new AppError('REMOTE_GARBAGE', {
            details: { host: this.#host, reason: `the listing of ${folder} goes on without naming anything` },
          });
        return found.length < limit;
      };
      try {
        // the first answer alone: a small folder is complete with it
        let more = await within({ signals: [signal] }, take);
        while (more)
          more = (
            await within({ signals: [signal] }, () => Promise.all(Array.from({ length: FOLDER_WINDOW }, take)))
          ).every(Boolean);
      } finally {
        await letGo(sftp, handle, signal);
      }
      return found;
    });
  }

  async read(remotePath: string, offset: number, length: number, { signal }: WayCall<'read'>): Promise<Uint8Array> {
    return this.#use(remotePath, signal, async (sftp) => {
      const handle = await sftp.open(remotePath, 'read');
      try {
        // only what is there is set aside; at least a piece, since a file of /proc says 0 and has content
        const available =
          length > sftp.chunkBytes ? Math.max((await sftp.fstat(handle)).size - offset, sftp.chunkBytes) : length;
        return await within({ signals: [signal] }, () =>
          readRange(sftp, handle, offset, Math.min(length, available), signal),
        );
      } finally {
        await letGo(sftp, handle, signal);
      }
    });
  }

  async hashRange(
    remotePath: string,
    offset: number,
    length: number,
    call: WayCall<'hashRange'>,
  ): Promise<string | null> {
    return this.#shell.hashRange(remotePath, offset, length, call);
  }

  async write(
    remotePath: string,
    content: string | Uint8Array,
    { mode = DEFAULT_MODE, signal }: WayCall<'write'>,
  ): Promise<undefined> {
    const part = `${remotePath}.part`;
    const bytes = bytesOf(content);
    await this.#use(remotePath, signal, async (sftp) => {
      const handle = await sftp.open(part, 'create', mode);
      const requests: Promise<void>[] = [];
      for (let at = 0; at < bytes.length; at += sftp.chunkBytes)
        requests.push(sftp.write(handle, bytes.subarray(at, at + sftp.chunkBytes), at));
      // answered in the order of asking: no need to wait in between
      requests.push(sftp.setMode(handle, mode), sftp.closeHandle(handle));
      const failed = (await Promise.allSettled(requests)).find((result) => result.status === 'rejected');
      if (failed) {
        await sftp.remove(part).catch(() => undefined);
        throw failed.reason;
      }
      await sftp.renameOver(part, remotePath);
    });
  }

  async makeFolder(folder: string, { mode, signal }: WayCall<'makeFolder'>): Promise<undefined> {
    await this.#use(folder, signal, (sftp) => makeFolders(sftp, folder, mode ?? null));
  }

  async upload(localPath: string, remotePath: string, call: WayCall<'upload'>): Promise<ResultOf<'upload'>> {
    return upload(this, localPath, remotePath, call);
  }

  async send(
    remotePath: string,
    source: LocalSource,
    signal: AbortSignal,
    arrived: (bytes: number) => void,
  ): Promise<void> {
    do {
      await this.#use(remotePath, signal, (sftp, lease) => sendLeg(sftp, lease, remotePath, source, signal, arrived));
    } while (source.position < source.bytes);
  }

  async finish(
    part: string,
    remotePath: string,
    source: LocalSource,
    mode: number,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#use(remotePath, signal, (sftp) => finishPart(sftp, part, remotePath, source, mode));
  }
}

/** Closes a handle; who gave up waits for no answer of a server that may have none. */
async function letGo(sftp: SftpChannel, handle: Buffer, signal: AbortSignal): Promise<void> {
  const closed = sftp.closeHandle(handle);
  if (signal.aborted) closed.catch(() => undefined);
  else await closed;
}

/** Fills a range with several requests at once; a server may answer with less than asked, and the rest is asked again. */
async function readRange(
  sftp: SftpChannel,
  handle: Buffer,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const target = Buffer.alloc(length);
  let end = length;
  const fill = async (from: number, to: number): Promise<void> => {
    let at = from;
    while (at < to && at < end) {
      const count = await sftp.read(handle, target.subarray(at, to), offset + at);
      if (count === 0) end = Math.min(end, at);
      at += count;
    }
  };
  const chunk = sftp.chunkBytes;
  for (let from = 0; from < end; from += chunk * READ_WINDOW) {
    signal.throwIfAborted();
    const starts = Array.from({ length: READ_WINDOW }, (_, index) => from + index * chunk).filter(
      (start) => start < length,
    );
    await Promise.all(starts.map((start) => fill(start, Math.min(start + chunk, length))));
  }
  return new Uint8Array(target.subarray(0, end));
}

async function makeFolders(sftp: SftpChannel, folder: string, mode: number | null): Promise<void> {
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

async function physicalPath(sftp: SftpChannel, absolute: string): Promise<string> {
  if ((await sftp.stat(absolute)) !== null) return sftp.realpath(absolute);
  const parent = path.posix.dirname(absolute);
  return parent === absolute
    ? absolute
    : path.posix.join(await physicalPath(sftp, parent), path.posix.basename(absolute));
}

function statOf({ mode, size, mtime }: Stats): RemoteStat {
  return toRemoteStat(mode, size, mtime);
}
