import { isPortableName } from '../../../../shared/domain/template/fileNames.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import type { RemoteFiles, RemoteStat } from '../../ports.ts';
import type { LeftOutList } from '../format/leftOut.ts';
import { MAX_TEMPLATE_BYTES } from '../format/parseTemplate.ts';
import { privateFolderOf } from '../library/siteTree.ts';

/** Levels of folders; the same as for a folder on this computer. */
const MAX_DEPTH = 6;
/** Files that are copied, and folders that are looked into: ten times what the largest libraries of sites have. */
const MAX_FILES = 5000;
const MAX_FOLDERS = 500;
/** Entries of one folder, and of all: each costs memory here and time on the line. A folder that has more is no folder of templates. */
const MAX_ENTRIES = 10_000;
const MAX_ALL_ENTRIES = 50_000;
/** Links cost a round trip each. */
const MAX_LINKS = 500;
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
  let entries = 0;
  let visited = 0;
  let links = 0;
  let bytes = 0;

  const list = async (remote: string, name: string): Promise<Awaited<ReturnType<RemoteFiles['list']>>> => {
    const limit = Math.min(MAX_ENTRIES, MAX_ALL_ENTRIES - entries);
    try {
      const listed = await files.list(remote, { limit: limit + 1, signal });
      entries += listed.length;
      if (listed.length > limit) leftOut.add(`${name}/…`, 'too-many');
      // which of two that are the same here is taken must not depend on the server's order
      return listed.slice(0, limit).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (name === '' || !AppError.is(error, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED', 'REMOTE_GARBAGE'))
        throw error;
      leftOut.add(`${name}/`, 'unreadable');
      unread(name);
      return [];
    }
  };
  /** Where a link leads; null where it cannot be told. */
  const follow = async (remote: string): Promise<RemoteStat | null> => {
    try {
      return await files.stat(remote);
    } catch (error) {
      // a loop of links, among others
      if (AppError.is(error, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED')) return null;
      throw error;
    }
  };
  const isThere = async (remote: string): Promise<boolean> => (await follow(remote))?.kind === 'folder';
  const isFirst = (inside: string): boolean => {
    const key = inside.normalize('NFC').toLowerCase();
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  };

  const folders = [{ remote: root, name: '', depth: 0 }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    signal.throwIfAborted();
    visited += 1;
    const { remote, name, depth } = next;
    const inSamples = name.endsWith('.samples');
    for (const item of await list(remote, name)) {
      if (isHidden(item.name)) continue;
      const inside = name === '' ? item.name : `${name}/${item.name}`;
      const full = `${remote}/${item.name}`;
      const isFolder = item.kind === 'folder';
      // links to folders may lead back up; only real ones are followed
      if (isFolder ? inSamples : !(inSamples || isTemplate(item.name))) continue;
      const leave = (reason: Parameters<LeftOutList['add']>[1]): void =>
        leftOut.add(isFolder ? `${inside}/` : inside, reason);
      if (!isPortableName(item.name)) {
        leave('name');
      } else if (inside === 'private') {
        const own = privateFolderOf(user);
        if (own !== null && (await isThere(`${root}/${own}`)))
          folders.push({ remote: `${root}/${own}`, name: own, depth: 2 });
      } else if (isFolder) {
        if (depth >= MAX_DEPTH) leave('too-deep');
        else if (visited + folders.length >= MAX_FOLDERS) leave('too-many');
        else if (!isFirst(inside)) leave('same-name');
        else folders.push({ remote: full, name: inside, depth: depth + 1 });
      } else if (found.size >= MAX_FILES || (item.kind === 'link' && links >= MAX_LINKS)) {
        leave('too-many');
      } else {
        if (item.kind === 'link') links += 1;
        const what: RemoteStat | null = item.kind === 'link' ? await follow(full) : item;
        // pipes and devices have no content that ends; a link to a folder is none of ours
        if (what?.kind === 'folder') continue;
        if (what?.kind !== 'file') leave('unreadable');
        else if (!(what.size >= 0 && what.size <= (inSamples ? MAX_SAMPLE_BYTES : MAX_TEMPLATE_BYTES)))
          leave('too-large');
        else if (bytes + what.size > MAX_ALL_BYTES) leave('too-much');
        else if (!isFirst(inside)) leave('same-name');
        else {
          bytes += what.size;
          found.set(inside, { size: what.size, modifiedAt: what.modifiedAt, remote: full });
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
