import { CircleCheck, CircleX } from 'lucide-react';
import type { ConnectionTestStep } from '../../../shared/domain/cluster.ts';
import { t } from '../../i18n/index.ts';
import { Group, Skeleton } from '../../ui/index.ts';

export function ConnectionTest({ steps }: { steps: readonly ConnectionTestStep[] | 'running' }) {
  return (
    <Group title={t('clusters.sections.test')}>
      {steps === 'running' ? (
        <Skeleton lines={[50, 55, 45]} />
      ) : (
        <ol className="test-steps" data-testid="test-steps">
          {steps.map((step) => {
            const Icon = step.outcome === 'ok' ? CircleCheck : CircleX;
            return (
              <li key={`${step.hop ?? ''} ${step.step}`} className={step.outcome === 'ok' ? 'test-step test-ok' : 'test-step test-bad'}>
                <Icon size={14} aria-label={step.outcome === 'ok' ? t('clusters.stepOk') : t('clusters.stepBad')} />
                <span>{t(`clusters.step.${step.step}`)}</span>
                <span className="test-detail secondary selectable">
                  {step.detail}
                  {step.hint ? <span className="test-hint">{step.hint}</span> : null}
                </span>
                <span className="secondary">{Math.round(step.elapsed)} ms</span>
              </li>
            );
          })}
        </ol>
      )}
    </Group>
  );
}
