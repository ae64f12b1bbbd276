import type { ImageSummary } from '../../shared/domain/image/schema.ts';

/** Labels as `name=value`, in lower case. */
export function labelLines(image: Pick<ImageSummary, 'labels'>): string[] {
  return Object.entries(image.labels).map(([name, value]) => `${name}=${value}`.toLowerCase());
}

/** What is searched, made once for each image as the core told it: with two thousand of them typing must stay light. */
const searched = new WeakMap<ImageSummary, string>();

function searchedText(image: ImageSummary): string {
  const known = searched.get(image);
  if (known !== undefined) return known;
  const { need } = image.gpu;
  const text = [
    image.name,
    image.folder,
    image.title,
    image.version,
    image.description,
    image.architecture,
    need === 'none' || need === 'unknown' ? '' : need,
    image.mpi,
    image.partition,
    image.node,
    image.uuid,
    image.digest,
    ...image.apps,
    ...labelLines(image),
  ]
    .join('\n')
    .toLowerCase();
  searched.set(image, text);
  return text;
}

/** True when every word of the query stands somewhere in what is known of the image. */
export function holdsWords(image: ImageSummary, query: string): boolean {
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => word === '' || searchedText(image).includes(word));
}
