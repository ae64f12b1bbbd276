import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { SftpChannel } from '../channels/sftpChannel.ts';
import { within } from '../limits.ts';
import type { FlowWindow } from './flowWindow.ts';
import type { LocalSource } from './localSource.ts';
import type { LocalTarget } from './localTarget.ts';

/** Bytes that the server copies between two of its files with one request: it answers nothing else on this channel meanwhile. */
const COPY_STEP = 32 * 1024 ** 2;

/** Asked between requests: the channel's place is wanted, and what is on the way should be the end of this leg. */
export type Enough = () => boolean;

/** Which bytes of a range are there, from its beginning on, when answers come in any order. */
export class WithoutGap {
  readonly #later = new Map<number, number>();
  #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  get end(): number {
    return this.#end;
  }

  add(at: number, bytes: number): void {
    this.#later.set(at, bytes);
    for (let next = this.#later.get(this.#end); next !== undefined; next = this.#later.get(this.#end)) {
      this.#later.delete(this.#end);
      this.#end += next;
    }
  }
}

/**
 * Writes from where the source stands until its end, or until it is enough. `arrived` hears up to which byte of the range the server has taken all.
 * Resolves when it has taken all that was sent.
 */
export async function sendLeg(
  sftp: SftpChannel,
  remotePath: string,
  source: LocalSource,
  anew: boolean,
  window: FlowWindow,
  signal: AbortSignal,
  enough: Enough,
  arrived: (end: number) => void,
): Promise<void> {
  const handle = await sftp.open(remotePath, anew ? 'create' : 'range');
  await withHandle(sftp, handle, signal, async (ended) => {
    const there = new WithoutGap(source.position);
    const buffer = Buffer.allocUnsafe(sftp.chunkBytes);
    const failures: unknown[] = [];
    let wake = (): void => undefined;
    const answered = async (write: Promise<void>, at: number, bytes: number): Promise<void> => {
      const sentAt = performance.now();
      try {
        await write;
        window.answered(bytes, performance.now() - sentAt, performance.now());
        there.add(at, bytes);
        if (!ended.aborted) arrived(there.end);
      } catch (error) {
        window.failed(bytes);
        failures.push(error);
      }
      wake();
    };
    for (;;) {
      ended.throwIfAborted();
      if (failures.length > 0) throw failures[0];
      const more = source.position < source.bytes && !enough();
      if (!more && window.inFlight === 0) return;
      const piece = more ? window.next(sftp.chunkBytes) : 0;
      if (piece === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const at = source.position;
      const bytes = await source.take(buffer.subarray(0, piece));
      window.sent(bytes.length);
      // the request holds a copy, so that the buffer is free again
      void answered(sftp.write(handle, bytes, source.start + at), at, bytes.length);
    }
  });
}

/**
 * Reads to where the target stands until it has all, or until it is enough. Resolves with whether the remote file had no more. What a server leaves
 * out of an answer is asked for again.
 */
export async function receiveLeg(
  sftp: SftpChannel,
  remotePath: string,
  target: LocalTarget,
  window: FlowWindow,
  signal: AbortSignal,
  enough: Enough,
  arrived: (end: number) => void,
): Promise<boolean> {
  const handle = await sftp.open(remotePath, 'read');
  return withHandle(sftp, handle, signal, async (ended) => {
    const coming: { readonly bytes: number; readonly piece: Promise<Buffer> }[] = [];
    let asked = target.position;
    const fill = async (at: number, bytes: number): Promise<Buffer> => {
      const sentAt = performance.now();
      const buffer = Buffer.allocUnsafe(bytes);
      try {
        let filled = 0;
        for (let count = -1; count !== 0 && filled < bytes; filled += count)
          count = await sftp.read(handle, buffer.subarray(filled), target.start + at + filled);
        window.answered(bytes, performance.now() - sentAt, performance.now());
        return buffer.subarray(0, filled);
      } catch (error) {
        window.failed(bytes);
        throw error;
      }
    };
    for (;;) {
      ended.throwIfAborted();
      while (asked < target.bytes && !enough()) {
        const bytes = Math.min(window.next(sftp.chunkBytes), target.bytes - asked);
        if (bytes <= 0) break;
        window.sent(bytes);
        const piece = fill(asked, bytes);
        // awaited in its turn; a failure before that must not count as unhandled
        piece.catch(() => undefined);
        coming.push({ bytes, piece });
        asked += bytes;
      }
      const next = coming.shift();
      if (next === undefined) return false;
      const piece = await next.piece;
      await target.put(piece);
      if (piece.length > 0) arrived(target.position);
      if (piece.length < next.bytes) return true;
    }
  });
}

/** Copies a file on the server to another, which is written anew; with the permissions. Needs `copy-data`. */
export async function copyOnServer(
  sftp: SftpChannel,
  from: string,
  part: string,
  signal: AbortSignal,
  copied: (bytes: number) => void,
): Promise<number> {
  const source = await sftp.open(from, 'read');
  return withHandle(sftp, source, signal, async (given) => {
    const { size, mode } = await sftp.fstat(source);
    const target = await sftp.open(part, 'create');
    return withHandle(sftp, target, given, async (ended) => {
      for (let at = 0; at < size; at += COPY_STEP) {
        ended.throwIfAborted();
        const bytes = Math.min(COPY_STEP, size - at);
        await sftp.copyRange(source, target, at, bytes);
        copied(at + bytes);
      }
      const written = await sftp.fstat(target);
      if (written.size !== size) throw notWhole(from, written.size, size);
      await sftp.setMode(target, mode & 0o777);
      return size;
    });
  });
}

export function notWhole(remotePath: string, there: number, wanted: number): AppError {
  return new AppError('REMOTE_FILE_DENIED', {
    details: { path: remotePath, reason: message('remoteFiles.copiedPart', { copied: there, bytes: wanted }) },
  });
}

/** Runs `body` and closes the handle; who gave up waits for no answer of a server that may have none. */
export async function withHandle<T>(
  sftp: SftpChannel,
  handle: Buffer,
  signal: AbortSignal,
  body: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await within({ signals: [signal] }, body);
  } finally {
    const closed = sftp.closeHandle(handle);
    if (signal.aborted) closed.catch(() => undefined);
    else await closed;
  }
}
