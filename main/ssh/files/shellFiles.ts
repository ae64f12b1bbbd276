import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { FilePiece, FileSystemSpace, RemoteEntry, RemoteStat, ResultOf } from '../../core/remoteFiles.ts';
import type { ShellAnswer, ShellOrder } from '../channels/shellChannel.ts';
import { remoteGarbage } from '../errors.ts';
import {
  appendScript,
  complaint,
  copyScript,
  finishScript,
  hashScript,
  HOME_SCRIPT,
  linkScript,
  listScript,
  makeFolderScript,
  MAX_LIST_LINE,
  NO_HASH,
  NOTHING_FOUND,
  OTHER_SIZE,
  parseHash,
  parseList,
  parsePieces,
  parseSpace,
  parseStat,
  PIECE_FRAME,
  piecesOf,
  readManyScript,
  readScript,
  removeOneScript,
  removeScript,
  removeTreeScript,
  renameScript,
  resolveScript,
  saysMissing,
  scriptError,
  spaceScript,
  statKindOf,
  statScript,
  takeScript,
  TOOLS_SCRIPT,
  type StatKind,
} from './fileScripts.ts';
import {
  bytesOf,
  DEFAULT_LIST_LIMIT,
  DEFAULT_MODE,
  DEFAULT_PAGE,
  DEFAULT_PAGES_LIMIT,
  fromHome,
  notAFile,
  SMALL_BYTES,
  type UploadTarget,
  type WayCall,
} from './files.ts';
import type { ProvableFiles } from './filesWithFallback.ts';
import { uploadFailed, type LocalSource } from './localSource.ts';
import type { LocalTarget } from './localTarget.ts';
import { notWhole } from './sftpTransfers.ts';
import { downloadRange, upload, uploadRange } from './transfers.ts';

/** Bytes that one script reads: an answer is held in memory, and has a limit. */
const READ_BYTES = 4 * 1024 ** 2;
/** Bytes that one script takes: between two of them others get their turn, and an answer comes. Chosen so that one lasts about half a second. */
const LEG_BYTES = { first: 256 * 1024, least: 64 * 1024, most: 4 * 1024 ** 2 };
const LEG_MS = { short: 300, long: 1200 };
/** For a hash: milliseconds, and bytes a second at worst. */
const HASH_MS = 60_000;
const SLOWEST_HASH = 10 * 1024 ** 2;
/** For a copy or the removal of a tree there is no such measure: a day, and who asked may end it. */
const DAY_MS = 86_400_000;
/** A listing by pages that comes in one answer. */
const MOST_LISTED = 200_000;
const MOST_LIST_BYTES = 64 * 1024 ** 2;

export interface RunOrderOptions {
  /** Without: as long as any request may last. */
  readonly timeoutMs?: number;
  /** It lasts as long as the bytes that it moves or looks at: over a shell of its own, behind which nothing else waits. */
  readonly bulk?: boolean;
}

/** Runs a script on a warm shell. */
export type RunOrder = (order: ShellOrder, signal: AbortSignal, options?: RunOrderOptions) => Promise<ShellAnswer>;

/**
 * The file operations of a connection by scripts on its warm shells, for servers without a usable SFTP. File contents go through them as they are:
 * there is no terminal, and what a start-up file prints stays outside of the nonce lines.
 */
export class ShellFiles implements ProvableFiles, UploadTarget {
  /** A shell that was given up may still write what had arrived. */
  readonly mustVerify = true;
  readonly #host: string;
  readonly #run: RunOrder;
  #stat: StatKind | null = null;
  #home: string | null = null;

  constructor(host: string, run: RunOrder) {
    this.#host = host;
    this.#run = run;
  }

  /** Looks for the programs that are needed. SFTP_UNAVAILABLE when one is missing. */
  async prove(signal: AbortSignal): Promise<void> {
    await this.#statKind(signal);
  }

