import { useEffect, useMemo, useRef } from 'react';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { parseTaskRange } from '../../../shared/domain/job/taskRange.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { NO_PAGES, type PagedTasks } from '../../lib/pagedTasks.ts';
import { useTasks, viewTasks, type TaskView } from '../../stores/tasks.ts';

/** The tasks of a run as they come on screen; `show` says which places are. */
export function useRunTasks(runId: JobRow['runId']): { tasks: PagedTasks; show: (from: number, to: number) => void } {
  const tasks = useTasks((store) => store.runs[runId]) ?? NO_PAGES;
  const view = useRef<TaskView | null>(null);
  const shown = useRef({ from: 0, to: 0 });
  useEffect(() => {
    const opened = viewTasks(runId);
    view.current = opened;
    opened.show(shown.current.from, shown.current.to);
    return () => {
      view.current = null;
      opened.close();
    };
  }, [runId]);
  const show = useMemo(
    () =>
      (from: number, to: number): void => {
        shown.current = { from, to };
        view.current?.show(from, to);
      },
    [],
  );
  return { tasks, show };
}

/** One task of an array; null until it is known, and where no task is asked for. */
export function useTask({ runId, array }: Pick<JobRow, 'runId' | 'array'>, index: number | null): Task | null {
  const place = useMemo(
    () => (index === null || array === null ? -1 : (parseTaskRange(array)?.indices.indexOf(index) ?? -1)),
    [array, index],
  );
  const { tasks, show } = useRunTasks(runId);
  useEffect(() => {
    if (place >= 0) show(place, place);
  }, [place, show]);
  const found = tasks.rows[place];
  return found?.index === index ? found : null;
}
