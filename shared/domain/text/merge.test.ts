import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, mergeLines, type Hunk, type MergePiece } from './merge.ts';

/** Few different lines, so that texts resemble each other and lines repeat, as blank ones and `fi` do. */
const line = fc.constantFrom('', 'a', 'b', 'c', 'd', 'fi', '#SBATCH --time=1');
const text = fc.array(line, { maxLength: 14 });

const patched = (before: readonly string[], hunks: readonly Hunk[]): string[] => {
  const lines: string[] = [];
  let next = 0;
  for (const hunk of hunks) {
    lines.push(...before.slice(next, hunk.from), ...hunk.lines);
    next = hunk.to;
  }
  return [...lines, ...before.slice(next)];
};
const joined = (pieces: readonly MergePiece[], side: 'mine' | 'theirs' = 'mine'): string[] =>
  pieces.flatMap((piece) => (piece.kind === 'conflict' ? piece[side] : piece.lines));
const isClean = (pieces: readonly MergePiece[]): boolean => pieces.every(({ kind }) => kind !== 'conflict');
const count = (lines: readonly string[], wanted: string): number => lines.filter((each) => each === wanted).length;

describe('the changes between two texts', () => {
  it('make the one out of the other, and never touch each other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const hunks = diffLines(before, after);
        expect(patched(before, hunks)).toEqual(after);
        for (const [i, hunk] of hunks.entries()) {
          expect(after.slice(hunk.at, hunk.at + hunk.lines.length)).toEqual(hunk.lines);
          const next = hunks[i + 1];
          if (next) expect(next.from).toBeGreaterThan(hunk.to);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are few: one line changed is one change', () => {
    const before = ['x', 'y', '', 'z', '', 'w'];
    expect(diffLines(before, before.with(3, 'Z'))).toEqual([{ from: 3, to: 4, at: 3, lines: ['Z'] }]);
  });

  it('are one where two long texts have nothing in common', () => {
    const before = Array.from({ length: 4000 }, (_, i) => `old ${String(i)}`);
    const after = Array.from({ length: 4000 }, (_, i) => `new ${String(i)}`);
    expect(diffLines(before, after)).toEqual([{ from: 0, to: 4000, at: 0, lines: after }]);
  });
});

describe('merging hand edits with what the form makes', () => {
  it('leaves the form’s text as it is where nothing was edited, and the edits where the form did not change', () => {
    fc.assert(
      fc.property(text, text, (base, changed) => {
        expect(mergeLines(base, base, changed)).toEqual(
          changed.length === 0 ? [] : [{ kind: 'theirs', lines: changed, at: 0 }],
        );
        expect(joined(mergeLines(base, changed, base))).toEqual(changed);
        expect(isClean(mergeLines(base, changed, base))).toBe(true);
        expect(joined(mergeLines(base, changed, changed))).toEqual(changed);
        expect(isClean(mergeLines(base, changed, changed))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('loses no line that a person wrote and none that the form made', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        const mineToo = mine.map((each, i) => (i % 3 === 0 ? `by hand ${String(i)}` : each));
        const theirsToo = theirs.map((each, i) => (i % 3 === 0 ? `by the form ${String(i)}` : each));
        const pieces = mergeLines(base, mineToo, theirsToo);
        for (const each of mineToo.filter((one) => one.startsWith('by hand')))
          expect(count(joined(pieces, 'mine'), each)).toBe(1);
        for (const each of theirsToo.filter((one) => one.startsWith('by the form')))
          expect(count(joined(pieces, 'theirs'), each)).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('removes what either side removed, unless it asks', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(), fc.boolean(), fc.boolean()), { maxLength: 12, selector: ([name]) => name }),
        (lines) => {
          const names = (which: typeof lines): string[] => which.map(([name]) => String(name));
          const pieces = mergeLines(
            names(lines),
            names(lines.filter(([, isKept]) => isKept)),
            names(lines.filter(([, , isKept]) => isKept)),
          );
          const both = names(lines.filter(([, mine, theirs]) => mine && theirs));
          if (isClean(pieces)) expect(joined(pieces)).toEqual(both);
          for (const each of both) expect(joined(pieces)).toContain(each);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('says where each line of the form’s stands in the form’s text', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        for (const piece of mergeLines(base, mine, theirs))
          if (piece.kind === 'theirs')
            expect(theirs.slice(piece.at, piece.at + piece.lines.length)).toEqual(piece.lines);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes changes of neighbouring lines both', () => {
    const base = ['#!/bin/bash', '#SBATCH --mem=2G', '#SBATCH --time=1', 'run'];
    expect(joined(mergeLines(base, base.with(1, '#SBATCH --mem=9G'), base.with(2, '#SBATCH --time=5')))).toEqual([
      '#!/bin/bash',
      '#SBATCH --mem=9G',
      '#SBATCH --time=5',
      'run',
    ]);
    expect(
      joined(mergeLines(base, base.toSpliced(3, 0, 'module load mine'), base.with(2, '#SBATCH --time=5'))),
    ).toEqual(['#!/bin/bash', '#SBATCH --mem=2G', '#SBATCH --time=5', 'module load mine', 'run']);
  });

  it('asks where both changed one line differently, or put something at the same place', () => {
    const base = ['a', 'b', 'c'];
    expect(mergeLines(base, ['a', 'mine', 'c'], ['a', 'form', 'c'])).toEqual([
      { kind: 'theirs', lines: ['a'], at: 0 },
      { kind: 'conflict', mine: ['mine'], theirs: ['form'] },
      { kind: 'theirs', lines: ['c'], at: 2 },
    ]);
    expect(mergeLines(base, ['a', 'mine', 'b', 'c'], ['a', 'form', 'b', 'c'])[1]).toEqual({
      kind: 'conflict',
      mine: ['mine'],
      theirs: ['form'],
    });
    expect(mergeLines(base, ['a', 'c'], ['a', 'form', 'c'])[1]).toEqual({
      kind: 'conflict',
      mine: [],
      theirs: ['form'],
    });
  });

  it('takes texts of a megabyte, in a time that grows with their length', () => {
    const many = Array.from({ length: 300_000 }, (_, i) => `line ${String(i % 7)}`);
    const blank = Array<string>(400_000).fill('');
    const spread = (lines: readonly string[], by: string): string[] =>
      lines.flatMap((each, i) => (i % 1000 === 500 ? [by, each] : [each]));
    // neither more lines than a call may have arguments, nor lines that repeat
    expect(joined(mergeLines(many, [], many))).toEqual([]);
    expect(joined(mergeLines([], blank, [])).length).toBe(blank.length);
    for (const base of [many, blank]) {
      const merged = mergeLines(base, spread(base, 'mine'), [...base, 'form']);
      expect(joined(merged).filter((each) => each === 'mine')).toHaveLength(base.length / 1000);
      expect(joined(merged).at(-1)).toBe('form');
    }
    const time = (size: number): number => {
      const base = many.slice(0, size);
      const [mine, form] = [spread(base, 'mine'), spread(base, 'form')];
      // the processor's time: what others do meanwhile does not count
      const began = process.cpuUsage();
      mergeLines(base, mine, form);
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1000;
    };
    time(10_000);
    const once = Math.max(5, Math.min(time(75_000), time(75_000)));
    expect(Math.min(time(300_000), time(300_000))).toBeLessThan(once * 4 * 4);
  });
});
