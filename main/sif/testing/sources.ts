import type { SifSource } from '../source.ts';
import type { SparseFile } from '../write/sif.ts';

/** A source that counts what is read of it. */
export interface CountedSource extends SifSource {
  readonly reads: { readonly offset: number; readonly length: number }[];
  bytesRead(): number;
}

/** A file that need not be on a disk, of which holes take no memory. Like a server it answers with what there is. */
export function sparseSource({ size, pieces }: SparseFile): CountedSource {
  const reads: { offset: number; length: number }[] = [];
  return {
    size,
    reads,
    bytesRead: () => reads.reduce((sum, { length }) => sum + length, 0),
    read: (offset, length) => {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length <= 0)
        return Promise.reject(new Error(`asked for ${String(length)} bytes at ${String(offset)}`));
      reads.push({ offset, length });
      const answer = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      for (const { offset: at, bytes } of pieces) {
        const from = Math.max(offset, at);
        const to = Math.min(offset + answer.length, at + bytes.length);
        if (from < to) answer.set(bytes.subarray(from - at, to - at), from - offset);
      }
      return Promise.resolve(answer);
    },
  };
}

export const sourceOf = (bytes: Uint8Array): CountedSource =>
  sparseSource({ size: bytes.length, pieces: [{ offset: 0, bytes }] });

/** The same source, which answers with at most so many bytes at once. */
export function shortAnswers(source: SifSource, most: number): SifSource {
  return {
    size: source.size,
    read: (offset, length, signal) => source.read(offset, Math.min(length, most), signal),
  };
}
