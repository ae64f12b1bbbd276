/** Length of the character that a byte begins, or 0 for a byte that continues one or begins none. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  if (byte >= 0xf0 && byte < 0xf5) return 4;
  return 0;
}

/** How many bytes at the end begin a character that goes on beyond them: 0 to 3. */
export function unfinishedTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const length = sequenceLength(bytes[bytes.length - back] ?? 0);
    if (length > 0) return length > back ? back : 0;
  }
  return 0;
}

/** How many bytes at the beginning belong to a character that began before them: 0 to 3. */
export function continuedHead(bytes: Uint8Array): number {
  let head = 0;
  while (head < Math.min(3, bytes.length) && ((bytes[head] ?? 0) & 0xc0) === 0x80) head += 1;
  return head;
}
