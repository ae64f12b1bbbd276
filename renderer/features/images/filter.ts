import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { parseFileSize } from '../../../shared/lib/bytes.ts';
import { holdsWords, labelLines } from '../../lib/imageSearch.ts';

/** What the filters of the page hold; empty strings mean everything. Remembered as it is. */
export interface ImageFilter {
  text: string;
  type: ImageSummary['type'] | '';
  gpu: ImageSummary['gpu']['need'] | '';
  architecture: string;
  signed: 'yes' | 'no' | 'unknown' | '';
  version: string;
  app: string;
  /** A part of `name=value`. */
  label: string;
  /** Sizes as people write them: `500M`, `2 GiB`. What is none does not filter. */
  least: string;
  most: string;
  used: 'used' | 'never' | '';
  /** Beginning of a digest or of a UUID. */
  identity: string;
  /** Those that the last scan did not find are not among the others, unless they are asked for. */
  there: 'there' | 'gone' | 'both';
}

export const EVERY_IMAGE: ImageFilter = {
  text: '',
  type: '',
  gpu: '',
  architecture: '',
  signed: '',
  version: '',
  app: '',
  label: '',
  least: '',
  most: '',
  used: '',
  identity: '',
  there: 'there',
};

/** The filters that stand behind “More filters”. */
const MORE_FILTERS = ['signed', 'version', 'app', 'label', 'least', 'most', 'used', 'identity', 'there'] as const;

export function isEveryImage(filter: ImageFilter): boolean {
  return (Object.keys(EVERY_IMAGE) as (keyof ImageFilter)[]).every((key) => filter[key] === EVERY_IMAGE[key]);
}

/** How many of the filters behind “More filters” are set. */
export function moreFiltersSet(filter: ImageFilter): number {
  return MORE_FILTERS.filter((key) => filter[key] !== EVERY_IMAGE[key]).length;
}

const holds = (value: string | null, part: string): boolean =>
  part.trim() === '' || (value ?? '').toLowerCase().includes(part.trim().toLowerCase());

const SIGNED = { yes: true, no: false, unknown: null } as const;

/** The images that every filter lets through, in their order. */
export function filterImages(images: readonly ImageSummary[], filter: ImageFilter): ImageSummary[] {
  const least = parseFileSize(filter.least);
  const most = parseFileSize(filter.most);
  const identity = filter.identity
    .trim()
    .toLowerCase()
    .replace(/^sha256[:.]/, '');
  const label = filter.label.trim().toLowerCase();
  return images.filter(
    (image) =>
      (filter.there === 'both' || image.active === (filter.there === 'there')) &&
      (filter.type === '' || image.type === filter.type) &&
      (filter.gpu === '' || image.gpu.need === filter.gpu) &&
      (filter.architecture === '' || image.architecture === filter.architecture) &&
      (filter.signed === '' || image.signed === SIGNED[filter.signed]) &&
      holds(image.version, filter.version) &&
      (filter.app.trim() === '' || image.apps.some((app) => holds(app, filter.app))) &&
      (label === '' || labelLines(image).some((line) => line.includes(label))) &&
      (least === null || image.size >= least) &&
      (most === null || image.size <= most) &&
      (filter.used === '' || image.usedIn > 0 === (filter.used === 'used')) &&
      (identity === '' ||
        (image.digest?.startsWith(identity) ?? false) ||
        (image.uuid?.toLowerCase().startsWith(identity) ?? false)) &&
      holdsWords(image, filter.text),
  );
}

/** The architectures that there are, each once. */
export function architecturesOf(images: readonly ImageSummary[]): ImageSummary['architecture'][] {
  return [...new Set(images.map(({ architecture }) => architecture))].sort();
}
