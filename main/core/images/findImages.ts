import { AppError } from '../../../shared/errors/appError.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import type { RemoteEntry, RemoteFiles, RemoteStat } from '../ports.ts';
import { TreeWalk, type SeenFolder, type TreeBounds, type TreeFolder } from '../remoteTree.ts';

/** Levels of folders below a configured one that are looked into: `/cvmfs/unpacked.cern.ch/registry.hub.docker.com/library/NAME` is the third. */
const DEPTH = 4;
/** More than any image collection has; a folder that leads to a file system's root must not be walked. Of each configured folder. */
const BOUNDS: TreeBounds = { folders: 1000, folderEntries: 20_000, entries: 100_000, links: 500 };
/** Of all folders together. */
const MAX_IMAGES = 10_000;
/** Questions about links that are on the way at once: each is a round trip or two. */
const LINKS_AT_ONCE = 16;

/** How files are called that hold an image: SIF, and the SquashFS and ext3 files of Singularity 2. */
const IMAGE_FILE = /\.(?:sif|simg|sqsh|squashfs|img)$/i;
/** A folder with this one in it is an unpacked image. */
export const SANDBOX_MARK = '.singularity.d';

export interface FoundImage {
  readonly name: string;
  readonly path: string;
  readonly sandbox: boolean;
  /** Bytes; of an unpacked image nobody has counted them: 0. */
  readonly size: number;
  /** Epoch seconds. */
  readonly modifiedAt: number;
}

/** A configured folder as it was seen. */
export interface WalkedFolder {
  /** As it was asked for, and where that leads. */
  readonly folder: string;
  readonly path: string;
  readonly images: readonly FoundImage[];
  /** Of images that are found by links too, the paths of these. */
  readonly links: ReadonlyMap<string, readonly string[]>;
  /** Folders that were not read, or not to their end, with the reason. */
  readonly unreadable: readonly { folder: string; reason: Message }[];
  /** Whether an image that was here before and was not found is gone; false where nobody could look. */
  readonly isGone: (path: string) => boolean;
}

type Link = TreeFolder & { readonly name: string };
type Files = Pick<RemoteFiles, 'resolve' | 'list' | 'stat'>;

/**
 * Images below these folders of a cluster, each once: a file that is found by several names is listed by its own where that is in one of the
 * folders, else by the first. What cannot be read or is too much is told. Links to files and to unpacked images are followed; those to other
 * folders may lead back up and are not. Errors: those of RemoteFiles.resolve, CONNECTION_LOST, CANCELLED.
 */
