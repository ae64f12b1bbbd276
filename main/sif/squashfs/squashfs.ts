import { AppError } from '../../../shared/errors/appError.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { message } from '../../../shared/messages/message.ts';
import { Fields } from '../numbers.ts';
import { damaged, type ImageReader, type Range } from '../source.ts';
import { decompressorOf } from './decompress.ts';
import { parseInode, type FileInode, type FolderInode, type Inode } from './inode.ts';
import type { Superblock } from './superblock.ts';

/** Bytes of a decompressed block of metadata, which are inodes and directories. */
const METADATA_BLOCK = 8192;
/** Read with the first block of metadata: those of one folder lie close together. */
const AHEAD = 32_768;
/** Bytes that are decompressed of one image at most: the files that are asked for are small, and lie in a block or two. */
const MOST_DECOMPRESSED = 16 * 1_048_576;
/** Entries of one folder, and bytes of its listing. */
const MOST_ENTRIES = 4096;
const MOST_LISTING = 262_144;
/** Blocks of a file that are marked as not compressed; the other bits are its length on disk. */
const STORED_DATA = 0x0100_0000;
const STORED_METADATA = 0x8000;
const FRAGMENT_ENTRY = 16;

export interface SquashEntry {
  readonly name: string;
  readonly block: number;
  readonly offset: number;
  readonly type: number;
}

/** Types of entries in a folder. */
export const ENTRY = { folder: 1, file: 2 } as const;

/**
 * Reads folders and files of a SquashFS by ranged reads: of each only the blocks that it lies in. Every method may fail with IMAGE_DAMAGED,
 * IMAGE_TOO_MUCH, or with what the source says. Source: squashfs-tools-ng, doc/format.adoc.
 */
export class SquashFs {
  readonly #reader: ImageReader;
  readonly #region: Range;
  readonly #superblock: Superblock;
  readonly #decompress: NonNullable<ReturnType<typeof decompressorOf>>;
  readonly #blocks = new Map<number, { readonly bytes: Uint8Array; readonly next: number }>();
  readonly #data = new Map<number, Uint8Array>();
  #decompressed = 0;

  /** `region` is where the file system lies within the image. */
  constructor(
    reader: ImageReader,
    region: Range,
    superblock: Superblock,
    decompress: NonNullable<ReturnType<typeof decompressorOf>>,
  ) {
    this.#reader = reader;
    this.#region = region;
    this.#superblock = superblock;
    this.#decompress = decompress;
  }

