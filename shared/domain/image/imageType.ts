import { labelOf } from './labels.ts';
import type { ImageMetadata } from './metadata.ts';
import type { ImageType } from './schema.ts';

const LABELS = ['slipway.type', 'org.slipway.type', 'image.type', 'type', 'category'];
const WORDS: Readonly<Record<string, ImageType>> = {
  viz: 'viz',
  vis: 'viz',
  visualization: 'viz',
  visualisation: 'viz',
  interactive: 'viz',
  desktop: 'viz',
  compute: 'compute',
  hpc: 'compute',
  simulation: 'compute',
  custom: 'custom',
};

/**
 * The type of an image: what its label says, or else the nearest of its folders that is called so (`/shared/apptainer/images/viz/…`), or else `custom`.
 * The path is that on the cluster.
 */
export function imageType(path: string, image: Pick<ImageMetadata, 'labels'> | null): ImageType {
  const folders = path.split('/').slice(0, -1).reverse();
  const label = image === null ? null : labelOf(image, LABELS);
  for (const word of [label ?? '', ...folders]) {
    const key = word.toLowerCase();
    if (Object.hasOwn(WORDS, key)) return WORDS[key] ?? 'custom';
  }
  return 'custom';
}
