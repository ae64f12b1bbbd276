import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainName, plain, plainJson, plainLine } from './plain.ts';

const ESC = '\u001B';

describe('text from outside', () => {
  it.each([
    ['a colour', `${ESC}[31mred`, '\uFFFD[31mred'],
    ['a window title', `${ESC}]0;owned\u0007`, '\uFFFD]0;owned\uFFFD'],
    ['the clipboard', `${ESC}]52;c;cm0gLXJm\u0007`, '\uFFFD]52;c;cm0gLXJm\uFFFD'],
    ['an eight-bit CSI', '\u009B2J', '\uFFFD2J'],
    ['an overriding direction', 'gnp.\u202Eexe', 'gnp.\uFFFDexe'],
    ['an isolate', '\u2066a\u2069', '\uFFFDa\uFFFD'],
    ['separators of lines', 'a\u2028b\u2029c', 'a\uFFFDb\uFFFDc'],
    ['half a character', 'a\uD83D', 'a\uFFFD'],
    ['a carriage return', 'shown\rhidden', 'shown\nhidden'],
  ])('shows %s for what it is', (_, given, shown) => expect(plain(given)).toBe(shown));

  it('leaves words of any language alone, with their lines and tabs', () => {
    const text = 'Ünïcode 한국어 עברית العربية 😀\n\tsecond line';
    expect(plain(text)).toBe(text);
  });

  it('is one line as a name', () => {
    expect(plainLine('a\nb\tc')).toBe('a\uFFFDb\uFFFDc');
    expect(isPlainName('Seoul cluster 한')).toBe(true);
    for (const bad of ['', '   ', 'a\nb', `a${ESC}b`, 'a\u202Eb', '\u3000']) expect(isPlainName(bad)).toBe(false);
  });

  it('keeps nothing that a terminal obeys, whatever comes, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = plain(text);
        expect(shown).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
        // throws at half a character
        expect(() => encodeURIComponent(shown)).not.toThrow();
        expect(plain(shown)).toBe(shown);
      }),
    );
  });

  it('is the same value as JSON, and nothing to a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = plainJson({ [text]: text });
        expect(plain(json)).toBe(json);
        expect(JSON.parse(json)).toEqual({ [text]: text });
      }),
    );
  });
});
