import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '../../shared/domain/ids.ts';
import type { JobRow } from '../../shared/domain/job/schema.ts';
import { newTask, NO_TASKS, type Task } from '../../shared/domain/job/task.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../client/testing/scriptedHost.ts';

const host = new ScriptedHost();
vi.stubGlobal('window', pageOf(host));
const { firstTask, useTasks, viewTasks } = await import('./tasks.ts');
type View = ReturnType<typeof viewTasks>;

const [RUN, OTHER] = ['r1', 'r2'] as [RunId, RunId];
const TOTAL = 1200;
const all = (state: string, total = TOTAL): Task[] => Array.from({ length: total }, (_, i) => newTask(i, { state }));
const row = (runId: RunId, total = TOTAL): JobRow => ({ runId, tasks: { ...NO_TASKS, total } }) as JobRow;

describe('the tasks that are on screen', () => {
  let tasks: Task[];
  let views: View[];
  const open = (runId: RunId): View => {
    const view = viewTasks(runId);
    views.push(view);
    return view;
  };
  const answers = (): void =>
    host.answer('jobs.tasks', ({ offset = 0, limit = 500 }) => ({
      tasks: tasks.slice(offset, offset + limit),
      total: tasks.length,
    }));
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
  const offsets = (): unknown[] => host.asked('jobs.tasks').map(({ offset }) => offset);
  const stateAt = (place: number): string | null | undefined => useTasks.getState().runs[RUN]?.rows[place]?.state;

  beforeEach(() => {
    vi.useFakeTimers();
    host.reset();
    tasks = all('PENDING');
    views = [];
    answers();
  });
  afterEach(() => {
    for (const view of views) view.close();
    expect(useTasks.getState().runs).toEqual({});
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('are asked for once by two parts that show the same, and then no more', async () => {
    const [list, details] = [open(RUN), open(RUN)];
    await settle();
    list.show(0, 20);
    details.show(3, 3);
    await settle();
    expect(offsets()).toEqual([0]);
  });

  it('are asked for by pages as they come on screen', async () => {
    const list = open(RUN);
    await settle();
    list.show(480, 510);
    await settle();
    list.show(1190, 1250);
    await settle();
    expect(offsets()).toEqual([0, 500, 1000]);
    expect(useTasks.getState().runs[RUN]?.total).toBe(TOTAL);
  });

  it('are kept until the last part that shows them has gone; an answer after that is nobody’s', async () => {
    const [list, details] = [open(RUN), open(RUN)];
    await settle();
    list.close();
    expect(stateAt(0)).toBe('PENDING');
    const slow = held<{ tasks: Task[]; total: number }>();
    host.answer('jobs.tasks', () => slow.promise);
    details.show(600, 610);
    details.close();
    slow.keep({ tasks: all('RUNNING'), total: TOTAL });
    await settle();
    expect(useTasks.getState().runs).toEqual({});
  });

  it('change as events tell, of the runs that are shown', async () => {
    open(RUN);
    await settle();
    host.tell('jobs.tasksChanged', { runId: RUN, tasks: [newTask(2, { state: 'FAILED' })] });
    host.tell('jobs.tasksChanged', { runId: OTHER, tasks: [newTask(0, { state: 'FAILED' })] });
    expect([stateAt(1), stateAt(2)]).toEqual(['PENDING', 'FAILED']);
    expect(Object.keys(useTasks.getState().runs)).toEqual([RUN]);
  });

  it('are asked for anew once for all changes of the run that arrive together', async () => {
    const list = open(RUN);
    await settle();
    list.show(510, 530);
    await settle();
    tasks = all('RUNNING');
    for (let change = 0; change < 4; change += 1) host.tell('jobs.changed', { rows: [row(RUN), row(OTHER)] });
    await vi.advanceTimersByTimeAsync(249);
    expect(offsets()).toEqual([0, 500]);
    await vi.advanceTimersByTimeAsync(1);
    expect(offsets()).toEqual([0, 500, 500]);
    expect(stateAt(510)).toBe('RUNNING');
  });

  it('are asked for at once when the run has got others', async () => {
    tasks = [];
    open(RUN);
    await settle();
    expect(useTasks.getState().runs[RUN]?.total).toBe(0);
    tasks = all('PENDING');
    host.tell('jobs.changed', { rows: [row(RUN)] });
    await settle();
    expect(stateAt(3)).toBe('PENDING');
  });

  it('stay while they cannot be asked for, with the reason, which the next answer takes away', async () => {
    open(RUN);
    await settle();
    host.answer('jobs.tasks', () => {
      throw new AppError('HOST_UNREACHABLE', { details: { reason: 'closed' } });
    });
    host.tell('jobs.changed', { rows: [row(RUN)] });
    await vi.advanceTimersByTimeAsync(250);
    expect(useTasks.getState().runs[RUN]).toMatchObject({ total: TOTAL, error: { name: 'HOST_UNREACHABLE' } });
    answers();
    host.tell('jobs.changed', { rows: [row(RUN)] });
    await vi.advanceTimersByTimeAsync(250);
    expect(useTasks.getState().runs[RUN]?.error).toBeNull();
  });

  it('are not needed for the first that failed, which the core finds', async () => {
    host.answer('jobs.tasks', () => ({ tasks: [newTask(7, { state: 'FAILED' })], total: 1 }));
    await expect(firstTask(RUN, ['bad'])).resolves.toMatchObject({ index: 7 });
    expect(host.asked('jobs.tasks')).toEqual([{ runId: RUN, limit: 1, groups: ['bad'] }]);
    tasks = [];
    answers();
    await expect(firstTask(RUN)).resolves.toBeNull();
  });
});
