import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { shortFacts } from '../../lib/imageFacts.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { formatCount } from '../../ui/index.ts';
import { pastTime } from '../../ui/times.ts';
import type { ImageChoice } from './imageChoices.ts';

/** Why an image is out, or what is not known of it; null for one that fits. */
export function reasonText({ verdict }: ImageChoice): string | null {
  if (verdict.kind === 'fits') return null;
  return verdict.kind === 'gone' ? t('images.gone') : sayMessage(verdict.reason);
}

/** The second line of an image in the picker. `now` in epoch milliseconds. */
export function factsLine(image: ImageSummary, now: number): string {
  return [
    ...shortFacts(image),
    ...(image.usedIn === 0
      ? []
      : [t('images.picker.usedIn', { count: image.usedIn, shown: formatCount(image.usedIn) })]),
    ...(image.lastUsedAt === null ? [] : [pastTime(image.lastUsedAt, now)]),
  ].join(' · ');
}
