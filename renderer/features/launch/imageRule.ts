import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';

/** The images that a template's rule lets through. Which images belong to a partition the folders do not say, so `partition` filters by name only. */
export function allowedImages(
  rule: Pick<ImageRule, 'mode' | 'allowedImages'>,
  images: readonly ImageSummary[],
): ImageSummary[] {
  if (rule.mode === 'none') return [];
  return rule.allowedImages.length === 0
    ? [...images]
    : images.filter((image) => rule.allowedImages.includes(image.name));
}

/** Names that the rule asks for and the cluster does not have. */
export function missingImages(
  rule: Pick<ImageRule, 'mode' | 'allowedImages'>,
  images: readonly ImageSummary[],
): string[] {
  return rule.mode === 'none' ? [] : rule.allowedImages.filter((name) => !images.some((image) => image.name === name));
}

/**
 * The image to begin with: the chosen one while it is there; else one of the same name (another cluster keeps it elsewhere);
 * else the one that is the only choice or that the template names first. `null` leaves the choice to the person.
 */
export function startingImage(
  rule: Pick<ImageRule, 'mode' | 'allowedImages'>,
  images: readonly ImageSummary[],
  chosen: string | null,
): string | null {
  const allowed = allowedImages(rule, images);
  if (chosen !== null) {
    const name = chosen.slice(chosen.lastIndexOf('/') + 1);
    const found = allowed.find((image) => image.path === chosen) ?? allowed.find((image) => image.name === name);
    return found?.path ?? chosen;
  }
  if (rule.mode === 'fixed') {
    for (const name of rule.allowedImages) {
      const found = allowed.find((image) => image.name === name);
      if (found) return found.path;
    }
  }
  return allowed.length === 1 ? (allowed[0]?.path ?? null) : null;
}
