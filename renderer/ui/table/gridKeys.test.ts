import { describe, expect, it } from 'vitest';
import { gridAction, NOWHERE, placeNow, type GridKey, type GridPlace } from './gridKeys.ts';

/** Rows as Jobs shows them: a job, an array that is unfolded into two tasks, and an array that is folded. */
const ROWS = [
  { key: 'one', isOpen: null, parent: 0 },
  { key: 'sweep', isOpen: true, parent: 1 },
  { key: 'sweep/0', isOpen: null, parent: 1 },
  { key: 'sweep/1', isOpen: null, parent: 1 },
  { key: 'other', isOpen: false, parent: 4 },
];

const place = (at: number, changes: Partial<GridPlace> = {}): GridPlace => ({
  at,
  rowCount: ROWS.length,
  page: 3,
  isOpen: ROWS[at]?.isOpen ?? null,
  parent: ROWS[at]?.parent ?? null,
  hasSelection: false,
  ...changes,
});
const press = (key: string, changes: Partial<GridKey> = {}): GridKey => ({
  key,
  shiftKey: false,
  hasMod: false,
  ...changes,
});
const go = (to: number, extend = false) => ({ do: 'go', to, extend });

describe('the keys of a tree grid', () => {
  it('go up and down, and stop at both ends', () => {
    expect(gridAction(press('ArrowDown'), place(1))).toEqual(go(2));
    expect(gridAction(press('ArrowUp'), place(1))).toEqual(go(0));
    expect(gridAction(press('ArrowUp'), place(0))).toEqual(go(0));
    expect(gridAction(press('ArrowDown'), place(4))).toEqual(go(4));
    expect(gridAction(press('PageDown'), place(1))).toEqual(go(4));
    expect(gridAction(press('PageUp'), place(4))).toEqual(go(1));
  });

  it('begin at the first row where nobody was', () => {
    expect(gridAction(press('ArrowDown'), place(-1))).toEqual(go(0));
    expect(gridAction(press(' '), place(-1))).toEqual(go(0));
    expect(gridAction(press('Enter'), place(-1))).toBeNull();
  });

  it('go to the first and the last row, tasks counted', () => {
    expect(gridAction(press('Home'), place(3))).toEqual(go(0));
    expect(gridAction(press('End'), place(0))).toEqual(go(4));
  });

  it('unfold an array to the right, and go in once it is unfolded', () => {
    expect(gridAction(press('ArrowRight'), place(4))).toEqual({ do: 'unfold', isOpen: true });
    expect(gridAction(press('ArrowRight'), place(1))).toEqual(go(2));
  });

  it('go out of an array to the left, and fold it from its own row', () => {
    expect(gridAction(press('ArrowLeft'), place(3))).toEqual(go(1));
    expect(gridAction(press('ArrowLeft'), place(1))).toEqual({ do: 'unfold', isOpen: false });
    expect(gridAction(press('ArrowLeft'), place(4))).toEqual(go(4));
  });

  it('leave right and left alone where there is nothing to unfold', () => {
    expect(gridAction(press('ArrowRight'), place(0))).toBeNull();
    expect(gridAction(press('ArrowLeft'), place(0, { parent: null }))).toBeNull();
  });

  it('extend the selection with Shift, but not on the way in and out', () => {
    expect(gridAction(press('End', { shiftKey: true }), place(1))).toEqual(go(4, true));
    expect(gridAction(press('ArrowRight', { shiftKey: true }), place(1))).toEqual(go(2));
    expect(gridAction(press('ArrowLeft', { shiftKey: true }), place(3))).toEqual(go(1));
  });

  it('open a row, select all and none', () => {
    expect(gridAction(press('Enter'), place(2))).toEqual({ do: 'open' });
    expect(gridAction(press('a', { hasMod: true }), place(2))).toEqual({ do: 'selectAll' });
    expect(gridAction(press('a'), place(2))).toBeNull();
    expect(gridAction(press('Escape'), place(2, { hasSelection: true }))).toEqual({ do: 'deselect' });
  });

  it('leave Escape to whoever else wants it when nothing is selected', () => {
    expect(gridAction(press('Escape'), place(2))).toBeNull();
  });

  it('do nothing in a grid without rows', () => {
    for (const key of ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', ' '])
      expect(gridAction(press(key), place(-1, { rowCount: 0 }))).toBeNull();
  });
});

describe('a row that somebody is at', () => {
  const keysOf = (keys: readonly string[]) => (index: number) => keys[index] ?? null;

  it('is the same row after others came above it, or went', () => {
    const before = { index: 3, key: 'd' };
    expect(placeNow(before, 6, keysOf(['new', 'newer', 'a', 'b', 'c', 'd']))).toBe(5);
    expect(placeNow(before, 2, keysOf(['c', 'd']))).toBe(1);
  });

  it('is the row in its place once it is gone, and the last one where there is none', () => {
    expect(placeNow({ index: 1, key: 'b' }, 3, keysOf(['a', 'c', 'd']))).toBe(1);
    expect(placeNow({ index: 3, key: 'd' }, 2, keysOf(['a', 'b']))).toBe(1);
    expect(placeNow({ index: 0, key: 'a' }, 0, keysOf([]))).toBe(-1);
  });

  it('is the row that it belonged to once that is folded, and itself again once it is unfolded', () => {
    const owner = (key: string): string | null => (key.startsWith('sweep/') ? 'sweep' : null);
    const task = { index: 3, key: 'sweep/1' };
    expect(placeNow(task, 4, keysOf(['one', 'sweep', 'other', 'last']), owner)).toBe(1);
    expect(placeNow(task, 6, keysOf(['one', 'sweep', 'sweep/0', 'sweep/1', 'other', 'last']), owner)).toBe(3);
    expect(placeNow(task, 2, keysOf(['one', 'other']), owner)).toBe(1);
  });

  it('is none where nobody was, and stays in place where it was not loaded', () => {
    expect(placeNow(NOWHERE, 3, keysOf(['a', 'b', 'c']))).toBe(-1);
    expect(placeNow({ index: 2, key: null }, 3, keysOf(['a', 'b', 'c']))).toBe(2);
  });
});
