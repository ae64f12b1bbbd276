import { Fields } from '../numbers.ts';

/** A folder: where its listing lies in the directory table, and how many bytes it has. */
export interface FolderInode {
  readonly kind: 'folder';
  readonly block: number;
  readonly offset: number;
  readonly size: number;
}

/** A file: its blocks one after the other from `start`, and what is left over in a fragment that it shares with others. */
export interface FileInode {
  readonly kind: 'file';
  readonly start: number;
  readonly size: number;
  /** Sizes on disk, of those blocks that are ever read. */
  readonly blocks: readonly number[];
  readonly fragment: { readonly index: number; readonly offset: number } | null;
}

export type Inode = FolderInode | FileInode | { readonly kind: 'other' };

/** No fragment. */
const NONE = 0xffff_ffff;
/** Blocks of one file that are looked at: what is read here are scripts and labels. */
const MOST_BLOCKS = 64;
/** A listing is said to be three bytes longer than it is, for `.` and `..`. */
const DOTS = 3;

/** Reads one inode. What is neither file nor folder is `other`: links are not followed. */
export async function parseInode(
  cursor: { take: (length: number) => Promise<Uint8Array> },
  blockSize: number,
): Promise<Inode> {
  const type = new Fields(await cursor.take(16)).u16(0);
  if (type === 1) {
    const fields = new Fields(await cursor.take(16));
    return folder(fields.u32(0), fields.u16(10), fields.u16(8));
  }
  if (type === 8) {
    const fields = new Fields(await cursor.take(24));
    return folder(fields.u32(8), fields.u16(18), fields.u32(4));
  }
  if (type === 2) {
    const fields = new Fields(await cursor.take(16));
    return file(fields.u32(0), fields.u32(12), fields.u32(4), fields.u32(8));
  }
  if (type === 9) {
    const fields = new Fields(await cursor.take(40));
    return file(fields.i64(0), fields.i64(8), fields.u32(28), fields.u32(32));
  }
  return { kind: 'other' };

  function folder(block: number, offset: number, size: number): FolderInode {
    return { kind: 'folder', block, offset, size: Math.max(0, size - DOTS) };
  }

  async function file(start: number, size: number, index: number, offset: number): Promise<Inode> {
    if (!(size >= 0)) return { kind: 'other' };
    const blocks = index === NONE ? Math.ceil(size / blockSize) : Math.floor(size / blockSize);
    const kept = Math.min(blocks, MOST_BLOCKS);
    const sizes = new Fields(await cursor.take(4 * kept));
    return {
      kind: 'file',
      start,
      size,
      blocks: Array.from({ length: kept }, (_, each) => sizes.u32(4 * each)),
      fragment: index === NONE ? null : { index, offset },
    };
  }
}
