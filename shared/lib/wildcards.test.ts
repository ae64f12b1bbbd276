import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchGlob } from './glob.ts';
import { matchWildcards } from './wildcards.ts';

/** The definition, read off: what a star takes is tried out, and remembered so that the test itself ends. */
function byDefinition(pattern: string, name: string): boolean {
  const known = new Map<string, boolean>();
  const fits = (p: number, n: number): boolean => {
    const key = `${String(p)} ${String(n)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const c = pattern[p];
    const answer =
      c === undefined
        ? n === name.length
        : c === '*'
          ? fits(p + 1, n) || (n < name.length && fits(p, n + 1))
          : n < name.length && (c === '?' || c === name[n]) && fits(p + 1, n + 1);
    known.set(key, answer);
    return answer;
  };
  return fits(0, 0);
}

const plain = (pattern: string, name: string): boolean =>
  matchWildcards(
    {
      length: pattern.length,
      isStar: (part) => pattern[part] === '*',
      fits: (part, at) => pattern[part] === '?' || pattern[part] === name[at],
    },
    name.length,
  );

const pattern = fc.stringMatching(/^[ab*?]{0,12}$/);
const name = fc.stringMatching(/^[ab]{0,12}$/);

describe('a pattern with stars', () => {
  it('fits what its definition says', () => {
    fc.assert(
      fc.property(pattern, name, (p, n) => plain(p, n) === byDefinition(p, n)),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(pattern, name, (p, n) => matchGlob(p, n) === byDefinition(p, n)),
      { numRuns: 1000 },
    );
  });

  it('is never tried in more steps than it may take', () => {
    for (const [p, n] of [
      [`${'*?'.repeat(12)}!`, 'a'.repeat(46)],
      [`${'*a'.repeat(2000)}!`, 'a'.repeat(2000)],
      [`*${'a'.repeat(2000)}b`, 'a'.repeat(2000)],
      ['*'.repeat(100_000), 'a'.repeat(255)],
      ['?*'.repeat(50_000), 'a'.repeat(255)],
    ] as const) {
      let steps = 0;
      const counted = {
        length: p.length,
        isStar: (part: number) => p[part] === '*',
        fits: (part: number, at: number) => (steps += 1) > 0 && (p[part] === '?' || p[part] === n[at]),
      };
      matchWildcards(counted, n.length);
      expect(steps).toBeLessThanOrEqual(n.length ** 2 + p.length);
    }
  });
});
