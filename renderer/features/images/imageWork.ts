/** What is under way for single images: it goes on when their details are closed. */
import { create } from 'zustand';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { client } from '../../client/index.ts';
import { imageKey, type ImagePlace } from '../../lib/imageKey.ts';
import { imageChanged } from '../../stores/images.ts';

export type ImageDetail = OutputOf<'images.get'>;

interface ImageWork {
  /** By the image’s key. */
  running: Readonly<Record<string, { what: 'digest' | 'inspect'; stop: AbortController }>>;
  /** Counts what was learnt, so that open details are asked for again. */
  learnt: number;
}

export const useImageWork = create<ImageWork>(() => ({ running: {}, learnt: 0 }));

async function during<T>(
  place: ImagePlace,
  what: 'digest' | 'inspect',
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const key = imageKey(place);
  const stop = new AbortController();
  useImageWork.setState(({ running }) => ({ running: { ...running, [key]: { what, stop } } }));
  try {
    return await work(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    useImageWork.setState(({ running: { [key]: _done, ...running }, learnt }) => ({ running, learnt: learnt + 1 }));
  }
}

/** Has the cluster compute the SHA-256 of the image. Rejects with CodedError; ended by `endWork` it resolves. */
export async function computeDigest(clusterId: ClusterId, { path, node }: ImagePlace): Promise<void> {
  const image = await during({ path, node }, 'digest', (signal) =>
    client.call('images.digest', { clusterId, path, node }, { signal }),
  );
  if (image !== null) imageChanged(clusterId, image);
}

export function endWork(place: ImagePlace): void {
  useImageWork.getState().running[imageKey(place)]?.stop.abort();
}
