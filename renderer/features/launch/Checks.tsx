import {
  bySeverity,
  CHECK_SECTIONS,
  mend,
  sectionOf,
  showProblem,
  useFormSession,
  useFormSessionKey,
  worstOf,
} from '../form/index.ts';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { problemKey, sayProblemAt } from '../../i18n/problem.ts';
import { Button, Skeleton } from '../../ui/index.ts';
import './Checks.css';

const ICONS = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

/** What was checked, and what stands against a submission. */
export function Checks() {
  const problems = useFormSession((session) => session.preview?.problems ?? null);
  const template = useFormSession((session) => session.detail.template);
  const sorted = useMemo(() => bySeverity(problems ?? []), [problems]);
  const sections = CHECK_SECTIONS.filter((section) =>
    section === 'files' ? template.files.length > 0 : section === 'image' ? template.image.mode !== 'none' : true,
  );
  return (
    <section className="checks" aria-label={t('launch.checks.title')}>
      <h3>{t('launch.checks.title')}</h3>
      {problems === null ? (
        <Skeleton lines={[60]} />
      ) : (
        <ul className="check-sections">
          {sections.map((section) => {
            const worst = worstOf(
              sorted.filter((problem) => sectionOf(problem) === section && problem.severity !== 'info'),
            );
            const Icon = worst ? ICONS[worst.severity] : CircleCheck;
            return (
              <li
                key={section}
                className={`check-section check-${worst?.severity ?? 'ok'}`}
                data-testid={`check-${section}`}
              >
                <Icon size={13} aria-hidden />
                {t(`launch.checks.${section}`)}
                <span className="visually-hidden">
                  {t(worst ? `launch.checks.${worst.severity}` : 'launch.checks.ok')}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {sorted.length > 0 ? (
        <ul className="check-list">
          {sorted.map((problem) => (
            <ProblemItem key={problemKey(problem)} problem={problem} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function ProblemItem({ problem }: { problem: Problem }) {
  const key = useFormSessionKey();
  const template = useFormSession((session) => session.detail.template);
  const Icon = ICONS[problem.severity];
  const { field, fix } = problem;
  const { message, hint } = sayProblemAt(problem);
  const text = (
    <>
      {message}
      {hint === '' ? null : <span className="field-hint"> {hint}</span>}
    </>
  );
  return (
    <li className={`check-item check-${problem.severity}`} data-testid="problem" data-rule={problem.rule}>
      <Icon size={13} aria-hidden />
      {field === null ? (
        <span className="check-text selectable">{text}</span>
      ) : (
        <button type="button" className="check-text check-link" onClick={() => showProblem(problem)}>
          {text}
        </button>
      )}
      {fix ? (
        <Button size="dense" onPress={() => mend(key, template, problem)}>
          {sayMessage(fix.label)}
        </Button>
      ) : null}
    </li>
  );
}
