import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { ImageFolder, ImageSummary, UnreadableFolder } from '../../../shared/domain/image/schema.ts';
import type { ImageKey, ImageRepository, ScannedFolder, StoredImage } from '../ports.ts';

/** Rows that are read and checked in one go: a few milliseconds. */
const PAGE = 200;

export interface KnownList {
  readonly images: ImageSummary[];
  readonly folders: ImageFolder[];
  readonly unreadable: UnreadableFolder[];
  readonly scannedAt: number | null;
}

/** What is known of the images of clusters. The lists are read once, in slices, and held until something of them changes. */
export class KnownImages {
  readonly #store: ImageRepository;
  readonly #held = new Map<ClusterId, Promise<StoredImage[]>>();

  constructor(store: ImageRepository) {
    this.#store = store;
  }

  changed(clusterId: ClusterId): void {
    this.#held.delete(clusterId);
  }

  get(key: ImageKey): ImageSummary | null {
    const image = this.#store.get(key);
    if (image === null) return null;
    const used = this.#store.usageOf(key.clusterId, key.path);
    return { ...image, usedIn: used?.runs ?? 0, lastUsedAt: used?.lastAt ?? null };
  }

  /** Of the folders that the profile names now: others say nothing of these. Of the demo cluster they are known only while it runs. */
  folders(profile: ClusterProfile): { folders: ImageFolder[]; scanned: ScannedFolder[]; scannedAt: number | null } {
    const scanned = this.#store.folders(profile.id);
    const named = profile.kind === 'demo' && profile.imageFolders.length === 0 ? null : profile.imageFolders;
    const counted = scanned.filter((each) =>
      each.node === null ? named === null || named.includes(each.folder) : isLatestOnNodes(profile, each, scanned),
    );
    const never = (named ?? [])
      .filter((folder) => !counted.some((each) => each.node === null && each.folder === folder))
      .map((folder) => ({ folder, path: null, node: null, partition: null, scannedAt: null, found: 0 }));
    const ofLogin = counted.filter(({ node }) => node === null);
    return {
      folders: [...counted.map(({ unreadable: _unreadable, ...folder }) => folder), ...never],
      scanned: counted,
      scannedAt:
        never.length > 0 || ofLogin.length === 0 ? null : Math.min(...ofLogin.map(({ scannedAt }) => scannedAt)),
    };
  }

  async list(profile: ClusterProfile): Promise<KnownList> {
    const images = await this.#stored(profile.id);
    const { folders, scanned, scannedAt } = this.folders(profile);
    const shown = new Set(scanned.map(({ node, path }) => `${node ?? ''}:${path}`));
    const usage = this.#store.usage(profile.id);
    // a name that leads to another image now is that one's
    const renamed = new Set(images.filter(({ active }) => active).flatMap(({ otherPaths }) => otherPaths));
    return {
      images: images
        .filter(({ node, folder }) => shown.has(`${node ?? ''}:${folder}`))
        .filter(({ active, path }) => active || !renamed.has(path))
        .map((image) => {
          const used = usage.get(image.path);
          return { ...image, usedIn: used?.runs ?? 0, lastUsedAt: used?.lastAt ?? null };
        })
        .sort((a, b) => compare(a.name, b.name) || compare(a.path, b.path) || compare(a.node ?? '', b.node ?? '')),
      folders,
      unreadable: scanned.flatMap(({ unreadable }) => unreadable),
      scannedAt,
    };
  }

  #stored(clusterId: ClusterId): Promise<StoredImage[]> {
    const held = this.#held.get(clusterId);
    if (held !== undefined) return held;
    const reading = this.#read(clusterId);
    this.#held.set(clusterId, reading);
    reading.catch(() => this.#held.delete(clusterId));
    return reading;
  }

  async #read(clusterId: ClusterId): Promise<StoredImage[]> {
    const found: StoredImage[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = this.#store.page(clusterId, after, PAGE);
      found.push(...page.images);
      after = page.last;
      await nextTurn();
    }
    return found;
  }
}

/** Of the nodes of a partition the one counts that was looked at last: they are alike, and nobody asks which one Slurm chose. */
function isLatestOnNodes(
  { imageNodes }: ClusterProfile,
  { partition, folder, scannedAt }: ScannedFolder,
  all: readonly ScannedFolder[],
): boolean {
  const isNamed = imageNodes.some((each) => each.partition === partition && each.folders.includes(folder));
  const others = all.filter((each) => each.node !== null && each.partition === partition && each.folder === folder);
  return isNamed && others.every((each) => each.scannedAt <= scannedAt);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
