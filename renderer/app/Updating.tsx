import { t } from '../i18n/index.ts';
import { ProgressBar } from '../ui/index.ts';

/** In the place of everything while the database of an older version is updated. */
export function Updating({ done, total }: { done: number; total: number }) {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const text = t('app.updating', { percent });
  return (
    <main className="page-updating">
      <h1>{text}</h1>
      <ProgressBar value={percent} label={text} />
      <p>{t('app.updatingHint')}</p>
    </main>
  );
}
