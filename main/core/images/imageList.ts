import { z } from 'zod';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { CachedAnswer } from '../cache/cachedAnswer.ts';
import { keptPerCluster } from '../cache/keptPerCluster.ts';
import type { HandlersOf } from '../core.ts';
import type { CorePorts, RemoteFiles } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';

type ImageList = OutputOf<'images.list'>;

const CachedList = z.object({
  folders: z.array(z.string()),
  images: z.array(ImageSummary),
  unreadable: z.array(z.object({ folder: z.string(), reason: z.string() })),
  scannedAt: z.number(),
});

/** A list older than this is made again, in milliseconds. */
const FRESH_MS = 3600 * 1000;
/** Levels of folders below a configured one that are looked into. */
const DEPTH = 2;
/** More folders than any image collection has; a symlink to a file system's root must not be walked. */
const MAX_FOLDERS = 200;
/** Of one folder; and images, and links that are followed, of all: each link costs a round trip. */
const MAX_ENTRIES = 10_000;
const MAX_IMAGES = 5000;
const MAX_LINKS = 500;

/** `.sif` files of the configured folders, by name; a folder that cannot be read is named with the reason. */
async function scan(
  files: RemoteFiles,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<Pick<ImageList, 'images' | 'unreadable'>> {
  const images = new Map<string, ImageSummary>();
  const unreadable: ImageList['unreadable'] = [];
  let visited = 0;
  let links = 0;

  async function look(folder: string, depth: number, configured: string): Promise<void> {
    if (signal.aborted) throw new AppError('CANCELLED');
    visited += 1;
    if (visited > MAX_FOLDERS) return;
    const listed = await files.list(folder, { limit: MAX_ENTRIES + 1, signal });
    let whole = listed.length <= MAX_ENTRIES;
    for (const entry of listed.slice(0, MAX_ENTRIES)) {
      const path = `${folder}/${entry.name}`;
      if (entry.kind !== 'folder' && !entry.name.endsWith('.sif')) continue;
      if (images.size >= MAX_IMAGES || (entry.kind === 'link' && links >= MAX_LINKS)) {
        whole = false;
        break;
      }
      if (entry.kind === 'link') links += 1;
      const { kind, size, modifiedAt } =
        entry.kind === 'link' ? ((await files.stat(path).catch(() => null)) ?? entry) : entry;
      if (kind === 'file') images.set(path, { name: entry.name, path, folder: configured, size, modifiedAt });
      // a link to a folder may lead back up; only real ones are followed
      if (entry.kind === 'folder' && depth < DEPTH) await attempt(path, depth + 1, configured);
    }
    if (!whole) unreadable.push({ folder, reason: `${folder} holds more than is listed here.` });
  }

  async function attempt(folder: string, depth: number, configured: string): Promise<void> {
    try {
      await look(folder, depth, configured);
    } catch (error) {
      if (!AppError.is(error, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED')) throw error;
      unreadable.push({ folder, reason: error.message });
    }
  }

  for (const configured of folders) {
    const resolved = (await files.resolve(configured)).replace(/(?<=.)\/+$/, '');
    await attempt(resolved, 0, resolved);
  }
  return {
    images: [...images.values()].sort((a, b) => a.name.localeCompare(b.name) || a.path.localeCompare(b.path)),
    unreadable,
  };
}

/** The images of each cluster: kept in the store for an hour, so that the picker also works without a connection. */
export interface ImageLists {
  handlers: HandlersOf<'images'>;
  /** Its profile was removed, or names another cluster now. */
  forget(clusterId: ClusterId): void;
}

export function createImageLists(ports: Pick<CorePorts, 'store' | 'clock'>, sessions: ClusterSessions): ImageLists {
  const kept = keptPerCluster(ports.store.documents, 'images', CachedList);
  const cache = new CachedAnswer<z.infer<typeof CachedList>>(
    ports.clock,
    {
      // a list of other folders says nothing of these
      get: (clusterId) => {
        const known = kept.get(clusterId);
        const { imageFolders } = sessions.profile(clusterId);
        return known !== null && known.folders.join('\0') === imageFolders.join('\0') ? known : null;
      },
      set: (clusterId, list) => kept.set(clusterId, list),
    },
    {
      takenAt: ({ scannedAt }) => scannedAt,
      freshMs: () => FRESH_MS,
      ask: (clusterId, _known, { signal }) =>
        sessions.use(clusterId, { signal, purpose: 'files' }, async ({ files }) => {
          // the demo cluster's folders are known once it runs
          const folders = sessions.profile(clusterId).imageFolders;
          return { ...(await scan(files, folders, signal)), scannedAt: ports.clock.now(), folders };
        }),
    },
  );
  return {
    handlers: {
      'images.list': async ({ clusterId, refresh }, { signal }) => {
        const { images, unreadable, scannedAt } = await cache.take(clusterId, { refresh, signal });
        return { images, unreadable, scannedAt };
      },
    },
    forget: (clusterId) => {
      cache.forget(clusterId);
      kept.forget(clusterId);
    },
  };
}
