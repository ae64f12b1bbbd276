import { allowedAmong, imageName, impliedImage } from '../../../shared/domain/image/rule.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';

/**
 * The path of the image to begin with: the chosen one while it is there; else one of the same name (another cluster keeps it elsewhere);
 * else the one that the rule implies. `null` leaves the choice to the person.
 */
export function startingImage(
  rule: Pick<ImageRule, 'mode' | 'allowedImages'> & Partial<Pick<ImageRule, 'partition'>>,
  images: readonly ImageSummary[],
  chosen: string | null,
  partition: string | null = null,
): string | null {
  if (chosen === null) return impliedImage(rule, images, partition)?.path ?? null;
  if (images.some(({ path }) => path === chosen)) return chosen;
  const allowed = allowedAmong(rule, images, partition);
  return allowed.find(({ name }) => name === imageName(chosen))?.path ?? chosen;
}
