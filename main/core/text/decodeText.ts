/** Bytes that are looked at to tell text from binary, as git does. */
const LOOKED_AT = 8192;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * The text of a file, or null when it is binary. UTF-8 and UTF-16, with or without a byte order mark (which is left out). Bytes that
 * are no character become U+FFFD; a character cut off at the end is dropped.
 */
export function decodeText(bytes: Uint8Array): string | null {
  const encoding = encodingOf(bytes);
  return encoding === null ? null : new TextDecoder(encoding).decode(bytes, { stream: true });
}

/** The text of a file that must be UTF-8 (or UTF-16 with its mark) throughout; null otherwise. */
export function decodeStrictly(bytes: Uint8Array): string | null {
  const encoding = encodingOf(bytes);
  if (encoding === null) return null;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function encodingOf(bytes: Uint8Array): Encoding | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, LOOKED_AT);
  const zeros = [0, 0];
  let controls = 0;
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
    else if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) controls += 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (even + odd > 0) {
    // Windows tools write UTF-16 without a mark: in Western text every other byte is zero.
    if (even === 0 && odd > head.length * 0.4) return 'utf-16le';
    if (odd === 0 && even > head.length * 0.4) return 'utf-16be';
    return null;
  }
  return controls > head.length * 0.1 ? null : 'utf-8';
}
