import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { FileOperation, OptionsOf, ProgressOf, RemoteStat, ResultOf, TakenBy } from '../../core/remoteFiles.ts';
import type { LocalSource } from './localSource.ts';
import type { LocalTarget } from './localTarget.ts';

/** Entries of one listing where nobody asks for fewer: more than any folder that is looked into, and some ten megabytes. */
export const DEFAULT_LIST_LIMIT = 50_000;
/** The same of a listing by pages, and entries of a page. */
export const DEFAULT_PAGES_LIMIT = 1_000_000;
export const DEFAULT_PAGE = 500;
/** Contents of so many bytes are not bulk: they go with what is interactive. */
export const SMALL_BYTES = 1024 ** 2;
/** Permissions of a file that is written or sent where nobody asks for others. */
export const DEFAULT_MODE = 0o644;
/** No file system has longer names of files: NAME_MAX is 255 bytes on Linux and the BSDs. Of those that come as UTF-16, some room. */
export const MAX_NAME = 1024;

/** What an operation is told beside what it takes. The reasons of the signal are AppErrors. */
export type WayCall<K extends FileOperation> = OptionsOf<K> & {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ProgressOf<K>) => void;
};

/** A way to the files of a server: every operation of RemoteFiles, as its table describes them. */
export type FileWay = {
  readonly [K in FileOperation]: (...args: [...takes: TakenBy<K>, call: WayCall<K>]) => Promise<ResultOf<K>>;
};

/** How a way moves ranges of files, for the transfers that are the same over each. */
export interface UploadTarget extends Pick<FileWay, 'stat' | 'hashRange' | 'finishPart'> {
  /**
   * Sends what is left of `source` to its place in the remote file; `anew`: which is empty before that. `arrived` hears up to which byte of
   * the source the server has taken all. Resolves when it has taken the whole.
   */
  send(
    remotePath: string,
    source: LocalSource,
    anew: boolean,
    signal: AbortSignal,
    arrived: (end: number) => void,
  ): Promise<void>;
  /** Fetches what is left of `target` from its place in the remote file, up to the end of that. `arrived` hears how much there is. */
  receive(remotePath: string, target: LocalTarget, signal: AbortSignal, arrived: (end: number) => void): Promise<void>;
  /** The server's word that all bytes arrived is not to be relied on: the hash must be compared before the file gets its name. */
  readonly mustVerify: boolean;
}

export function folderInTheWay(remotePath: string): AppError {
  return new AppError('REMOTE_FILE_DENIED', {
    details: { path: remotePath, reason: message('remoteFiles.folderInTheWay') },
  });
}

export function notAFile(remotePath: string): AppError {
  return new AppError('REMOTE_FILE_DENIED', { details: { path: remotePath, reason: message('system.notAFile') } });
}

export function bytesOf(content: string | Uint8Array): Buffer {
  return typeof content === 'string'
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

/** `~` and `~/x` in the home folder, and so are relative paths. */
export function fromHome(home: string, remotePath: string): string {
  return path.posix.resolve(
    home,
    remotePath === '~' ? '.' : remotePath.startsWith('~/') ? remotePath.slice(2) : remotePath,
  );
}

const KINDS: Readonly<Record<number, RemoteStat['kind']>> = { 0o04: 'folder', 0o10: 'file', 0o12: 'link' };

/** `mode` is st_mode with the file type. Source: POSIX sys/stat.h; the numbers of the types are those of Linux and the BSDs. */
export function toRemoteStat(mode: number, size: number, modifiedAt: number): RemoteStat {
  return { kind: KINDS[(mode >> 12) & 0o17] ?? 'other', size, modifiedAt, mode: mode & 0o7777 };
}
