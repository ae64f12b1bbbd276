import { z } from 'zod';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { CachedAnswer } from '../cache/cachedAnswer.ts';
import { keptPerCluster } from '../cache/keptPerCluster.ts';
import type { HandlersOf } from '../core.ts';
import type { CorePorts } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import { scanFolders } from './scanFolders.ts';

const CachedList = z.object({
  folders: z.array(z.string()),
  images: z.array(ImageSummary),
  unreadable: z.array(z.object({ folder: z.string(), reason: z.string() })),
  scannedAt: z.number(),
});

/** A list older than this is made again, in milliseconds. */
const FRESH_MS = 3600 * 1000;
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
          return { ...(await scanFolders(files, folders, signal)), scannedAt: ports.clock.now(), folders };
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
