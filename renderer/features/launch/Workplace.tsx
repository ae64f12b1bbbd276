import { LibraryBig, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { TemplateSummary } from '../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { t } from '../../i18n/index.ts';
import { problemKey, sayProblemAt } from '../../i18n/problem.ts';
import { useLibrary } from '../../stores/library.ts';
import { Button, EmptyState, ErrorNotice, ProblemLine, Skeleton } from '../../ui/index.ts';
import { FormSessionKey, openTemplate, readTemplateRef, useFormSessions } from '../form/index.ts';
import { templateKey } from '../templates/browser/index.ts';
import { sampleTemplate, showTemplate } from './openedTemplate.ts';
import { Panes } from './Panes.tsx';
import './Workplace.css';

/**
 * The open template's form, or why there is none. Not drawn again for what its parts follow themselves: each keystroke changes the
 * session, each ping the cluster.
 */
export const Workplace = memo(function Workplace({
  openKey,
  clusterId,
}: {
  openKey: string | null;
  clusterId: ClusterId | null;
}) {
  const isOpen = useFormSessions((store) => openKey !== null && store.sessions[openKey] !== undefined);
  const error = useFormSessions((store) => (openKey === null ? undefined : store.openErrors[openKey]));
  const templates = useLibrary((store) => store.templates);
  const broken = templates?.find((template) => templateKey(template) === openKey && !template.usable);
  if (openKey !== null && isOpen) {
    return (
      <FormSessionKey value={openKey}>
        <Panes key={openKey} />
      </FormSessionKey>
    );
  }
  if (broken) return <BrokenTemplate template={broken} />;
  if (openKey !== null && error) {
    const [source, id] = openKey.split('/');
    const ref = readTemplateRef(source, id);
    const again = (): void => {
      if (ref && clusterId !== null) void openTemplate(ref, clusterId);
    };
    return (
      <div className="launch-notice">
        <ErrorNotice error={error} action={<Button onPress={again}>{t('ui.tryAgain')}</Button>} />
      </div>
    );
  }
  if (templates !== null && openKey === null) return <NoTemplate templates={templates} />;
  return (
    <div className="launch-notice">
      <Skeleton lines={[40, 90, 60, 75, 50, 80, 65]} />
    </div>
  );
});

function NoTemplate({ templates }: { templates: readonly TemplateSummary[] }) {
  const first = sampleTemplate(templates) ?? templates.find((template) => template.usable);
  return (
    <EmptyState
      icon={LibraryBig}
      title={t('launch.noTemplate')}
      action={
        first ? (
          <Button variant="primary" onPress={() => showTemplate(first)}>
            {t('launch.openFirst', { name: first.displayName })}
          </Button>
        ) : null
      }
    >
      {t('launch.noTemplateHint')}
    </EmptyState>
  );
}

function BrokenTemplate({ template }: { template: TemplateSummary }) {
  return (
    <div className="launch-notice" role="alert">
      <h2 className="launch-broken">
        <TriangleAlert size={18} aria-hidden />
        {template.displayName}
      </h2>
      <p>{t('launch.broken')}</p>
      {template.problems.map((problem) => {
        const said = sayProblemAt(problem);
        return (
          <ProblemLine
            key={problemKey(problem)}
            problem={{
              ...said,
              message: [problem.file, said.message].filter((part) => part !== null).join(': '),
            }}
          />
        );
      })}
    </div>
  );
}
