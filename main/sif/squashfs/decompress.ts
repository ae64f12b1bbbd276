import { promisify } from 'node:util';
// as one object: a Node or Electron without zstd does not have those names
import zlib from 'node:zlib';
import type { Compression } from '../../../shared/domain/image/metadata.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressXz } from './xz.ts';

/** Decompresses a block into at most so many bytes; rejects for one that is damaged or longer. */
type Decompress = (bytes: Uint8Array, most: number) => Promise<Uint8Array>;

const inflate = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate);
const zstd =
  typeof (zlib as Partial<typeof zlib>).zstdDecompress === 'function'
    ? promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)
    : null;

/** What there is a decompressor for on this Node: gzip (which is zlib here), zstd from Node 22.15 on, LZ4 and xz. */
const DECOMPRESSORS: Readonly<Partial<Record<Compression, Decompress>>> = {
  gzip: (bytes, maxOutputLength) => inflate(bytes, { maxOutputLength }),
  ...(zstd === null ? {} : { zstd: (bytes: Uint8Array, maxOutputLength: number) => zstd(bytes, { maxOutputLength }) }),
  xz: decompressXz,
  lz4: async (bytes, most) => decompressLz4(bytes, most),
};

/** The decompressor, or null for what cannot be read here: lzma, lzo, and zstd on an older Node. */
export function decompressorOf(compression: Compression): Decompress | null {
  return DECOMPRESSORS[compression] ?? null;
}
