/**
 * How one script travels through a shell that is already running, and how its answer is told from everything else on the line.
 *
 * The script is one compound command: a shell reads all of it before it runs any of it, so that a transmission that is cut
 * anywhere is a syntax error and executes nothing. Lines with a fresh nonce stand before and after, on both streams; what
 * is outside of them (motd, an echo in .bashrc, late output of an earlier script) is not the answer.
 */

/** `nonce` must be fresh and of [0-9a-f] only. */
export function frameOf(script: string, nonce: string): string {
  const { begin, end } = marks(nonce);
  // `:` makes an empty script a valid one; /dev/null keeps a command from eating the next frame
  return `${begin}; ${begin} >&2\n(\n:\n${script}\n) </dev/null\nset -- "$?"; ${end}; ${end} >&2\n`;
}

/**
 * The same for a script that reads standard input. The input is to be sent once the answer has begun: by then the shell has read the
 * whole command and nothing more, since nothing more was sent. The script must take all of the input, or fail: then the shell
 * ends, for what is left of the input would be commands to it.
 */
export function inputFrameOf(script: string, nonce: string): string {
  const { begin, end } = marks(nonce);
  return `{ ${begin}; ${begin} >&2\n(\n:\n${script}\n)\nset -- "$?"; ${end}; ${end} >&2; [ "$1" -eq 0 ] || exit 1; }\n`;
}

function marks(nonce: string): { begin: string; end: string } {
  return { begin: `printf '\\n%s begin\\n' ${nonce}`, end: `printf '\\n%s end %d\\n' ${nonce} "$1"` };
}

const NEWLINE = 0x0a;

/** Reads one stream of the answer to `frameOf(…, nonce)`. */
export class FrameReader {
  readonly #beginMark: Buffer;
  readonly #endMark: Buffer;
  readonly #maxBytes: number;
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;
  #searched = 0;
  #began = false;
  #end: { readonly length: number; readonly exitCode: number } | null = null;

  constructor(nonce: string, maxBytes: number) {
    this.#beginMark = Buffer.from(`\n${nonce} begin\n`);
    this.#endMark = Buffer.from(`\n${nonce} end `);
    this.#maxBytes = maxBytes;
  }

  /** The line before the answer was seen. */
  get began(): boolean {
    return this.#began;
  }

  /** Null until the line after the answer was seen. */
  get exitCode(): number | null {
    return this.#end?.exitCode ?? null;
  }

  /** More than `maxBytes` came, noise included. */
  get flooded(): boolean {
    return (this.#end?.length ?? this.#length) > this.#maxBytes;
  }

  /** What stood between the lines so far; before the first of them, everything that came. */
  text(): string {
    return this.bytes().toString('utf8');
  }

  /** The same as it came; valid until the next `push`. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end?.length ?? this.#length);
  }

  push(chunk: Buffer): void {
    // nothing is kept behind what is too much already
    if (this.#end !== null || this.flooded) return;
    this.#append(chunk);
    if (!this.#began) this.#findBegin();
    if (this.#began) this.#findEnd();
  }

  #append(chunk: Buffer): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  #find(mark: Buffer): number {
    const at = this.#bytes.subarray(0, this.#length).indexOf(mark, this.#searched);
    if (at < 0) this.#searched = Math.max(0, this.#length - mark.length);
    return at;
  }

  #findBegin(): void {
    const at = this.#find(this.#beginMark);
    if (at < 0) return;
    const answer = at + this.#beginMark.length;
    this.#bytes.copy(this.#bytes, 0, answer, this.#length);
    this.#length -= answer;
    this.#searched = 0;
    this.#began = true;
  }

  #findEnd(): void {
    const at = this.#find(this.#endMark);
    if (at < 0) return;
    const digits = at + this.#endMark.length;
    const lineEnd = this.#bytes.subarray(0, this.#length).indexOf(NEWLINE, digits);
    if (lineEnd < 0) {
      this.#searched = at;
      return;
    }
    this.#end = { length: at, exitCode: Number(this.#bytes.toString('latin1', digits, lineEnd)) };
  }
}
