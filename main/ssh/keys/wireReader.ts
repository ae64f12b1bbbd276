/** Reads the fields of SSH's binary formats one after the other. Source: RFC 4251, 5. After the first that is cut off everything is `null`. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A `string`, and an `mpint` as it stands. */
  string(): Buffer | null {
    const length = this.uint32();
    return length === null ? null : this.#take(length);
  }

  text(): string | null {
    return this.string()?.toString('utf8') ?? null;
  }

  uint32(): number | null {
    return this.#take(4)?.readUInt32BE() ?? null;
  }

  uint64(): bigint | null {
    return this.#take(8)?.readBigUInt64BE() ?? null;
  }

  /** What follows a field that is cut off cannot be told apart: nothing more is read. */
  #take(length: number): Buffer | null {
    const begin = this.#at;
    if (begin + length > this.#bytes.length) {
      this.#at = Infinity;
      return null;
    }
    this.#at += length;
    return this.#bytes.subarray(begin, this.#at);
  }
}

/** A `string` of SSH's binary formats. */
export function wireString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An `mpint` of a number without sign, big end first: no zeros in front but one that keeps it positive. */
export function wireNumber(value: Buffer): Buffer {
  let start = 0;
  while (start < value.length && value[start] === 0) start += 1;
  const digits = value.subarray(start);
  return wireString((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}
