import {
  changeDraft,
  ContainerFields,
  FileFields,
  FormFrame,
  NameField,
  ParameterFields,
  resetDraft,
  ResourceFields,
  useFormSession,
  useFormSessionKey,
} from '../form/index.ts';
import { problemKey, sayProblemAt } from '../../i18n/problem.ts';
import { FileCode2, RotateCcw } from 'lucide-react';
import { memo, Suspense, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { IconButton, later, ProblemLine, showToast } from '../../ui/index.ts';
import { sourceLabel } from '../templates/browser/index.ts';

const TemplateText = later(async () => (await import('./TemplateText.tsx')).TemplateText);

/** Everything that a person decides about one job of a template. Its fields follow the draft one by one. */
export const LaunchForm = memo(function LaunchForm() {
  return (
    <FormFrame label={t('launch.form')} head={<TemplateHead />}>
      <NameField />
      <ParameterFields />
      <FileFields />
      <ContainerFields />
      <ResourceFields />
    </FormFrame>
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
