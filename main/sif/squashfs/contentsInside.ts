import type { FileSystem, UnknownReason } from '../../../shared/domain/image/metadata.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { emptyContents, type FoundContents } from '../contents.ts';
import { contentsOfFolder, type ImageFolder } from '../imageFolder.ts';
import type { ImageReader } from '../source.ts';
import { decompressorOf } from './decompress.ts';
import { ENTRY, SquashFs, type SquashEntry } from './squashfs.ts';
import { parseSuperblock, SUPERBLOCK_SIZE } from './superblock.ts';

interface Inside {
  readonly root: FileSystem | null;
  /** Where the root file system lies in the image. */
  readonly region: { readonly offset: number; readonly size: number } | null;
  readonly look: boolean;
  /** Why the file itself does not say. */
  readonly why: Extract<UnknownReason, 'tooLarge' | 'damaged' | 'notRecorded'>;
}

/**
 * Contents of an image whose file does not record them, from `/.singularity.d` in its root file system; left open where that cannot be read, or
 * is not to be. Errors: those of the source only.
 */
export async function contentsInside(reader: ImageReader, { root, region, look, why }: Inside): Promise<FoundContents> {
  const open = (reason: UnknownReason): FoundContents => ({
    contents: emptyContents(),
    unknown: [{ field: 'contents', why: reason }],
  });
  if (root === null) return open(why);
  if (root.encrypted) return open('encrypted');
  if (root.type !== 'squashfs') return open('unreadableFileSystem');
  const decompress = root.compression === null ? null : decompressorOf(root.compression);
  if (root.compression === null) return open('damaged');
  if (decompress === null) return open('unreadableCompression');
  if (region === null) return open('damaged');
  if (!look) return open('notLookedInside');
  try {
    const superblock = parseSuperblock(await reader.bytes(region.offset, SUPERBLOCK_SIZE));
    if (superblock === null) return open('damaged');
    const fileSystem = new SquashFs(reader, { offset: region.offset, length: region.size }, superblock, decompress);
    return (await contentsOfFolder(folderOf(fileSystem))) ?? open(why);
  } catch (error) {
    if (AppError.is(error, 'IMAGE_DAMAGED')) return open('damaged');
    if (AppError.is(error, 'IMAGE_TOO_MUCH')) return open('tooLarge');
    throw error;
  }
}

/** A SquashFS as folders and files. One question after the other, so that what one has read serves the next. */
function folderOf(fileSystem: SquashFs): ImageFolder {
  const listings = new Map<string, Promise<SquashEntry[] | null>>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = turn.then(ask);
    turn = answer.catch(() => undefined);
    return answer;
  };
  const entriesOf = (path: string): Promise<SquashEntry[] | null> => {
    const known = listings.get(path) ?? listed(path);
    listings.set(path, known);
    return known;
  };
  return {
    list: (path) =>
      inTurn(async () => {
        const entries = await entriesOf(path);
        return (
          entries?.map(({ name, type }) => ({
            name,
            kind:
              type === ENTRY.file
                ? ('file' as const)
                : type === ENTRY.folder
                  ? ('folder' as const)
                  : ('other' as const),
          })) ?? null
        );
      }),
    read: (path, most) =>
      inTurn(async () => {
        const entry = await entryAt(path);
        if (entry === null) return null;
        const inode = await fileSystem.inode(entry.block, entry.offset);
        return inode.kind === 'file' ? fileSystem.read(inode, most) : null;
      }),
  };

  async function listed(path: string): Promise<SquashEntry[] | null> {
    if (path === '/') {
      const root = await fileSystem.root();
      return root.kind === 'folder' ? fileSystem.list(root) : null;
    }
    const entry = await entryAt(path);
    if (entry?.type !== ENTRY.folder) return null;
    const inode = await fileSystem.inode(entry.block, entry.offset);
    return inode.kind === 'folder' ? fileSystem.list(inode) : null;
  }

  async function entryAt(path: string): Promise<SquashEntry | null> {
    const slash = path.lastIndexOf('/');
    const siblings = await entriesOf(slash === 0 ? '/' : path.slice(0, slash));
    return siblings?.find(({ name }) => name === path.slice(slash + 1)) ?? null;
  }
}
