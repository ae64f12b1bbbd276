import type { ImageSummary } from '../../shared/domain/image/schema.ts';

/** Where an image lies. */
export type ImagePlace = Pick<ImageSummary, 'path' | 'node'>;

/** What tells the images of a cluster apart, in lists and in addresses: its path, after the node's name where it was seen on a node. */
export function imageKey({ path, node }: ImagePlace): string {
  return node === null ? path : `${node}:${path}`;
}

/** The place that a key names, or null for what is no key. Paths are absolute, so that a name before the first `:` is a node’s. */
export function placeOfKey(key: string): ImagePlace | null {
  if (key.startsWith('/')) return { path: key, node: null };
  const colon = key.indexOf(':/');
  return colon <= 0 ? null : { path: key.slice(colon + 1), node: key.slice(0, colon) };
}
