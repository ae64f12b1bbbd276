import { t } from '../i18n/index.ts';
import './Skeleton.css';

/** Stands where content of known shape will be. Widths in percent, one line each. */
export function Skeleton({ lines = [70, 90, 55] }: { lines?: readonly number[] }) {
  return (
    <div className="skeleton" role="status" aria-label={t('ui.loading')}>
      {lines.map((width, line) => (
        <span key={line} className="skeleton-line" style={{ width: `${String(width)}%` }} />
      ))}
    </div>
  );
}
