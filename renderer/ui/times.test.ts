import { describe, expect, it } from 'vitest';
import { formatMoney, pastTime, relativeTime } from './times.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const SECOND = 1000;
const HOUR = 3_600_000;

describe('a time beside the present', () => {
  it.each([
    [0, 'just now'],
    [-40 * SECOND, 'just now'],
    [-120 * SECOND, '2 min ago'],
    [-3 * HOUR, '3 h ago'],
    [-30 * HOUR, 'yesterday'],
    [-72 * HOUR, '3 days ago'],
    [8 * SECOND, 'in 8 s'],
    [14 * 60 * SECOND, 'in 14 min'],
    [5 * HOUR, 'in 5 h'],
    [48 * HOUR, 'in 2 days'],
  ])('%j ms away is “%s”', (offset, text) => {
    expect(relativeTime(NOW + offset, NOW)).toBe(text);
  });
});

describe('a time that is past', () => {
  it('is never ahead, though the clock of a cluster is', () => {
    expect([NOW - 120 * SECOND, NOW, NOW + 300, NOW + 90 * SECOND].map((at) => pastTime(at, NOW))).toEqual([
      '2 min ago',
      'just now',
      'just now',
      'just now',
    ]);
  });
});

describe('an amount of money', () => {
  it('is shown to the cent in its currency', () => {
    expect([formatMoney(1.04, 'USD'), formatMoney(4.64, 'EUR')]).toEqual(['$1.04', '€4.64']);
  });

  it('is shown with a unit of accounting that is no currency', () => {
    expect(formatMoney(3, 'S U')).toBe('3.00 S U');
  });
});