  root(): Promise<Inode> {
    return this.inode(this.#superblock.root.block, this.#superblock.root.offset);
  }

  inode(block: number, offset: number): Promise<Inode> {
    const cursor = this.#cursor(this.#superblock.inodeTable + block, offset);
    return parseInode(cursor, this.#superblock.blockSize);
  }

  /** The entries of a folder, in the order of their names' bytes. */
  async list({ block, offset, size }: FolderInode): Promise<SquashEntry[]> {
    if (size > MOST_LISTING)
      throw new AppError('IMAGE_TOO_MUCH', { details: { reason: message('images.tooMuch.entries') } });
    const cursor = this.#cursor(this.#superblock.directoryTable + block, offset);
    const entries: SquashEntry[] = [];
    for (let left = size; left > 0;) {
      const header = new Fields(await cursor.take(12));
      left -= 12;
      for (let count = header.u32(0) + 1; count > 0; count -= 1) {
        if (left < 8) throw this.#damaged(this.#superblock.directoryTable + block);
        const entry = new Fields(await cursor.take(8));
        const length = entry.u16(6) + 1;
        const name = new Fields(await cursor.take(length)).text(0, length);
        left -= 8 + length;
        if (entries.length >= MOST_ENTRIES)
          throw new AppError('IMAGE_TOO_MUCH', { details: { reason: message('images.tooMuch.entries') } });
        entries.push({ name, block: header.u32(4), offset: entry.u16(0), type: entry.u16(4) });
      }
    }
    return entries;
  }

  /** The first `most` bytes of a file; `cut` where it has more. */
  async read(file: FileInode, most: number): Promise<{ bytes: Uint8Array; cut: boolean }> {
    const { blockSize } = this.#superblock;
    const length = Math.min(file.size, most);
    const bytes = new Uint8Array(length);
    let at = file.start;
    let have = 0;
    for (const stored of file.blocks) {
      if (have >= length) break;
      const whole = Math.min(blockSize, file.size - have);
      const onDisk = stored & ~STORED_DATA;
      // a block of nothing but zeros takes no place
      const block = onDisk === 0 ? new Uint8Array(whole) : await this.#dataBlock(at, stored);
      bytes.set(block.subarray(0, Math.min(whole, length - have)), have);
      at += onDisk;
      have += whole;
    }
    if (have < length && file.fragment !== null) {
      const fragment = await this.#fragment(file.fragment.index);
      bytes.set(fragment.subarray(file.fragment.offset, file.fragment.offset + length - have), have);
    }
    return { bytes, cut: length < file.size };
  }

  async #fragment(index: number): Promise<Uint8Array> {
    if (index >= this.#superblock.fragments) throw this.#damaged(this.#superblock.fragmentTable);
    const perBlock = METADATA_BLOCK / FRAGMENT_ENTRY;
    const pointer = new Fields(await this.#bytes(this.#superblock.fragmentTable + 8 * Math.floor(index / perBlock), 8));
    const cursor = this.#cursor(pointer.i64(0), FRAGMENT_ENTRY * (index % perBlock));
    const entry = new Fields(await cursor.take(FRAGMENT_ENTRY));
    return this.#dataBlock(entry.i64(0), entry.u32(8));
  }

  async #dataBlock(at: number, stored: number): Promise<Uint8Array> {
    const known = this.#data.get(at);
    if (known !== undefined) return known;
    const length = stored & ~STORED_DATA;
    if (length > this.#superblock.blockSize) throw this.#damaged(at);
    const raw = await this.#bytes(at, length);
    const isStored = (stored & STORED_DATA) !== 0;
    const block = isStored ? raw : await this.#unpack(raw, this.#superblock.blockSize, at);
    this.#data.set(at, block);
    return block;
  }

  async #metadataBlock(at: number): Promise<{ bytes: Uint8Array; next: number }> {
    const known = this.#blocks.get(at);
    if (known !== undefined) return known;
    const header = new Fields(await this.#bytes(at, 2, AHEAD)).u16(0);
    const length = header & ~STORED_METADATA;
    if (length === 0 || length > METADATA_BLOCK) throw this.#damaged(at);
    const raw = await this.#bytes(at + 2, length);
    const isStored = (header & STORED_METADATA) !== 0;
    const block = {
      bytes: isStored ? raw : await this.#unpack(raw, METADATA_BLOCK, at),
      next: at + 2 + length,
    };
    this.#blocks.set(at, block);
    return block;
  }

  async #unpack(raw: Uint8Array, most: number, at: number): Promise<Uint8Array> {
    this.#decompressed += most;
    if (this.#decompressed > MOST_DECOMPRESSED)
      throw new AppError('IMAGE_TOO_MUCH', {
        details: { reason: message('images.tooMuch.bytes', { most: formatBytes(MOST_DECOMPRESSED) }) },
      });
    try {
      return await this.#decompress(raw, most);
    } catch (error) {
      throw damaged(this.#region.offset + at, 'images.damaged.block', error);
    }
  }

  /** Reads on through blocks of metadata from a place in one. */
  #cursor(block: number, offset: number): { take: (length: number) => Promise<Uint8Array> } {
    let at = block;
    let place = offset;
    return {
      take: async (length) => {
        const taken = new Uint8Array(length);
        for (let have = 0; have < length;) {
          const { bytes, next } = await this.#metadataBlock(at);
          if (place > bytes.length || bytes.length === 0) throw this.#damaged(at);
          const piece = bytes.subarray(place, place + length - have);
          taken.set(piece, have);
          have += piece.length;
          place += piece.length;
          if (place === bytes.length) {
            at = next;
            place = 0;
          }
        }
        return taken;
      },
    };
  }

  /** Bytes of the file system, which must not lead out of it. */
  #bytes(at: number, length: number, ahead = 0): Promise<Uint8Array> {
    if (!(at >= 0 && at + length <= this.#region.length)) throw this.#damaged(0);
    return this.#reader.bytes(this.#region.offset + at, length, Math.min(ahead, this.#region.length - at));
  }

  #damaged(at: number): AppError {
    return damaged(this.#region.offset + (Number.isSafeInteger(at) && at > 0 ? at : 0), 'images.damaged.squashfs');
  }
}
