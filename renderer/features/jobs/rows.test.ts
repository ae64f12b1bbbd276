import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { newTask, NO_TASKS } from '../../../shared/domain/job/task.ts';
import { keyOf, rowKey, Rows, runOfKey } from './rows.ts';

const RUN = { runId: 'r1' as RunId, jobId: '47', partition: 'normal', tasks: NO_TASKS } as JobRow;
const TASK = newTask(3, { state: 'RUNNING' });

describe('the rows of the list', () => {
  it('are named as the address names them', () => {
    const rows = new Rows();
    expect(keyOf(rows.run(RUN))).toBe(rowKey('r1', null));
    expect(keyOf(rows.task(RUN, 2, TASK))).toBe(rowKey('r1', 3));
  });

  it('tell by their name which run a task belongs to', () => {
    expect(runOfKey(rowKey('r1', 3))).toBe('r1');
    expect(runOfKey(rowKey('r1', null))).toBeNull();
  });

  it('are the same for what is the same, so that they are not drawn again', () => {
    const rows = new Rows();
    expect(rows.run(RUN)).toBe(rows.run(RUN));
    expect(rows.task(RUN, 2, TASK)).toBe(rows.task(RUN, 2, TASK));
  });

  it('stay the same for a task while only the counts of its run change', () => {
    const rows = new Rows();
    const before = rows.task(RUN, 2, TASK);
    const counted = { ...RUN, tasks: { ...NO_TASKS, total: 9, ok: 1 } };
    expect(rows.task(counted, 2, TASK)).toBe(before);
    expect(rows.run(counted)).not.toBe(rows.run(RUN));
  });

  it('are others once the task, or what they say of its run, has changed', () => {
    const rows = new Rows();
    const before = rows.task(RUN, 2, TASK);
    expect(rows.task(RUN, 2, { ...TASK, state: 'COMPLETED' })).not.toBe(before);
    const moved = { ...RUN, partition: 'gpu' };
    expect(rows.task(moved, 2, TASK)).toMatchObject({ run: { partition: 'gpu' } });
    expect(rows.task({ ...moved, jobId: '48' }, 2, TASK)).toMatchObject({ run: { jobId: '48' } });
  });
});
