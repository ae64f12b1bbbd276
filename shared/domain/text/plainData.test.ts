import { describe, expect, it } from 'vitest';
import { message } from '../../messages/message.ts';
import { excessOf } from './plainData.ts';

const LIMITS = { values: 100, depth: 10, characters: 1000 };
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('plain data', () => {
  it.each([
    null,
    undefined,
    0,
    -0,
    '',
    'ü',
    true,
    [],
    {},
    { a: [1, { b: 'c' }] },
    Object.create(null),
    nested(10),
    'x'.repeat(1000),
    Array(99).fill(0),
  ])('%# is within its limits', (value) => {
    expect(excessOf(value, LIMITS)).toBeNull();
  });

  it('says what is too much', () => {
    expect(excessOf(nested(11), LIMITS)).toEqual(message('complaints.deep', { most: 10 }));
    expect(excessOf(nested(100_000), LIMITS)).toEqual(message('complaints.deep', { most: 10 }));
    expect(excessOf(Array(100).fill(0), LIMITS)).toEqual(message('complaints.manyValues', { most: 100 }));
    expect(excessOf(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at, 0])), LIMITS)).toEqual(
      message('complaints.manyValues', { most: 100 }),
    );
    expect(excessOf(['x'.repeat(501), 'y'.repeat(500)], LIMITS)).toEqual(
      message('complaints.muchText', { most: '1000 B' }),
    );
    expect(excessOf({ ['k'.repeat(1001)]: 1 }, LIMITS)).toEqual(message('complaints.muchText', { most: '1000 B' }));
  });

  it('ends for what goes in circles, and refuses what only a structured clone brings', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(excessOf(circle, LIMITS)).toEqual(message('complaints.deep', { most: 10 }));
    for (const value of [new Map(), new Date(), new Uint8Array(1_000_000), 1n, () => 1, Symbol('x'), [new Set()]])
      expect(excessOf(value, LIMITS)).toMatchObject({ id: expect.stringMatching(/^complaints\.notPlain/) as string });
  });
});
