import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unfoldedList } from './unfolding.ts';

describe('a list of runs of which some are unfolded', () => {
  it('has their tasks below them', () => {
    const list = unfoldedList(3, [{ at: 1, tasks: 2 }]);
    expect(Array.from({ length: list.rowCount }, (_, row) => list.placeOf(row))).toEqual([
      { run: 0, task: null },
      { run: 1, task: null },
      { run: 1, task: 0 },
      { run: 1, task: 1 },
      { run: 2, task: null },
    ]);
    expect([0, 1, 2].map((run) => list.rowOfRun(run))).toEqual([0, 1, 4]);
  });

  it('leaves out runs that are no longer there, and such without tasks', () => {
    expect(unfoldedList(1, [{ at: 4, tasks: 9 }]).rowCount).toBe(1);
    expect(unfoldedList(1, [{ at: 0, tasks: 0 }]).placeOf(0)).toEqual({ run: 0, task: null });
  });

  it('shows every run and every task once, in order, whatever is unfolded', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.uniqueArray(fc.record({ at: fc.nat(35), tasks: fc.nat(5) }), { selector: ({ at }) => at, maxLength: 8 }),
        (runs, unfolded) => {
          const list = unfoldedList(runs, unfolded);
          const expected = Array.from({ length: runs }, (_, run) => [
            { run, task: null },
            ...Array.from({ length: unfolded.find(({ at }) => at === run)?.tasks ?? 0 }, (_none, task) => ({
              run,
              task,
            })),
          ]).flat();
          expect(Array.from({ length: list.rowCount }, (_, row) => list.placeOf(row))).toEqual(expected);
          for (let run = 0; run < runs; run += 1) expect(list.placeOf(list.rowOfRun(run))).toEqual({ run, task: null });
        },
      ),
    );
  });
});
