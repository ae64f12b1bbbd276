import { inWords } from '../messages/catalogue.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearPattern } from './linearPattern.ts';

const matches = (source: string, text: string): boolean => {
  const pattern = linearPattern(source);
  if (!pattern.ok) throw new Error(inWords(pattern.reason));
  return pattern.matches(text);
};

/** As JavaScript reads it; a lone `]`, `{` or `}` is a character only without the flag `u`. Null where it refuses. */
const inJavaScript = (source: string): RegExp | null => {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(`^(?:${source})$`, flags);
    } catch {
      // the next flags
    }
  }
  return null;
};

describe('a template’s regular expression', () => {
  test('must fit the whole text', () => {
    expect(matches('[a-z]+', 'abc')).toBe(true);
    expect(matches('[a-z]+', 'abc1')).toBe(false);
    expect(matches('^[a-z]+$', 'abc')).toBe(true);
  });

  test('that holds up other engines is answered at once', () => {
    expect(matches('(a+)+', `${'a'.repeat(5000)}!`)).toBe(false);
    expect(matches('(a|a)*(a|aa)*b?', `${'a'.repeat(5000)}!`)).toBe(false);
    expect(matches('(.*)*x', 'y'.repeat(5000))).toBe(false);
  });

  test('of the largest size is answered soon for the longest text', () => {
    for (const source of ['(a?){400}', '(a|b|c|[a-z]){60}', `[${'abc'.repeat(30)}]{55}`]) {
      const startedAt = performance.now();
      matches(source, 'a'.repeat(32_768));
      expect(performance.now() - startedAt).toBeLessThan(4000);
    }
    expect(linearPattern('a'.repeat(1_000_000))).toMatchObject({
      ok: false,
      reason: { id: 'format.pattern.tooLarge' },
    });
  });

  test.each([
    ['(?=a)a', 'look-around'],
    ['(?<name>a)', 'named groups'],
    ['(a)\\1', 'not supported'],
    ['\\bword', 'not supported'],
    ['(a', 'not closed'],
    ['a)', 'has no beginning'],
    ['[a', 'ends too early'],
    ['*a', 'nothing to repeat'],
    ['{1}', 'nothing to repeat'],
    ['a|{2,}b', 'nothing to repeat'],
    ['a**', 'repeated'],
    ['a{3,1}', 'backwards'],
    ['[z-a]', 'empty'],
    ['((a{99}){99}){99}', 'too large'],
    [`[${'ab'.repeat(4000)}]`, 'too large'],
    [`[${'abc'.repeat(30)}]{900}`, 'too large'],
    ['('.repeat(5000), 'nested'],
    ['(){999999}', null],
  ])('%s is refused in words: %s', (source, reason) => {
    const pattern = linearPattern(source.slice(0, 20_000));
    if (reason === null) expect(pattern.ok).toBe(true);
    else expect(pattern.ok ? '' : inWords(pattern.reason)).toContain(reason);
  });

  test('means what it means in JavaScript', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '[a-c\\d]',
      '\\d',
      '\\w',
      '\\s',
      '\\.',
      '(?:a|bc)',
      '(b)',
      '\\n',
      '한',
    );
    const counted = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '{0}'));
    const sequence = fc.array(counted, { maxLength: 4 }).map((parts) => parts.map(([a, q]) => a + q).join(''));
    const source = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((options) => `(${options.join('|')})`);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', '\n', '한', '🦀'), maxLength: 8 });
    fc.assert(
      fc.property(source, text, (s, t) => {
        expect(matches(s, t)).toBe(new RegExp(`^(?:${s})$`, 'u').test(t));
      }),
      { numRuns: 1500 },
    );
  });

  test('is refused in words, or means what it means in JavaScript, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '1',
            ',',
            '*',
            '+',
            '?',
            '|',
            '\\',
            '^',
            '$',
            '-',
            ':',
            '한',
          ),
        }),
        (s) => {
          const pattern = linearPattern(s);
          if (!pattern.ok) expect(inWords(pattern.reason)).not.toBe('');
          else {
            const same = inJavaScript(s);
            // only here may a `^` or `$` be repeated
            if (same === null) expect(s).toMatch(/[$^][*+?{]/);
            for (const text of ['', 'a', 'a1', '한', ']', '{1}'])
              expect([s, text, pattern.matches(text)]).toEqual([s, text, same?.test(text) ?? pattern.matches(text)]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
