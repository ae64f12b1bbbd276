import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { FilePiece, FileSystemSpace, RemoteEntry, RemoteStat, ResultOf } from '../../core/remoteFiles.ts';
import type { ChannelKind, ChannelQueue, Lease } from '../channels/channelQueue.ts';
import type { SftpChannel } from '../channels/sftpChannel.ts';
import { fileError, hasSftpStatus } from '../errors.ts';
import {
  bytesOf,
  DEFAULT_LIST_LIMIT,
  DEFAULT_MODE,
  DEFAULT_PAGE,
  DEFAULT_PAGES_LIMIT,
  folderInTheWay,
  fromHome,
  notAFile,
  SMALL_BYTES,
  type UploadTarget,
  type WayCall,
} from './files.ts';
import type { ProvableFiles } from './filesWithFallback.ts';
import { FlowWindow } from './flowWindow.ts';
import { uploadFailed, type LocalSource } from './localSource.ts';
import type { LocalTarget } from './localTarget.ts';
import { downloadRange, upload, uploadRange } from './transfers.ts';
import { makeFolders, physicalPath, readFolder, statOf } from './sftpFolders.ts';
import { readPieces, readRange } from './sftpPieces.ts';
import { copyOnServer, receiveLeg, sendLeg, withHandle, type Enough } from './sftpTransfers.ts';
import type { ShellFiles } from './shellFiles.ts';

/** So long a transfer keeps its channel, in milliseconds, when its place is wanted, or other transfers wait for it: so each of them gets on. */
const LEG_MS = { wanted: 200, awaited: 1000 };

/** The two kinds of SFTP channels of a connection: one that everybody shares, and those over which contents of any size go. */
export interface SftpChannels {
  readonly interactive: ChannelKind<SftpChannel>;
  readonly bulk: ChannelKind<SftpChannel>;
}

/**
 * The file operations of a connection over SFTP, one method each. What SFTP has no request for, or this server not the extension, the shell
 * does; never while a channel is held, which may be the only one.
 */
export class SftpFiles implements ProvableFiles, UploadTarget {
  /** Each request of SFTP is answered, and says where its bytes belong. */
  readonly mustVerify = false;
  readonly #host: string;
  readonly #queue: ChannelQueue;
  readonly #channels: SftpChannels;
  readonly #shell: ShellFiles;
  #home: string | null = null;

  constructor(host: string, queue: ChannelQueue, channels: SftpChannels, shell: ShellFiles) {
    this.#host = host;
    this.#queue = queue;
    this.#channels = channels;
    this.#shell = shell;
  }

  /** Opens the channel, to see that it can be. SFTP_UNAVAILABLE, CHANNEL_REFUSED, CONNECTION_LOST, the signal's reason. */
  async prove(signal: AbortSignal): Promise<void> {
    await this.#queue.use(this.#channels.interactive, signal, async () => undefined);
  }

