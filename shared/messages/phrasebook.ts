import { plain } from '../lib/plain.ts';
import { PARTICLE, particleAfter } from './particles.ts';

/** Texts of one language: keys nest, leaves are sentences with `{{placeholders}}`. */
export interface Texts {
  readonly [key: string]: string | Texts;
}

/** What fills a placeholder: a word, a number, or a sentence that is said in the language of the one around it. */
export type Value = string | number | { readonly id: string; readonly values: Values };
export interface Values {
  readonly [name: string]: Value;
}

/** All leaves by their path: `jobs.title`. */
export function flatten(texts: Texts, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') into.set(prefix + key, value);
    else flatten(value, `${prefix}${key}.`, into);
  }
  return into;
}

/** Stands for a value that nobody gave, so that a sentence never shows braces. */
export const MISSING = '…';

const PLACEHOLDER = new RegExp(`\\{\\{(\\w+)(:moment)?\\}\\}${PARTICLE.source}`, 'g');

/** What a placeholder of a text is made of. */
type Found = [whole: string, name: string, moment: string | undefined, marks: string, particle: string | undefined];

/**
 * One language. What is costly to make is made when it is first needed: a program starts with both languages and mostly speaks one,
 * and few sentences hold a time. A sentence that counts stands under `key_one`, `key_other` (CLDR's plural categories). */
export class Phrasebook {
  readonly #language: string;
  readonly #nested: Texts;
  readonly #fallback: Phrasebook | null;
  #flat: Map<string, string> | undefined;
  #madePlurals: Intl.PluralRules | undefined;
  #madeMoments: Intl.DateTimeFormat | undefined;

  constructor(language: string, texts: Texts, fallback: Phrasebook | null) {
    this.#language = language;
    this.#nested = texts;
    this.#fallback = fallback;
  }

  get #texts(): Map<string, string> {
    return (this.#flat ??= flatten(this.#nested));
  }

  get #plurals(): Intl.PluralRules {
    return (this.#madePlurals ??= new Intl.PluralRules(this.#language));
  }

  get #moments(): Intl.DateTimeFormat {
    return (this.#madeMoments ??= new Intl.DateTimeFormat(this.#language === 'en' ? 'en-GB' : this.#language, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }));
  }

  /** Texts that came later. */
  add(texts: Texts): void {
    flatten(texts, '', this.#texts);
  }

  /** True when there is a text for this key, here or in the fallback. */
  has(key: string): boolean {
    return (
      this.#texts.has(key) || this.#texts.has(`${key}_other`) || (this.#fallback !== null && this.#fallback.has(key))
    );
  }

  /**
   * The text with its placeholders filled in, by what may have come from a server and must not reorder the sentence; of the fallback, and
   * at last the key itself, when it is missing here. A Korean particle that is written in both forms behind a placeholder takes the one
   * that what is filled in asks for. A placeholder without a value stays visible, or becomes `missing`. `{{at:moment}}` takes epoch
   * milliseconds and says them as `22 Nov, 08:00`, in the time zone of this computer.
   */
  say(key: string, values: Values, missing?: string): string {
    const { count } = values;
    const counted =
      typeof count === 'number'
        ? (this.#texts.get(`${key}_${this.#plurals.select(count)}`) ?? this.#texts.get(`${key}_other`))
        : undefined;
    const text = counted ?? this.#texts.get(key);
    if (text === undefined) return this.#fallback?.say(key, values, missing) ?? key;
    return text.replaceAll(PLACEHOLDER, (...[whole, name, moment, marks, particle]: Found) => {
      // not through the prototype: a text may say {{constructor}}
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return missing === undefined ? whole : missing + marks + (particle ?? '');
      const filled =
        typeof value === 'object'
          ? this.say(value.id, value.values, missing)
          : moment !== undefined && typeof value === 'number'
            ? this.#moments.format(value)
            : plain(String(value));
      return filled + marks + (particle === undefined ? '' : particleAfter(filled, particle));
    });
  }
}
