import { ChevronsDown } from 'lucide-react';
import { useMemo } from 'react';
import { tellingExitCode } from '../../../shared/domain/job/endCause.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { taskGroup } from '../../../shared/domain/job/taskGroup.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { firstTask } from '../../stores/tasks.ts';
import { Button, RelativeTime, RunningDuration, StateBadge, VirtualTable, type Column } from '../../ui/index.ts';
import { JobProgress } from './JobProgress.tsx';
import { reasonWords } from './reasonWords.ts';
import { TaskCounts } from './TaskCounts.tsx';
import { useRunTasks } from './useRunTasks.ts';
import './job.css';

const NOTHING: ReadonlySet<string> = new Set();
const NO_WIDTHS: Record<string, number> = {};
const noop = (): void => undefined;

/** What a task is called: its index in the array. */
export function taskName(index: number | null): string {
  return index === null ? t('jobs.tasks.whole') : String(index);
}

/** How long a task has run, going on while it runs. */
export function TaskElapsed({ task }: { task: Pick<Task, 'state' | 'startedAt' | 'endedAt' | 'elapsed'> }) {
  const group = taskGroup(task);
  if (group === 'running' && task.startedAt !== null) return <RunningDuration since={task.startedAt} />;
  if (task.elapsed === null || group === 'pending') return <span className="muted">–</span>;
  return <>{formatDuration(task.elapsed)}</>;
}

/** Where a task runs, or how it ended that did not end well. */
export function taskReason(task: Task): string {
  const group = taskGroup(task);
  const code = group === 'bad' ? tellingExitCode(task) : null;
  const words = reasonWords(task)?.text ?? '';
  const parts = [
    code === null || code === 0 ? '' : t('jobs.exit', { code }),
    words,
    group === 'pending' ? '' : (task.nodes ?? ''),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

interface TaskTableProps {
  job: Pick<JobRow, 'runId' | 'name' | 'tasks'>;
  chosen: number | null;
  onChoose: (index: number) => void;
  /** Enter or a double click. */
  onOpen?: (index: number) => void;
  /** Only state and number: beside a log. */
  isBrief?: boolean;
}

/** The tasks of an array: any number of them, one of which is chosen. Above them how they stand, and the way to the first that failed. */
export function TaskTable({ job, chosen, onChoose, onOpen, isBrief = false }: TaskTableProps) {
  const { tasks, show } = useRunTasks(job.runId);
  const [widths, setWidths] = useRemembered(isBrief ? 'tasks.brief' : 'tasks.columns', NO_WIDTHS);
  const columns = useMemo((): Column<Task>[] => {
    const state: Column<Task> = {
      id: 'state',
      header: t('jobs.column.state'),
      width: isBrief ? 118 : 132,
      render: (task) => <StateBadge phase="submitted" state={task.state} />,
    };
    const index: Column<Task> = {
      id: 'task',
      header: t('jobs.tasks.task'),
      width: 56,
      align: 'end',
      render: (task) => taskName(task.index),
    };
    if (isBrief) return [index, { ...state, width: 110 }];
    return [
      state,
      index,
      {
        id: 'elapsed',
        header: t('jobs.facts.elapsed'),
        width: 92,
        align: 'end',
        render: (task) => <TaskElapsed task={task} />,
      },
      {
        id: 'progress',
        header: t('jobs.column.progress'),
        width: 132,
        render: (task) => <JobProgress of={task} />,
      },
      {
        id: 'started',
        header: t('jobs.facts.started'),
        width: 104,
        align: 'end',
        render: (task) => (task.startedAt === null ? null : <RelativeTime at={task.startedAt} />),
      },
      {
        id: 'ended',
        header: t('jobs.facts.ended'),
        width: 104,
        align: 'end',
        render: (task) => (task.endedAt === null ? null : <RelativeTime at={task.endedAt} />),
      },
      {
        id: 'reason',
        header: t('jobs.column.reason'),
        width: 180,
        render: (task) => <span className="truncate">{taskReason(task)}</span>,
      },
    ];
  }, [isBrief]);
  const toFirstFailed = (): void =>
    void firstTask(job.runId, ['bad']).then(
      (task) => {
        if (task !== null && task.index !== null) onChoose(task.index);
      },
      // the list itself says what is wrong with the connection to the core
      () => undefined,
    );
  return (
    <div className={isBrief ? 'tasks tasks-brief' : 'tasks'} data-testid="tasks">
      <div className="tasks-head">
        <TaskCounts counts={job.tasks} />
        {job.tasks.bad === 0 ? null : (
          <Button size="dense" variant="quiet" icon={ChevronsDown} onPress={toFirstFailed}>
            {t('jobs.tasks.firstFailed')}
          </Button>
        )}
      </div>
      <VirtualTable
        label={t('jobs.tasks.label', { name: job.name })}
        columns={columns}
        rowCount={tasks.total ?? job.tasks.total}
        rowAt={(place) => tasks.rows[place]}
        keyOf={(task) => String(task.index ?? '')}
        marked={chosen === null ? null : String(chosen)}
        onMark={(task) => {
          if (task.index !== null) onChoose(task.index);
        }}
        onOpen={(task) => {
          if (task.index !== null) onOpen?.(task.index);
        }}
        selected={NOTHING}
        onSelect={noop}
        widths={widths}
        onWidths={setWidths}
        onVisible={show}
        testId="tasks-table"
      />
    </div>
  );
}