  /** Runs `body` on a channel; `remotePath` names what a refusal is about. */
  async #use<T>(
    remotePath: string,
    signal: AbortSignal,
    body: (sftp: SftpChannel, lease: Lease<SftpChannel>) => Promise<T>,
    kind: ChannelKind<SftpChannel> = this.#channels.interactive,
  ): Promise<T> {
    return this.#queue.use(kind, signal, async (lease) => {
      try {
        return await body(lease.channel, lease);
      } catch (error) {
        if (AppError.is(error, 'REMOTE_TIMEOUT', 'SFTP_UNAVAILABLE')) lease.spoil();
        throw fileError(remotePath, error);
      }
    });
  }

  /** The answer is what `pwd -P` and Slurm's `%Z` say. */
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

  async lstat(remotePath: string, { signal }: WayCall<'lstat'>): Promise<RemoteStat | null> {
    return this.#use(remotePath, signal, async (sftp) => {
      const stats = await sftp.lstat(remotePath);
      return stats === null ? null : statOf(stats);
    });
  }

  async statvfs(remotePath: string, call: WayCall<'statvfs'>): Promise<FileSystemSpace> {
    const numbers = await this.#use(remotePath, call.signal, async (sftp) =>
      sftp.announces('statvfs@openssh.com') ? sftp.statvfs(remotePath) : null,
    );
    if (numbers === null) return this.#shell.statvfs(remotePath, call);
    const { f_frsize: unit, f_blocks, f_bavail, f_files, f_favail } = numbers;
    // a file system without a table of inodes tells zero
    const inodes = f_files > 0;
    return {
      total: f_blocks * unit,
      free: f_bavail * unit,
      files: inodes ? f_files : null,
      freeFiles: inodes ? f_favail : null,
    };
  }

  async list(folder: string, { limit = DEFAULT_LIST_LIMIT, signal }: WayCall<'list'>): Promise<RemoteEntry[]> {
    const found: RemoteEntry[] = [];
    await this.#use(folder, signal, (sftp) =>
      readFolder(sftp, this.#host, folder, limit, signal, (entries) => found.push(...entries)),
    );
    return found;
  }

  async listPages(
    folder: string,
    { limit = DEFAULT_PAGES_LIMIT, pageEntries = DEFAULT_PAGE, signal, onProgress }: WayCall<'listPages'>,
  ): Promise<ResultOf<'listPages'>> {
    let count = 0;
    let page: RemoteEntry[] = [];
    const whole = await this.#use(folder, signal, (sftp) =>
      readFolder(sftp, this.#host, folder, limit, signal, (entries) => {
        count += entries.length;
        page.push(...entries);
        if (page.length < pageEntries) return;
        onProgress(page);
        page = [];
      }),
    );
    if (page.length > 0) onProgress(page);
    return { entries: count, whole };
  }

  async read(remotePath: string, offset: number, length: number, { signal }: WayCall<'read'>): Promise<Uint8Array> {
    return this.#use(remotePath, signal, async (sftp) => {
      const handle = await sftp.open(remotePath, 'read');
      return withHandle(sftp, handle, signal, async (ended) => {
        // only what is there is set aside; at least a piece, since a file of /proc says 0 and has content
        const available =
          length > sftp.chunkBytes ? Math.max((await sftp.fstat(handle)).size - offset, sftp.chunkBytes) : length;
        return readRange(sftp, handle, offset, Math.min(length, available), ended);
      });
    });
  }

  async readMany(pieces: readonly FilePiece[], { signal }: WayCall<'readMany'>): Promise<(Uint8Array | null)[]> {
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    return this.#use(
      pieces[0]?.path ?? '',
      signal,
      (sftp) => readPieces(sftp, pieces, signal),
      bytes > SMALL_BYTES ? this.#channels.bulk : this.#channels.interactive,
    );
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
    });
    await this.#renameOver(part, remotePath, signal);
  }

  async append(
    remotePath: string,
    content: string | Uint8Array,
    { mode = DEFAULT_MODE, signal }: WayCall<'append'>,
  ): Promise<undefined> {
    const bytes = bytesOf(content);
    await this.#use(remotePath, signal, async (sftp) => {
      const handle = await sftp.open(remotePath, 'append', mode);
      await withHandle(sftp, handle, signal, async (ended) => {
        // one after the other: the server puts each at the end that it finds, whatever place is named
        for (let at = 0; at < bytes.length; at += sftp.chunkBytes) {
          ended.throwIfAborted();
          await sftp.write(handle, bytes.subarray(at, at + sftp.chunkBytes), at);
        }
      });
    });
  }

  async rename(from: string, to: string, { signal }: WayCall<'rename'>): Promise<undefined> {
    await this.#use(to, signal, async (sftp) => {
      if ((await sftp.lstat(to))?.isDirectory() === true) throw folderInTheWay(to);
    });
    await this.#renameOver(from, to, signal);
  }

  /** In one step: plain RENAME fails where something has the name, and what is removed first may be missed when the connection is cut then. */
  async #renameOver(from: string, to: string, signal: AbortSignal): Promise<void> {
    const done = await this.#use(from, signal, async (sftp) => {
      if (!sftp.announces('posix-rename@openssh.com')) return false;
      await sftp.renameOver(from, to);
      return true;
    });
    if (!done) await this.#shell.rename(from, to, { signal, onProgress: untold });
  }

  async remove(remotePath: string, { signal }: WayCall<'remove'>): Promise<undefined> {
    await this.#use(remotePath, signal, async (sftp) => {
      try {
        await sftp.remove(remotePath);
      } catch (error) {
        if (!hasSftpStatus(error, 'noSuchFile')) throw error;
      }
    });
  }

  /** One program there instead of a request for each of what may be a hundred thousand files. */
  async removeTree(folder: string, call: WayCall<'removeTree'>): Promise<ResultOf<'removeTree'>> {
    return this.#shell.removeTree(folder, call);
  }

  async makeFolder(folder: string, { mode, signal }: WayCall<'makeFolder'>): Promise<undefined> {
    await this.#use(folder, signal, (sftp) => makeFolders(sftp, folder, mode ?? null));
  }

  async link(target: string, remotePath: string, kind: 'symbolic' | 'hard', call: WayCall<'link'>): Promise<undefined> {
    const done = await this.#use(remotePath, call.signal, async (sftp) => {
      if (kind === 'symbolic' ? !sftp.linksSurely : !sftp.announces('hardlink@openssh.com')) return false;
      await (kind === 'symbolic' ? sftp.makeLink(target, remotePath) : sftp.makeHardLink(target, remotePath));
      return true;
    });
    if (!done) await this.#shell.link(target, remotePath, kind, call);
  }

  async copy(from: string, to: string, call: WayCall<'copy'>): Promise<ResultOf<'copy'>> {
    const { signal, onProgress } = call;
    const part = `${to}.part`;
    const able = await this.#use(from, signal, async (sftp) => {
      if (!sftp.announces('copy-data')) return false;
      const stats = await sftp.stat(from);
      if (stats !== null && !stats.isFile()) throw notAFile(from);
      if ((await sftp.lstat(to))?.isDirectory() === true) throw folderInTheWay(to);
      return true;
    });
    if (!able) return this.#shell.copy(from, to, call);
    const copying = (sftp: SftpChannel): Promise<number> => copyOnServer(sftp, from, part, signal, onProgress);
    const bytes = await this.#use(from, signal, copying, this.#channels.bulk);
    await this.#renameOver(part, to, signal);
    return { bytes };
  }

  async upload(localPath: string, remotePath: string, call: WayCall<'upload'>): Promise<ResultOf<'upload'>> {
    return upload(this, localPath, remotePath, call);
  }

  async uploadRange(
    localPath: string,
    remotePath: string,
    offset: number,
    length: number,
    call: WayCall<'uploadRange'>,
  ): Promise<ResultOf<'uploadRange'>> {
    return uploadRange(this, localPath, remotePath, offset, length, call);
  }

  async downloadRange(
    remotePath: string,
    localPath: string,
    offset: number,
    length: number,
    call: WayCall<'downloadRange'>,
  ): Promise<ResultOf<'downloadRange'>> {
    return downloadRange(this, remotePath, localPath, offset, length, call);
  }

  async send(
    remotePath: string,
    source: LocalSource,
    anew: boolean,
    signal: AbortSignal,
    arrived: (end: number) => void,
  ): Promise<void> {
    const window = new FlowWindow();
    let first = anew;
    do {
      await this.#leg(remotePath, source.bytes - source.position, signal, (sftp, enough) =>
        sendLeg(sftp, remotePath, source, first, window, signal, enough, arrived),
      );
      first = false;
    } while (source.position < source.bytes);
  }

  async receive(
    remotePath: string,
    target: LocalTarget,
    signal: AbortSignal,
    arrived: (end: number) => void,
  ): Promise<void> {
    const window = new FlowWindow();
    let ended = false;
    do {
      ended = await this.#leg(remotePath, target.bytes - target.position, signal, (sftp, enough) =>
        receiveLeg(sftp, remotePath, target, window, signal, enough, arrived),
      );
    } while (!ended && target.position < target.bytes);
  }

  /** Small contents are no reason for a channel of their own. */
  async #leg<T>(
    remotePath: string,
    bytes: number,
    signal: AbortSignal,
    body: (sftp: SftpChannel, enough: Enough) => Promise<T>,
  ): Promise<T> {
    const { bulk, interactive } = this.#channels;
    return this.#use(
      remotePath,
      signal,
      (sftp, lease) => {
        const beganAt = performance.now();
        const lasted = (ms: number): boolean => performance.now() - beganAt > ms;
        return body(sftp, () => (lease.wanted && lasted(LEG_MS.wanted)) || (lease.awaited && lasted(LEG_MS.awaited)));
      },
      bytes > SMALL_BYTES ? bulk : interactive,
    );
  }

  async finishPart(
    part: string,
    remotePath: string,
    bytes: number,
    { mode = DEFAULT_MODE, sync = false, signal }: WayCall<'finishPart'>,
  ): Promise<undefined> {
    await this.#use(part, signal, async (sftp) => {
      const handle = await sftp.open(part, 'update');
      const syncing = sync && sftp.announces('fsync@openssh.com') ? [sftp.sync(handle)] : [];
      const requests = [sftp.fstat(handle), sftp.setMode(handle, mode), ...syncing, sftp.closeHandle(handle)] as const;
      const failed = (await Promise.allSettled(requests)).find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      const { size } = await requests[0];
      if (size !== bytes) throw uploadFailed(remotePath, message('remoteFiles.arrivedPart', { arrived: size, bytes }));
    });
    await this.#renameOver(part, remotePath, signal);
  }
}

const untold = (): void => undefined;
