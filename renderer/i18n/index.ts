import { errorMessages, type ErrorDetails } from '../../shared/errors/codedError.ts';
import pageErrors from '../../shared/messages/en/pageErrors.ts';
import parameters from '../../shared/messages/en/parameters.ts';
import said from '../../shared/messages/en/said.ts';
import words from '../../shared/messages/en/words.ts';
import type { Message } from '../../shared/messages/message.ts';
import { MISSING, Phrasebook, type Texts } from '../../shared/messages/phrasebook.ts';
import first from './en/first.ts';
import type en from './en/index.ts';

// Not a library: the initial JavaScript has a budget, and thirteen of its kilobytes buy nothing that these lines do not do.

type Singular<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
type Leaves<T> = { [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Leaves<T[K]>}` }[keyof T &
  string];

/** Every text of the interface, for example `jobs.title`. A key with `_one` and `_other` is named without them and takes `count`. */
export type TextKey = Leaves<typeof en>;

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

const english = new Phrasebook('en', first, null);
/** The messages that the page makes before the catalogue is there: in English, as they cross the wire. */
export const PAGE_MESSAGES = new Phrasebook('en', { errors: pageErrors, parameters, said, words }, null);
let language: Language = 'en';
let phrasebook = english;
let messages = PAGE_MESSAGES;

/** English comes with the page; the others are loaded when they are chosen: what the page says, and the catalogue of messages. */
const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<readonly { default: Texts }[]>>> = {
  ko: () => Promise.all([import('./ko/index.ts'), import('../../shared/messages/ko/index.ts')]),
};

/** Loads the texts of the screens that are not the first one, and the messages in English. They must not be drawn before. */
export async function loadLaterTexts(): Promise<void> {
  const [later, catalogue] = await Promise.all([import('./en/later.ts'), import('../../shared/messages/en/index.ts')]);
  english.add(later.default);
  PAGE_MESSAGES.add(catalogue.default);
}

/** Switches the language. Whoever calls it draws everything anew: texts are looked up while drawing. */
export async function switchLanguage(next: Language): Promise<void> {
  if (next === 'en') {
    phrasebook = english;
    messages = PAGE_MESSAGES;
  } else {
    const [texts, catalogue] = await LOADERS[next]();
    phrasebook = new Phrasebook(next, texts?.default ?? {}, english);
    messages = new Phrasebook(next, catalogue?.default ?? {}, PAGE_MESSAGES);
  }
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

/**
 * A message of the catalogue in the current language. `inEnglish` is what the wire carries beside it: shown until the catalogue is there,
 * and for a message that only a newer program knows; without it, `…` is.
 */
export function sayMessage({ id, values }: Message, inEnglish: string = MISSING): string {
  return messages.has(id) ? messages.say(id, values, MISSING) : inEnglish;
}

/** An error as it came: over the wire, of a record, or made by the page. What has no name or details is shown as it is. */
export interface SaidError {
  readonly name?: string | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly ownHint?: Message | null | undefined;
  readonly details?: ErrorDetails | undefined;
}

/** What an error says and the next step, in the current language. */
export function sayError(error: SaidError): { message: string; hint: string } {
  const { name, message, hint = '', ownHint, details } = error;
  if (name === undefined || details === undefined) return { message, hint };
  const said = errorMessages({ name, details, ownHint });
  return {
    message: sayMessage(said.message, message),
    // a record of before there were messages holds its own next step in English only
    hint: ownHint === undefined && hint !== '' ? hint : sayMessage(said.hint, hint),
  };
}
