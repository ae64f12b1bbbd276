import { useMemo } from 'react';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { useClusters } from '../../stores/clusters.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { ProgressBar, RelativeTime, StateBadge, VirtualTable, clockTime, useNow, type Column } from '../../ui/index.ts';
import { reasonWords, useStale } from '../job/index.ts';
import { showRows, useJobsList } from './list.ts';

const NO_WIDTHS: Record<string, number> = {};

/** Elapsed seconds as they are now: between two polls a running job's time goes on. */
function elapsedOf(job: JobRow, now: number): number | null {
  if (job.startedAt !== null && job.endedAt === null && !isFinal(job.state))
    return Math.max(job.elapsed ?? 0, (now - job.startedAt) / 1000);
  return job.elapsed;
}

function Elapsed({ job }: { job: JobRow }) {
  const stale = useStale(job);
  const isRunning = stateGroup(job.state) === 'running';
  const now = useNow(1000, isRunning && stale === null);
  if (stale !== null) {
    return (
      <span
        className="muted truncate"
        title={t('jobs.stale.title', { cluster: stale.clusterName })}
        data-testid="as-of"
      >
        {t('jobs.asOf', { time: clockTime(stale.asOf, now) })}
      </span>
    );
  }
  if (
    job.phase === 'submitted' &&
    stateGroup(job.state) === 'pending' &&
    job.expectedStart !== null &&
    job.expectedStart > now
  ) {
    return <span className="muted truncate">{t('jobs.starts', { time: clockTime(job.expectedStart, now) })}</span>;
  }
  const elapsed = job.startedAt === null && stateGroup(job.state) === 'pending' ? null : elapsedOf(job, now);
  if (elapsed === null) return <span className="muted">–</span>;
  return (
    <span className="truncate">
      {formatDuration(elapsed)}
      {job.timeLimit === null ? null : <span className="muted"> / {formatDuration(job.timeLimit)}</span>}
    </span>
  );
}

function Reason({ job }: { job: JobRow }) {
  if (job.error) return <span className="truncate job-reason-bad">{job.error.message}</span>;
  const group = stateGroup(job.state);
  const exit =
    group === 'bad' && job.exitCode !== null && job.exitCode !== 0 ? t('jobs.exit', { code: job.exitCode }) : '';
  const words = reasonWords(job);
  const reason = words?.text ?? '';
  const parts =
    group === 'pending' ? [reason] : group === 'bad' ? [exit, reason, job.nodes ?? ''] : [job.nodes ?? '', reason];
  const text = parts.filter((part) => part !== '').join(' · ');
  return (
    <span className="truncate" title={words === null || words.word === null ? text : `${text} (${words.word})`}>
      {text}
    </span>
  );
}

function Progress({ job }: { job: JobRow }) {
  if (job.progress === null) return null;
  const group = stateGroup(job.state);
  return (
    <ProgressBar
      value={job.progress}
      label={t('jobs.facts.progress')}
      text={`${String(Math.round(job.progress))} %`}
      tone={group === 'bad' ? 'bad' : group === 'ok' ? 'ok' : 'accent'}
    />
  );
}

export interface JobTableProps {
  marked: string | null;
  onMark: (runId: string) => void;
  onOpen: (runId: string) => void;
  selected: ReadonlySet<string>;
  onSelect: (keys: ReadonlySet<string>) => void;
}

export function JobTable({ marked, onMark, onOpen, selected, onSelect }: JobTableProps) {
  const rows = useJobsList((list) => list.rows);
  const total = useJobsList((list) => list.total ?? 0);
  const clusters = useClusters((store) => store.clusters);
  const [widths, setWidths] = useRemembered('jobs.columns', NO_WIDTHS);

  const columns = useMemo((): Column<JobRow>[] => {
    const names = new Map(clusters?.map(({ profile }) => [profile.id, profile.name]));
    return [
      {
        id: 'state',
        header: t('jobs.column.state'),
        width: 132,
        render: (job) => <StateBadge phase={job.phase} state={job.state} />,
      },
      {
        id: 'name',
        header: t('jobs.column.name'),
        width: 200,
        render: (job) => <span className="truncate job-name">{job.name}</span>,
      },
      {
        id: 'jobId',
        header: t('jobs.column.jobId'),
        width: 76,
        align: 'end',
        render: (job) => job.jobId ?? <span className="muted">–</span>,
      },
      {
        id: 'cluster',
        header: t('jobs.column.cluster'),
        width: 104,
        render: (job) => <span className="truncate">{names.get(job.clusterId) ?? job.clusterId}</span>,
      },
      {
        id: 'partition',
        header: t('jobs.column.partition'),
        width: 84,
        render: (job) => <span className="truncate">{job.partition ?? ''}</span>,
      },
      {
        id: 'elapsed',
        header: t('jobs.column.elapsed'),
        width: 136,
        align: 'end',
        render: (job) => <Elapsed job={job} />,
      },
      { id: 'progress', header: t('jobs.column.progress'), width: 132, render: (job) => <Progress job={job} /> },
      {
        id: 'created',
        header: t('jobs.column.created'),
        width: 104,
        align: 'end',
        render: (job) => <RelativeTime at={job.submittedAt ?? job.createdAt} />,
      },
      { id: 'reason', header: t('jobs.column.reason'), width: 180, render: (job) => <Reason job={job} /> },
    ];
  }, [clusters]);

  return (
    <VirtualTable
      label={t('jobs.label')}
      columns={columns}
      rowCount={total}
      rowAt={(index) => rows[index]}
      keyOf={(job) => job.runId}
      marked={marked}
      onMark={(job) => onMark(job.runId)}
      onOpen={(job) => onOpen(job.runId)}
      selected={selected}
      onSelect={onSelect}
      widths={widths}
      onWidths={setWidths}
      onVisible={showRows}
      scrollKey="jobs"
      testId="jobs-table"
    />
  );
}
