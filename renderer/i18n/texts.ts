import { plain } from '../../shared/lib/plain.ts';

/** Texts of one language: keys nest, leaves are sentences with `{{placeholders}}`. */
export interface Texts {
  readonly [key: string]: string | Texts;
}

/** All leaves by their path: `jobs.title`. */
export function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [path, text] of flatten(value, `${prefix}${key}.`)) flat.set(path, text);
  }
  return flat;
}

/** One language, ready to look up. A sentence that counts stands under `key_one`, `key_other` (CLDR's plural categories). */
export class Phrasebook {
  readonly #texts: Map<string, string>;
  readonly #plurals: Intl.PluralRules;
  readonly #fallback: Phrasebook | null;

  constructor(language: string, texts: Texts, fallback: Phrasebook | null) {
    this.#texts = flatten(texts);
    this.#plurals = new Intl.PluralRules(language);
    this.#fallback = fallback;
  }

  /** Texts that came later. */
  add(texts: Texts): void {
    for (const [key, text] of flatten(texts)) this.#texts.set(key, text);
  }

  /** The text with its placeholders filled in, by what may have come from a server and must not reorder the sentence; of the fallback, and at last the key itself, when it is missing here. */
  say(key: string, values: Readonly<Record<string, string | number>>): string {
    const { count } = values;
    const counted =
      typeof count === 'number'
        ? (this.#texts.get(`${key}_${this.#plurals.select(count)}`) ?? this.#texts.get(`${key}_other`))
        : undefined;
    const text = counted ?? this.#texts.get(key);
    if (text === undefined) return this.#fallback?.say(key, values) ?? key;
    return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => plain(String(values[name] ?? whole)));
  }
}
