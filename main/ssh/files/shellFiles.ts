import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteEntry, RemoteStat, ResultOf } from '../../core/remoteFiles.ts';
import type { ProvableFiles } from './filesWithFallback.ts';
import {
  complaint,
  finishScript,
  hashScript,
  HOME_SCRIPT,
  listScript,
  makeFolderScript,
  NO_HASH,
  OTHER_SIZE,
  parseHash,
  parseList,
  parseStat,
  readScript,
  removeScript,
} from './fileScripts.ts';
import {
  resolveScript,
  saysMissing,
  scriptError,
  statKindOf,
  statScript,
  takeScript,
  TOOLS_SCRIPT,
  type StatKind,
} from './fileScripts.ts';
import { bytesOf, DEFAULT_LIST_LIMIT, DEFAULT_MODE, fromHome, type UploadTarget, type WayCall } from './files.ts';
import { uploadFailed, type LocalSource } from './localSource.ts';
import { upload } from './upload.ts';
import type { ShellAnswer, ShellOrder } from '../channels/shellChannel.ts';

/** Bytes that one script reads: an answer is held in memory, and has a limit. */
const READ_BYTES = 4 * 1024 ** 2;
/** Bytes that one script takes: between two of them others get their turn, and an answer comes. Chosen so that one lasts about half a second. */
const LEG_BYTES = { first: 256 * 1024, least: 64 * 1024, most: 4 * 1024 ** 2 };
const LEG_MS = { short: 300, long: 1200 };
/** For a hash: milliseconds, and bytes a second at worst. */
const HASH_MS = 60_000;
const SLOWEST_HASH = 10 * 1024 ** 2;

/** Runs a script on a warm shell; without `timeoutMs`, for as long as any request may last. */
export type RunOrder = (order: ShellOrder, signal: AbortSignal, timeoutMs?: number) => Promise<ShellAnswer>;

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
    const { exitCode, stdout, stderr } = await this.#run(
      { script: statScript(await this.#statKind(signal), remotePath) },
      signal,
    );
    const found = exitCode === 0 ? parseStat(stdout.toString('utf8')) : null;
    if (found === null && !saysMissing(stderr)) throw scriptError(remotePath, stderr);
    return found;
  }

  async list(folder: string, { limit = DEFAULT_LIST_LIMIT, signal }: WayCall<'list'>): Promise<RemoteEntry[]> {
    const { exitCode, stdout, stderr } = await this.#run(
      { script: listScript(await this.#statKind(signal), folder, limit) },
      signal,
    );
    const found = parseList(stdout.toString('utf8')).slice(0, limit);
    // with names there is a failure too when one of them went away in the meantime; what `find` says in front of `head` is not in the exit code
    if ((exitCode !== 0 || stderr !== '') && found.length === 0) throw scriptError(folder, stderr);
    return found;
  }

  async read(remotePath: string, offset: number, length: number, { signal }: WayCall<'read'>): Promise<Uint8Array> {
    const pieces: Buffer[] = [];
    let read = 0;
    for (let piece = null; piece === null || (read < length && piece.length === READ_BYTES);) {
      const { exitCode, stdout, stderr } = await this.#run(
        { script: readScript(remotePath, offset + read, Math.min(READ_BYTES, length - read)) },
        signal,
      );
      // what `tail` says in front of `head` is not in the exit code
      if (exitCode !== 0 || (stdout.length === 0 && stderr !== '')) throw scriptError(remotePath, stderr);
      piece = stdout;
      pieces.push(piece);
      read += piece.length;
    }
    return new Uint8Array(Buffer.concat(pieces));
  }

  async hashRange(
    remotePath: string,
    offset: number,
    length: number,
    { signal }: WayCall<'hashRange'>,
  ): Promise<string | null> {
    const { exitCode, stdout, stderr } = await this.#run(
      { script: hashScript(remotePath, offset, length) },
      signal,
      HASH_MS + (length / SLOWEST_HASH) * 1000,
    );
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
        await this.#take(part, content.subarray(at, at + LEG_BYTES.most), at > 0, signal);
      await this.#finish(part, remotePath, content.length, mode, signal);
    } catch (error) {
      if (AppError.is(error, 'REMOTE_FILE_DENIED'))
        await this.#run({ script: removeScript(part) }, signal).catch(() => undefined);
      throw error;
    }
  }

  async makeFolder(folder: string, { mode, signal }: WayCall<'makeFolder'>): Promise<undefined> {
    const { exitCode, stderr } = await this.#run({ script: makeFolderScript(folder, mode ?? null) }, signal);
    // whatever is not there is made: only something in the way can be the reason
    if (exitCode !== 0)
      throw new AppError('REMOTE_FILE_DENIED', { details: { path: folder, reason: complaint(stderr) } });
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
    const buffer = Buffer.allocUnsafe(Math.min(LEG_BYTES.most, Math.max(1, source.bytes)));
    let bytes = LEG_BYTES.first;
    do {
      const after = source.position > 0;
      const piece = await source.take(buffer.subarray(0, bytes));
      const startedAt = performance.now();
      await this.#take(remotePath, piece, after, signal);
      const elapsedMs = performance.now() - startedAt;
      arrived(piece.length);
      if (elapsedMs < LEG_MS.short) bytes = Math.min(bytes * 2, LEG_BYTES.most);
      else if (elapsedMs > LEG_MS.long) bytes = Math.max(bytes / 2, LEG_BYTES.least);
    } while (source.position < source.bytes);
  }

  async finish(
    part: string,
    remotePath: string,
    source: LocalSource,
    mode: number,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#finish(part, remotePath, source.bytes, mode, signal, source.name);
  }

  async #take(remotePath: string, input: Uint8Array, after: boolean, signal: AbortSignal): Promise<void> {
    const { exitCode, stderr } = await this.#run(
      { script: takeScript(remotePath, input.length, after), input },
      signal,
    );
    if (exitCode !== 0) throw scriptError(remotePath, stderr);
  }

  async #finish(
    part: string,
    remotePath: string,
    bytes: number,
    mode: number,
    signal: AbortSignal,
    name = remotePath,
  ): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#run(
      { script: finishScript(part, remotePath, bytes, mode) },
      signal,
    );
    if (exitCode === OTHER_SIZE)
      throw uploadFailed(name, `${stdout.toString('utf8').trim()} of ${String(bytes)} bytes arrived`);
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
        details: { host: this.#host, reason: 'head, tail or stat is missing or of an unknown kind' },
      });
    this.#stat = kind;
    return kind;
  }
}
