import { ArrowLeft, Copy, Ellipsis, PanelBottom, PanelRight, ScrollText, Trash2, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isArray, mayBeRemoved } from '../../../shared/domain/job/rules.ts';
import { runOfTask, taskJobId } from '../../../shared/domain/job/runOfTask.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import { useRemembered } from '../../client/remembered.ts';
import { reloadRun, type Run } from '../../stores/runs.ts';
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
import { AsOf, CancelJob, JobOutput, TaskCounts, TaskTable, useRun, useTask } from '../job/index.ts';
import { JobEvents } from './JobEvents.tsx';
import { Overview } from './Overview.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { TaskOverview } from './TaskOverview.tsx';
import './JobDetail.css';

export interface JobDetailProps {
  runId: RunId;
  /** The task of an array that is looked at; null: the run as a whole. */
  task: number | null;
  onTask: (task: number | null) => void;
  /** Each new number above 0 moves the focus here. */
  focusRequest: number;
  side: 'below' | 'beside';
  onSide: (side: 'below' | 'beside') => void;
  onClose: () => void;
}

export function JobDetail({ runId, task, onTask, focusRequest, side, onSide, onClose }: JobDetailProps) {
  const { run, error } = useRun(runId);
  return (
    <section className="job-detail" aria-label={t('jobs.detail')} data-testid="job-detail">
      <header className="job-head">
        {run ? <Head job={run.job} index={task} onTask={onTask} onRemoved={onClose} /> : null}
        <span className="job-head-actions">
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
          <ErrorNotice error={error} action={<Button onPress={() => reloadRun(runId)}>{t('ui.tryAgain')}</Button>} />
        </div>
      ) : null}
      {run ? (
        <DetailTabs run={run} index={task} onTask={onTask} focusRequest={focusRequest} />
      ) : error ? null : (
        <Skeleton />
      )}
    </section>
  );
}

interface OfTask {
  index: number | null;
  onTask: (task: number | null) => void;
}

/** What is looked at, how it stands, and what can be done with it. */
function Head({ job, index, onTask, onRemoved }: { job: JobRecord; onRemoved: () => void } & OfTask) {
  const task = useTask(job, index);
  const id = index === null ? job.jobId : taskJobId(job, index);
  return (
    <>
      {task === null && index !== null ? null : (
        <StateBadge phase={job.phase} state={task === null ? job.state : task.state} framed />
      )}
      <AsOf job={task === null ? job : runOfTask(job, task)} />
      <h2 className="truncate selectable">
        {job.name}
        {index === null ? null : <span className="job-head-task"> · {t('jobs.tasks.name', { task: index })}</span>}
      </h2>
      {id === null ? null : <span className="secondary selectable">{id}</span>}
      {index === null && isArray(job) && job.tasks.total > 0 ? <TaskCounts counts={job.tasks} /> : null}
      <span className="job-head-actions">
        {index === null ? null : (
          <Button size="dense" variant="quiet" icon={ArrowLeft} onPress={() => onTask(null)}>
            {t('jobs.tasks.all')}
          </Button>
        )}
        {index === null ? <CancelJob job={job} /> : task === null ? null : <CancelJob job={job} task={task} />}
        <Actions job={job} onRemoved={onRemoved} />
      </span>
    </>
  );
}

function DetailTabs({ run, index, onTask, focusRequest }: { run: Run; focusRequest: number } & OfTask) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focusRequest > 0) frame.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  }, [focusRequest]);
  const [tab, setTab] = useRemembered('jobs.tab', 'overview');
  const { job } = run;
  const task = useTask(job, index);
  const onLog = (): void => setTab('log');
  const open = (of: number): void => {
    onTask(of);
    setTab('overview');
  };
  const tabs = [
    {
      id: 'overview',
      label: t('jobs.tabs.overview'),
      content:
        index === null ? (
          <Overview run={run} onLog={onLog} />
        ) : task === null ? (
          <Skeleton />
        ) : (
          <TaskOverview job={job} task={task} onLog={onLog} />
        ),
    },
    ...(isArray(job) && job.tasks.total > 0
      ? [
          {
            id: 'tasks',
            label: t('jobs.tabs.tasks'),
            content: <TaskTable job={job} chosen={index} onChoose={onTask} onOpen={open} />,
          },
        ]
      : []),
    { id: 'log', label: t('jobs.tabs.log'), content: <JobOutput job={job} task={index} onTask={onTask} /> },
    {
      id: 'script',
      label: t('jobs.tabs.script'),
      content: (
        <div className="job-script">
          <JobScript job={job} />
        </div>
      ),
    },
    { id: 'events', label: t('jobs.tabs.events'), content: <JobEvents events={run.events} /> },
  ];
  return (
    <div className="job-tabs" ref={frame}>
      <Tabs
        label={t('jobs.detail')}
        // a tab that only arrays have may be remembered
        selected={tabs.some(({ id }) => id === tab) ? tab : 'overview'}
        onSelect={setTab}
        items={tabs}
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
      <Menu
        label={t('jobs.actions')}
        entries={entries}
        trigger={<IconButton size="dense" icon={Ellipsis} label={t('jobs.more')} />}
      />
      <RemoveDialog runIds={[job.runId]} isOpen={isRemoving} onClose={() => setRemoving(false)} onRemoved={onRemoved} />
    </>
  );
}
