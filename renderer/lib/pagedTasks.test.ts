import { describe, expect, it } from 'vitest';
import { newTask } from '../../shared/domain/job/task.ts';
import { missingPages, NO_PAGES, withNews, withPage } from './pagedTasks.ts';

const task = (index: number, state = 'PENDING') => newTask(index, { state });

describe('the tasks of a run, page by page', () => {
  const two = withPage(NO_PAGES, 4, [task(8), task(10)], 7);

  it('stand at their places, and those behind the end are forgotten', () => {
    expect(Object.keys(two.rows)).toEqual(['4', '5']);
    expect(withPage(two, 0, [task(0)], 5)).toEqual({ total: 5, rows: { 0: task(0), 4: task(8) } });
  });

  it('take news by index, and are the same object when nothing of it is loaded', () => {
    expect(withNews(two, [task(10, 'FAILED'), task(12)]).rows[5]).toEqual(task(10, 'FAILED'));
    expect(withNews(two, [task(12)])).toBe(two);
  });

  it('are the same objects when an answer says the same again, and others where it does not', () => {
    const again = withPage(two, 4, [task(8), task(10, 'RUNNING')], 7);
    expect(again.rows[4]).toBe(two.rows[4]);
    expect(again.rows[5]).toEqual(task(10, 'RUNNING'));
  });

  it('are asked for where some are missing, and never behind the end', () => {
    expect(missingPages(NO_PAGES, 0, 4, 5)).toEqual([0]);
    expect(missingPages(two, 4, 5, 2)).toEqual([]);
    expect(missingPages(two, 3, 20, 2)).toEqual([1, 3]);
    expect(missingPages({ total: 0, rows: {} }, 0, 9, 2)).toEqual([]);
  });
});
