import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { parseTaskRange } from '../../../shared/domain/job/taskRange.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { NO_PAGES, type PagedTasks } from '../../lib/pagedTasks.ts';
import { useTasks, viewTasks, type TaskView } from '../../stores/tasks.ts';

type Show = (from: number, to: number) => void;

/** Follows the tasks of a run for as long as a part of the page shows some; none while `runId` is null. `show` says which places it shows. */
function useTaskView(runId: JobRow['runId'] | null): Show {
  const view = useRef<TaskView | null>(null);
  const shown = useRef({ from: 0, to: 0 });
  useEffect(() => {
    if (runId === null) return undefined;
    const opened = viewTasks(runId);
    view.current = opened;
    opened.show(shown.current.from, shown.current.to);
    return () => {
      view.current = null;
      opened.close();
    };
  }, [runId]);
  return useCallback((from, to) => {
    shown.current = { from, to };
    view.current?.show(from, to);
  }, []);
}

/** The tasks of a run as they come on screen; `show` says which places are. */
export function useRunTasks(runId: JobRow['runId']): { tasks: PagedTasks; show: Show } {
  const tasks = useTasks((store) => store.runs[runId]) ?? NO_PAGES;
  return { tasks, show: useTaskView(runId) };
}

/** One task of an array; null until it is known, and where no task is asked for. Drawn again for its own changes alone. */
export function useTask({ runId, array }: Pick<JobRow, 'runId' | 'array'>, index: number | null): Task | null {
  const place = useMemo(
    () => (index === null || array === null ? -1 : (parseTaskRange(array)?.indices.indexOf(index) ?? -1)),
    [array, index],
  );
  const show = useTaskView(place < 0 ? null : runId);
  useEffect(() => {
    if (place >= 0) show(place, place);
  }, [place, show]);
  const found = useTasks((store) => store.runs[runId]?.rows[place]);
  return found?.index === index ? found : null;
}
