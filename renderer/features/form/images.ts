/** The images of a cluster, and which of them a template may use. */
import { create } from 'zustand';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';

type ImageList = OutputOf<'images.list'>;

interface Images {
  lists: Readonly<Record<string, ImageList>>;
  errors: Readonly<Record<string, CodedError>>;
  loading: ReadonlySet<string>;
}

export const useImages = create<Images>(() => ({ lists: {}, errors: {}, loading: new Set() }));

/** Without those that are known from before and gone. */
export const imagesThere = (list: ImageList): ImageList['images'] => list.images.filter(({ active }) => active);

export async function loadImages(clusterId: ClusterId, refresh = false): Promise<void> {
  if (useImages.getState().loading.has(clusterId)) return;
  useImages.setState(({ loading }) => ({ loading: new Set(loading).add(clusterId) }));
  try {
    const list = await client.call('images.list', { clusterId, refresh });
    useImages.setState(({ lists, errors: { [clusterId]: _old, ...errors } }) => ({
      lists: { ...lists, [clusterId]: list },
      errors,
    }));
  } catch (error) {
    useImages.setState(({ errors }) => ({ errors: { ...errors, [clusterId]: appErrorOf(error) } }));
  } finally {
    useImages.setState(({ loading }) => ({ loading: new Set([...loading].filter((id) => id !== clusterId)) }));
  }
}
