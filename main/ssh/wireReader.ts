/** Reads the fields of SSH's binary formats one after the other. Source: RFC 4251, 5. Past the end everything is `null`. */
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
    if (length === null || this.#at + length > this.#bytes.length) return null;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string | null {
    return this.string()?.toString('utf8') ?? null;
  }

  uint32(): number | null {
    if (this.#at + 4 > this.#bytes.length) return null;
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  uint64(): bigint | null {
    if (this.#at + 8 > this.#bytes.length) return null;
    this.#at += 8;
    return this.#bytes.readBigUInt64BE(this.#at - 8);
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
