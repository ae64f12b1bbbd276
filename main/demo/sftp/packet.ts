/** SFTP version 3 on the wire. Source: draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL for its extensions. */

export const REQUEST = {
  INIT: 1,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  EXTENDED: 200,
} as const;

export const RESPONSE = {
  VERSION: 2,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED_REPLY: 201,
} as const;

export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

/** What OpenSSH takes as the longest packet, and reads or writes at once. */
export const LONGEST_PACKET = 256 * 1024;
export const LONGEST_DATA = LONGEST_PACKET - 1024;

/** A packet that ends before its fields do. */
export class MalformedPacket extends Error {}

export class PacketReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new MalformedPacket('the packet ends too early');
    this.#at += length;
    return at;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  uint64(): number {
    return Number(this.#bytes.readBigUInt64BE(this.#take(8)));
  }

  /** Bytes, not text: a path on a cluster need not be UTF-8. A view, valid as long as the packet. */
  string(): Buffer {
    const length = this.uint32();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }
}

/** Builds one packet; `end` puts its length in front. */
export class PacketWriter {
  readonly #parts: Buffer[] = [];

  byte(value: number): this {
    this.#parts.push(Buffer.of(value));
    return this;
  }

  uint32(value: number): this {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value >>> 0);
    this.#parts.push(bytes);
    return this;
  }

  uint64(value: number | bigint): this {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
    this.#parts.push(bytes);
    return this;
  }

  string(value: Uint8Array | string): this {
    const bytes =
      typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.uint32(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  end(): Buffer {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const head = Buffer.allocUnsafe(4);
    head.writeUInt32BE(length);
    return Buffer.concat([head, ...this.#parts]);
  }
}

/** Cuts a stream of bytes into packets. Throws MalformedPacket for one that is longer than OpenSSH would take. */
export class PacketCutter {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes to gather before there is something to cut: a packet's length, then the packet. */
  #needed = 4;

  *push(chunk: Buffer): Generator<PacketReader> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#needed) {
      const bytes =
        this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks);
      const length = bytes.readUInt32BE(0);
      if (length === 0 || length > LONGEST_PACKET) throw new MalformedPacket(`a packet of ${length} bytes`);
      const end = 4 + length;
      const whole = bytes.length >= end;
      const rest = whole ? bytes.subarray(end) : bytes;
      this.#chunks = [rest];
      this.#size = rest.length;
      this.#needed = whole ? 4 : end;
      if (whole) yield new PacketReader(bytes.subarray(4, end));
    }
  }
}
