/** The tasks of one run as far as they were looked at, by their place in the order of their indices. Pure. */
import type { Task } from '../../shared/domain/job/task.ts';

export interface PagedTasks {
  /** `null` until the first answer. */
  readonly total: number | null;
  /** Loaded tasks by place; the others are asked for when they come on screen. */
  readonly rows: Readonly<Record<number, Task>>;
}

export const NO_PAGES: PagedTasks = { total: null, rows: {} };

/** What says the same as before stays the same object: it is not drawn again. */
function sameOr(before: Task | undefined, task: Task): Task {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(task) ? before : task;
}

/** With an answer of the core: `tasks` from place `offset` on, `total` in all. Places behind the end are forgotten. */
export function withPage(before: PagedTasks, offset: number, tasks: readonly Task[], total: number): PagedTasks {
  const rows: Record<number, Task> = {};
  for (const [place, task] of Object.entries(before.rows)) if (Number(place) < total) rows[Number(place)] = task;
  for (const [at, task] of tasks.entries()) rows[offset + at] = sameOr(before.rows[offset + at], task);
  return { total, rows };
}

/** With tasks that changed. Those that are not loaded are left out; the same object when none is. */
export function withNews(before: PagedTasks, news: readonly Task[]): PagedTasks {
  const changed = new Map(news.map((task) => [task.index, task]));
  const entries = Object.entries(before.rows);
  if (!entries.some(([, { index }]) => changed.has(index))) return before;
  return {
    total: before.total,
    rows: Object.fromEntries(entries.map(([place, task]) => [place, changed.get(task.index) ?? task])),
  };
}

/** The pages of `size` tasks that hold the places `from` up to `to`, both included, and are at least partly not loaded. */
export function missingPages({ total, rows }: PagedTasks, from: number, to: number, size: number): number[] {
  const last = total === null ? to : Math.min(to, total - 1);
  const pages: number[] = [];
  for (let page = Math.floor(Math.max(0, from) / size); page * size <= last; page += 1) {
    const end = Math.min(last, page * size + size - 1);
    for (let place = Math.max(from, page * size, 0); place <= end; place += 1)
      if (rows[place] === undefined) {
        pages.push(page);
        break;
      }
  }
  return pages;
}
