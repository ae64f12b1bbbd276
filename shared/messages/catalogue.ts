import englishTexts from './en/index.ts';
import koreanTexts from './ko/index.ts';
import type { Message } from './message.ts';
import { MISSING, Phrasebook } from './phrasebook.ts';

// For programs on this side of the wire. The page loads one language, when it needs it: renderer/i18n.

/** A language that every sentence of the catalogue is written in. */
export type Language = 'en' | 'ko';

/** The English texts: what every other language falls back to. */
export const english = new Phrasebook('en', englishTexts, null);
const BOOKS: Readonly<Record<Language, Phrasebook>> = { en: english, ko: new Phrasebook('ko', koreanTexts, english) };

/** The language of the settings; with `system`, the one of this computer's locale (`ko-KR`) if it is one of ours, or else English. */
export function languageOf(setting: Language | 'system', locale: string): Language {
  if (setting !== 'system') return setting;
  return locale.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

/** The sentence of a message in a language, its values filled in. What a server said in it cannot reorder it (`plain`). */
export function say(language: Language, { id, values }: Message): string {
  return BOOKS[language].say(id, values, MISSING);
}

/** In English: for the log, the command line and the text that programs read on the wire. */
export function inWords(message: Message): string {
  return say('en', message);
}
