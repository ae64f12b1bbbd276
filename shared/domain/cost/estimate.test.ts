import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_RATES } from './schema.ts';
import { estimateCost, type CostQuantities } from './estimate.ts';

const GIB = 1024 ** 3;
const job = (changes: Partial<CostQuantities>): CostQuantities => ({
  nodes: 1,
  memoryBytesTotal: 0,
  gpus: 0,
  cores: 0,
  seconds: 3600,
  ...changes,
});
const amounts = (changes: Partial<CostQuantities>, rates = EXAMPLE_RATES) => {
  const { total, lines } = estimateCost(job(changes), rates);
  return { total, ...Object.fromEntries(lines.map((line) => [line.kind, line.amount])) };
};

it('names no price where the cluster has no rates, and keeps the cluster’s own units', () => {
  const billing = { perHour: 3, total: 6, usageFactor: 1, isLargest: false, lines: [] };
  expect(estimateCost(job({}), null, billing)).toEqual({ currency: null, total: null, lines: [], billing });
});

describe('the price of a job', () => {
  it('of 1 node and 2 GB for 2 h is $1.04: the node 1.00, the memory 0.04', () => {
    expect(amounts({ memoryBytesTotal: 2 * GIB, seconds: 7200 })).toEqual({ total: 1.04, nodes: 1, memory: 0.04 });
  });

  it('of 2 nodes and 16 GB for 4 h is $4.64', () => {
    expect(amounts({ nodes: 2, memoryBytesTotal: 16 * GIB, seconds: 14_400 })).toEqual({
      total: 4.64,
      nodes: 4,
      memory: 0.64,
    });
  });

  it('counts GPU-hours, and core-hours where they have a price', () => {
    expect(amounts({ gpus: 4, cores: 32 })).toEqual({ total: 1.9, nodes: 0.5, memory: 0, gpus: 1.4 });
    expect(amounts({ cores: 32 }, { ...EXAMPLE_RATES, coreHour: 0.02 })).toEqual({
      total: 1.14,
      nodes: 0.5,
      memory: 0,
      cores: 0.64,
    });
  });

  it('always has a total in whole cents that is the sum of its lines', () => {
    const count = fc.nat({ max: 5000 });
    fc.assert(
      fc.property(
        fc.record({
          nodes: count,
          memoryBytesTotal: fc.maxSafeNat(),
          gpus: count,
          cores: count,
          seconds: fc.nat({ max: 2_592_000 }),
        }),
        (quantities) => {
          const { total, lines } = estimateCost(quantities, { ...EXAMPLE_RATES, coreHour: 0.013 });
          const sum = lines.reduce((cents, line) => cents + Math.round(line.amount * 100), 0);
          expect(Math.round((total ?? Number.NaN) * 100)).toBe(sum);
          expect(total).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
