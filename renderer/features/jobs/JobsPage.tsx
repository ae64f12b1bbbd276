import { FilterX, ListChecks } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isActive } from '../../../shared/domain/job/rules.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { useRemembered } from '../../client/remembered.ts';
import { showJobs } from '../../client/watching.ts';
import { t } from '../../i18n/index.ts';
import { Button, EmptyState, ErrorNotice, Skeleton, SplitPane, navigate, useRoute } from '../../ui/index.ts';
import { EVERYTHING, isEverything } from './filter.ts';
import { FilterBar } from './FilterBar.tsx';
import { JobDetail } from './JobDetail.tsx';
import { JobTable, type JobTableProps } from './JobTable.tsx';
import { followJobs, reloadJobs, setFilter, useJobsList } from './list.ts';
import { rowKey } from './rows.ts';
import './JobsPage.css';

const NOTHING: ReadonlySet<string> = new Set();

function show(runId: string, task: number | null): void {
  navigate('jobs', task === null ? [runId] : [runId, String(task)], { replace: true });
}

/** The index of a task in an address; null for none, and for what is none. */
function taskOf(segment: string | undefined): number | null {
  return segment !== undefined && /^\d{1,7}$/.test(segment) ? Number(segment) : null;
}

/** The list of jobs, and the details of the one of the address `#/jobs/<run id>[/<task>]` below or beside it. */
export function JobsPage() {
  const { segments } = useRoute();
  const runId = (segments[0] as RunId | undefined) ?? null;
  const task = taskOf(segments[1]);
  const [selected, setSelected] = useState(NOTHING);
  // Enter in the list moves the focus to the details, marking alone does not.
  const [opened, setOpened] = useState({ key: '', times: 0 });
  const [side, setSide] = useRemembered<'below' | 'beside'>('jobs.side', 'below');
  const [height, setHeight] = useRemembered('jobs.detailHeight', 360);
  const [width, setWidth] = useRemembered('jobs.detailWidth', 520);
  useEffect(followJobs, []);
  useVisibleWatch(runId);

  const isBelow = side === 'below';
  return (
    <SplitPane
      direction={isBelow ? 'column' : 'row'}
      sized="second"
      size={isBelow ? height : width}
      onResize={isBelow ? setHeight : setWidth}
      min={isBelow ? 180 : 340}
      minOther={isBelow ? 140 : 320}
      label={t('jobs.detail')}
      first={
        <div className="jobs-list">
          <h1 className="visually-hidden">{t('jobs.title')}</h1>
          <FilterBar selected={selected} onRemoved={() => setSelected(NOTHING)} />
          <List
            marked={runId === null ? null : rowKey(runId, task)}
            selected={selected}
            onSelect={setSelected}
            onMark={(id, of) => {
              setOpened({ key: '', times: 0 });
              show(id, of);
            }}
            onOpen={(id, of) => {
              setOpened((old) => ({ key: rowKey(id, of), times: old.times + 1 }));
              show(id, of);
            }}
          />
        </div>
      }
      second={
        runId === null ? null : (
          <JobDetail
            key={runId}
            runId={runId}
            task={task}
            onTask={(of) => show(runId, of)}
            focusRequest={opened.key === rowKey(runId, task) ? opened.times : 0}
            side={side}
            onSide={setSide}
            onClose={() => navigate('jobs', [], { replace: true })}
          />
        )
      }
    />
  );
}

function List(props: JobTableProps) {
  const total = useJobsList((list) => list.total);
  const error = useJobsList((list) => list.error);
  const choice = useJobsList((list) => list.choice);
  if (error && total === null) {
    return (
      <div className="jobs-notice">
        <ErrorNotice
          title={t('jobs.failed')}
          error={error}
          action={<Button onPress={reloadJobs}>{t('ui.tryAgain')}</Button>}
        />
      </div>
    );
  }
  if (total === null) return <Skeleton lines={[92, 88, 95, 80, 90]} />;
  if (total === 0) {
    return isEverything(choice) ? (
      <EmptyState
        icon={ListChecks}
        title={t('jobs.empty')}
        action={
          <Button variant="primary" onPress={() => navigate('launch')}>
            {t('jobs.emptyAction')}
          </Button>
        }
      >
        {t('jobs.emptyText')}
      </EmptyState>
    ) : (
      <EmptyState
        icon={FilterX}
        title={t('jobs.nothing')}
        action={<Button onPress={() => setFilter(EVERYTHING)}>{t('jobs.clearFilter')}</Button>}
      />
    );
  }
  return <JobTable {...props} />;
}

/** Tells the core which jobs are looked at, so that their clusters are asked more often. */
function useVisibleWatch(runId: string | null): void {
  // as text, which stays the same while rows change: the page is not drawn again for each look
  const key = useJobsList(({ rows }) => activeOf(rows, runId).join());
  useEffect(() => {
    return showJobs(key === '' ? [] : (key.split(',') as JobRow['runId'][]));
  }, [key]);
}

/** Jobs that still change: the one whose details are open, and those of the first screens. */
function activeOf(rows: Readonly<Record<number, JobRow>>, runId: string | null): string[] {
  const open = Object.values(rows)
    .filter((row) => isActive(row))
    .slice(0, 100)
    .map((row) => row.runId as string);
  return [...new Set(runId === null ? open : [runId, ...open])].sort();
}
