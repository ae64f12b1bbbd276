import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteStat } from '../../core/ports.ts';
import type { LocalSource } from './localSource.ts';

/** Entries of one listing where nobody asks for fewer: more than any folder that is looked into, and some ten megabytes. */
export const DEFAULT_LIST_LIMIT = 50_000;
/** No file system has longer names of files: NAME_MAX is 255 bytes on Linux and the BSDs. Of those that come as UTF-16, some room. */
export const MAX_NAME = 1024;

/** A folder's entry; links are not followed. */
export type RemoteEntry = RemoteStat & { readonly name: string };

/** The file operations of a connection as RemoteFiles describes them, by whatever way. The signals' reasons are AppErrors. */
export interface SessionFiles extends UploadTarget {
  resolve(remotePath: string, signal: AbortSignal): Promise<string>;
  list(folder: string, limit: number, signal: AbortSignal): Promise<RemoteEntry[]>;
  read(remotePath: string, offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
  write(remotePath: string, content: Uint8Array, mode: number, signal: AbortSignal): Promise<void>;
  makeFolder(folder: string, mode: number | null, signal: AbortSignal): Promise<void>;
}

/** What an upload needs of the server. */
export interface UploadTarget {
  /** Links are followed. Null when nothing is there. */
  stat(remotePath: string, signal: AbortSignal): Promise<RemoteStat | null>;
  /**
   * Sends the rest of `source` to a file that ends where the source stands; at 0 the file is written anew. `arrived` hears of each
   * number of bytes that the server has taken. Resolves when it has taken all.
   */
  send(remotePath: string, source: LocalSource, signal: AbortSignal, arrived: (bytes: number) => void): Promise<void>;
  /** Gives a file that must be of so many bytes its permissions and its name. UPLOAD_FAILED when it is of another size. */
  finish(part: string, remotePath: string, source: LocalSource, mode: number, signal: AbortSignal): Promise<void>;
  /** The server's word that all bytes arrived is not to be relied on: the hash must be compared before `finish`. */
  readonly mustVerify: boolean;
}

export function refuseNul(remotePath: string): void {
  if (remotePath.includes('\0')) throw new AppError('FILE_NAME_REFUSED', { details: { reason: 'a NUL byte' } });
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