  async resolve(remotePath: string, { signal }: WayCall<'resolve'>): Promise<string> {
    this.#home ??= (await this.#ask('~', HOME_SCRIPT, signal)).toString('utf8').slice(0, -1);
    return (
      (await this.#ask(remotePath, resolveScript(fromHome(this.#home, remotePath)), signal)).toString('utf8') || '/'
    );
  }

  async stat(remotePath: string, { signal }: WayCall<'stat'>): Promise<RemoteStat | null> {
    return this.#look(remotePath, true, signal);
  }

  async lstat(remotePath: string, { signal }: WayCall<'lstat'>): Promise<RemoteStat | null> {
    return this.#look(remotePath, false, signal);
  }

  async #look(remotePath: string, follow: boolean, signal: AbortSignal): Promise<RemoteStat | null> {
    const { exitCode, stdout, stderr } = await this.#run(
      { script: statScript(await this.#statKind(signal), remotePath, follow) },
      signal,
    );
    const found = exitCode === 0 ? parseStat(stdout.toString('utf8')) : null;
    if (found === null && !saysMissing(stderr)) throw scriptError(remotePath, stderr);
    return found;
  }

  async statvfs(remotePath: string, { signal }: WayCall<'statvfs'>): Promise<FileSystemSpace> {
    const space = parseSpace((await this.#ask(remotePath, spaceScript(remotePath), signal)).toString('utf8'));
    if (space === null) throw remoteGarbage(this.#host, message('remoteFiles.spaceUntold', { path: remotePath }));
    return space;
  }

  async list(folder: string, { limit = DEFAULT_LIST_LIMIT, signal }: WayCall<'list'>): Promise<RemoteEntry[]> {
    return (await this.#list(folder, limit * MAX_LIST_LINE, {}, signal)).slice(0, limit);
  }

  async listPages(
    folder: string,
    { limit = DEFAULT_PAGES_LIMIT, pageEntries = DEFAULT_PAGE, signal, onProgress }: WayCall<'listPages'>,
  ): Promise<ResultOf<'listPages'>> {
    const most = Math.min(limit, MOST_LISTED);
    const bound = { command: 'find', maxBytes: MOST_LIST_BYTES + 1024 };
    const found = await this.#list(folder, Math.min((most + 1) * MAX_LIST_LINE, MOST_LIST_BYTES), { bound }, signal);
    const told = found.slice(0, most);
    for (let at = 0; at < told.length; at += pageEntries) onProgress(told.slice(at, at + pageEntries));
    return { entries: told.length, whole: told.length === found.length && found.length < MOST_LISTED };
  }

  async #list(
    folder: string,
    maxBytes: number,
    order: Pick<ShellOrder, 'bound'>,
    signal: AbortSignal,
  ): Promise<RemoteEntry[]> {
    const { exitCode, stdout, stderr } = await this.#run(
      { script: listScript(await this.#statKind(signal), folder, maxBytes), ...order },
      signal,
    );
    const found = parseList(stdout.toString('utf8'));
    // with names there is a failure too when one of them went away in the meantime; what `find` says in front of `head` is not in the exit code
    if ((exitCode !== 0 || stderr !== '') && found.length === 0) throw scriptError(folder, stderr);
    return found;
  }

  async read(remotePath: string, offset: number, length: number, { signal }: WayCall<'read'>): Promise<Uint8Array> {
    const pieces: Buffer[] = [];
    let read = 0;
    for (let piece = null; piece === null || (read < length && piece.length === READ_BYTES);) {
      piece = await this.#readPiece(remotePath, offset + read, Math.min(READ_BYTES, length - read), false, signal);
      pieces.push(piece);
      read += piece.length;
    }
    return new Uint8Array(Buffer.concat(pieces));
  }

  async readMany(pieces: readonly FilePiece[], { signal }: WayCall<'readMany'>): Promise<(Uint8Array | null)[]> {
    const found: (Uint8Array | null)[] = [];
    for (const some of piecesOf(READ_BYTES, pieces)) {
      const bytes = some.reduce((sum, { length }) => sum + length, 0);
      const bound = { command: 'head', maxBytes: bytes + some.length * PIECE_FRAME };
      const bulk = bytes > SMALL_BYTES;
      const { stdout } = await this.#run({ script: readManyScript(some), bound }, signal, { bulk });
      const answers = parsePieces(stdout, some.length);
      if (answers === null) throw remoteGarbage(this.#host, message('remoteFiles.piecesUntold'));
      found.push(...answers);
    }
    return found;
  }

  async #readPiece(
    remotePath: string,
    offset: number,
    length: number,
    bulk: boolean,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { exitCode, stdout, stderr } = await this.#run({ script: readScript(remotePath, offset, length) }, signal, {
      bulk,
    });
    // what `tail` says in front of `head` is not in the exit code
    if (exitCode !== 0 || (stdout.length === 0 && stderr !== '')) throw scriptError(remotePath, stderr);
    return stdout;
  }

  async hashRange(
    remotePath: string,
    offset: number,
    length: number,
    { signal }: WayCall<'hashRange'>,
  ): Promise<string | null> {
    const { exitCode, stdout, stderr } = await this.#run({ script: hashScript(remotePath, offset, length) }, signal, {
      timeoutMs: HASH_MS + (length / SLOWEST_HASH) * 1000,
      bulk: length > SMALL_BYTES,
    });
    if (exitCode === NO_HASH) return null;
    // what stands in front of the last program is not in the exit code
    if (exitCode !== 0 || stderr !== '') throw scriptError(remotePath, stderr);
    return parseHash(stdout.toString('utf8'));
  }

  async write(
    remotePath: string,
    given: string | Uint8Array,
    { mode = DEFAULT_MODE, signal }: WayCall<'write'>,
  ): Promise<undefined> {
    const part = `${remotePath}.part`;
    const content = bytesOf(given);
    try {
      for (let at = 0; at === 0 || at < content.length; at += LEG_BYTES.most)
        await this.#take(part, content.subarray(at, at + LEG_BYTES.most), at === 0 ? 'anew' : at, signal);
      await this.#finish(part, remotePath, content.length, mode, false, signal);
    } catch (error) {
      if (AppError.is(error, 'REMOTE_FILE_DENIED'))
        await this.#run({ script: removeScript(part) }, signal).catch(() => undefined);
      throw error;
    }
  }

  async append(
    remotePath: string,
    given: string | Uint8Array,
    { mode = DEFAULT_MODE, signal }: WayCall<'append'>,
  ): Promise<undefined> {
    const content = bytesOf(given);
    for (let at = 0; at === 0 || at < content.length; at += LEG_BYTES.most) {
      const input = content.subarray(at, at + LEG_BYTES.most);
      const script = appendScript(remotePath, input.length, mode);
      const { exitCode, stderr } = await this.#run({ script, input }, signal);
      if (exitCode !== 0) throw scriptError(remotePath, stderr);
    }
  }

  async rename(from: string, to: string, { signal }: WayCall<'rename'>): Promise<undefined> {
    await this.#ask(from, renameScript(from, to), signal);
  }

  async remove(remotePath: string, { signal }: WayCall<'remove'>): Promise<undefined> {
    const { exitCode, stderr } = await this.#run({ script: removeOneScript(remotePath) }, signal);
    if (exitCode !== 0 && !(exitCode === NOTHING_FOUND && saysMissing(stderr))) throw scriptError(remotePath, stderr);
  }

  async removeTree(folder: string, { signal, onProgress }: WayCall<'removeTree'>): Promise<ResultOf<'removeTree'>> {
    let entries = 0;
    const sum = (text: string): number => {
      entries = (text.match(/^\d+(?=\n)/gm) ?? []).reduce((total, count) => total + Number(count), 0);
      return entries;
    };
    const { exitCode, stdout, stderr } = await this.#run(
      { script: removeTreeScript(folder), heard: (text) => onProgress(sum(text)) },
      signal,
      { timeoutMs: DAY_MS, bulk: true },
    );
    onProgress(sum(stdout.toString('latin1')));
    if (exitCode !== 0 && !(exitCode === NOTHING_FOUND && saysMissing(stderr))) throw scriptError(folder, stderr);
    return { entries };
  }

