import { ClusterModules } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { compareImages } from '../../../shared/domain/image/compare.ts';
import type { ImageDetail, ImageList, ImageSummary } from '../../../shared/domain/image/schema.ts';
import { message } from '../../../shared/messages/message.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { HandlersOf } from '../core.ts';
import { failureDetails } from '../log/failure.ts';
import type { CorePorts, ImageKey } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type { ClusterSessions, ImageRegistry } from '../services.ts';
import { digestOf } from './digest.ts';
import { factsOf } from './imageFacts.ts';
import { inspectImage, metadataWith } from './inspectImage.ts';
import { KnownImages } from './knownImages.ts';
import { scanCluster } from './scanCluster.ts';
import { planNodeScans, scanNode, type PlannedNodeScan } from './scanNodes.ts';
import { SharedWork } from './sharedWork.ts';

/** Folders that were looked through longer ago than this are looked through again, in milliseconds. */
const FRESH_MS = 3600 * 1000;
/** Runs that are named of those that used an image. */
const USED_BY = 20;

export interface Images extends ImageRegistry, Disposable {
  handlers: HandlersOf<'images'>;
  /** Its profile was removed, or names another cluster now. */
  forget(clusterId: ClusterId): void;
}

/** The images of each cluster: kept in the store, so that they are known without a connection, and looked through again after an hour. */
export function createImages(
  ports: Pick<CorePorts, 'store' | 'clock' | 'log' | 'randomId'>,
  sessions: ClusterSessions,
  emit: Emit,
): Images {
  const { clock, log } = ports;
  const store = ports.store.images;
  const known = new KnownImages(store);
  const scans = new SharedWork<ClusterId>();
  const plans = new Map<ClusterId, PlannedNodeScan[]>();

  const changed = (clusterId: ClusterId): void => {
    known.changed(clusterId);
    emit('images.changed', { clusterId });
  };

  /** One look at a time for a cluster, whoever waits for it; it ends when nobody does any more. */
  const scan = (clusterId: ClusterId, signal: AbortSignal | null): Promise<void> =>
    scans.join(clusterId, signal, async (ending) => {
      try {
        await sessions.use(clusterId, { signal: ending, purpose: 'files' }, ({ files }) =>
          // the demo cluster's folders are known once it runs
          scanCluster(
            { images: store, clock, log, emit },
            clusterId,
            files,
            sessions.profile(clusterId).imageFolders,
            ending,
          ),
        );
      } finally {
        // some of it is kept also where it ended early
        if (!ending.aborted) changed(clusterId);
        else known.changed(clusterId);
      }
    });

  const listed = async (clusterId: ClusterId): Promise<ImageList> => ({
    ...(await known.list(sessions.profile(clusterId))),
    scanning: scans.isUnderWay(clusterId),
  });

  const isFresh = (scannedAt: number | null): boolean => {
    // a look from the future is from before this computer's clock was put back
    const age = clock.now() - (scannedAt ?? -Infinity);
    return age >= 0 && age < FRESH_MS;
  };

  const refreshMeanwhile = (clusterId: ClusterId): void => {
    if (!['ready', 'degraded'].includes(sessions.state(clusterId).phase)) return;
    scan(clusterId, null).catch((error: unknown) =>
      log.write('warn', 'image_scan_failed', null, { clusterId, ...failureDetails(error) }),
    );
  };

  const found = (key: ImageKey): ImageSummary => {
    sessions.profile(key.clusterId);
    const image = known.get(key);
    if (image === null) throw new AppError('IMAGE_NOT_FOUND', { details: { image: key.path } });
    return image;
  };

  /** An image may be named by a link to it. */
  const ownKey = (key: ImageKey, { path }: ImageSummary): ImageKey => ({ ...key, path });

  const detail = (key: ImageKey): ImageDetail => {
    const image = found(key);
    const own = ownKey(key, image);
    const { metadata, inspected } = store.metadata(own);
    return {
      image,
      metadata: metadataWith(image, metadata, inspected),
      inspected:
        inspected === null ? null : { at: inspected.at, program: inspected.program, version: inspected.version },
      usedBy: store.usedBy(own.clusterId, own.path, USED_BY),
    };
  };

  const bugOf =
    (clusterId: ClusterId) =>
    (error: unknown, path: string): void =>
      log.write('error', 'image_reader_failed', null, { clusterId, path, ...failureDetails(error) });

  const moduleNames = (clusterId: ClusterId): string[] =>
    ClusterModules.safeParse(ports.store.documents.get('clusterModules', clusterId)).data?.modules.map(
      ({ name }) => name,
    ) ?? [];

  return {
    handlers: {
      'images.list': async ({ clusterId, refresh }, { signal }) => {
        const { folders, scanned, scannedAt } = known.folders(sessions.profile(clusterId));
        const nothingNamed = folders.length === 0 && sessions.profile(clusterId).kind !== 'demo';
        if (refresh || (scanned.length === 0 && !nothingNamed)) await scan(clusterId, signal);
        else if (!isFresh(scannedAt) && !nothingNamed) refreshMeanwhile(clusterId);
        return listed(clusterId);
      },

      'images.scan': async ({ clusterId }, { signal }) => {
        await scan(clusterId, signal);
        return listed(clusterId);
      },

      'images.nodeScanPlan': async ({ clusterId }, { signal }) => {
        const planned = await planNodeScans(ports, sessions, clusterId, signal);
        plans.set(clusterId, planned);
        return planned.map(({ nonce: _nonce, ...plan }) => plan);
      },

      'images.scanNodes': async ({ clusterId, partitions }, { signal }) => {
        const planned = plans.get(clusterId) ?? [];
        for (const partition of partitions) {
          const plan = planned.find((each) => each.partition === partition);
          if (plan === undefined)
            throw new AppError('INPUT_INVALID', {
              details: { reason: message('images.nodeNotPlanned', { name: partition }) },
            });
          // what was shown is run once: the next time it is shown again
          plans.set(
            clusterId,
            (plans.get(clusterId) ?? []).filter((each) => each !== plan),
          );
          try {
            await scanNode(ports, sessions, clusterId, plan, { signal, onBug: bugOf(clusterId) });
          } finally {
            changed(clusterId);
          }
        }
        return listed(clusterId);
      },

      'images.get': (key) => detail(key),

      'images.inspect': async (asked, { signal }) => {
        const image = found(asked);
        const { node, kind, size } = image;
        const key = ownKey(asked, image);
        if (node !== null)
          throw new AppError('IMAGE_NO_RUNTIME', { details: { reason: message('images.inspectOnNode', { node }) } });
        const inspected = await inspectImage(ports, sessions, key, moduleNames(key.clusterId), signal);
        const all = metadataWith({ kind, size }, store.metadata(key).metadata, inspected);
        if (all !== null) store.recordInspected(key, inspected, factsOf(key.path, all));
        changed(key.clusterId);
        return detail(key);
      },

      'images.digest': async (key, { signal }) => {
        const image = found(key);
        if (image.digest !== null) return image;
        const digest = await sessions.use(key.clusterId, { signal, purpose: 'files' }, ({ files }) =>
          digestOf(files, image, signal),
        );
        store.recordDigest(ownKey(key, image), image, digest);
        changed(key.clusterId);
        return found(key);
      },

      'images.compare': (input) => {
        const [left, right] = [found(input.left), found(input.right)];
        return {
          left,
          right,
          ...compareImages(
            { summary: left, metadata: detail(input.left).metadata },
            { summary: right, metadata: detail(input.right).metadata },
          ),
        };
      },
    },

    known: (clusterId, path, node = null) => known.get({ clusterId, path, node }),
    all: async (clusterId) => {
      const { images, folders } = await known.list(sessions.profile(clusterId));
      return folders.every(({ scannedAt }) => scannedAt === null) ? null : images.filter(({ active }) => active);
    },
    forget: (clusterId) => {
      scans.end(clusterId);
      plans.delete(clusterId);
      store.forget(clusterId);
      known.changed(clusterId);
    },
    dispose: () => scans.dispose(),
  };
}
