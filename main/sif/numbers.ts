/** Little-endian numbers of an image, which are unaligned. */
export class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  i16(at: number): number {
    return this.#view.getInt16(at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  i32(at: number): number {
    return this.#view.getInt32(at, true);
  }

  /**
   * A signed number of 64 bits: an offset, a size, a time. What JavaScript cannot hold exactly is no offset of any file, and is NaN, which
   * no comparison lets through.
   */
  i64(at: number): number {
    const value = Number(this.#view.getBigInt64(at, true));
    return Number.isSafeInteger(value) ? value : NaN;
  }

  /** Text up to the first NUL, of at most `length` bytes. */
  text(at: number, length: number): string {
    const field = this.bytes.subarray(at, at + length);
    const end = field.indexOf(0);
    return decoded(end < 0 ? field : field.subarray(0, end));
  }

  hex(at: number, length: number): string {
    return Buffer.from(this.bytes.subarray(at, at + length)).toString('hex');
  }
}

const UTF8 = new TextDecoder('utf-8');

/** UTF-8 text without its byte order mark; what is no UTF-8 becomes U+FFFD. */
export function decoded(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}
