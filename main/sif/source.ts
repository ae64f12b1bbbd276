import { message } from '../../shared/messages/message.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { formatBytes } from '../../shared/lib/bytes.ts';
import { READ_LIMITS } from './limits.ts';

/** An image file, wherever it lies. */
export interface SifSource {
  /** Bytes. */
  readonly size: number;
  /** Bytes from an offset; it may answer with fewer than asked for, and with none only at the end of the file. */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** A piece of the file. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

interface Window {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** IMAGE_DAMAGED at a byte of the file. */
export function damaged(
  offset: number,
  why:
    | 'images.damaged.cut'
    | 'images.damaged.table'
    | 'images.damaged.count'
    | 'images.damaged.squashfs'
    | 'images.damaged.block',
  cause?: unknown,
): AppError {
  return new AppError('IMAGE_DAMAGED', { details: { offset, reason: message(why) }, cause });
}

/**
 * Reads of one image within `READ_LIMITS`: what was read once is kept, and what lies close together is read at once. No offset or length
 * of a file reaches the source before it was held against the size of the file.
 */
export class ImageReader {
  readonly #source: SifSource;
  readonly #signal: AbortSignal;
  readonly #windows: Window[] = [];
  #bytes = 0;
  #reads = 0;

  constructor(source: SifSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  get size(): number {
    return this.#source.size;
  }

  /** True when these bytes lie within the file. */
  holds(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && Number.isSafeInteger(offset + length) && offset + length <= this.size;
  }

  /** The bytes if they were read already, or else null. */
  known(offset: number, length: number): Uint8Array | null {
    for (const { offset: start, bytes } of this.#windows)
      if (offset >= start && offset + length <= start + bytes.length)
        return bytes.subarray(offset - start, offset - start + length);
    return null;
  }

  /**
   * Exactly these bytes. `ahead` are read with them where the file has them. Errors: IMAGE_DAMAGED where the file ends before,
   * IMAGE_TOO_MUCH beyond the limits, those of the source.
   */
  async bytes(offset: number, length: number, ahead = 0): Promise<Uint8Array> {
    if (!this.holds(offset, length)) throw damaged(Math.max(0, Math.min(offset, this.size)), 'images.damaged.cut');
    const known = this.known(offset, length);
    if (known !== null) return known;
    const window = await this.#read(offset, Math.min(Math.max(length, ahead), this.size - offset));
    this.#windows.push({ offset, bytes: window });
    return window.subarray(0, length);
  }

  /** Reads these pieces, so that `bytes` has them without a round trip: all at the same time, those close together in one. */
  async prefetch(ranges: readonly Range[]): Promise<void> {
    const missing = ranges
      .filter(({ offset, length }) => length > 0 && this.holds(offset, length) && this.known(offset, length) === null)
      .sort((a, b) => a.offset - b.offset);
    const joined: { offset: number; end: number }[] = [];
    for (const { offset, length } of missing) {
      const last = joined.at(-1);
      if (last !== undefined && offset <= last.end + READ_LIMITS.gap) last.end = Math.max(last.end, offset + length);
      else joined.push({ offset, end: offset + length });
    }
    const windows = await Promise.all(
      joined.map(async ({ offset, end }) => ({ offset, bytes: await this.#read(offset, end - offset) })),
    );
    this.#windows.push(...windows);
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    this.#bytes += length;
    if (this.#bytes > READ_LIMITS.total)
      throw new AppError('IMAGE_TOO_MUCH', {
        details: { reason: message('images.tooMuch.bytes', { most: formatBytes(READ_LIMITS.total) }) },
      });
    const first = await this.#once(offset, length);
    if (first.length === length) return first;
    const whole = new Uint8Array(length);
    whole.set(first);
    for (let have = first.length; have < length;) {
      const more = await this.#once(offset + have, length - have);
      whole.set(more, have);
      have += more.length;
    }
    return whole;
  }

  /** One answer, which is not empty and no longer than asked for. */
  async #once(offset: number, length: number): Promise<Uint8Array> {
    this.#signal.throwIfAborted();
    this.#reads += 1;
    if (this.#reads > READ_LIMITS.reads)
      throw new AppError('IMAGE_TOO_MUCH', {
        details: { reason: message('images.tooMuch.reads', { most: READ_LIMITS.reads }) },
      });
    const answer = await this.#source.read(offset, length, this.#signal);
    if (answer.length === 0) throw damaged(offset, 'images.damaged.cut');
    return answer.length > length ? answer.subarray(0, length) : answer;
  }
}
