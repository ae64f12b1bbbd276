/**
 * Decompresses one LZ4 block, which Node has nothing for: literals and copies of what was written before. Throws a RangeError for what is no such
 * block or would be longer than `most` bytes. Source: lz4/lz4, doc/lz4_Block_format.md.
 */
export function decompressLz4(input: Uint8Array, most: number): Uint8Array {
  const output = new Uint8Array(most);
  let from = 0;
  let to = 0;
  while (from < input.length) {
    const token = byte();
    const literals = length(token >> 4);
    if (from + literals > input.length || to + literals > most) throw new RangeError('literals beyond the end');
    output.set(input.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // the last sequence has literals only
    if (from === input.length) break;
    const distance = byte() | (byte() << 8);
    const copied = length(token & 15) + 4;
    if (distance === 0 || distance > to || to + copied > most) throw new RangeError('a copy from or to beyond the end');
    // byte by byte: a copy may overlap what it writes
    for (const end = to + copied; to < end; to += 1) output[to] = output[to - distance] ?? 0;
  }
  return output.subarray(0, to);

  function byte(): number {
    const next = input[from];
    if (next === undefined) throw new RangeError('it ends within a sequence');
    from += 1;
    return next;
  }

  /** A length of four bits, which 255s and a last byte lengthen where it is 15. */
  function length(start: number): number {
    let sum = start;
    if (start !== 15) return sum;
    for (let more = 255; more === 255;) {
      more = byte();
      sum += more;
    }
    return sum;
  }
}
