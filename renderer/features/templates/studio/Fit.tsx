import { problemKey, sayProblem } from '../../../i18n/problem.ts';
import { CircleAlert, CircleCheck, CircleHelp, ServerOff, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import type { FitReport } from '../../../../shared/domain/template/studio.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { useClusters } from '../../../stores/clusters.ts';
import { client } from '../../../client/index.ts';
import { sayMessage, t } from '../../../i18n/index.ts';
import { EmptyState, ErrorNotice, ProblemLine, RelativeTime, showToast, Skeleton } from '../../../ui/index.ts';
import type { TemplateRef } from './address.ts';
import { changeText, documentOf, isChanged, mayWrite, type StudioDocument } from './documents.ts';

const ICONS = { runs: CircleCheck, change: TriangleAlert, cannot: CircleAlert, unknown: CircleHelp } as const;

/** “Will it run here?”: the saved template against what is known of each cluster. */
export function Fit({ document, place }: { document: StudioDocument; place: TemplateRef }) {
  const { id, source } = place;
  const [reports, setReports] = useState<readonly FitReport[] | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const clusters = useClusters((store) => store.clusters);
  const { hash } = document.base;
  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.fit', { id, source }, { signal: gone.signal }).then(
      (found) => setReports(found),
      (reason: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(reason));
      },
    );
    return () => gone.abort();
  }, [id, source, hash, clusters]);

  if (error) {
    return (
      <div className="studio-notice">
        <ErrorNotice error={error} />
      </div>
    );
  }
  if (reports === null) return <Skeleton />;
  if (reports.length === 0) return <EmptyState icon={ServerOff} title={t('studio.fit.none')} />;
  const canFix = mayWrite(document);
  const fix = async (given: NonNullable<Problem['fix']>): Promise<void> => {
    const before = documentOf(document.key)?.text;
    if (before === undefined) return;
    try {
      const { text } = await client.call('templates.applyFix', { text: before, fix: given });
      changeText(document.key, text);
      showToast({
        kind: 'info',
        title: t('studio.fit.fixed'),
        action: { label: t('studio.undo'), onPress: () => changeText(document.key, before) },
      });
    } catch (reason) {
      const { message, hint } = appErrorOf(reason);
      showToast({ kind: 'bad', title: message, detail: hint });
    }
  };
  return (
    <div className="fit" data-testid="fit">
      {isChanged(document) ? <ProblemLine problem={{ severity: 'info', message: t('studio.fit.savedOnly') }} /> : null}
      <ul aria-label={t('studio.tabs.fit')}>
        {reports.map((report) => {
          const Icon = ICONS[report.verdict];
          return (
            <li key={report.clusterId} className={`fit-cluster fit-${report.verdict}`} data-verdict={report.verdict}>
              <h3>
                <Icon size={15} aria-hidden />
                {clusters?.find(({ profile }) => profile.id === report.clusterId)?.profile.name ?? report.clusterId}
                <span className="fit-verdict">{t(`studio.fit.verdicts.${report.verdict}`)}</span>
                {report.factsAt === null ? null : (
                  <span className="secondary">
                    {t('studio.fit.factsOf')} <RelativeTime at={report.factsAt} />
                  </span>
                )}
              </h3>
              {report.problems.map((problem) => (
                <ProblemLine
                  key={problemKey(problem)}
                  problem={{
                    ...sayProblem(problem),
                    fix:
                      problem.fix && canFix
                        ? {
                            label: sayMessage(problem.fix.label),
                            onPress: () => void fix(problem.fix as NonNullable<Problem['fix']>),
                          }
                        : null,
                  }}
                />
              ))}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
