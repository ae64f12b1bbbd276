import type { ImageText } from '../../shared/domain/image/metadata.ts';
import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { decoded } from './numbers.ts';

/** Texts of one image, within the bounds of each and of all together. */
export class TextBudget {
  #left: number = IMAGE_LIMITS.total;

  /** The text, or as much of it as there is room for; `more` where the caller has not got all of it. */
  take(text: string, most: number, more = false): ImageText {
    const kept = cutTo(text, Math.min(most, this.#left));
    this.#left -= kept.length;
    return { text: kept, cut: more || kept.length < text.length };
  }

  bytes(bytes: Uint8Array, most: number, more = false): ImageText {
    return this.take(decoded(bytes), most, more);
  }
}

/** The first characters of a text, no half of one among them. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : Math.max(0, most));
}
