import { deflateSync } from 'node:zlib';
import { SUPERBLOCK_SIZE } from '../squashfs/superblock.ts';

/** How blocks are compressed: the id in the superblock, and the work. */
export interface BlockCompressor {
  readonly id: number;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

export interface WrittenSquashFs {
  /** Files by their paths from the root (`/.singularity.d/runscript`); folders are made as they need them. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly compressor?: BlockCompressor;
  /** Bytes of a block of data: a power of two from 4096. */
  readonly blockSize?: number;
  /** Epoch seconds. */
  readonly madeAt?: number;
}

export const GZIP: BlockCompressor = { id: 1, compress: (bytes) => deflateSync(bytes) };

const METADATA_BLOCK = 8192;
const STORED_DATA = 0x0100_0000;
const STORED_METADATA = 0x8000;
const NONE = 0xffff_ffff;

/**
 * A small SquashFS 4.0: basic inodes, one owner, ends of files in fragments; enough for the metadata of an image. By the format alone.
 * Source: squashfs-tools-ng, doc/format.adoc.
 */
export function writeSquashFs({ files, compressor = GZIP, blockSize = 131_072, madeAt = 0 }: WrittenSquashFs): Buffer {
  const out: Buffer[] = [Buffer.alloc(SUPERBLOCK_SIZE)];
  let length = SUPERBLOCK_SIZE;
  const inodes = new MetadataWriter(compressor);
  const folders = new MetadataWriter(compressor);
  const fragments: { at: number; stored: number }[] = [];
  let fragment = Buffer.alloc(0);
  let count = 0;
  const root = writeFolder(treeOf(files));
  flushFragment();

  const inodeTable = append(inodes.finished());
  const folderTable = append(folders.finished());
  const fragmentTable = writeTable(
    fragments.map(({ at, stored }) => {
      const entry = Buffer.alloc(16);
      entry.writeBigUInt64LE(BigInt(at), 0);
      entry.writeUInt32LE(stored, 8);
      return entry;
    }),
  );
  const idTable = writeTable([Buffer.alloc(4)]);
  writeSuperblock();
  const whole = Buffer.concat(out);
  // as mksquashfs pads it
  return Buffer.concat([whole, Buffer.alloc((4096 - (whole.length % 4096)) % 4096)]);

  function append(bytes: Uint8Array): number {
    const at = length;
    out.push(Buffer.from(bytes));
    length += bytes.length;
    return at;
  }

  function writeBlock(bytes: Uint8Array): { at: number; stored: number } {
    const packed = compressor.compress(bytes);
    return packed.length < bytes.length
      ? { at: append(packed), stored: packed.length }
      : { at: append(bytes), stored: bytes.length | STORED_DATA };
  }

  function flushFragment(): void {
    if (fragment.length > 0) fragments.push(writeBlock(fragment));
    fragment = Buffer.alloc(0);
  }

  function writeFolder(folder: Tree): InodeRef {
    const entries = [...folder].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const written = entries.map(([name, each]) => ({
      name,
      type: each instanceof Map ? 1 : 2,
      ref: each instanceof Map ? writeFolder(each) : writeFile(each),
    }));
    const start = folders.place();
    let size = 0;
    for (let first = 0; first < written.length;) {
      const block = written[first]?.ref.block ?? 0;
      const number = written[first]?.ref.number ?? 0;
      let next = first;
      while (next < written.length && next - first < 256 && written[next]?.ref.block === block) next += 1;
      const header = Buffer.alloc(12);
      header.writeUInt32LE(next - first - 1, 0);
      header.writeUInt32LE(block, 4);
      header.writeUInt32LE(number, 8);
      size += folders.add(header);
      for (const { name, type, ref } of written.slice(first, next)) {
        const bytes = Buffer.from(name);
        const entry = Buffer.alloc(8 + bytes.length);
        entry.writeUInt16LE(ref.offset, 0);
        entry.writeInt16LE(ref.number - number, 2);
        entry.writeUInt16LE(type, 4);
        entry.writeUInt16LE(bytes.length - 1, 6);
        bytes.copy(entry, 8);
        size += folders.add(entry);
      }
      first = next;
    }
    const own = Buffer.alloc(16);
    own.writeUInt32LE(start.block, 0);
    own.writeUInt32LE(2, 4);
    own.writeUInt16LE(size + 3, 8);
    own.writeUInt16LE(start.offset, 10);
    return writeInode(1, 0o755, own);
  }

  function writeFile(content: Buffer): InodeRef {
    const blocks: { at: number; stored: number }[] = [];
    let at = 0;
    for (; at + blockSize <= content.length; at += blockSize)
      blocks.push(writeBlock(content.subarray(at, at + blockSize)));
    const rest = content.subarray(at);
    if (fragment.length + rest.length > blockSize) flushFragment();
    const own = Buffer.alloc(16 + 4 * blocks.length);
    own.writeUInt32LE(blocks[0]?.at ?? 0, 0);
    own.writeUInt32LE(rest.length > 0 ? fragments.length : NONE, 4);
    own.writeUInt32LE(rest.length > 0 ? fragment.length : 0, 8);
    own.writeUInt32LE(content.length, 12);
    blocks.forEach(({ stored }, index) => own.writeUInt32LE(stored, 16 + 4 * index));
    fragment = Buffer.concat([fragment, rest]);
    return writeInode(2, 0o644, own);
  }

  function writeInode(type: number, mode: number, own: Buffer): InodeRef {
    const place = inodes.place();
    count += 1;
    const common = Buffer.alloc(16);
    common.writeUInt16LE(type, 0);
    common.writeUInt16LE(mode, 2);
    common.writeUInt32LE(madeAt, 8);
    common.writeUInt32LE(count, 12);
    inodes.add(common);
    inodes.add(own);
    return { ...place, number: count };
  }

  /** A table of entries in blocks of metadata, and behind them where each block begins; the place of that list. */
  function writeTable(entries: readonly Buffer[]): number {
    const all = Buffer.concat(entries);
    const starts: number[] = [];
    for (let at = 0; at < all.length; at += METADATA_BLOCK)
      starts.push(append(metadataBlock(all.subarray(at, at + METADATA_BLOCK), compressor)));
    const list = Buffer.alloc(8 * starts.length);
    starts.forEach((start, index) => list.writeBigUInt64LE(BigInt(start), 8 * index));
    return append(list);
  }

  function writeSuperblock(): void {
    const superblock = out[0] ?? Buffer.alloc(0);
    superblock.write('hsqs', 0, 'latin1');
    [count, madeAt, blockSize, fragments.length].forEach((value, index) =>
      superblock.writeUInt32LE(value, 4 + 4 * index),
    );
    // compressor, log2 of the block size, flags, owners, version 4.0
    [compressor.id, Math.log2(blockSize), 0, 1, 4, 0].forEach((value, index) =>
      superblock.writeUInt16LE(value, 20 + 2 * index),
    );
    superblock.writeBigUInt64LE((BigInt(root.block) << 16n) | BigInt(root.offset), 32);
    const none = 0xffff_ffff_ffff_ffffn;
    [
      BigInt(length),
      BigInt(idTable),
      none,
      BigInt(inodeTable),
      BigInt(folderTable),
      BigInt(fragmentTable),
      none,
    ].forEach((value, index) => superblock.writeBigUInt64LE(value, 40 + 8 * index));
  }
}

interface InodeRef {
  readonly block: number;
  readonly offset: number;
  readonly number: number;
}

type Tree = Map<string, Tree | Buffer>;

function treeOf(files: Readonly<Record<string, string | Uint8Array>>): Tree {
  const root: Tree = new Map();
  for (const [path, content] of Object.entries(files)) {
    const names = path.split('/').filter((name) => name !== '');
    let folder = root;
    for (const name of names.slice(0, -1)) {
      const known = folder.get(name);
      const next = known instanceof Map ? known : new Map<string, Tree | Buffer>();
      folder.set(name, next);
      folder = next;
    }
    folder.set(names.at(-1) ?? '', Buffer.from(content as Uint8Array));
  }
  return root;
}

function metadataBlock(bytes: Uint8Array, { compress }: BlockCompressor): Buffer {
  const packed = compress(bytes);
  const isPacked = packed.length < bytes.length;
  const block = Buffer.alloc(2);
  block.writeUInt16LE(isPacked ? packed.length : bytes.length | STORED_METADATA, 0);
  return Buffer.concat([block, isPacked ? packed : bytes]);
}

/** Inodes or listings, in blocks of 8 KiB. */
class MetadataWriter {
  readonly #compressor: BlockCompressor;
  readonly #done: Buffer[] = [];
  #length = 0;
  #open = Buffer.alloc(0);

  constructor(compressor: BlockCompressor) {
    this.#compressor = compressor;
  }

  /** Where the next bytes go. */
  place(): { block: number; offset: number } {
    return { block: this.#length, offset: this.#open.length };
  }

  /** Adds bytes and returns how many. */
  add(bytes: Uint8Array): number {
    this.#open = Buffer.concat([this.#open, bytes]);
    while (this.#open.length >= METADATA_BLOCK) this.#flush();
    return bytes.length;
  }

  finished(): Buffer {
    if (this.#open.length > 0) this.#flush();
    return Buffer.concat(this.#done);
  }

  #flush(): void {
    const block = metadataBlock(this.#open.subarray(0, METADATA_BLOCK), this.#compressor);
    this.#open = this.#open.subarray(METADATA_BLOCK);
    this.#done.push(block);
    this.#length += block.length;
  }
}
