import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTaskRange, parseTaskRange } from './taskRange.ts';

describe('the indices of an array', () => {
  it.each([
    ['3', [3], null],
    ['1-4', [1, 2, 3, 4], null],
    ['[4-13:3%2]', [4, 7, 10, 13], 2],
    ['[1,3,5-9]', [1, 3, 5, 6, 7, 8, 9], null],
    ['0-9,12%4', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12], 4],
    ['7,3,3,5-7', [3, 5, 6, 7], null],
    ['1-3%0', [1, 2, 3], null],
  ])('are read from %s', (text, indices, limit) => {
    expect(parseTaskRange(text)).toEqual({ indices, limit, whole: true });
  });

  it('are not all of them where Slurm cut its text', () => {
    expect(parseTaskRange('[1,3,5,...]')).toEqual({ indices: [1, 3, 5], limit: null, whole: false });
    expect(parseTaskRange('[1,3,15...%2]')).toEqual({ indices: [1, 3], limit: 2, whole: false });
  });

  it.each(['', '[]', 'all', '9-1', '1-9:0', '-3', '1,,2', '1-', '5%', '1.5', '1-99999999', 'N/A'])(
    'are not read from %j',
    (text) => {
      expect(parseTaskRange(text)).toBeNull();
    },
  );

  it('are refused where there are more than can be held', () => {
    expect(parseTaskRange('0-9', 10)?.indices).toHaveLength(10);
    expect(parseTaskRange('0-10', 10)).toBeNull();
    expect(parseTaskRange('0-4,10-15', 10)).toBeNull();
    expect(parseTaskRange('0-4000000')).toBeNull();
  });

  it('are written as Slurm reads them, and read back the same', () => {
    expect(formatTaskRange([5, 1, 2, 3, 9, 9])).toBe('1-3,5,9');
    expect(formatTaskRange([])).toBe('');
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 4_000_000 }), { minLength: 1, maxLength: 200 }), (indices) => {
        expect(parseTaskRange(`[${formatTaskRange(indices)}]`)?.indices).toEqual([...indices].sort((a, b) => a - b));
      }),
    );
  });

  it('are those that a step leaves, whatever it is', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.nat({ max: 500 }), fc.integer({ min: 1, max: 60 }), (first, more, step) => {
        const expected = Array.from({ length: Math.floor(more / step) + 1 }, (_, i) => first + i * step);
        expect(parseTaskRange(`${first}-${first + more}:${step}`)?.indices).toEqual(expected);
      }),
    );
  });

  it('are read in a time that grows with the text and the tasks only', () => {
    for (const text of [
      `${'1,'.repeat(200_000)}1`,
      '9'.repeat(900_000),
      `${'1-9:3,'.repeat(100_000)}x`,
      ','.repeat(900_000),
    ]) {
      const from = performance.now();
      parseTaskRange(text);
      expect(performance.now() - from).toBeLessThan(1000);
    }
  });
});
