import { ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { isArray } from '../../../shared/domain/job/rules.ts';
import { taskJobId } from '../../../shared/domain/job/runOfTask.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { useClusters } from '../../stores/clusters.ts';
import { useTasks, viewTasks, type TaskView } from '../../stores/tasks.ts';
import { useRemembered } from '../../client/remembered.ts';
import { sayError, t, type TextKey } from '../../i18n/index.ts';
import { ProgressBar, RelativeTime, StateBadge, VirtualTable, clockTime, useNow, type Column } from '../../ui/index.ts';
import { reasonWords, TaskCounts, TaskElapsed, taskName, TaskProgress, taskReason, useStale } from '../job/index.ts';
import { showRows, unfold, useJobsList } from './list.ts';
import { unfoldedList } from './unfolding.ts';

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

/** A row of the list: a run, or below one that is unfolded a task of it; `task` is undefined until it is loaded. */
type Row =
  | { readonly kind: 'run'; readonly job: JobRow }
  | { readonly kind: 'task'; readonly job: JobRow; readonly place: number; readonly task: Task };

/** What marks a row, in the list and in the address. */
export function rowKey(runId: string, task: number | null): string {
  return task === null ? runId : `${runId}/${String(task)}`;
}

const keyOf = (row: Row): string =>
  row.kind === 'run' ? row.job.runId : rowKey(row.job.runId, row.task.index ?? row.place);

export interface JobTableProps {
  marked: string | null;
  onMark: (runId: string, task: number | null) => void;
  onOpen: (runId: string, task: number | null) => void;
  /** Runs; tasks are none of them. */
  selected: ReadonlySet<string>;
  onSelect: (runIds: ReadonlySet<string>) => void;
}

/** Follows the tasks of the runs that are unfolded, and tells which of them are on screen. */
function useUnfoldedTasks(runIds: readonly string[]): (runId: string, from: number, to: number) => void {
  const views = useRef(new Map<string, TaskView>());
  const key = runIds.join();
  useEffect(() => {
    const wanted = new Set(key === '' ? [] : key.split(','));
    for (const [runId, view] of views.current)
      if (!wanted.has(runId)) {
        view.close();
        views.current.delete(runId);
      }
    for (const runId of wanted)
      if (!views.current.has(runId)) views.current.set(runId, viewTasks(runId as JobRow['runId']));
  }, [key]);
  useEffect(() => {
    const opened = views.current;
    return () => {
      for (const view of opened.values()) view.close();
      opened.clear();
    };
  }, []);
  return (runId, from, to) => views.current.get(runId)?.show(from, to);
}

export function JobTable({ marked, onMark, onOpen, selected, onSelect }: JobTableProps) {
  const runs = useJobsList((list) => list.rows);
  const total = useJobsList((list) => list.total ?? 0);
  const unfolded = useJobsList((list) => list.unfolded);
  const tasks = useTasks((store) => store.runs);
  const columns = useColumns();
  const [widths, setWidths] = useRemembered('jobs.columns', NO_WIDTHS);
  const showTasks = useUnfoldedTasks([...unfolded]);
  const list = useMemo(
    () =>
      unfoldedList(
        total,
        Object.entries(runs).flatMap(([at, { runId, tasks: counts }]) =>
          unfolded.has(runId) ? [{ at: Number(at), tasks: tasks[runId]?.total ?? counts.total }] : [],
        ),
      ),
    [runs, total, unfolded, tasks],
  );
  const rowAt = (index: number): Row | undefined => {
    const { run, task: place } = list.placeOf(index);
    const job = runs[run];
    if (job === undefined || place === null) return job && { kind: 'run', job };
    const task = tasks[job.runId]?.rows[place];
    return task && { kind: 'task', job, place, task };
  };
  const onVisible = (from: number, to: number): void => {
    const first = list.placeOf(from);
    const last = list.placeOf(Math.min(to, Math.max(0, list.rowCount - 1)));
    showRows(first.run, last.run);
    for (let run = first.run; run <= last.run; run += 1) {
      const job = runs[run];
      if (job === undefined || !unfolded.has(job.runId)) continue;
      const begin = run === first.run ? (first.task ?? 0) : 0;
      const end = run === last.run ? (last.task ?? 0) : job.tasks.total - 1;
      showTasks(job.runId, begin, end);
    }
  };
  const taskOf = (row: Row): number | null => (row.kind === 'run' ? null : row.task.index);

  return (
    <VirtualTable
      label={t('jobs.label')}
      columns={columns}
      rowCount={list.rowCount}
      rowAt={rowAt}
      keyOf={keyOf}
      marked={marked}
      onMark={(row) => onMark(row.job.runId, taskOf(row))}
      onOpen={(row) => onOpen(row.job.runId, taskOf(row))}
      selected={selected}
      onSelect={(keys) => onSelect(new Set([...keys].filter((key) => !key.includes('/'))))}
      widths={widths}
      onWidths={setWidths}
      onVisible={onVisible}
      tree={{
        levelOf: ({ kind }) => (kind === 'run' ? 1 : 2),
        isOpen: ({ kind, job }) => (kind === 'task' || !mayUnfold(job) ? null : unfolded.has(job.runId)),
        onOpen: ({ job }, isOpen) => unfold(job.runId, isOpen),
        parentOf: (_row, index) => list.rowOfRun(list.placeOf(index).run),
      }}
      scrollKey="jobs"
      testId="jobs-table"
    />
  );
}

/** An array that Slurm has taken. */
function mayUnfold(job: JobRow): boolean {
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

function useColumns(): Column<Row>[] {
  const clusters = useClusters((store) => store.clusters);
  return useMemo((): Column<Row>[] => {
    const names = new Map(clusters?.map(({ profile }) => [profile.id, profile.name]));
    /** What a column shows of a run, and what of a task. */
    const column = (
      id: string,
      header: TextKey,
      width: number,
      run: (job: JobRow) => ReactNode,
      task: (task: Task, job: JobRow) => ReactNode,
      align?: 'end',
    ): Column<Row> => ({
      id,
      header: t(header),
      width,
      ...(align === undefined ? {} : { align }),
      render: (row) => (row.kind === 'run' ? run(row.job) : task(row.task, row.job)),
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
        (task, job) => (task.index === null ? null : <span className="muted">{taskJobId(job, task.index)}</span>),
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
        (task, job) => (
          <span className="truncate muted">{task.partition === job.partition ? '' : (task.partition ?? '')}</span>
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
        (job) => (mayUnfold(job) ? <TaskCounts counts={job.tasks} /> : <Progress job={job} />),
        (task) => <TaskProgress task={task} />,
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
  }, [clusters]);
}
