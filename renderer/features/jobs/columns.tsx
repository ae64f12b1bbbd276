import { ChevronRight } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { isArray } from '../../../shared/domain/job/rules.ts';
import { taskJobId } from '../../../shared/domain/job/runOfTask.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { useClusters } from '../../stores/clusters.ts';
import { sayError, t, type TextKey } from '../../i18n/index.ts';
import { RelativeTime, StateBadge, clockTime, useNow, type Column } from '../../ui/index.ts';
import { JobProgress, reasonWords, TaskCounts, TaskElapsed, taskName, taskReason, useStale } from '../job/index.ts';
import { unfold, useJobsList } from './list.ts';
import type { Row, RunOfRow } from './rows.ts';

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
  if (job.error) return <span className="truncate job-reason-bad">{sayError(job.error).message}</span>;
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

/** An array that Slurm has taken. */
export function mayUnfold(job: JobRow): boolean {
  return isArray(job) && job.tasks.total > 0;
}

function Name({ job }: { job: JobRow }) {
  const isOpen = useJobsList((list) => list.unfolded.has(job.runId));
  return (
    <>
      {mayUnfold(job) ? (
        // the arrow keys of the list do the same
        <button
          type="button"
          className="job-unfold"
          tabIndex={-1}
          aria-label={t(isOpen ? 'jobs.tasks.fold' : 'jobs.tasks.unfold', { name: job.name })}
          aria-expanded={isOpen}
          onMouseDown={(event) => {
            // the keys stay with the list, which goes on from the run
            event.preventDefault();
            event.currentTarget.closest<HTMLElement>('[role="treegrid"]')?.focus({ preventScroll: true });
          }}
          onClick={(event) => {
            event.stopPropagation();
            unfold(job.runId, !isOpen);
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <ChevronRight size={14} aria-hidden />
        </button>
      ) : null}
      <span className="truncate job-name">{job.name}</span>
    </>
  );
}

/** What the list shows of a run, and of a task below it. */
export function useColumns(): Column<Row>[] {
  // the profiles, which stay the same while connections come and go
  const profiles = useClusters(useShallow((store) => store.clusters?.map(({ profile }) => profile)));
  return useMemo((): Column<Row>[] => {
    const names = new Map(profiles?.map(({ id, name }) => [id, name]));
    /** What a column shows of a run, and what of a task. */
    const column = (
      id: string,
      header: TextKey,
      width: number,
      run: (job: JobRow) => ReactNode,
      task: (task: Task, run: RunOfRow) => ReactNode,
      align?: 'end',
    ): Column<Row> => ({
      id,
      header: t(header),
      width,
      ...(align === undefined ? {} : { align }),
      render: (row) => (row.kind === 'run' ? run(row.run) : task(row.task, row.run)),
    });
    return [
      column(
        'state',
        'jobs.column.state',
        132,
        (job) => <StateBadge phase={job.phase} state={job.state} />,
        (task) => (
          <span className="job-task-state">
            <StateBadge phase="submitted" state={task.state} />
          </span>
        ),
      ),
      column(
        'name',
        'jobs.column.name',
        200,
        (job) => <Name job={job} />,
        (task) => <span className="job-task-name">{t('jobs.tasks.name', { task: taskName(task.index) })}</span>,
      ),
      column(
        'jobId',
        'jobs.column.jobId',
        84,
        (job) => job.jobId ?? <span className="muted">–</span>,
        (task, run) => (task.index === null ? null : <span className="muted">{taskJobId(run, task.index)}</span>),
        'end',
      ),
      column(
        'cluster',
        'jobs.column.cluster',
        104,
        (job) => <span className="truncate">{names.get(job.clusterId) ?? job.clusterId}</span>,
        () => null,
      ),
      column(
        'partition',
        'jobs.column.partition',
        84,
        (job) => <span className="truncate">{job.partition ?? ''}</span>,
        (task, run) => (
          <span className="truncate muted">{task.partition === run.partition ? '' : (task.partition ?? '')}</span>
        ),
      ),
      column(
        'elapsed',
        'jobs.column.elapsed',
        136,
        (job) => <Elapsed job={job} />,
        (task) => <TaskElapsed task={task} />,
        'end',
      ),
      column(
        'progress',
        'jobs.column.progress',
        148,
        (job) => (mayUnfold(job) ? <TaskCounts counts={job.tasks} /> : <JobProgress of={job} />),
        (task) => <JobProgress of={task} />,
      ),
      column(
        'created',
        'jobs.column.created',
        104,
        (job) => <RelativeTime at={job.submittedAt ?? job.createdAt} />,
        () => null,
        'end',
      ),
      column(
        'reason',
        'jobs.column.reason',
        180,
        (job) => <Reason job={job} />,
        (task) => <span className="truncate">{taskReason(task)}</span>,
      ),
    ];
  }, [profiles]);
}
