import path from 'node:path';
import type { FileOperation, OptionsOf, ProgressOf, RemoteStat, ResultOf, TakenBy } from '../../core/remoteFiles.ts';
import type { LocalSource } from './localSource.ts';

/** Entries of one listing where nobody asks for fewer: more than any folder that is looked into, and some ten megabytes. */
export const DEFAULT_LIST_LIMIT = 50_000;
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

/** What an upload needs of a way, beside its operations. */
export interface UploadTarget extends Pick<FileWay, 'stat' | 'hashRange'> {
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
