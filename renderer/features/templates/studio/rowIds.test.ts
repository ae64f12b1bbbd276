import { describe, expect, it } from 'vitest';
import { followRows, placeAfterDrop } from './rowIds.ts';

const START = followRows([], ['epochs', 'rate', 'epochs']);
const idsAfter = (names: string[]): string[] => followRows(START, names).map(({ id }) => id);

describe('the rows of a template’s form', () => {
  it('have an id each, also where two have one name', () => {
    expect(START.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('are the same object while nothing changes, so that nothing is drawn again', () => {
    expect(followRows(START, ['epochs', 'rate', 'epochs'])).toBe(START);
  });

  it('keep their ids when one is moved', () => {
    expect(idsAfter(['rate', 'epochs', 'epochs'])).toEqual(['2', '1', '3']);
  });

  it('keep their ids when one is renamed, letter by letter, so that its fields keep the focus', () => {
    expect(idsAfter(['epochs', 'rat', 'epochs'])).toEqual(['1', '2', '3']);
    expect(followRows(followRows(START, ['epochs', '', 'epochs']), ['epochs', 'epochs', 'epochs'])[1]?.id).toBe('2');
  });

  it('keep their ids when one goes', () => {
    expect(idsAfter(['epochs', 'epochs'])).toEqual(['1', '3']);
  });

  it('give a new one an id that none has had', () => {
    expect(idsAfter(['epochs', 'new', 'rate', 'epochs'])).toEqual(['1', '4', '2', '3']);
  });
});

describe('a row that is dropped', () => {
  it.each([
    { from: 0, at: 2, side: 'before', to: 1 },
    { from: 0, at: 2, side: 'after', to: 2 },
    { from: 2, at: 0, side: 'before', to: 0 },
    { from: 2, at: 0, side: 'after', to: 1 },
    { from: 1, at: 0, side: 'after', to: 1 },
    { from: 1, at: 2, side: 'before', to: 1 },
  ] as const)('from place $from $side place $at comes to place $to', ({ from, at, side, to }) => {
    expect(placeAfterDrop(from, at, side)).toBe(to);
  });
});
