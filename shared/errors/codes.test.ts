import { expect, it } from 'vitest';
import { ERRORS } from './codes.ts';

it('every error has a number of its own, of its own thousand', () => {
  const codes = Object.values(ERRORS).map(({ code }) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  for (const code of codes) expect([1, 2, 3, 4, 5, 6, 9]).toContain(Math.floor(code / 1000));
});