  async makeFolder(folder: string, { mode, signal }: WayCall<'makeFolder'>): Promise<undefined> {
    const { exitCode, stderr } = await this.#run({ script: makeFolderScript(folder, mode ?? null) }, signal);
    // whatever is not there is made: only something in the way can be the reason
    if (exitCode !== 0)
      throw new AppError('REMOTE_FILE_DENIED', { details: { path: folder, reason: complaint(stderr) } });
  }

  async link(
    target: string,
    remotePath: string,
    kind: 'symbolic' | 'hard',
    { signal }: WayCall<'link'>,
  ): Promise<undefined> {
    await this.#ask(remotePath, linkScript(target, remotePath, kind), signal);
  }

  async copy(from: string, to: string, { signal, onProgress }: WayCall<'copy'>): Promise<ResultOf<'copy'>> {
    const part = `${to}.part`;
    const source = await this.#look(from, true, signal);
    if (source === null) throw new AppError('REMOTE_PATH_MISSING', { details: { path: from } });
    if (source.kind !== 'file') throw notAFile(from);
    const last = (text: string): number => Number(/(\d+)\n[^\n]*$/.exec(text)?.[1] ?? 0);
    const { exitCode, stdout, stderr } = await this.#run(
      {
        script: copyScript(await this.#statKind(signal), from, part, source.mode & 0o777),
        heard: (text) => onProgress(last(text)),
      },
      signal,
      { timeoutMs: DAY_MS, bulk: source.size > SMALL_BYTES },
    );
    if (exitCode !== 0) throw scriptError(from, stderr);
    const bytes = last(stdout.toString('latin1'));
    if (bytes !== source.size) throw notWhole(from, bytes, source.size);
    await this.rename(part, to, { signal, onProgress: untold });
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
    const buffer = Buffer.allocUnsafe(Math.min(LEG_BYTES.most, Math.max(1, source.bytes)));
    const bulk = source.bytes - source.position > SMALL_BYTES;
    let bytes = LEG_BYTES.first;
    do {
      const at = source.start + source.position;
      const piece = await source.take(buffer.subarray(0, bytes));
      const startedAt = performance.now();
      await this.#take(remotePath, piece, anew && at === source.start ? 'anew' : at, signal, bulk);
      const elapsedMs = performance.now() - startedAt;
      arrived(source.position);
      if (elapsedMs < LEG_MS.short) bytes = Math.min(bytes * 2, LEG_BYTES.most);
      else if (elapsedMs > LEG_MS.long) bytes = Math.max(bytes / 2, LEG_BYTES.least);
    } while (source.position < source.bytes);
  }

