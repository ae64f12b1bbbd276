import type { Dice } from './dice.ts';

/** Short texts that have broken programs. None does harm where a shell runs it, since some become part of a job. */
const TEXTS = [
  '', ' ', '\t', '\n', '\r\n', '\0', 'a\0b', '~', '-', '--', '-x', '*', '?', '[', ']', '[a-', '{', '}', '{{', '{{x}}', '{{ epochs }}', '"', "'", '`', '$', '$(', '$((', '${', '$HOME', '$(id)', '`id`', "'; id; '", '\\', '\\\n',
  '#', '#SBATCH --wrap=id', '#SBATCH\n#SBATCH', '%', '%j', '%s%n', '&a *a', '*a', '!!omap [a: 1]', '!!pairs [a: 1]', '!!binary "@@"', '<<: *x', '? ', ': ', '- ', '---', '...', '|', '>', '|+9\n', 'a: b: c', 'key: [', '{a: }',
  '\ud800', '\udfff', 'a\ud800b', '\u202e', '\u2066abc', '\ufeff', '\u2028', '\u0085', '\u001b[2J', '\u0007', 'é', 'e\u0301', '한국어', '😀', 'İ', 'ß', 'ﬀ',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '..', '../..', './x', '/', '//', 'a/../b', 'CON', 'nul.txt', 'a.', '.hidden', 'C:\\x', 'file:///etc', 'null', 'true', 'NaN', 'Infinity', '-0', '0x10', '1e999', '1_000', '08',
  '9007199254740993', '-1', '0', '00:00:00', '1-00:00:00', '99999999999-23:59:59', ':::', '1:2:3:4:5', '32G', '32GG', '-5M', '1e9T', 'gpu:', 'gpu:a100:99999999999', '1-', '1-5,', '0-99999999999999', '1-10:0', '1-3%0', '[1-', 'node[1-', 'a,b,,c', 'afterok:', 'afterok:x', '=', 'a=b', 'x'.repeat(255), 'x'.repeat(256),
] as const;

/** What long texts are made of: each has an own way to cost more than it should. */
export const PIECES = [' ', '\t', '\n', '\r\n', '[', ']', '{', '(', '"', "'", '`', '\\', '*', '*?', '[!', '?', 'a*', '{{', '{{a}}', '{a,', '..', '/', '../', '#', '#SBATCH ', '#SBATCH --x=1\n', 'a: ', 'a: 1\n', '- ', '-\n', '- - ', '? ', '&a ', '*a ', '!!omap [', '!', '%', '%j', '|\n', '>\n', '\ud800', '\0', '\u202e', 'é', '😀', ',', '1-', '1,', ':', '=', 'x=1 ', '$', '$(', '<<E\n', '0', '9', 'a', '\u001b['] as const;

const NUMBERS = [0, -0, 1, -1, 2, 0.1, -0.5, 1e-320, 255, 256, 999, 1000, 1001, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e9, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e21, 8.64e15, 8.64e15 + 1, 1e308, Number.MAX_VALUE, Number.MIN_VALUE] as const;

/** A text of up to `most` characters; one in a hundred is as long as it may be. */
export function hostileText(dice: Dice, most: number): string {
  if (!dice.chance(0.05)) {
    const text: string = dice.pick(TEXTS);
    return dice.chance(0.15) ? `${text}${dice.pick(TEXTS)}` : text;
  }
  const length = dice.chance(0.2) ? most : Math.min(most, dice.pick([100, 1000, 10_000, 60_000]));
  const piece = dice.pick(PIECES);
  const edge = dice.chance(0.5) ? dice.pick(TEXTS) : '';
  return `${edge}${piece.repeat(Math.ceil(length / piece.length))}`.slice(0, length - edge.length) + edge;
}

export function hostileNumber(dice: Dice): number {
  return dice.pick(NUMBERS);
}

/** Something of a kind that is not asked for. */
export function hostileOther(dice: Dice): unknown {
  const kinds: (() => unknown)[] = [
    () => null,
    () => dice.chance(0.5),
    () => hostileNumber(dice),
    () => hostileText(dice, 5000),
    () => [],
    () => ({}),
    () => [hostileText(dice, 100), null, [{}]],
    () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as unknown,
    () => JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown,
    () => JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as unknown,
    () => Array<number>(dice.pick([10, 1001, 5000])).fill(0),
    () => Object.fromEntries(Array.from({ length: dice.pick([10, 1001]) }, (_, at) => [`k${String(at)}`, at])),
  ];
  return dice.pick(kinds)?.();
}

/** A text that was good, damaged at one place. */
export function damaged(dice: Dice, text: string, most: number): string {
  const from = dice.below(text.length + 1);
  const to = Math.min(text.length, from + dice.below(40));
  const ways = [
    () => text.slice(0, from),
    () => text.slice(from),
    () => text.slice(0, from) + text.slice(to),
    () => text.slice(0, from) + hostileText(dice, most - text.length) + text.slice(from),
    () => text.slice(0, from) + hostileText(dice, most - text.length) + text.slice(to),
    () => text + text.slice(from, to),
    () => text.replaceAll('\n', '\r\n'),
  ];
  return (dice.pick(ways)?.() ?? text).slice(0, most);
}
