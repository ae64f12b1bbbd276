import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColouredText } from './colouredText.ts';

const ESC = '\u001B';

function shown(pieces: readonly string[]): string {
  const text = new ColouredText();
  return pieces.map((piece) => text.next(piece)).join('') + text.end();
}

describe('what a job wrote, on a terminal', () => {
  it('keeps its colours, and ends them', () => {
    expect(shown([`${ESC}[1;31mred${ESC}[0m plain ${ESC}[38:2::10:20:30mtrue`])).toBe(
      `${ESC}[1;31mred${ESC}[0m plain ${ESC}[38:2::10:20:30mtrue${ESC}[0m`,
    );
    expect(shown(['no colour\n'])).toBe('no colour\n');
  });

  it.each([
    ['moving the cursor', `a${ESC}[2A${ESC}[2Jb${ESC}[10;10Hc`, 'abc'],
    ['a title', `a${ESC}]0;owned\u0007b`, 'ab'],
    ['a link', `${ESC}]8;;https://example.org${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['the clipboard', `a${ESC}]52;c;cm0gLXJm${ESC}\\b`, 'ab'],
    ['a device control string', `a${ESC}P+q544e${ESC}\\b`, 'ab'],
    ['the eight-bit forms', 'a\u009B2Jb\u009D0;owned\u009Cc', 'abc'],
    ['another screen and character set', `${ESC}[?1049h${ESC}(0a${ESC}cb`, 'ab'],
    ['lines drawn over', 'shown\rhidden\r\n', 'shown\nhidden\n'],
    ['an overriding direction', 'a\u202Eb', 'a\uFFFDb'],
    ['a string that never ends', `a${ESC}]0;for ever`, 'a'],
  ])('leaves out %s', (_, given, kept) => expect(shown([given])).toBe(kept));

  it('shows the same however its pieces are cut', () => {
    const tokens = [
      'a',
      'bc',
      '\n',
      '\r',
      ESC,
      '[',
      ']',
      '31m',
      '0;t',
      '\u0007',
      '\\',
      '\u009B',
      '\u009C',
      'P',
      '(',
      '0',
      '2J',
      `${ESC}[32m`,
      `${ESC}]52;c;eA==${ESC}\\`,
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 60 }), (pieces) => {
        const whole = shown([pieces.join('')]);
        expect(shown(pieces)).toBe(whole);
        // a terminal finds colours in it and nothing else
        expect(whole.replaceAll(/\u001B\[[0-9;:]*m/g, '')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/);
      }),
      { numRuns: 500 },
    );
  });

  it('takes twice as long for twice as much, not four times', () => {
    const took = (size: number): number => {
      const text = ESC.repeat(size) + `${ESC}[`.repeat(size) + `${ESC}]`.repeat(size);
      const since = performance.now();
      shown([text]);
      return performance.now() - since;
    };
    took(20_000);
    expect(took(160_000)).toBeLessThan(Math.max(200, took(40_000) * 16));
  });
});
