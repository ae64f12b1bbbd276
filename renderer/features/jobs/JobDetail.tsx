import { Copy, Ellipsis, PanelBottom, PanelRight, ScrollText, Trash2, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { mayBeRemoved } from '../../../shared/domain/job/rules.ts';
import { useRemembered } from '../../client/remembered.ts';
import { foldedLines, ScriptView } from '../../editor/index.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  ErrorNotice,
  IconButton,
  Menu,
  Skeleton,
  StateBadge,
  Tabs,
  navigate,
  showToast,
  type MenuEntry,
} from '../../ui/index.ts';
import { AsOf, CancelJob } from '../job/index.ts';
import { useJob, type JobView } from './job.ts';
import { JobEvents } from './JobEvents.tsx';
import { JobLog } from './JobLog.tsx';
import { Overview } from './Overview.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import './JobDetail.css';

export interface JobDetailProps {
  runId: string;
  /** Each new number above 0 moves the focus here. */
  focusRequest: number;
  side: 'below' | 'beside';
  onSide: (side: 'below' | 'beside') => void;
  onClose: () => void;
}

export function JobDetail({ runId, focusRequest, side, onSide, onClose }: JobDetailProps) {
  const { view, error, reload } = useJob(runId);
  return (
    <section className="job-detail" aria-label={t('jobs.detail')} data-testid="job-detail">
      <header className="job-head">
        {view ? (
          <>
            <StateBadge phase={view.job.phase} state={view.job.state} framed />
            <AsOf job={view.job} />
            <h2 className="truncate selectable">{view.job.name}</h2>
            {view.job.jobId === null ? null : <span className="secondary selectable">{view.job.jobId}</span>}
          </>
        ) : null}
        <span className="job-head-actions">
          {view ? <Actions job={view.job} onRemoved={onClose} /> : null}
          <IconButton
            size="dense"
            icon={side === 'below' ? PanelRight : PanelBottom}
            label={side === 'below' ? t('jobs.beside') : t('jobs.below')}
            onPress={() => onSide(side === 'below' ? 'beside' : 'below')}
          />
          <IconButton size="dense" icon={X} label={t('jobs.closeDetail')} onPress={onClose} />
        </span>
      </header>
      {error ? (
        <div className="jobs-notice">
          <ErrorNotice error={error} action={<Button onPress={reload}>{t('ui.tryAgain')}</Button>} />
        </div>
      ) : null}
      {view ? <DetailTabs view={view} focusRequest={focusRequest} /> : error ? null : <Skeleton />}
    </section>
  );
}

function DetailTabs({ view, focusRequest }: { view: JobView; focusRequest: number }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focusRequest > 0) frame.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  }, [focusRequest]);
  const [tab, setTab] = useRemembered('jobs.tab', 'overview');
  const { job } = view;
  return (
    <div className="job-tabs" ref={frame}>
      <Tabs
        label={t('jobs.detail')}
        selected={tab}
        onSelect={setTab}
        items={[
          {
            id: 'overview',
            label: t('jobs.tabs.overview'),
            content: <Overview view={view} onLog={() => setTab('log')} />,
          },
          { id: 'log', label: t('jobs.tabs.log'), content: <JobLog job={job} /> },
          {
            id: 'script',
            label: t('jobs.tabs.script'),
            content: (
              <div className="job-script">
                <JobScript job={job} />
              </div>
            ),
          },
          { id: 'events', label: t('jobs.tabs.events'), content: <JobEvents events={view.events} /> },
        ]}
      />
    </div>
  );
}

function JobScript({ job }: { job: JobRecord }) {
  const folds = useMemo(() => foldedLines(job.folds), [job.folds]);
  return <ScriptView text={job.script} language="shell" label={t('jobs.script')} folds={folds} />;
}

function Actions({ job, onRemoved }: { job: JobRecord; onRemoved: () => void }) {
  const [isRemoving, setRemoving] = useState(false);
  const copy = (text: string) => () =>
    void navigator.clipboard.writeText(text).then(
      () => showToast({ kind: 'info', title: t('ui.copied'), detail: text }),
      () => undefined,
    );
  const entries: MenuEntry[] = [
    ...(job.jobId === null ? [] : [{ id: 'copyId', label: t('jobs.copyId'), icon: Copy, onAction: copy(job.jobId) }]),
    { id: 'copyFolder', label: t('jobs.copyFolder'), icon: Copy, onAction: copy(job.runFolder) },
    { id: 'copyRequest', label: t('jobs.copyRequest'), icon: Copy, onAction: copy(job.requestId) },
    {
      id: 'showLog',
      label: t('jobs.showLog'),
      icon: ScrollText,
      onAction: () => navigate('settings', ['log', job.requestId]),
    },
    { kind: 'separator', id: 'separator' },
    {
      id: 'remove',
      label: t('jobs.remove'),
      icon: Trash2,
      isDanger: true,
      isDisabled: !mayBeRemoved(job),
      onAction: () => setRemoving(true),
    },
  ];
  return (
    <>
      <CancelJob job={job} />
      <Menu
        label={t('jobs.actions')}
        entries={entries}
        trigger={<IconButton size="dense" icon={Ellipsis} label={t('jobs.more')} />}
      />
      <RemoveDialog runIds={[job.runId]} isOpen={isRemoving} onClose={() => setRemoving(false)} onRemoved={onRemoved} />
    </>
  );
}
