import { describe, expect, it } from 'vitest';
import { defaultText, optionLines, readDefault, readOptionLines, rulesOf, simpleCondition } from './parameterText.ts';

describe('a parameter’s default', () => {
  it('is written in its own type', () => {
    expect([
      readDefault('30', 'integer'),
      readDefault('1e-3', 'number'),
      readDefault('a, b', 'multiselect'),
      readDefault('04:00:00', 'duration'),
    ]).toEqual([30, 0.001, ['a', 'b'], '04:00:00']);
  });

  it('stays the text that was typed where it is no number, so that its problem is shown', () => {
    expect(readDefault('thirty', 'integer')).toBe('thirty');
  });

  it('is nothing when the field is empty', () => {
    expect(readDefault('', 'text')).toBeNull();
  });

  it('is shown in one line', () => {
    expect([defaultText(['a', 'b']), defaultText(0.5), defaultText(undefined)]).toEqual(['a, b', '0.5', '']);
  });
});

describe('options', () => {
  it('stand one a line, with their label behind “=”, and are read back as they were', () => {
    const options = ['fp32', { value: 'amp', label: 'Mixed = fast' }];
    expect(optionLines(options)).toBe('fp32\namp = Mixed = fast');
    expect(readOptionLines(optionLines(options))).toEqual(options);
  });

  it('are none when all lines are empty', () => {
    expect(readOptionLines(' \n')).toBeNull();
  });
});

it.each<[unknown, unknown]>([
  [
    { field: 'mode', is: 'gpu' },
    { field: 'mode', is: 'gpu' },
  ],
  [{ mode: 3 }, { field: 'mode', is: 3 }],
  [{ mode: ['a', 'b'] }, null],
  [{ field: 'mode', not: 'gpu' }, null],
  [{ a: 1, b: 2 }, null],
  [[{ field: 'mode', is: 1 }], null],
  [{}, null],
  [undefined, null],
])('a condition that the form can show: %j', (given, condition) => {
  expect(simpleCondition(given)).toEqual(condition);
});

it('rules are shown where they are a list of maps', () => {
  expect([rulesOf(undefined), rulesOf([{ when: { a: 1 } }]), rulesOf({ when: {} }), rulesOf(['x'])]).toEqual([
    [],
    [{ when: { a: 1 } }],
    null,
    null,
  ]);
});
