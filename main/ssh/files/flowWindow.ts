/** Bytes on the way at once. A channel of OpenSSH takes 2 MiB before it wants an answer; the rest waits in memory, ready to go. */
const MOST_BYTES = 4 * 1024 ** 2;
/** Where it begins, so that the first answers tell how quick the line is when nothing waits. */
const LEAST_BYTES = 64 * 1024;
/** One request; a multiple of it is what servers read and write best. */
const LEAST_PIECE = 16 * 1024;
/** So many requests share the window, so that there is always one to answer. */
const PIECES = 4;
/** Milliseconds that an answer may take longer than the quickest one: what is longer, requests have waited for each other. */
const CALM_MS = 50;
const CROWDED_MS = 100;

/**
 * How much of a transfer may be on the way at once. All channels of a connection share one line, and a poll's question waits behind every byte
 * that was sent before it: on a slow line, the four megabytes that a quick one needs are seconds. So the time of the answers is watched, as
 * TCP Vegas and LEDBAT (RFC 6817) do: while they come about as soon as the quickest one, more is sent at once; when they are late because
 * our own bytes are in the way, less is.
 */
export class FlowWindow {
  #bytes = LEAST_BYTES;
  #inFlight = 0;
  #quickestMs = Infinity;
  /** Not cut again before the last cut can have shown. */
  #cutAt = -Infinity;

  /** Bytes that may be on the way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that are. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How long the next request may be, with a server that takes so many bytes of one; 0: wait for an answer. */
  next(requestBytes: number): number {
    const piece = Math.min(requestBytes, Math.max(LEAST_PIECE, Math.floor(this.#bytes / PIECES)));
    return this.#inFlight === 0 || this.#inFlight + piece <= this.#bytes ? piece : 0;
  }

  sent(bytes: number): void {
    this.#inFlight += bytes;
  }

  /** `tookMs`: from sending to the answer; `now` in milliseconds of any clock. */
  answered(bytes: number, tookMs: number, now: number): void {
    this.#inFlight -= bytes;
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    const late = tookMs - this.#quickestMs;
    if (late < CALM_MS) this.#bytes = Math.min(MOST_BYTES, this.#bytes + bytes);
    else if (late > CROWDED_MS && now - this.#cutAt > tookMs) {
      this.#cutAt = now;
      // in proportion to how late they are, by half at most
      this.#bytes = Math.max(LEAST_BYTES, this.#bytes * Math.max(0.5, (this.#quickestMs + CALM_MS) / tookMs));
    }
  }

  /** A request ended without an answer. */
  failed(bytes: number): void {
    this.#inFlight -= bytes;
  }
}
