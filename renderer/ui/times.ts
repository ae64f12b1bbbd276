import { currentLanguage, t } from '../i18n/index.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Making a formatter takes a hundred times as long as using it: each is made once for a language. */
function perLanguage<T>(make: (language: string) => T): () => T {
  let made: { language: string; formatter: T } | null = null;
  return () => {
    const language = currentLanguage();
    if (made?.language !== language) made = { language, formatter: make(language) };
    return made.formatter;
  };
}

const exact = perLanguage(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
);
const clock = perLanguage(
  (language) => new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false }),
);
const dayAndClock = perLanguage(
  (language) =>
    new Intl.DateTimeFormat(language, {
      hour: '2-digit',
      minute: '2-digit',
      hour12: false,
      day: 'numeric',
      month: 'short',
    }),
);
const counts = perLanguage((language) => new Intl.NumberFormat(language));

/** "2 min ago", "in 8 s". Both times are epoch milliseconds. */
export function relativeTime(at: number, now: number): string {
  const ahead = at - now;
  if (ahead > 0) {
    if (ahead < SECOND) return t('ui.in.now');
    if (ahead < 90 * SECOND) return t('ui.in.seconds', { count: Math.round(ahead / SECOND) });
    if (ahead < 90 * MINUTE) return t('ui.in.minutes', { count: Math.round(ahead / MINUTE) });
    if (ahead < 36 * HOUR) return t('ui.in.hours', { count: Math.round(ahead / HOUR) });
    return t('ui.in.days', { count: Math.round(ahead / DAY) });
  }
  const age = -ahead;
  if (age < 45 * SECOND) return t('ui.ago.now');
  if (age < HOUR) return t('ui.ago.minutes', { count: Math.max(1, Math.round(age / MINUTE)) });
  if (age < DAY) return t('ui.ago.hours', { count: Math.max(1, Math.floor(age / HOUR)) });
  return t('ui.ago.days', { count: Math.floor(age / DAY) });
}

/** "2 min ago" of what has happened: never ahead, though the clock of a cluster may be, or the `now` a little old. */
export function pastTime(at: number, now: number): string {
  return relativeTime(at, Math.max(at, now));
}

/** Date and time to the second, in the language of the interface. `at` is epoch milliseconds. */
export function exactTime(at: number): string {
  return exact().format(at);
}

/** The clock, with the day when it is not today: `14:20`, `22 Nov, 14:20`. */
export function clockTime(at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return (sameDay ? clock() : dayAndClock()).format(at);
}

/** An amount with its currency, always to cents: `$1.04`. */
export function formatMoney(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat(currentLanguage(), {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    }).format(amount);
  } catch {
    // three letters that are no currency code
    return `${amount.toFixed(2)} ${currency}`;
  }
}

export function formatCount(count: number): string {
  return counts().format(count);
}
