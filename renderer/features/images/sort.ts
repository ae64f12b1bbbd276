import type { ImageSummary } from '../../../shared/domain/image/schema.ts';

/** Columns of the table, each of which orders it. */
export const IMAGE_COLUMNS = [
  'name',
  'type',
  'version',
  'size',
  'architecture',
  'gpu',
  'apps',
  'labels',
  'signed',
  'digest',
  'usedIn',
  'lastUsed',
  'folder',
] as const;
export type ImageColumn = (typeof IMAGE_COLUMNS)[number];

export interface ImageOrder {
  column: ImageColumn;
  descending: boolean;
}

/** Names as people number them: `gcc-9` before `gcc-13`. */
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const VALUES: Readonly<Record<ImageColumn, (image: ImageSummary) => string | number | null>> = {
  name: (image) => image.name,
  type: (image) => image.type,
  version: (image) => image.version,
  size: (image) => image.size,
  architecture: (image) => (image.architecture === 'unknown' ? null : image.architecture),
  gpu: (image) => (image.gpu.need === 'unknown' ? null : image.gpu.need),
  apps: (image) => image.apps.join(' ') || null,
  labels: (image) => Object.keys(image.labels).length,
  signed: (image) => (image.signed === null ? null : Number(image.signed)),
  digest: (image) => image.digest,
  usedIn: (image) => image.usedIn,
  lastUsed: (image) => image.lastUsedAt,
  folder: (image) => image.folder,
};

/** In this order; what is not known comes last in both directions, and what is equal stands by name. */
export function sortImages(images: readonly ImageSummary[], { column, descending }: ImageOrder): ImageSummary[] {
  const valueOf = VALUES[column];
  const sign = descending ? -1 : 1;
  return images
    .map((image) => ({ image, value: valueOf(image) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) {
        if (a.value !== b.value) return a.value === null ? 1 : -1;
      } else {
        const difference =
          typeof a.value === 'number' && typeof b.value === 'number'
            ? a.value - b.value
            : byName.compare(String(a.value), String(b.value));
        if (difference !== 0) return sign * difference;
      }
      return byName.compare(a.image.name, b.image.name) || byName.compare(a.image.path, b.image.path);
    })
    .map(({ image }) => image);
}

/** What a press on a column's head makes of the order: this column, and pressed again the other way round. */
export function orderPressed(order: ImageOrder, column: ImageColumn): ImageOrder {
  if (order.column === column) return { column, descending: !order.descending };
  // of sizes, uses and times the most is asked for first
  return { column, descending: ['size', 'labels', 'usedIn', 'lastUsed'].includes(column) };
}
