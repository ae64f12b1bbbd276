import { useEffect, useMemo, useRef, useState } from 'react';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { useTasks, viewTasks, type TaskView } from '../../stores/tasks.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { VirtualTable } from '../../ui/index.ts';
import { mayUnfold, useColumns } from './columns.tsx';
import { showRows, unfold, useJobsList } from './list.ts';
import { keyOf, Rows, runOfKey, type Row } from './rows.ts';
import { unfoldedList } from './unfolding.ts';

const NO_WIDTHS: Record<string, number> = {};

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
  const [rows] = useState(() => new Rows());
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
    if (job === undefined || place === null) return job && rows.run(job);
    const task = tasks[job.runId]?.rows[place];
    return task && rows.task(job, place, task);
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
      onMark={(row) => onMark(row.run.runId, taskOf(row))}
      onOpen={(row) => onOpen(row.run.runId, taskOf(row))}
      selected={selected}
      onSelect={(keys) => onSelect(new Set([...keys].filter((key) => !key.includes('/'))))}
      widths={widths}
      onWidths={setWidths}
      onVisible={onVisible}
      tree={{
        levelOf: ({ kind }) => (kind === 'run' ? 1 : 2),
        isOpen: (row) => (row.kind === 'task' || !mayUnfold(row.run) ? null : unfolded.has(row.run.runId)),
        onOpen: ({ run }, isOpen) => unfold(run.runId, isOpen),
        parentOf: (_row, index) => list.rowOfRun(list.placeOf(index).run),
        ownerOf: runOfKey,
      }}
      scrollKey="jobs"
      testId="jobs-table"
    />
  );
}
