import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRubyLiteral } from './rubyLiteral.ts';

const known = new Map([
  ['versions', ['1.0', '2.0']],
  ['top', 8],
] as [string, string[] | number][]);
const read = (text: string): unknown => readRubyLiteral(text, 0, known)?.value;

describe('a value that Ruby writes down', () => {
  test.each<[string, unknown]>([
    ['"a \\"b\\" \\#{c}\\n"', 'a "b" #{c}\n'],
    ["'it\\'s #{x} \\n'", "it's #{x} \\n"],
    ['"up to #{top}"', 'up to 8'],
    ['-1.5', -1.5],
    ['1_000', 1000],
    ['nil', null],
    [':gpu', 'gpu'],
    ['%w[a b\n c]', ['a', 'b', 'c']],
    [
      '[["A", "a", "hide-x"], [\'B\', 2]]',
      [
        ['A', 'a', 'hide-x'],
        ['B', 2],
      ],
    ],
    ['["a", max: 1]', ['a', { max: 1 }]],
    [
      "{ 'widget' => 'number', # how many\n 'min' => 1, label: \"N\", 'to' => {'set-max-n' => 4}, }",
      { widget: 'number', min: 1, label: 'N', to: { 'set-max-n': 4 } },
    ],
    ['versions', ['1.0', '2.0']],
    ['[1, 2].freeze', [1, 2]],
    ["{'a' => list.map { |v| [v, f(v, 1)] }, 'b' => `date`, 'c' => 3}", { c: 3 }],
    ['[1, other, "x" + y, 2]', [1, 2]],
    ['"#{`id`}"', undefined],
    ['versions.first', undefined],
    ['other', undefined],
    ['"a" + b', undefined],
    ['[1, 2', undefined],
    ["{'a' => 1", undefined],
  ])('%s', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test('is read of any text, without an exception and in time that grows with it', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '=>',
      ',',
      '#{',
      'a',
      '1',
      '\\',
      '%w[',
      ' ',
      '\n',
      ':',
      '(',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
        (text) => (readRubyLiteral(text, 0, known)?.end ?? 0) <= text.length,
      ),
    );
    const time = (size: number): number => {
      const text = '[x, '.repeat(size);
      const start = performance.now();
      readRubyLiteral(text, 0, known);
      return performance.now() - start;
    };
    time(1000);
    expect(time(40_000)).toBeLessThan(4 * time(20_000) + 500);
  });
});