export async function findImages(
  files: Files,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<WalkedFolder[]> {
  const search = new ImageSearch(files, signal);
  const walks = [];
  for (const each of folders) walks.push(await search.walk(each));
  for (const walk of walks) await walk.followLinks();
  return walks.map((walk) => walk.result());
}

/** What several folders have in common: no image twice, and not too many. */
class ImageSearch {
  readonly files: Files;
  readonly signal: AbortSignal;
  /** By the real path: who lists it, and by which path. */
  readonly #listed = new Map<string, { walk: FolderWalk; path: string }>();
  readonly #paths = new Set<string>();

  constructor(files: Files, signal: AbortSignal) {
    this.files = files;
    this.signal = signal;
  }

  async walk(folder: string): Promise<FolderWalk> {
    const resolved = await this.files.resolve(folder, { signal: this.signal });
    const walk = new FolderWalk(this, folder, resolved === '/' ? resolved : resolved.replace(/\/+$/, ''));
    await walk.look();
    return walk;
  }

  /** False when there are too many already. A file that is listed already is another name for that. */
  add(walk: FolderWalk, real: string, image: FoundImage): boolean {
    const before = this.#listed.get(real);
    if (before !== undefined) {
      if (before.path !== image.path) before.walk.nameToo(before.path, image.path);
      return true;
    }
    if (this.#listed.size >= MAX_IMAGES) return false;
    this.#listed.set(real, { walk, path: image.path });
    this.#paths.add(image.path);
    walk.images.push(image);
    return true;
  }

  lists(path: string): boolean {
    return this.#paths.has(path);
  }
}

class FolderWalk {
  readonly images: FoundImage[] = [];
  readonly #search: ImageSearch;
  readonly #folder: string;
  readonly #path: string;
  readonly #walk: TreeWalk;
  readonly #links = new Map<string, string[]>();
  readonly #toFollow: Link[] = [];
  readonly #unreadable: { folder: string; reason: Message }[] = [];
  /** What was listed: whether wholly, and the folders in it. */
  readonly #listed = new Map<string, { whole: boolean; folders: ReadonlySet<string> }>();
  readonly #missing = new Set<string>();

  constructor(search: ImageSearch, folder: string, path: string) {
    this.#search = search;
    this.#folder = folder;
    this.#path = path;
    this.#walk = new TreeWalk(search.files, BOUNDS, search.signal);
  }

  nameToo(path: string, other: string): void {
    const others = this.#links.get(path) ?? [];
    // a folder that is named twice has its links twice
    if (!others.includes(other)) this.#links.set(path, [...others, other]);
  }

  async look(): Promise<void> {
    this.#walk.enter({ path: this.#path, inside: '', depth: 0 });
    for await (const seen of this.#walk.folders()) this.#see(seen);
  }

  #see({ folder, entries, whole, error }: SeenFolder): void {
    if (error !== null) {
      if (AppError.is(error, 'REMOTE_PATH_MISSING')) this.#missing.add(folder.path);
      this.#unreadable.push({ folder: folder.path, reason: reasonMessage(error) });
      return;
    }
    const mark = entries.find(({ name, kind }) => name === SANDBOX_MARK && kind === 'folder');
    if (mark !== undefined && folder.depth > 0) {
      // a folder's own time changes with its entries; what the image says of itself is in the marked one
      const image = { name: baseName(folder.path), path: folder.path, sandbox: true, size: 0 };
      const all = this.#search.add(this, folder.path, { ...image, modifiedAt: mark.modifiedAt });
      this.#listed.set(folder.path, { whole: true, folders: new Set() });
      if (!all) this.#tooMuch(folder.path);
      return;
    }
    const all = entries.map((entry) => this.#enter(folder, entry)).every(Boolean) && whole;
    const folders = entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
    this.#listed.set(folder.path, { whole: all, folders: new Set(folders) });
    if (!all) this.#tooMuch(folder.path);
  }

  /** False where the entry was left out. */
  #enter(folder: TreeFolder, { name, kind, size, modifiedAt }: RemoteEntry): boolean {
    const below = this.#walk.below(folder, name);
    switch (kind) {
      case 'folder':
        return below.depth > DEPTH || this.#walk.enter(below);
      case 'link':
        this.#toFollow.push({ ...below, name });
        return true;
      case 'file':
        return (
          !IMAGE_FILE.test(name) ||
          this.#search.add(this, below.path, { name, path: below.path, sandbox: false, size, modifiedAt })
        );
      case 'other':
        return true;
    }
  }

  #tooMuch(folder: string): void {
    this.#unreadable.push({ folder, reason: message('images.holdsMore', { folder }) });
  }

  /** Those that are called like an image come first: only so many are followed. */
  async followLinks(): Promise<void> {
    const links = [
      ...this.#toFollow.filter(({ name }) => IMAGE_FILE.test(name)),
      ...this.#toFollow.filter(({ name }) => !IMAGE_FILE.test(name)),
    ];
    const left = new Set<string>();
    for (let at = 0; at < links.length; at += LINKS_AT_ONCE) {
      const some = links.slice(at, at + LINKS_AT_ONCE);
      const led = await Promise.all(some.map((link) => this.#follow(link)));
      // in the order of the links, not of the answers: which of two names is listed must be the same the next time
      some.forEach((link, index) => {
        const found = led[index];
        if (found == null) return;
        if (found === 'left out' || !this.#search.add(this, found.real, found.image)) left.add(parentOf(link.path));
      });
    }
    for (const folder of left) {
      const listed = this.#listed.get(folder);
      if (listed?.whole === true) this.#listed.set(folder, { ...listed, whole: false });
      if (listed?.whole === true) this.#tooMuch(folder);
    }
  }

  async #follow(link: Link): Promise<{ real: string; image: FoundImage } | 'left out' | null> {
    if (!this.#walk.followsMore) return 'left out';
    const { files, signal } = this.#search;
    const stat = await this.#walk.follow(link);
    const marked = stat?.kind === 'folder' ? await this.#walk.follow(this.#walk.below(link, SANDBOX_MARK)) : null;
    const image = imageBehind(link, stat, marked);
    return image === null ? null : { real: await files.resolve(link.path, { signal }), image };
  }

  result(): WalkedFolder {
    return {
      folder: this.#folder,
      path: this.#path,
      images: this.images,
      links: this.#links,
      unreadable: this.#unreadable,
      isGone: (path) => this.#isGone(path),
    };
  }

  /** The nearest folder above it that was listed says whether it, or the way to it, is gone. */
  #isGone(path: string): boolean {
    // of another folder that it lies in too
    if (this.#search.lists(path)) return false;
    for (let child = path; child !== '/' && child !== ''; child = parentOf(child)) {
      const parent = parentOf(child);
      if (this.#missing.has(parent)) return true;
      const listed = this.#listed.get(parent);
      if (listed !== undefined) return listed.whole && (child === path || !listed.folders.has(baseName(child)));
    }
    return false;
  }
}

function imageBehind({ name, path }: Link, stat: RemoteStat | null, marked: RemoteStat | null): FoundImage | null {
  if (stat?.kind === 'file' && IMAGE_FILE.test(name))
    return { name, path, sandbox: false, size: stat.size, modifiedAt: stat.modifiedAt };
  if (marked?.kind === 'folder') return { name, path, sandbox: true, size: 0, modifiedAt: marked.modifiedAt };
  return null;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));
