import type { XzReadableStream } from 'xz-decompress';

type Package = { readonly XzReadableStream: typeof XzReadableStream };

/** Loaded for the first image that needs it: its WebAssembly takes some milliseconds, and few images are compressed so. */
let loading: Promise<Package> | null = null;

/** The package is CommonJS, of which Node names nothing but the whole; a bundler names its parts. */
async function load(): Promise<Package> {
  const found = (await import('xz-decompress')) as Package & { readonly default?: Package };
  return found.default ?? found;
}

/** A block of xz, decompressed into at most so many bytes. Rejects for one that is damaged, cut, or longer. */
export async function decompressXz(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  loading ??= load();
  const { XzReadableStream: Decompressed } = await loading;
  const compressed = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const reader = new Decompressed(compressed).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`a block of xz holds more than ${String(most)} bytes`);
    }
    pieces.push(value);
  }
  return Buffer.concat(pieces);
}
