import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandBraces, globSpecificity, hasWildcard, matchGlob } from './glob.ts';

describe('a file name pattern', () => {
  test.each([
    ['*.py', 'train.py', true],
    ['*.py', 'train.PY', false],
    ['*.py', '.py', true],
    ['*.tar.gz', 'data.2024.tar.gz', true],
    ['config.yaml', 'config.yaml', true],
    ['config.yaml', 'configXyaml', false],
    ['init_*.dat', 'init_0.dat', true],
    ['a?.txt', 'a한.txt', true],
    ['a?.txt', 'a.txt', false],
    ['?', '🦀', true],
    ['run[0-9].inp', 'run7.inp', true],
    ['run[!0-9].inp', 'run7.inp', false],
    ['run[]x].inp', 'run].inp', true],
    ['run[a-].inp', 'run-.inp', true],
    ['[unclosed', '[unclosed', true],
    ['*.{yaml,yml}', 'a.yml', true],
    ['*.{yaml,yml}', 'a.json', false],
    ['{a,b{1,2}}.txt', 'b2.txt', true],
    ['{only}.txt', '{only}.txt', true],
    ['', '', true],
    ['', 'x', false],
    ['**', 'anything', true],
  ])('%s against %s: %s', (pattern, name, expected) => {
    expect(matchGlob(pattern, name)).toBe(expected);
  });

  test('is a plain name only when nothing in it varies', () => {
    expect(hasWildcard('params.yaml')).toBe(false);
    expect(hasWildcard('config.{yaml,yml}')).toBe(false);
    expect(hasWildcard('*.yaml')).toBe(true);
    expect(hasWildcard('run[0-9]')).toBe(true);
  });

  test('says more the less of it varies', () => {
    expect(globSpecificity('train.py')).toBeGreaterThan(globSpecificity('very_long_prefix_*.py'));
    expect(globSpecificity('init_*.py')).toBeGreaterThan(globSpecificity('*.py'));
  });

  test('made of stars does not make matching slow', () => {
    const stars = '*a'.repeat(400);
    expect(matchGlob(stars, 'a'.repeat(4000) + 'b')).toBe(false);
  });

  test('made of braces stays at 64 alternatives', () => {
    expect(expandBraces('{a,b}'.repeat(40)).length).toBeLessThanOrEqual(64);
    expect(expandBraces('{'.repeat(2000)).length).toBe(1);
    expect(expandBraces('{a,'.repeat(500) + '}'.repeat(500)).length).toBeLessThanOrEqual(64);
  });

  test('of any length is answered at once: one that no file name can need stands for itself', () => {
    const before = process.threadCpuUsage();
    for (const part of ['{', '[', '{a,b}', '*?', '{a,', '[!a-', '}', ',', '*{']) {
      const long = part.repeat(100_000 / part.length);
      for (const pattern of [long, long.slice(0, 1000)]) {
        expandBraces(pattern);
        hasWildcard(pattern);
        globSpecificity(pattern);
        matchGlob(pattern, `${'a'.repeat(254)}!`);
      }
      expect(matchGlob(long, long)).toBe(true);
    }
    // the thread's own time: what else runs on the machine is nothing to it
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(4000);
  });

  test('of wildcards means what a regular expression of the same parts means', () => {
    const part = fc.constantFrom(
      ['a', 'a'],
      ['b', 'b'],
      ['.', '\\.'],
      ['^', '\\^'],
      ['한', '한'],
      ['*', '.*'],
      ['?', '.'],
      ['[ab]', '[ab]'],
      ['[!a]', '[^a]'],
      ['{a,b.}', '(?:a|b\\.)'],
    );
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '^', '한', '🦀', '\n'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), name, (parts, text) => {
        const expression = new RegExp(`^${parts.map(([, each]) => each).join('')}$`, 'su');
        expect(matchGlob(parts.map(([each]) => each).join(''), text)).toBe(expression.test(text));
      }),
      { numRuns: 1500 },
    );
  });

  test('of any characters is no error, and fits itself when none of them is special', () => {
    const any = fc.string({ unit: 'binary' });
    fc.assert(fc.property(any, any, (pattern, name) => matchGlob(`*${pattern}`, name) || !matchGlob(pattern, name)));
    fc.assert(fc.property(fc.stringMatching(/^[^*?[\]{},]*$/), (name) => matchGlob(name, name)));
  });
});
