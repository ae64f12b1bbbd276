/** The first `most` bytes of what is gzip in base64. What cannot be unpacked ends where it goes wrong: the reader says what is missing. */
export async function unpackHead(packed: string, most: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Buffer.from(packed, 'base64'));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const whole = new Uint8Array(most);
  let have = 0;
  try {
    for (let next = await reader.read(); !next.done && have < most; next = await reader.read()) {
      const piece = next.value.subarray(0, most - have);
      whole.set(piece, have);
      have += piece.length;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  } finally {
    // what goes on behind that is nothing to wait for
    await reader.cancel().catch(() => undefined);
  }
  return whole.subarray(0, have);
}
