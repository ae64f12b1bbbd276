import type { TaskCounts as Counts } from '../../../shared/domain/job/task.ts';
import { t } from '../../i18n/index.ts';
import { GroupIcon } from '../../ui/index.ts';
import './job.css';

/** The order in which they are told. */
const GROUPS = ['ok', 'bad', 'cancelled', 'unknown', 'running', 'pending'] as const;

/** How the tasks of an array stand: `9 ✓ 1 ✕ 2 ▶ of 12`; what waits is what is missing to all of them. */
export function TaskCounts({ counts }: { counts: Counts }) {
  const told = GROUPS.filter((group) => counts[group] > 0);
  const words = told.map((group) => t(`jobs.tasks.counted.${group}`, { count: counts[group] })).join(', ');
  return (
    <span className="task-counts" title={words} data-testid="task-counts">
      <span className="visually-hidden">{t('jobs.tasks.countsOf', { counts: words, total: counts.total })}</span>
      {told
        .filter((group) => group !== 'pending')
        .map((group) => (
          <span key={group} className={`task-count state-${group}`} data-group={group} aria-hidden>
            {counts[group]}
            <GroupIcon group={group} size={12} />
          </span>
        ))}
      <span className="muted" aria-hidden>
        {t('jobs.tasks.of', { total: counts.total })}
      </span>
    </span>
  );
}