  async receive(
    remotePath: string,
    target: LocalTarget,
    signal: AbortSignal,
    arrived: (end: number) => void,
  ): Promise<void> {
    const bulk = target.bytes > SMALL_BYTES;
    for (let ended = false; !ended && (target.position < target.bytes || target.bytes === 0);) {
      const wanted = Math.min(READ_BYTES, target.bytes - target.position);
      const piece = await this.#readPiece(remotePath, target.start + target.position, wanted, bulk, signal);
      await target.put(piece);
      if (piece.length > 0) arrived(target.position);
      ended = piece.length < wanted || target.bytes === 0;
    }
  }

  async finishPart(
    part: string,
    remotePath: string,
    bytes: number,
    { mode = DEFAULT_MODE, sync = false, signal }: WayCall<'finishPart'>,
  ): Promise<undefined> {
    await this.#finish(part, remotePath, bytes, mode, sync, signal);
  }

  async #take(
    remotePath: string,
    input: Uint8Array,
    where: number | 'anew',
    signal: AbortSignal,
    bulk = false,
  ): Promise<void> {
    const script = takeScript(remotePath, input.length, where);
    const { exitCode, stderr } = await this.#run({ script, input }, signal, { bulk });
    if (exitCode !== 0) throw scriptError(remotePath, stderr);
  }

  async #finish(
    part: string,
    remotePath: string,
    bytes: number,
    mode: number,
    sync: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#run(
      { script: finishScript(part, remotePath, bytes, mode, sync) },
      signal,
    );
    if (exitCode === OTHER_SIZE)
      throw uploadFailed(
        remotePath,
        message('remoteFiles.arrivedPart', { arrived: stdout.toString('utf8').trim(), bytes }),
      );
    if (exitCode !== 0) throw scriptError(remotePath, stderr);
  }

  async #ask(remotePath: string, script: string, signal: AbortSignal): Promise<Buffer> {
    const { exitCode, stdout, stderr } = await this.#run({ script }, signal);
    if (exitCode !== 0) throw scriptError(remotePath, stderr);
    return stdout;
  }

  async #statKind(signal: AbortSignal): Promise<StatKind> {
    if (this.#stat !== null) return this.#stat;
    const { stdout } = await this.#run({ script: TOOLS_SCRIPT }, signal);
    const kind = statKindOf(stdout.toString('utf8'));
    if (kind === null)
      throw new AppError('SFTP_UNAVAILABLE', {
        details: { host: this.#host, reason: message('remoteFiles.shellTools') },
      });
    this.#stat = kind;
    return kind;
  }
}

const untold = (): void => undefined;
