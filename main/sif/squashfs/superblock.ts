import type { Compression } from '../../../shared/domain/image/metadata.ts';
import { Fields } from '../numbers.ts';

/**
 * SquashFS 4.0: the superblock, with offsets from the beginning of the file system. Source: squashfs-tools-ng, doc/format.adoc; Linux,
 * fs/squashfs/squashfs_fs.h.
 */
export interface Superblock {
  readonly compression: Compression;
  /** Bytes of a block of data: a power of two from 4 KiB to 1 MiB. */
  readonly blockSize: number;
  readonly fragments: number;
  /** When it was made, in epoch seconds. */
  readonly madeAt: number;
  /** Where a metadata block begins, relative to the inode table, and the place within it. */
  readonly root: { readonly block: number; readonly offset: number };
  readonly bytesUsed: number;
  readonly inodeTable: number;
  readonly directoryTable: number;
  readonly fragmentTable: number;
}

export const SUPERBLOCK_SIZE = 96;
const MAGIC = 0x7371_7368;
const COMPRESSIONS: readonly Compression[] = ['unknown', 'gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd'];

/** The superblock, or null for what is none, or none that the format allows. */
export function parseSuperblock(bytes: Uint8Array): Superblock | null {
  if (bytes.length < SUPERBLOCK_SIZE) return null;
  const fields = new Fields(bytes);
  const blockSize = fields.u32(12);
  const blockLog = fields.u16(22);
  if (fields.u32(0) !== MAGIC || fields.u16(28) !== 4) return null;
  if (blockLog < 12 || blockLog > 20 || blockSize !== 2 ** blockLog) return null;
  return {
    compression: COMPRESSIONS[fields.u16(20)] ?? 'unknown',
    blockSize,
    fragments: fields.u32(16),
    madeAt: fields.u32(8),
    // a reference of 48 bits: the place within the block in the lowest 16
    root: { block: fields.u32(34), offset: fields.u16(32) },
    bytesUsed: fields.i64(40),
    inodeTable: fields.i64(64),
    directoryTable: fields.i64(72),
    fragmentTable: fields.i64(80),
  };
}
