import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { RemoteFiles, RemoteStat } from '../ports.ts';
import { TreeWalk, type TreeBounds, type TreeFolder } from '../remoteTree.ts';

/** Levels of folders below a configured one that are looked into. */
const DEPTH = 2;
/** More than any image collection has; a folder that leads to a file system's root must not be walked. Of each configured folder. */
const BOUNDS: TreeBounds = { folders: 200, folderEntries: 10_000, entries: 100_000, links: 500 };
/** Of all folders together. */
const MAX_IMAGES = 5000;

export interface FoundImages {
  readonly images: ImageSummary[];
  /** Folders that were not read, or not to their end, with the reason. */
  readonly unreadable: { folder: string; reason: string }[];
}

/**
 * `.sif` files of these folders of a cluster, by name. What cannot be read or is too much is told; links to files are followed, those to folders may
 * lead back up and are not. Errors: those of RemoteFiles.resolve, CONNECTION_LOST, CANCELLED.
 */
export async function scanFolders(
  files: RemoteFiles,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<FoundImages> {
  const images = new Map<string, ImageSummary>();
  const unreadable: FoundImages['unreadable'] = [];
  for (const each of folders) {
    const resolved = await files.resolve(each, { signal });
    const configured = resolved === '/' ? resolved : resolved.replace(/\/+$/, '');
    await scan(configured);
  }
  return {
    images: [...images.values()].sort((a, b) => a.name.localeCompare(b.name) || a.path.localeCompare(b.path)),
    unreadable,
  };

  async function scan(configured: string): Promise<void> {
    const walk = new TreeWalk(files, BOUNDS, signal);
    walk.enter({ path: configured, inside: '', depth: 0 });
    for await (const { folder, entries, whole, error } of walk.folders()) {
      if (error !== null) {
        unreadable.push({ folder: folder.path, reason: error.message });
        continue;
      }
      let all = whole;
      for (const { name, kind, size, modifiedAt } of entries) {
        const below = walk.below(folder, name);
        if (kind === 'folder') {
          if (below.depth <= DEPTH && !walk.enter(below)) all = false;
        } else if (name.endsWith('.sif')) {
          const is = kind === 'link' ? await followed(walk, below) : { kind, size, modifiedAt };
          if (is === 'not asked') all = false;
          else if (is?.kind === 'file') {
            if (images.size < MAX_IMAGES)
              images.set(below.path, {
                name,
                path: below.path,
                folder: configured,
                size: is.size,
                modifiedAt: is.modifiedAt,
              });
            else all = false;
          }
        }
      }
      if (!all) unreadable.push({ folder: folder.path, reason: `${folder.path} holds more than is listed here.` });
    }
  }
}

async function followed(walk: TreeWalk, link: TreeFolder): Promise<RemoteStat | null | 'not asked'> {
  return walk.followsMore ? walk.follow(link) : 'not asked';
}
