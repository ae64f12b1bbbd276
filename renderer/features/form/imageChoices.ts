import { judgeImage, type ImageVerdict } from '../../../shared/domain/image/rule.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';
import { holdsWords } from '../../lib/imageSearch.ts';

export interface ImageChoice {
  readonly image: ImageSummary;
  /** `gone`: the last look through its folder did not find it. */
  readonly verdict: ImageVerdict | { readonly kind: 'gone' };
}

/** Whether it can be chosen. */
export function isChoosable({ verdict }: ImageChoice): boolean {
  return verdict.kind === 'fits' || verdict.kind === 'unsure';
}

export interface ImageGroups {
  /** Those that runs have used, latest first. */
  readonly recent: readonly ImageChoice[];
  /** The other ones that the template lets through, by name; those of which it cannot be said last. */
  readonly others: readonly ImageChoice[];
  /** Those that it does not let through, by name, and those that are gone. */
  readonly out: readonly ImageChoice[];
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const inOrder = (a: ImageChoice, b: ImageChoice): number =>
  byName.compare(a.image.name, b.image.name) || byName.compare(a.image.path, b.image.path);

type Rule = Pick<ImageRule, 'mode' | 'partition' | 'allowedImages'>;
let last: { images: readonly ImageSummary[]; rule: Rule; partition: string | null; groups: ImageGroups } | null = null;

/**
 * The images of a cluster as a template may use them, for a job in this partition. The last answer is kept: a picker that is opened again has
 * two thousand images in order at once.
 */
export function groupImages(images: readonly ImageSummary[], rule: Rule, partition: string | null): ImageGroups {
  if (last?.images !== images || last.rule !== rule || last.partition !== partition)
    last = { images, rule, partition, groups: grouped(images, rule, partition) };
  return last.groups;
}

function grouped(images: readonly ImageSummary[], rule: Rule, partition: string | null): ImageGroups {
  const choices = images.map((image): ImageChoice => ({
    image,
    verdict: image.active ? judgeImage(rule, image, partition) : { kind: 'gone' },
  }));
  const usable = choices.filter(isChoosable);
  const rank = ({ verdict }: ImageChoice): number => (verdict.kind === 'fits' ? 0 : 1);
  return {
    recent: usable
      .filter(({ image }) => image.lastUsedAt !== null)
      .sort((a, b) => (b.image.lastUsedAt ?? 0) - (a.image.lastUsedAt ?? 0)),
    others: usable.filter(({ image }) => image.lastUsedAt === null).sort((a, b) => rank(a) - rank(b) || inOrder(a, b)),
    out: choices.filter((choice) => !isChoosable(choice)).sort(inOrder),
  };
}

export type ImageRow =
  | { readonly kind: 'heading'; readonly group: keyof ImageGroups }
  | { readonly kind: 'image'; readonly choice: ImageChoice };

const GROUPS = ['recent', 'others', 'out'] as const;

/** What the picker lists for a query: each group that holds something under its heading; images that stand first need none. */
export function imageRows(groups: ImageGroups, query: string): ImageRow[] {
  return GROUPS.flatMap((group): ImageRow[] => {
    const found = groups[group].filter(({ image }) => holdsWords(image, query));
    if (found.length === 0) return [];
    const images = found.map((choice): ImageRow => ({ kind: 'image', choice }));
    return group === 'others' && groups.recent.length === 0 ? images : [{ kind: 'heading', group }, ...images];
  });
}
