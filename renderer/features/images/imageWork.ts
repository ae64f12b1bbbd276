/** What is under way for single images: it goes on when their details are closed. */
import { create } from 'zustand';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { imageKey, type ImagePlace } from '../../lib/imageKey.ts';
import { imageChanged } from '../../stores/images.ts';

export type ImageDetail = OutputOf<'images.get'>;

interface ImageWork {
  /** By the image’s key. */
  running: Readonly<Record<string, { what: 'digest' | 'inspect'; stop: AbortController }>>;
  /** Why the last work for an image did not succeed, until the next begins. */
  errors: Readonly<Record<string, CodedError>>;
  /** Counts what was learnt, so that open details are asked for again. */
  learnt: number;
}

export const useImageWork = create<ImageWork>(() => ({ running: {}, errors: {}, learnt: 0 }));

async function during<T>(
  place: ImagePlace,
  what: 'digest' | 'inspect',
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const key = imageKey(place);
  const stop = new AbortController();
  useImageWork.setState(({ running, errors: { [key]: _before, ...errors } }) => ({
    running: { ...running, [key]: { what, stop } },
    errors,
  }));
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted)
      useImageWork.setState(({ errors }) => ({ errors: { ...errors, [key]: appErrorOf(error) } }));
    return null;
  } finally {
    useImageWork.setState(({ running: { [key]: _done, ...running }, learnt }) => ({ running, learnt: learnt + 1 }));
  }
}

/** Has the cluster compute the SHA-256 of the image. What goes wrong is in the store. */
export async function computeDigest(clusterId: ClusterId, { path, node }: ImagePlace): Promise<void> {
  const image = await during({ path, node }, 'digest', (signal) =>
    client.call('images.digest', { clusterId, path, node }, { signal }),
  );
  if (image !== null) imageChanged(clusterId, image);
}

/** Asks the cluster’s own apptainer or singularity of the image. What goes wrong is in the store. */
export async function inspectImage(clusterId: ClusterId, { path, node }: ImagePlace): Promise<void> {
  const detail = await during({ path, node }, 'inspect', (signal) =>
    client.call('images.inspect', { clusterId, path, node }, { signal }),
  );
  if (detail !== null) imageChanged(clusterId, detail.image);
}

export function endWork(place: ImagePlace): void {
  useImageWork.getState().running[imageKey(place)]?.stop.abort();
}
