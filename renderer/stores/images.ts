/** The images of each cluster, as the core last listed them: one cache for the Images page and for every picker. */
import { create } from 'zustand';
import type { EventOf, OutputOf } from '../../shared/contract/index.ts';
import type { ClusterId } from '../../shared/domain/ids.ts';
import type { ImageSummary } from '../../shared/domain/image/schema.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import { client } from '../client/index.ts';
import { appErrorOf } from '../client/pageError.ts';
import { imageKey } from '../lib/imageKey.ts';

export type ImageList = OutputOf<'images.list'>;
export type ScanProgress = Omit<EventOf<'images.scanProgress'>, 'clusterId'>;

/** An image that Launch is to take as soon as a form of this cluster is there. */
export interface WantedImage {
  clusterId: ClusterId;
  path: string;
}

interface ImagesStore {
  lists: Readonly<Record<string, ImageList>>;
  errors: Readonly<Record<string, CodedError>>;
  /** Clusters whose list is asked for. */
  loading: ReadonlySet<string>;
  /** Clusters whose folders are looked through, as far as that has come; null before the first word of it. */
  scans: Readonly<Record<string, ScanProgress | null>>;
  wanted: WantedImage | null;
}

export const useImages = create<ImagesStore>(() => ({
  lists: {},
  errors: {},
  loading: new Set(),
  scans: {},
  wanted: null,
}));

/** The scans that this page began, so that it can end them. */
const begun = new Map<string, AbortController>();

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _gone, ...others } = record;
  return others;
}

/** A scan that another began, and of which nothing was heard for so long (ms), may have ended without a word: it is asked about. */
const SILENCE_MS = 5000;
const silences = new Map<string, ReturnType<typeof setTimeout>>();

/** Asks after a scan of somebody else when it has been silent for a while; with `isOver` no longer. */
function listenFor(clusterId: ClusterId, isOver: boolean): void {
  clearTimeout(silences.get(clusterId));
  silences.delete(clusterId);
  if (isOver || begun.has(clusterId)) return;
  silences.set(
    clusterId,
    setTimeout(() => void loadImages(clusterId), SILENCE_MS),
  );
}

function take(clusterId: ClusterId, list: ImageList): void {
  listenFor(clusterId, !list.scanning);
  useImages.setState(({ lists, errors, scans }) => ({
    lists: { ...lists, [clusterId]: list },
    errors: without(errors, clusterId),
    scans: list.scanning
      ? { ...scans, [clusterId]: scans[clusterId] ?? null }
      : begun.has(clusterId)
        ? scans
        : without(scans, clusterId),
  }));
}

/** Lists asked for while another question was under way: the answer to that one may be older than the reason for this one. */
const again = new Set<string>();

/** Puts what is known of a cluster's images into the store. What goes wrong is in the store, too. */
export async function loadImages(clusterId: ClusterId): Promise<void> {
  if (useImages.getState().loading.has(clusterId)) {
    again.add(clusterId);
    return;
  }
  useImages.setState(({ loading }) => ({ loading: new Set(loading).add(clusterId) }));
  try {
    take(clusterId, await client.call('images.list', { clusterId }));
  } catch (thrown) {
    const error = appErrorOf(thrown);
    // that there is no connection the cluster’s own state says
    if (error.name !== 'NOT_CONNECTED')
      useImages.setState(({ errors }) => ({ errors: { ...errors, [clusterId]: error } }));
  } finally {
    useImages.setState(({ loading }) => ({ loading: new Set([...loading].filter((id) => id !== clusterId)) }));
  }
  if (again.delete(clusterId)) await loadImages(clusterId);
}

async function scan(clusterId: ClusterId, ask: (signal: AbortSignal) => Promise<ImageList>): Promise<void> {
  if (begun.has(clusterId)) return;
  const stop = new AbortController();
  begun.set(clusterId, stop);
  useImages.setState(({ scans, errors }) => ({
    scans: { ...scans, [clusterId]: null },
    errors: without(errors, clusterId),
  }));
  try {
    const list = await ask(stop.signal);
    begun.delete(clusterId);
    take(clusterId, list);
  } catch (error) {
    begun.delete(clusterId);
    useImages.setState(({ errors, scans }) => ({
      scans: without(scans, clusterId),
      ...(stop.signal.aborted ? {} : { errors: { ...errors, [clusterId]: appErrorOf(error) } }),
    }));
    // what was found before it ended is kept
    if (stop.signal.aborted) void loadImages(clusterId);
  }
}

/** Has the folders of a cluster looked through again. How far it is, and what goes wrong, is in the store. */
export function scanImages(clusterId: ClusterId): Promise<void> {
  return scan(clusterId, (signal) => client.call('images.scan', { clusterId }, { signal }));
}

/** The same on compute nodes of these partitions, in the way that `images.nodeScanPlan` showed. */
export function scanNodes(clusterId: ClusterId, partitions: string[]): Promise<void> {
  return scan(clusterId, (signal) => client.call('images.scanNodes', { clusterId, partitions }, { signal }));
}

/** Ends a scan that this page began; one that another began goes on. */
export function cancelScan(clusterId: ClusterId): void {
  begun.get(clusterId)?.abort();
}

/** True for a scan that `cancelScan` can end. */
export function mayCancelScan(clusterId: ClusterId): boolean {
  return begun.has(clusterId);
}

/** Takes in what was learnt of one image. */
export function imageChanged(clusterId: ClusterId, image: ImageSummary): void {
  useImages.setState(({ lists }) => {
    const list = lists[clusterId];
    if (!list) return {};
    const key = imageKey(image);
    return {
      lists: {
        ...lists,
        [clusterId]: { ...list, images: list.images.map((other) => (imageKey(other) === key ? image : other)) },
      },
    };
  });
}

/** Follows the core's words for as long as the page lives. Lists that nobody asked for are not loaded. */
export function followImages(): void {
  const reload = (clusterId: string): void => {
    if (useImages.getState().lists[clusterId]) void loadImages(clusterId as ClusterId);
  };
  client.on('images.changed', ({ clusterId }) => reload(clusterId));
  client.on('images.scanProgress', ({ clusterId, ...progress }) => {
    listenFor(clusterId, false);
    useImages.setState(({ scans }) => ({ scans: { ...scans, [clusterId]: progress } }));
  });
  client.onResync(() => {
    for (const clusterId of Object.keys(useImages.getState().lists)) reload(clusterId);
  });
}
