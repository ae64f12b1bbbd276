import first from './en/first.ts';
import type en from './en/index.ts';
import { Phrasebook, type Texts } from './texts.ts';

// Not a library: the initial JavaScript has a budget, and thirteen of its kilobytes buy nothing that these lines do not do.

type Singular<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
type Leaves<T> = { [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Leaves<T[K]>}` }[keyof T &
  string];

/** Every text of the interface, for example `jobs.title`. A key with `_one` and `_other` is named without them and takes `count`. */
export type TextKey = Leaves<typeof en>;

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

const english = new Phrasebook('en', first, null);
let language: Language = 'en';
let phrasebook = english;

/** English comes with the page; the others are loaded when they are chosen. */
const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ default: Texts }>>> = {
  ko: () => import('./ko/index.ts'),
};

/** Loads the texts of the screens that are not the first one. They must not be drawn before. */
export async function loadLaterTexts(): Promise<void> {
  english.add((await import('./en/later.ts')).default);
}

/** Switches the language. Whoever calls it draws everything anew: texts are looked up while drawing. */
export async function switchLanguage(next: Language): Promise<void> {
  phrasebook = next === 'en' ? english : new Phrasebook(next, (await LOADERS[next]()).default, english);
  language = next;
  document.documentElement.lang = next;
}

/** The language of this computer, if it is one of ours. */
export function systemLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = LANGUAGES.find((known) => tag.toLowerCase().startsWith(known));
    if (found) return found;
  }
  return 'en';
}

export function currentLanguage(): Language {
  return language;
}

/** A text in the current language, its `{{placeholders}}` filled in. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return phrasebook.say(key, values);
}
