import { Circle, CircleCheck, CircleX, LoaderCircle } from 'lucide-react';
import type { SubmitStep } from '../../../shared/domain/job/schema.ts';
import { sayText } from '../../i18n/problem.ts';
import { t } from '../../i18n/index.ts';
import './job.css';

const ICONS = { waiting: Circle, active: LoaderCircle, done: CircleCheck, failed: CircleX } as const;

/** What a submission has done, does and has yet to do. What a step made, and why one failed, is said beside it by whoever shows it. */
export function SubmitSteps({ steps }: { steps: readonly SubmitStep[] }) {
  return (
    <ol className="steps" aria-label={t('jobs.sections.steps')}>
      {steps.map(({ step, state, detail }) => {
        const Icon = ICONS[state];
        return (
          <li
            key={step}
            className={`step step-${state}`}
            data-testid={`step-${step}`}
            data-state={state}
            aria-current={state === 'active' ? 'step' : undefined}
          >
            <Icon size={14} aria-hidden />
            <span>{t(`jobs.step.${step}`)}</span>
            <span className="visually-hidden">{t(`jobs.stepState.${state}`)}</span>
            {state === 'active' || step === 'files' ? (
              <span className="secondary truncate selectable" title={sayText(detail)}>
                {sayText(detail)}
              </span>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
