import { AppError } from '../../shared/errors/appError.ts';
import type { RemoteEntry, RemoteFiles, RemoteStat } from './remoteFiles.ts';

export interface TreeFolder {
  /** Where it is on the cluster. */
  readonly path: string;
  /** The same within the tree, with `/`; empty for where a walk begins. */
  readonly inside: string;
  /** Levels below where a walk begins. */
  readonly depth: number;
}

export interface TreeBounds {
  /** Folders that are looked into. */
  readonly folders: number;
  /** Entries of one folder, and of all: each costs memory here and time on the line. */
  readonly folderEntries: number;
  readonly entries: number;
  /** Links that are followed: each costs a round trip. */
  readonly links: number;
}

/** A folder that was looked into: its entries by name, and whether these are all; or why it could not be. */
export type SeenFolder =
  | {
      readonly folder: TreeFolder;
      readonly entries: readonly RemoteEntry[];
      readonly whole: boolean;
      readonly error: null;
    }
  | { readonly folder: TreeFolder; readonly entries: readonly []; readonly whole: false; readonly error: AppError };

/** Listings that are asked for at once: a tree of many small folders is a matter of round trips. */
const AT_ONCE = 4;

/**
 * Walks trees on a cluster, breadth first, folder by folder, in an order that does not depend on the server's: what is left out where a bound
 * is reached must be the same the next time. Who walks says which folders to enter, as they come:
 *
 *     const walk = new TreeWalk(files, bounds, signal);
 *     walk.enter({ path: root, inside: '', depth: 0 });
 *     for await (const { folder, entries } of walk.folders()) …walk.enter(walk.below(folder, entry.name))
 *
 * Links are never followed by itself. A folder that is not there, may not be read or lists nonsense is told; any other failure, and the reason of
 * the signal, end the walk.
 */
export class TreeWalk {
  readonly #files: Pick<RemoteFiles, 'list' | 'stat'>;
  readonly #bounds: TreeBounds;
  readonly #signal: AbortSignal;
  readonly #queue: TreeFolder[] = [];
  #entered = 0;
  #entries = 0;
  #links = 0;

  constructor(files: Pick<RemoteFiles, 'list' | 'stat'>, bounds: TreeBounds, signal: AbortSignal) {
    this.#files = files;
    this.#bounds = bounds;
    this.#signal = signal;
  }

  below(folder: TreeFolder, name: string): TreeFolder {
    return {
      path: `${folder.path === '/' ? '' : folder.path}/${name}`,
      inside: folder.inside === '' ? name : `${folder.inside}/${name}`,
      depth: folder.depth + 1,
    };
  }

  /** Looks into this folder later; false when there are too many already. */
  enter(folder: TreeFolder): boolean {
    if (this.#entered >= this.#bounds.folders) return false;
    this.#entered += 1;
    this.#queue.push(folder);
    return true;
  }

  /** False when no link may be followed any more. */
  get followsMore(): boolean {
    return this.#links < this.#bounds.links;
  }

  /** What a link leads to; null where it leads nowhere or that cannot be told: a loop of links, among others. */
  async follow(link: TreeFolder): Promise<RemoteStat | null> {
    this.#links += 1;
    try {
      return await this.#files.stat(link.path, { signal: this.#signal });
    } catch (error) {
      if (AppError.is(error, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED')) return null;
      throw error;
    }
  }

  /** The folders that were entered, and those that are entered meanwhile. */
  async *folders(): AsyncGenerator<SeenFolder, void, undefined> {
    const ending = new AbortController();
    const signal = AbortSignal.any([this.#signal, ending.signal]);
    const coming: Promise<SeenFolder>[] = [];
    try {
      for (;;) {
        for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
          const listing = this.#look(next, signal);
          // awaited in its turn; a failure before that must not count as unhandled
          listing.catch(() => undefined);
          coming.push(listing);
          if (coming.length >= AT_ONCE) break;
        }
        const seen = await coming.shift();
        if (seen === undefined) return;
        this.#signal.throwIfAborted();
        const left = this.#bounds.entries - this.#entries;
        this.#entries += Math.min(seen.entries.length, left);
        yield seen.error === null && seen.entries.length > left
          ? { ...seen, entries: seen.entries.slice(0, left), whole: false }
          : seen;
      }
    } finally {
      // nobody waits for the listings that are still on the way
      ending.abort(new AppError('CANCELLED'));
    }
  }

  async #look(folder: TreeFolder, signal: AbortSignal): Promise<SeenFolder> {
    const limit = Math.min(this.#bounds.folderEntries, Math.max(0, this.#bounds.entries - this.#entries));
    try {
      const listed = await this.#files.list(folder.path, { limit: limit + 1, signal });
      const entries = listed.slice(0, limit).sort((a, b) => (a.name < b.name ? -1 : 1));
      return { folder, entries, whole: listed.length <= limit, error: null };
    } catch (error) {
      if (!AppError.is(error, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED', 'REMOTE_GARBAGE')) throw error;
      return { folder, entries: [], whole: false, error };
    }
  }
}
