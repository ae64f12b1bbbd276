import { problemKey, sayProblemAt } from '../../i18n/problem.ts';
import { FileCode2, RotateCcw } from 'lucide-react';
import { memo, Suspense, useState, type FocusEvent } from 'react';
import { t } from '../../i18n/index.ts';
import { IconButton, later, ProblemLine, showToast, TextField } from '../../ui/index.ts';
import { sourceLabel } from '../templates/browser/index.ts';
import { ContainerFields } from './ContainerFields.tsx';
import { changeDraft, resetDraft } from './drafting.ts';
import { FileFields } from './FileFields.tsx';
import { ParameterFields } from './ParameterFields.tsx';
import { ResetButton } from './ResetButton.tsx';
import { ResourceFields } from './ResourceFields.tsx';
import { useChangeDraft, useFieldProblem, useFormSession, useFormSessionKey } from './formSessionContext.ts';
import { useFormSessions } from './formSessions.ts';
import './LaunchForm.css';

const TemplateText = later(async () => (await import('./TemplateText.tsx')).TemplateText);

function followFocus(event: FocusEvent<HTMLElement>): void {
  const field = event.target.closest<HTMLElement>('[data-field]')?.dataset['field'];
  if (field !== undefined) useFormSessions.setState({ focusedField: field });
}

/** Everything that a person decides about one job of a template. Its fields follow the draft one by one. */
export const LaunchForm = memo(function LaunchForm() {
  return (
    <section className="launch-form" aria-label={t('launch.form')} onFocus={followFocus}>
      <TemplateHead />
      <div className="launch-fields">
        <NameField />
        <ParameterFields />
        <FileFields />
        <ContainerFields />
        <ResourceFields />
      </div>
    </section>
  );
});

function TemplateHead() {
  const key = useFormSessionKey();
  const detail = useFormSession((session) => session.detail);
  const [isTextShown, setTextShown] = useState(false);
  const reset = (): void => {
    const before = resetDraft(key);
    if (before)
      showToast({
        kind: 'info',
        title: t('launch.wasReset'),
        action: { label: t('launch.undo'), onPress: () => changeDraft(key, () => before) },
      });
  };
  return (
    <header className="launch-head">
      <div className="launch-title">
        <h2 className="truncate" title={detail.displayName}>
          {detail.displayName}
        </h2>
        <span className="secondary">
          {detail.version === '' ? null : `v${detail.version} · `}
          {sourceLabel(detail.source)}
          {detail.author === '' ? null : <> · {detail.author}</>}
        </span>
        <span className="launch-head-actions">
          <IconButton icon={RotateCcw} size="dense" label={t('launch.reset')} onPress={reset} />
          <IconButton
            icon={FileCode2}
            size="dense"
            label={t('launch.showTemplate')}
            onPress={() => setTextShown(true)}
          />
        </span>
      </div>
      {detail.description === '' ? null : <p className="secondary selectable">{detail.description}</p>}
      {detail.problems.map((problem) => (
        <ProblemLine key={problemKey(problem)} problem={sayProblemAt(problem)} />
      ))}
      {isTextShown ? (
        <Suspense>
          <TemplateText onClose={() => setTextShown(false)} />
        </Suspense>
      ) : null}
    </header>
  );
}

export function NameField() {
  const value = useFormSession((session) => session.draft.jobName);
  const problem = useFieldProblem('jobName');
  const changeDraft = useChangeDraft();
  return (
    <TextField
      label={t('launch.name')}
      name="jobName"
      testId="job-name"
      required
      value={value}
      onChange={(jobName) => changeDraft((draft) => ({ ...draft, jobName }))}
      problem={problem}
      aside={<ResetButton field="jobName" label={t('launch.name')} />}
    />
  );
}
