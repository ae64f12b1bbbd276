import i18next, { type Resource } from 'i18next';
import en from './en/index.ts';

type Singular<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
type Leaves<T> = { [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Leaves<T[K]>}` }[keyof T & string];

/** Every text of the interface, for example `jobs.title`. A key with `_one` and `_other` is named without them and takes `count`. */
export type TextKey = Leaves<typeof en>;

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

const i18n = i18next.createInstance();

/** English comes with the program; other languages are loaded when they are chosen. Call before anything is drawn. */
export async function startTexts(language: Language): Promise<void> {
  await i18n.init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } } satisfies Resource,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await switchLanguage(language);
}

/** Switches the language. Whoever calls it draws everything anew: texts are looked up while drawing. */
export async function switchLanguage(language: Language): Promise<void> {
  if (language === 'ko' && !i18n.hasResourceBundle('ko', 'translation')) {
    i18n.addResourceBundle('ko', 'translation', (await import('./ko/index.ts')).default);
  }
  await i18n.changeLanguage(language);
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

/** The language of this computer, if it is one of ours. */
export function systemLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().startsWith(language));
    if (found) return found;
  }
  return 'en';
}

export function currentLanguage(): Language {
  return LANGUAGES.find((language) => language === i18n.language) ?? 'en';
}

/** A text in the current language, its `{{placeholders}}` filled in. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return i18n.t(key, values);
}
