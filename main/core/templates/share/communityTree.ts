import { isPortableName } from '../../../../shared/domain/template/fileNames.ts';
import type { RemoteFiles, RemoteStat } from '../../ports.ts';
import { TreeWalk, type TreeBounds } from '../../remoteTree.ts';
import type { LeftOutList } from '../format/leftOut.ts';
import { MAX_TEMPLATE_BYTES } from '../format/parseTemplate.ts';
import { privateFolderOf } from '../library/siteTree.ts';

/** Levels of folders; the same as for a folder on this computer. */
const MAX_DEPTH = 6;
/** Files that are copied, and folders that are looked into: ten times what the largest libraries of sites have. */
const MAX_FILES = 5000;
/** A folder that has more entries is no folder of templates. */
const BOUNDS: TreeBounds = { folders: 500, folderEntries: 10_000, entries: 50_000, links: 500 };
/** A sample that is larger stays on the cluster: samples show what an input looks like. Bytes. */
export const MAX_SAMPLE_BYTES = 10 * 1024 * 1024;
/** Everything together, on a laptop's disk and over a slow line. Bytes. */
const MAX_ALL_BYTES = 256 * 1024 * 1024;

/** Files by their path within the folder, with `/`. Bytes and epoch seconds as the cluster tells them. */
export type Tree = Map<string, { size: number; modifiedAt: number; remote: string }>;

/**
 * Templates and their samples below a folder of a cluster, within bounds; the rest is named in `leftOut`. The folder itself must be readable:
 * REMOTE_PATH_MISSING, REMOTE_FILE_DENIED, REMOTE_GARBAGE; of one in it that is not, `unread` hears.
 * Of a tree with `private/<user>/` only the folder of this `user` is looked into, and `private` itself is not listed.
 */
export async function listTree(
  files: RemoteFiles,
  root: string,
  signal: AbortSignal,
  leftOut: LeftOutList,
  unread: (folder: string) => void,
  user: string | null = null,
): Promise<Tree> {
  const found: Tree = new Map();
  /** Paths as a disk that knows neither case nor forms of Unicode tells them apart. */
  const taken = new Set<string>();
  let bytes = 0;
  const isFirst = (inside: string): boolean => {
    const key = inside.normalize('NFC').toLowerCase();
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  };
  const walk = new TreeWalk(files, BOUNDS, signal);
  walk.enter({ path: root, inside: '', depth: 0 });
  for await (const { folder, entries, whole, error } of walk.folders()) {
    if (error !== null) {
      if (folder.inside === '') throw error;
      leftOut.add(`${folder.inside}/`, 'unreadable');
      unread(folder.inside);
      continue;
    }
    if (!whole) leftOut.add(`${folder.inside}/…`, 'too-many');
    const inSamples = folder.inside.endsWith('.samples');
    for (const item of entries) {
      if (isHidden(item.name)) continue;
      const below = walk.below(folder, item.name);
      const { inside } = below;
      const isFolder = item.kind === 'folder';
      // links to folders may lead back up; only real ones are followed
      if (isFolder ? inSamples : !(inSamples || isTemplate(item.name))) continue;
      const leave = (reason: Parameters<LeftOutList['add']>[1]): void =>
        leftOut.add(isFolder ? `${inside}/` : inside, reason);
      if (!isPortableName(item.name)) {
        leave('name');
      } else if (inside === 'private') {
        const own = privateFolderOf(user);
        const at = { path: `${root}/${String(own)}`, inside: String(own), depth: 2 };
        if (own !== null && (await walk.follow(at))?.kind === 'folder') walk.enter(at);
      } else if (isFolder) {
        if (below.depth > MAX_DEPTH) leave('too-deep');
        else if (!isFirst(inside)) leave('same-name');
        else if (!walk.enter(below)) leave('too-many');
      } else if (found.size >= MAX_FILES || (item.kind === 'link' && !walk.followsMore)) {
        leave('too-many');
      } else {
        const what: RemoteStat | null = item.kind === 'link' ? await walk.follow(below) : item;
        // pipes and devices have no content that ends; a link to a folder is none of ours
        if (what?.kind === 'folder') continue;
        if (what?.kind !== 'file') leave('unreadable');
        else if (!(what.size >= 0 && what.size <= (inSamples ? MAX_SAMPLE_BYTES : MAX_TEMPLATE_BYTES)))
          leave('too-large');
        else if (bytes + what.size > MAX_ALL_BYTES) leave('too-much');
        else if (!isFirst(inside)) leave('same-name');
        else {
          bytes += what.size;
          found.set(inside, { size: what.size, modifiedAt: what.modifiedAt, remote: below.path });
        }
      }
    }
  }
  return found;
}

export function isTemplate(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

/** Editors' temporary files, version control; `.` and `..`. */
function isHidden(name: string): boolean {
  return /^[.~]|~$/.test(name);
}
