import ssh2, { type Client, type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2';
import { AppError } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { connectionLost, hasSftpStatus, isChannelRefusal, remoteTimeout } from '../errors.ts';
import { manyListeners, within } from '../limits.ts';
import { closeRefusedSftp, endOnlyMalformedChannel } from '../ssh2/malformedSftp.ts';
import { announces, linksAsOpenSsh, requestBytes, type SftpExtension } from '../ssh2/sftpFeatures.ts';

endOnlyMalformedChannel();

type Callback<T> = (error: Error | null | undefined, value: T) => void;

/** As statvfs(3) calls them; sizes are multiples of `f_frsize` bytes. */
export type FileSystemNumbers = Record<'f_frsize' | 'f_blocks' | 'f_bavail' | 'f_files' | 'f_favail', number>;

const { READ, WRITE, CREAT, TRUNC, APPEND } = ssh2.utils.sftp.OPEN_MODE;

/** How a file is opened: `range` is written at any place, and made if it is not there. */
const OPEN_FLAGS = {
  read: READ,
  create: WRITE | CREAT | TRUNC,
  update: READ | WRITE,
  range: WRITE | CREAT,
  append: WRITE | CREAT | APPEND,
} as const;

/** SFTP channels that were opened: one that is refused is told from them. */
const working = new WeakSet<object>();
const openings = new WeakMap<Client, Promise<unknown>>();

/** For the server's first packet: a start-up file that reads its input has swallowed ours, and will not say so. */
const LONGEST_START_MS = 15_000;

/** An SFTP session with promises. Every request is bounded; after a time-out the channel is of no use, since SFTP servers answer in turn. */
export class SftpChannel {
  readonly #sftp: SFTPWrapper;
  readonly #host: string;
  readonly #requestMs: number;
  readonly #closed = manyListeners();

  private constructor(sftp: SFTPWrapper, host: string, requestMs: number, onClosed: (channel: SftpChannel) => void) {
    this.#sftp = sftp;
    this.#host = host;
    this.#requestMs = requestMs;
    const closed = (): void => {
      if (this.#closed.signal.aborted) return;
      this.#closed.abort(
        new AppError('SFTP_UNAVAILABLE', {
          details: { host, reason: message('remoteFiles.sftpClosed') },
          hint: message('remoteFiles.tryAgain'),
        }),
      );
      onClosed(this);
    };
    sftp.on('close', closed);
    sftp.on('end', closed);
    sftp.on('error', closed);
  }

  /** Rejects with ssh2's refusal as it is; otherwise SFTP_UNAVAILABLE or the signal's reason. One after the other on each connection. */
  static async open(
    client: Client,
    host: string,
    requestMs: number,
    signal: AbortSignal,
    onClosed: (channel: SftpChannel) => void,
  ): Promise<SftpChannel> {
    const before = openings.get(client) ?? Promise.resolve();
    const opening = before.then(() => SftpChannel.#open(client, host, requestMs, signal, onClosed));
    openings.set(
      client,
      opening.catch(() => undefined),
    );
    return opening;
  }

  static async #open(
    client: Client,
    host: string,
    requestMs: number,
    signal: AbortSignal,
    onClosed: (channel: SftpChannel) => void,
  ): Promise<SftpChannel> {
    const timeout = {
      ms: Math.min(requestMs, LONGEST_START_MS),
      expired: () => unavailable(host, message('remoteFiles.sftpNotInTime')),
    };
    const sftp = await within(
      { signals: [signal], timeout },
      (ended) =>
        new Promise<SFTPWrapper>((resolve, reject) => {
          try {
            client.sftp((error, opened) => {
              if (error) {
                closeRefusedSftp(client, working);
                reject(isChannelRefusal(error) ? error : unavailable(host, startReason(error)));
              } else if (ended.aborted) opened.end();
              else {
                working.add(opened);
                resolve(opened);
              }
            });
          } catch {
            reject(connectionLost(host, message('connection.notConnected')));
          }
        }),
    );
    return new SftpChannel(sftp, host, requestMs, onClosed);
  }

  /** Bytes per request that the server takes: 32 KiB by the standard, about 256 KiB with OpenSSH. */
  get chunkBytes(): number {
    return requestBytes(this.#sftp);
  }

  /** The server has this request; without, ours would be refused. */
  announces(extension: SftpExtension): boolean {
    return announces(this.#sftp, extension);
  }

  /** `makeLink` makes what it is asked for. */
  get linksSurely(): boolean {
    return linksAsOpenSsh(this.#sftp);
  }

  /** Resolves once the server has closed its side too. */
  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const closed = new Promise<void>((resolve) => {
      this.#closed.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    this.#sftp.end();
    await closed;
  }

  realpath(path: string): Promise<string> {
    return this.#request((sftp, done: Callback<string>) => {
      sftp.realpath(path, done);
    });
  }

  /** Follows links. Null when nothing is there. */
  async stat(path: string): Promise<Stats | null> {
    return orNull(
      this.#request((sftp, done: Callback<Stats>) => {
        sftp.stat(path, done);
      }),
    );
  }

  /** The link itself. Null when nothing is there. */
  async lstat(path: string): Promise<Stats | null> {
    return orNull(
      this.#request((sftp, done: Callback<Stats>) => {
        sftp.lstat(path, done);
      }),
    );
  }

  /** Needs `statvfs@openssh.com`. */
  async statvfs(path: string): Promise<FileSystemNumbers> {
    const answer = await this.#request((sftp, done: Callback<Record<keyof FileSystemNumbers, number | bigint>>) => {
      sftp.ext_openssh_statvfs(path, done);
    });
    return {
      f_frsize: Number(answer.f_frsize),
      f_blocks: Number(answer.f_blocks),
      f_bavail: Number(answer.f_bavail),
      f_files: Number(answer.f_files),
      f_favail: Number(answer.f_favail),
    };
  }

  /** A symbolic link at `path`. See `linksSurely`. */
  async makeLink(target: string, path: string): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.symlink(target, path, done as (error?: Error | null) => void);
    });
  }

  /** A further name of a file. Needs `hardlink@openssh.com`. */
  async makeHardLink(target: string, path: string): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.ext_openssh_hardlink(target, path, done as (error?: Error | null) => void);
    });
  }

  /** What was written is on the server's disk. Needs `fsync@openssh.com`. */
  async sync(handle: Buffer): Promise<void> {
    await this.#request((sftp, done: Callback<unknown>) => {
      sftp.ext_openssh_fsync(handle, done as (error: Error | undefined, info: unknown) => void);
    });
  }

  /** Copies a range from one open file to another on the server; the answer comes when all of it is copied. Needs `copy-data`. */
  async copyRange(from: Buffer, to: Buffer, offset: number, length: number): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.ext_copy_data(from, offset, length, to, offset, done as (error?: Error | null) => void);
    });
  }

  open(path: string, flags: keyof typeof OPEN_FLAGS, mode = 0o600): Promise<Buffer> {
    return this.#request((sftp, done: Callback<Buffer>) => {
      sftp.open(path, OPEN_FLAGS[flags], { mode }, done);
    });
  }

  async closeHandle(handle: Buffer): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.close(handle, done as (error?: Error | null) => void);
    });
  }

  fstat(handle: Buffer): Promise<Stats> {
    return this.#request((sftp, done: Callback<Stats>) => {
      sftp.fstat(handle, done);
    });
  }

  async setMode(handle: Buffer, mode: number): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.fsetstat(handle, { mode }, done as (error?: Error | null) => void);
    });
  }

  /** Bytes that were read into `buffer`; 0 at the end of the file. `buffer` is at most `chunkBytes` long. */
  read(handle: Buffer, buffer: Buffer, position: number): Promise<number> {
    return this.#request((sftp, done: Callback<number>) => {
      sftp.read(handle, buffer, 0, buffer.length, position, done);
    });
  }

  async write(handle: Buffer, buffer: Buffer, position: number): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.write(handle, buffer, 0, buffer.length, position, done as (error?: Error | null) => void);
    });
  }

  openFolder(path: string): Promise<Buffer> {
    return this.#request((sftp, done: Callback<Buffer>) => {
      sftp.opendir(path, done);
    });
  }

  /** The next entries, or null when there are no more. `.` and `..` are left out. */
  async readFolder(handle: Buffer): Promise<FileEntryWithStats[] | null> {
    try {
      return await this.#request((sftp, done: Callback<FileEntryWithStats[]>) => {
        sftp.readdir(handle, done);
      });
    } catch (error) {
      if (hasSftpStatus(error, 'eof')) return null;
      throw error;
    }
  }

  /** Takes effect on a name; what it had of set-id and sticky bits is up to the caller. */
  async changeMode(path: string, mode: number): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.chmod(path, mode, done as (error?: Error | null) => void);
    });
  }

  /** The mode goes with the request, so that the folder never has a wider one. Without: as the server's umask has it. */
  async makeFolder(path: string, mode: number | null): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      if (mode === null) sftp.mkdir(path, done as (error?: Error | null) => void);
      else sftp.mkdir(path, { mode }, done as (error?: Error | null) => void);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.unlink(path, done as (error?: Error | null) => void);
    });
  }

  /** Renames over what is there, in one step. Needs `posix-rename@openssh.com`. */
  async renameOver(from: string, to: string): Promise<void> {
    await this.#request((sftp, done: Callback<undefined>) => {
      sftp.ext_openssh_rename(from, to, done as (error?: Error | null) => void);
    });
  }

  async #request<T>(send: (sftp: SFTPWrapper, done: Callback<T>) => void): Promise<T> {
    const timeout = {
      ms: this.#requestMs,
      expired: () => {
        this.#sftp.end();
        return remoteTimeout(this.#host, this.#requestMs);
      },
    };
    return within(
      { signals: [this.#closed.signal], timeout },
      () =>
        new Promise<T>((resolve, reject) => {
          send(this.#sftp, (error, value) => {
            if (!error) resolve(value);
            // ssh2's words for a channel that ended; its own event says so in a moment, in ours
            else if (error.message !== 'No response from server') reject(error);
          });
        }),
    );
  }
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (hasSftpStatus(error, 'noSuchFile')) return null;
    throw error;
  }
}

function unavailable(host: string, reason: Message): AppError {
  return new AppError('SFTP_UNAVAILABLE', { details: { host, reason } });
}

/** Why SFTP did not start, with the text that a start-up file printed when that is the reason. */
function startReason(error: Error): Message {
  const length = /^Packet length (\d+) exceeds/.exec(error.message)?.[1];
  if (length !== undefined) {
    const first = Buffer.alloc(4);
    first.writeUInt32BE(Number(length));
    return message('remoteFiles.startUpFilePrints', { words: plain(first.toString('latin1')).trim() });
  }
  if (error instanceof TypeError || /packet/i.test(error.message)) return message('remoteFiles.startUpFilePrintsSome');
  return message('remoteFiles.sftpNotStarted', { words: error.message });
}
