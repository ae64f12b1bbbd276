import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldTasks } from './foldTasks.ts';
import { isFinal, JOB_STATES } from './state.ts';
import { newTask, type Task } from './task.ts';

const array = (...tasks: Partial<Omit<Task, 'index'>>[]): Task[] => tasks.map((task, i) => newTask(i + 1, task));

describe('what the tasks of a run come to', () => {
  it('is what the only task of a plain job says', () => {
    const task = newTask(null, {
      state: 'RUNNING',
      reason: 'None',
      nodes: 'cn1',
      partition: 'long',
      elapsed: 5,
      progress: 40,
      progressText: 'step 4',
      startedAt: 7,
      restarts: 1,
    });
    const { index: _index, jobId: _jobId, attempts: _attempts, ...own } = task;
    expect(foldTasks([task])).toEqual({
      ...own,
      tasks: { total: 1, pending: 0, running: 1, ok: 0, bad: 0, cancelled: 0, unknown: 0 },
    });
  });

  it('keeps a plain job’s own word of its progress, also when it has ended well', () => {
    expect(foldTasks([newTask(null, { state: 'COMPLETED', progress: 60 })]).progress).toBe(60);
    expect(foldTasks([newTask(null, { state: 'COMPLETED' })]).progress).toBeNull();
  });

  it('is the busiest of an array’s tasks while some have not ended, with counts of all', () => {
    const fold = foldTasks(
      array(
        { state: 'COMPLETED', startedAt: 10, endedAt: 20, nodes: 'cn1' },
        { state: 'FAILED', exitCode: 3, startedAt: 12, endedAt: 30, nodes: 'cn2' },
        { state: 'RUNNING', startedAt: 15, nodes: 'cn3' },
        { state: 'PENDING', reason: 'JobArrayTaskLimit', expectedStart: 90 },
        { state: 'PENDING', reason: 'Priority', expectedStart: 80 },
        { state: null },
      ),
    );
    expect(fold).toMatchObject({
      state: 'RUNNING',
      nodes: 'cn3',
      exitCode: null,
      startedAt: 10,
      endedAt: null,
      expectedStart: 80,
      tasks: { total: 6, pending: 3, running: 1, ok: 1, bad: 1, cancelled: 0, unknown: 0 },
    });
  });

  it('is the unluckiest once all have ended, from the first start to the last end', () => {
    const fold = foldTasks(
      array(
        { state: 'COMPLETED', startedAt: 10_000, endedAt: 20_000, elapsed: 10, exitCode: 0 },
        { state: 'CANCELLED', cancelledBy: { who: 'you', name: null }, endedAt: 90_000 },
        {
          state: 'TIMEOUT',
          reason: 'TimeLimit',
          exitCode: 0,
          signal: 15,
          startedAt: 12_000,
          endedAt: 30_000,
          elapsed: 18,
        },
        { state: 'FAILED', exitCode: 3, startedAt: 11_000, endedAt: 12_000, elapsed: 1 },
      ),
    );
    expect(fold).toMatchObject({
      state: 'TIMEOUT',
      reason: 'TimeLimit',
      signal: 15,
      cancelledBy: null,
      startedAt: 10_000,
      endedAt: 90_000,
      elapsed: 80,
      progress: 25,
    });
  });

  it('has the mean of the tasks’ progress, those that ended well being done', () => {
    expect(foldTasks(array({ state: 'PENDING' }, { state: 'PENDING' })).progress).toBeNull();
    expect(
      foldTasks(
        array({ state: 'COMPLETED' }, { state: 'RUNNING', progress: 50 }, { state: 'PENDING' }, { state: 'PENDING' }),
      ).progress,
    ).toBe(38);
  });

  it('adds up restarts, and is watched as long as any of its ends is', () => {
    expect(
      foldTasks(array({ restarts: 1, endWatchedUntil: 5 }, { restarts: 2 }, { endWatchedUntil: 9 })),
    ).toMatchObject({ restarts: 3, endWatchedUntil: 9 });
  });

  it('of no tasks is nothing', () => {
    expect(foldTasks([])).toMatchObject({ state: null, endedAt: null, progress: null, tasks: { total: 0 } });
  });

  it('has ended exactly when every task has, and counts each once, whatever they say', () => {
    const state = fc.option(fc.constantFrom(...JOB_STATES, 'UNKNOWN', 'DREAMING'), { nil: null });
    const anyTask = fc.record({ state, endedAt: fc.option(fc.nat(), { nil: null }) });
    fc.assert(
      fc.property(fc.array(anyTask, { minLength: 1, maxLength: 30 }), (tasks) => {
        const fold = foldTasks(array(...tasks));
        expect(isFinal(fold.state)).toBe(tasks.every((task) => isFinal(task.state)));
        const { total, ...groups } = fold.tasks;
        expect(Object.values(groups).reduce((sum, count) => sum + count, 0)).toBe(total);
      }),
    );
  });
});
