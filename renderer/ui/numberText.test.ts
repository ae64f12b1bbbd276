import { describe, expect, it } from 'vitest';
import { readNumber, stepNumber } from './numberText.ts';

describe('a number field', () => {
  it.each([
    ['30', 30],
    [' 0.001 ', 0.001],
    ['1e-5', 1e-5],
    ['.5', 0.5],
    ['0,5', 0.5],
    ['-3', -3],
    ['', null],
  ])('reads %j as %j', (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  it.each(['abc', '1e', '0x10', '1 000', 'Infinity', '--1', '1.2.3'])('does not take %j for a number', (text) => {
    expect(readNumber(text)).toBeNaN();
  });

  it('steps without binary noise and stays within its bounds', () => {
    expect(stepNumber(0.1, 0.2, {})).toBe(0.3);
    expect(stepNumber(4, 1, { max: 4 })).toBe(4);
    expect(stepNumber(1, -1, { min: 1 })).toBe(1);
  });

  it('begins at its bound when it is empty', () => {
    expect(stepNumber(null, 1, { min: 1, max: 8 })).toBe(1);
    expect(stepNumber(null, -1, { min: 1, max: 8 })).toBe(8);
  });
});
