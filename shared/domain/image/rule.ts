/** What a template’s image rule lets through: the one answer for the form, the checks, “Will it run here?” and the command line. */
import type { ImageRule } from '../template/schema.ts';

type Rule = Pick<ImageRule, 'mode' | 'allowedImages'>;

/** The last part of a path: images are known by their file name, since each cluster keeps them elsewhere. */
export const imageName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * True when the rule lets an image of this file name be used. Which images belong to a partition the folders do not say, so that `partition`
 * lets through what `any` does: all, or those that the template lists.
 */
export function allowsImage({ mode, allowedImages }: Rule, name: string): boolean {
  return mode !== 'none' && (allowedImages.length === 0 || allowedImages.includes(name));
}

/** Those of the images that the rule lets through. */
export function allowedAmong<T extends { readonly name: string }>(rule: Rule, images: readonly T[]): T[] {
  return images.filter(({ name }) => allowsImage(rule, name));
}

/** Names that the rule asks for and that are not there. */
export function missingAmong({ mode, allowedImages }: Rule, images: readonly { readonly name: string }[]): string[] {
  return mode === 'none' ? [] : allowedImages.filter((wanted) => !images.some(({ name }) => name === wanted));
}

/**
 * The image to begin with where nobody has chosen: the first of those that a template with a fixed image names, else the only one there is.
 * Null leaves the choice to the person.
 */
export function impliedImage<T extends { readonly name: string }>(rule: Rule, images: readonly T[]): T | null {
  const allowed = allowedAmong(rule, images);
  const named =
    rule.mode === 'fixed'
      ? rule.allowedImages.flatMap((wanted) => allowed.find(({ name }) => name === wanted) ?? [])[0]
      : undefined;
  return named ?? (allowed.length === 1 ? (allowed[0] ?? null) : null);
}
