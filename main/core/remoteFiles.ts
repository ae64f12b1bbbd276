/**
 * The file port: all that is done with files of a cluster, in one table. The proxy of the main thread, the calls to a connection's worker,
 * what counts commands, and the fakes of tests are derived from it. A new operation is an entry in `RemoteFileOperations`, its traits
 * below it, and one method for each way to files: over SFTP (main/ssh/files/sftpFiles.ts) and over the shell (shellFiles.ts).
 */

/** What something is that has a name in a folder. */
export interface RemoteStat {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Epoch seconds. */
  readonly modifiedAt: number;
  /** Permission bits, for example 0o644. */
  readonly mode: number;
}

/** A folder's entry; links are not followed. */
export type RemoteEntry = RemoteStat & { readonly name: string };

/** What is free on the file system that a path is on, for this user. It is not their quota, of which statvfs(3) knows nothing. */
export interface FileSystemSpace {
  /** Bytes. */
  readonly total: number;
  readonly free: number;
  /** Inodes: how many files there can be, and how many more; null where the server does not tell, or has no such limit. */
  readonly files: number | null;
  readonly freeFiles: number | null;
}

/** So many bytes of a file from an offset. */
export interface FilePiece {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

type NoOptions = object;

/** What an operation takes, gives, may be told beside, and tells while it lasts. */
interface Operation<Takes extends readonly unknown[], Result, Options = NoOptions, Progress = never> {
  readonly takes: Takes;
  readonly result: Result;
  readonly options: Options;
  readonly progress: Progress;
}

/**
 * Each operation of RemoteFiles. Every one can be aborted (CANCELLED), and rejects with CONNECTION_LOST, CHANNEL_REFUSED, SFTP_UNAVAILABLE (there
 * is no way to files at all), FILE_NAME_REFUSED (a NUL byte in a path), REMOTE_PATH_MISSING, or REMOTE_FILE_DENIED with the server's reason.
 * Paths that are neither absolute nor begin with `~` are those of the home folder.
 */
export interface RemoteFileOperations {
  /** The absolute path without links, as far as it exists; `~` and `~/x` mean the home folder. */
  resolve: Operation<[path: string], string>;
  /** What is there, links followed; `null` when nothing is. */
  stat: Operation<[path: string], RemoteStat | null>;
  /** The same of a link itself. */
  lstat: Operation<[path: string], RemoteStat | null>;
  /** The space of the file system that holds this path, which must be there. REMOTE_PATH_MISSING. */
  statvfs: Operation<[path: string], FileSystemSpace>;
  /**
   * A folder's entries, so many at most (default 50 000), in the order of the server; asking for one more than is wanted tells whether there
   * are more. Links are not followed. However much a server says, little more than `limit` is held, and a listing that goes on without naming
   * anything is REMOTE_GARBAGE.
   */
  list: Operation<[folder: string], RemoteEntry[], { limit?: number }>;
  /**
   * The same for folders of any size: the entries are told in pages (progress; of about `pageEntries`, default 500), and none is held. Over the shell
   * the first page comes with the last, and at most 200 000 entries are told. Resolves with how many there were up to `limit` (default a
   * million), and whether they were all.
   */
  listPages: Operation<
    [folder: string],
    { entries: number; whole: boolean },
    { limit?: number; pageEntries?: number },
    RemoteEntry[]
  >;
  /** Up to `length` bytes from `offset`; shorter at the end of the file. REMOTE_PATH_MISSING when it is not there. */
  read: Operation<[path: string, offset: number, length: number], Uint8Array>;
  /**
   * Pieces of many files at once, a hundred or so of some 10 kB each: it takes hardly longer than the reading of one. In the order asked for, each shorter at
   * the end of its file; null for one that cannot be read, of which `read` says why.
   */
  readMany: Operation<[pieces: readonly FilePiece[]], (Uint8Array | null)[]>;
  /**
   * SHA-256, in hexadecimal, of up to `length` bytes from `offset`, made on the cluster with `nice`; null where it has no program for that.
   * About a second of its processor for a GiB with openssl, three with sha256sum.
   */
  hashRange: Operation<[path: string, offset: number, length: number], string | null>;
  /** Writes a whole small file: to `path.part` first, then renamed over `path`. Permissions: 0o644 unless told. */
  write: Operation<[path: string, content: string | Uint8Array], undefined, { mode?: number }>;
  /** Adds to the end of a file, which is made with `mode` (0o644 unless told) if need be. After CONNECTION_LOST some of it may be there. */
  append: Operation<[path: string, content: string | Uint8Array], undefined, { mode?: number }>;
  /** Gives a file, link or folder another name on the same file system, in one step. What has that name is replaced, unless it is a folder. */
  rename: Operation<[from: string, to: string], undefined>;
  /** Removes a file or a link; fine when nothing is there. A folder is REMOTE_FILE_DENIED. */
  remove: Operation<[path: string], undefined>;
  /**
   * Removes a folder with everything in it; fine when nothing is there. Links are removed, not followed. The root, the home folder and its parents
   * are refused (REMOTE_FILE_DENIED). When it is aborted or fails, a part is gone. Progress: entries that are gone.
   */
  removeTree: Operation<[folder: string], { entries: number }, NoOptions, number>;
  /** Makes `path` a link to `target`: a symbolic one with these very words, or a further name of that file. What is there is not replaced. */
  link: Operation<[target: string, path: string, kind: 'symbolic' | 'hard'], undefined>;
  /**
   * Copies a file on the cluster, whole or not at all: to `to.part`, then renamed over `to`, with the permissions of `from`. A `.part` that is there
   * is overwritten. Progress: bytes that are copied.
   */
  copy: Operation<[from: string, to: string], { bytes: number }, NoOptions, number>;
  /**
   * Makes the folder and its parents; fine when it is there, whatever its mode. Those that it makes have `mode`, whatever the
   * umask of the login, and never a wider one before. Without a mode the umask decides.
   */
  makeFolder: Operation<[folder: string], undefined, { mode?: number | undefined }>;
  /**
   * Sends a local file to `remotePath.part`, going on where a `.part` of the same source stops, checks its size, and renames it.
   * Reading, hashing and encrypting happen off the main thread. Resolves with the SHA-256 of what was sent. Progress: bytes that are there.
   * Errors: UPLOAD_FAILED, FILE_UNREADABLE, FILE_NOT_FOUND, CONNECTION_LOST, CANCELLED.
   */
  upload: Operation<
    [localPath: string, remotePath: string],
    { bytes: number; sha256: string },
    { mode?: number },
    number
  >;
  /**
   * Writes a range of a local file to the same place of a remote one, which is made (0o600) if need be and never cut: any ranges in any order,
   * several at once. Progress: bytes from `offset` on that are there without a gap; the last one told before a failure is where to go on.
   * Resolves with the SHA-256 of the range. Errors: those of upload.
   */
  uploadRange: Operation<
    [localPath: string, remotePath: string, offset: number, length: number],
    { bytes: number; sha256: string },
    NoOptions,
    number
  >;
  /**
   * The same the other way. The local file is made (0o600) if need be and never cut. At the end of the remote file it is shorter than asked:
   * `bytes` tells. Errors: REMOTE_PATH_MISSING, REMOTE_FILE_DENIED, DOWNLOAD_FAILED (the disk of this computer).
   */
  downloadRange: Operation<
    [remotePath: string, localPath: string, offset: number, length: number],
    { bytes: number; sha256: string },
    NoOptions,
    number
  >;
  /**
   * The end of an upload by ranges: what is there must be of so many bytes (UPLOAD_FAILED); it gets its permissions (0o644 unless told), with `sync`
   * is brought to the server's disk where the server can be asked for that, and is renamed over `path`.
   */
  finishPart: Operation<[part: string, path: string, bytes: number], undefined, { mode?: number; sync?: boolean }>;
}

export type FileOperation = keyof RemoteFileOperations;

type NamesOf<T extends readonly unknown[]> = { readonly [I in keyof T]: string };

/** What is to be known of an operation by who passes it on. */
interface Traits<K extends FileOperation> {
  /** The names of what it takes: `content` is bytes or text, every other text a path, and so without NUL; `pieces` name theirs. */
  readonly takes: NamesOf<TakenBy<K>>;
  /** It leaves a mark on the cluster. */
  readonly changes: boolean;
}

/** The table as values: one entry for each operation, or this does not compile. */
export const FILE_OPERATIONS: { readonly [K in FileOperation]: Traits<K> } = {
  resolve: { takes: ['path'], changes: false },
  stat: { takes: ['path'], changes: false },
  lstat: { takes: ['path'], changes: false },
  statvfs: { takes: ['path'], changes: false },
  list: { takes: ['folder'], changes: false },
  listPages: { takes: ['folder'], changes: false },
  read: { takes: ['path', 'offset', 'length'], changes: false },
  readMany: { takes: ['pieces'], changes: false },
  hashRange: { takes: ['path', 'offset', 'length'], changes: false },
  write: { takes: ['path', 'content'], changes: true },
  append: { takes: ['path', 'content'], changes: true },
  rename: { takes: ['from', 'to'], changes: true },
  remove: { takes: ['path'], changes: true },
  removeTree: { takes: ['folder'], changes: true },
  makeFolder: { takes: ['folder'], changes: true },
  link: { takes: ['target', 'path', 'kind'], changes: true },
  copy: { takes: ['from', 'to'], changes: true },
  upload: { takes: ['localPath', 'remotePath'], changes: true },
  uploadRange: { takes: ['localPath', 'remotePath', 'offset', 'length'], changes: true },
  downloadRange: { takes: ['remotePath', 'localPath', 'offset', 'length'], changes: false },
  finishPart: { takes: ['part', 'path', 'bytes'], changes: true },
};

export const FILE_OPERATION_NAMES = Object.keys(FILE_OPERATIONS) as FileOperation[];

export type TakenBy<K extends FileOperation> = RemoteFileOperations[K]['takes'];
export type OptionsOf<K extends FileOperation> = RemoteFileOperations[K]['options'];
export type ResultOf<K extends FileOperation> = RemoteFileOperations[K]['result'];
export type ProgressOf<K extends FileOperation> = RemoteFileOperations[K]['progress'];

/** What every call may be told. `onProgress` is called at most about ten times a second, and at the end. */
export type CallOptions<K extends FileOperation> = OptionsOf<K> & { signal?: AbortSignal | undefined } & ([
    ProgressOf<K>,
  ] extends [never]
    ? unknown
    : { onProgress?: ((progress: ProgressOf<K>) => void) | undefined });

/** The files of a cluster, as whoever works with them sees them. */
export type RemoteFiles = {
  readonly [K in FileOperation]: (...args: [...takes: TakenBy<K>, options?: CallOptions<K>]) => Promise<ResultOf<K>>;
};

/** The names of what an operation takes, in order. */
export function takenNames(name: FileOperation): readonly string[] {
  return FILE_OPERATIONS[name].takes;
}

/** A call as it is passed on: `options` holds neither signal nor listener, so that it can cross threads. */
export interface FileCall<K extends FileOperation> {
  readonly takes: TakenBy<K>;
  readonly options: OptionsOf<K>;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: ProgressOf<K>) => void) | undefined;
}

/** All operations, each of which is passed on to `perform`. */
export function remoteFilesFrom(
  perform: <K extends FileOperation>(name: K, call: FileCall<K>) => Promise<ResultOf<K>>,
): RemoteFiles {
  const method = (name: FileOperation): unknown => {
    const arity = takenNames(name).length;
    return (...args: unknown[]) => {
      const { signal, onProgress, ...options } = (args[arity] ?? {}) as Partial<FileCall<FileOperation>>;
      return perform(name, { takes: args.slice(0, arity), options, signal, onProgress } as FileCall<FileOperation>);
    };
  };
  return Object.fromEntries(FILE_OPERATION_NAMES.map((name) => [name, method(name)])) as unknown as RemoteFiles;
}

/** The same files with something done around every operation. */
export function aroundFiles(
  files: RemoteFiles,
  around: <T>(name: FileOperation, work: () => Promise<T>) => Promise<T>,
): RemoteFiles {
  const method = (name: FileOperation): unknown => {
    const operation = files[name] as (...args: unknown[]) => Promise<unknown>;
    return (...args: unknown[]) => around(name, () => operation(...args));
  };
  return Object.fromEntries(FILE_OPERATION_NAMES.map((name) => [name, method(name)])) as unknown as RemoteFiles;
}
