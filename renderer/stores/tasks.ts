/** The tasks of the runs that are on screen, kept current by the core's events. */
import { create } from 'zustand';
import type { RunId } from '../../shared/domain/ids.ts';
import type { Task } from '../../shared/domain/job/task.ts';
import type { StateGroup } from '../../shared/domain/job/state.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import { client } from '../client/index.ts';
import { appErrorOf } from '../client/pageError.ts';
import { missingPages, NO_PAGES, withNews, withPage, type PagedTasks } from '../lib/pagedTasks.ts';

const PAGE = 500;
/** Changes that arrive together cause one question. */
const RELOAD_AFTER_MS = 250;

interface ShownTasks extends PagedTasks {
  readonly error: CodedError | null;
}

export const useTasks = create<{ runs: Readonly<Record<string, ShownTasks>> }>(() => ({ runs: {} }));

/** What one part of the page shows of a run's tasks. */
export interface TaskView {
  /** These places are on screen, both included. */
  show(from: number, to: number): void;
  close(): void;
}

interface Followed {
  readonly views: Map<TaskView, { from: number; to: number }>;
  readonly gone: AbortController;
  readonly asked: Set<number>;
  reload: ReturnType<typeof setTimeout> | undefined;
}

const followed = new Map<RunId, Followed>();

function update(runId: RunId, change: (tasks: ShownTasks) => ShownTasks): void {
  useTasks.setState(({ runs }) => {
    const before = runs[runId] ?? { ...NO_PAGES, error: null };
    const after = change(before);
    return after === before ? { runs } : { runs: { ...runs, [runId]: after } };
  });
}

async function load(runId: RunId, run: Followed, page: number): Promise<void> {
  if (run.asked.has(page)) return;
  run.asked.add(page);
  try {
    const { tasks, total } = await client.call(
      'jobs.tasks',
      { runId, offset: page * PAGE, limit: PAGE },
      { signal: run.gone.signal },
    );
    if (run.gone.signal.aborted) return;
    update(runId, (before) => ({ ...withPage(before, page * PAGE, tasks, total), error: null }));
  } catch (error) {
    if (!run.gone.signal.aborted) update(runId, (before) => ({ ...before, error: appErrorOf(error) }));
  } finally {
    run.asked.delete(page);
  }
}

function loadMissing(runId: RunId, run: Followed): void {
  const known = useTasks.getState().runs[runId] ?? NO_PAGES;
  for (const { from, to } of run.views.values())
    for (const page of missingPages(known, from, to, PAGE)) void load(runId, run, page);
}

/** Asks anew for what is on screen; what is there stays until the answer comes. */
function reload(runId: RunId, run: Followed): void {
  const pages = new Set<number>();
  for (const { from, to } of run.views.values())
    for (let page = Math.floor(from / PAGE); page * PAGE <= to; page += 1) pages.add(page);
  for (const page of pages) void load(runId, run, page);
}

/** Follows the tasks of a run for a part of the page, which says what it shows of them and when it is gone. */
export function viewTasks(runId: RunId): TaskView {
  const run = followed.get(runId) ?? {
    views: new Map(),
    gone: new AbortController(),
    asked: new Set(),
    reload: undefined,
  };
  followed.set(runId, run);
  const view: TaskView = {
    show: (from, to) => {
      if (!run.views.has(view)) return;
      run.views.set(view, { from, to });
      loadMissing(runId, run);
    },
    close: () => {
      run.views.delete(view);
      if (run.views.size > 0 || followed.get(runId) !== run) return;
      followed.delete(runId);
      clearTimeout(run.reload);
      run.gone.abort();
      useTasks.setState(({ runs: { [runId]: _closed, ...runs } }) => ({ runs }));
    },
  };
  run.views.set(view, { from: 0, to: 0 });
  loadMissing(runId, run);
  return view;
}

/** The first task, by index, of one of these groups of states; the first of all for none. Null where there is none. Rejects with CodedError. */
export async function firstTask(runId: RunId, groups?: readonly StateGroup[]): Promise<Task | null> {
  const { tasks } = await client.call('jobs.tasks', {
    runId,
    limit: 1,
    ...(groups === undefined ? {} : { groups: [...groups] }),
  });
  return tasks[0] ?? null;
}

client.on('jobs.tasksChanged', ({ runId, tasks }) => {
  if (followed.has(runId)) update(runId, (before) => ({ ...before, ...withNews(before, tasks) }));
});
client.on('jobs.changed', ({ rows }) => {
  for (const { runId, tasks } of rows) {
    const run = followed.get(runId);
    if (!run) continue;
    const known = useTasks.getState().runs[runId];
    // the run has got its tasks, or others; what changed in those that are there comes by itself
    const wait = known?.total === tasks.total ? RELOAD_AFTER_MS : 0;
    run.reload ??= setTimeout(() => {
      run.reload = undefined;
      reload(runId, run);
    }, wait);
  }
});
client.onResync(() => {
  for (const [runId, run] of followed) reload(runId, run);
});
