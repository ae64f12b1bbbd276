import {
  ChevronRight,
  CircleCheck,
  CircleMinus,
  CircleX,
  LoaderCircle,
  TriangleAlert,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import type { ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Button, CopyButton, ErrorNotice, Group, IconButton } from '../../ui/index.ts';
import { stepsByHop, testAsText, verdictOf } from './diagnosisSteps.ts';
import type { ConnectionTester, TestRun } from './useConnectionDiagnosis.ts';
import './ConnectionDiagnosis.css';

const ICONS: Record<ConnectionTestStep['outcome'], LucideIcon> = {
  ok: CircleCheck,
  warn: TriangleAlert,
  failed: CircleX,
  skipped: CircleMinus,
};

const hopName = (hop: string | null): string =>
  hop === null ? t('clusters.testing.cluster') : t('clusters.testing.hop', { hop });
const stepName = (step: ConnectionTestStep['step']): string => t(`clusters.step.${step}`);

function verdictText(run: TestRun): string {
  if (run.status === 'running') return t('clusters.testing.running');
  if (run.status === 'stopped') return t('clusters.testing.stopped');
  const verdict = verdictOf(run.steps);
  return verdict.kind === 'failed'
    ? t('clusters.testing.failed', { step: stepName(verdict.step.step) })
    : t(`clusters.testing.${verdict.kind}`);
}

/** The steps of a connection test as they end. `nextStep` offers a way out of a failed one. */
export function ConnectionDiagnosis({
  tester,
  title,
  onAgain,
  nextStep,
}: {
  tester: ConnectionTester;
  title: string;
  onAgain: () => void;
  nextStep: (step: ConnectionTestStep) => ReactNode;
}) {
  const { run } = tester;
  if (run === null) return null;
  const groups = stepsByHop(run.steps);
  const text = (): string =>
    testAsText(title, run.steps, {
      outcome: (outcome) => t(`clusters.testing.outcome.${outcome}`),
      step: stepName,
      hop: hopName,
      message: sayMessage,
    });
  return (
    <Group
      title={t('clusters.sections.test')}
      aside={
        <span className="group-actions">
          {run.status === 'running' ? (
            <Button size="dense" icon={X} onPress={tester.stop}>
              {t('clusters.testing.cancel')}
            </Button>
          ) : (
            <>
              {run.steps.length > 0 ? <CopyButton text={text()}>{t('clusters.testing.copy')}</CopyButton> : null}
              <Button size="dense" onPress={onAgain}>
                {t('clusters.testing.again')}
              </Button>
              <IconButton size="dense" icon={X} label={t('clusters.testing.close')} onPress={tester.close} />
            </>
          )}
        </span>
      }
    >
      {/* one sentence is announced, not every line of the list */}
      <p role="status" className="test-verdict" data-testid="test-verdict">
        {run.status === 'running' ? <LoaderCircle size={14} aria-hidden className="spin" /> : null}
        {verdictText(run)}
      </p>
      {run.error ? <ErrorNotice error={run.error} /> : null}
      <div data-testid="test-steps" className="test-groups">
        {groups.map(({ hop, steps }) => (
          <section key={hop ?? ''} aria-label={hopName(hop)}>
            {groups.length > 1 ? <h4 className="test-hop selectable">{hopName(hop)}</h4> : null}
            <ol className="test-steps">
              {steps.map((step) => (
                <StepLine key={step.step} step={step} nextStep={step.outcome === 'failed' ? nextStep(step) : null} />
              ))}
            </ol>
          </section>
        ))}
      </div>
    </Group>
  );
}

function StepLine({ step, nextStep }: { step: ConnectionTestStep; nextStep: ReactNode }) {
  const [isOpen, setOpen] = useState(step.outcome === 'failed');
  const notesId = useId();
  const Icon = ICONS[step.outcome];
  return (
    <li className={`test-step test-${step.outcome}`} data-step={step.step} data-outcome={step.outcome}>
      <span className="test-outcome">
        <Icon size={14} aria-hidden />
        {t(`clusters.testing.outcome.${step.outcome}`)}
      </span>
      <span className="test-name">{stepName(step.step)}</span>
      <span className="test-detail">
        {step.detail === null ? null : <span className="secondary selectable">{sayMessage(step.detail)}</span>}
        {step.hint === null ? null : <span className="test-hint selectable">{sayMessage(step.hint)}</span>}
        {step.notes.length === 0 ? null : (
          <button
            type="button"
            className="test-more"
            aria-expanded={isOpen}
            aria-controls={notesId}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight size={12} aria-hidden className="section-caret" />
            {t('clusters.testing.notes', { count: step.notes.length })}
          </button>
        )}
        {isOpen && step.notes.length > 0 ? (
          <ul className="test-notes selectable" id={notesId}>
            {step.notes.map((note, index) => (
              <li key={index}>{sayMessage(note)}</li>
            ))}
          </ul>
        ) : null}
        {nextStep ? <span className="test-next">{nextStep}</span> : null}
      </span>
      <span className="test-time secondary">
        {step.outcome === 'skipped' ? '' : `${String(Math.round(step.elapsed))} ms`}
      </span>
    </li>
  );
}
