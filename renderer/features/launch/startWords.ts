import { t } from '../../i18n/index.ts';
import { clockTime, relativeTime } from '../../ui/index.ts';

/** A start this near, in milliseconds, is at once. */
const SOON_MS = 60_000;

/** `now`, or the clock and how far that is: `≈ 14:20, in 25 min`. Epoch milliseconds. */
export function startWords(at: number | null, now: number): string {
  if (at === null) return t('launch.start.unknown');
  return at - now < SOON_MS
    ? t('launch.start.now')
    : t('launch.start.at', { time: clockTime(at, now), relative: relativeTime(at, now) });
}
