import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasFeatures, parseConstraint } from './features.ts';
import { parseLongFields, printLongField } from './longFormat.ts';
import { claimOf, maintenanceAhead } from './maintenance.ts';
import { billingOf, NODES, partitionNamed } from './site.ts';

const DAY = 86_400;

describe('the demo site', () => {
  it('has its maintenance on a Tuesday at least two and at most nine days ahead, for eight hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_700_000_000, max: 2_200_000_000 }), (now) => {
        const { start, end } = maintenanceAhead(now);
        expect(end - start).toBe(8 * 3600);
        expect(start - now).toBeGreaterThanOrEqual(2 * DAY);
        // an hour more where the clocks change
        expect(start - now).toBeLessThan(9 * DAY + 3601);
        expect(new Date(start * 1000).getDay()).toBe(2);
        expect(new Date(start * 1000).getHours()).toBe(6);
      }),
    );
  });

  it('takes every node whole for it', () => {
    const { shares } = claimOf(maintenanceAhead(1_800_000_000));
    expect(shares.map(({ node, cpus, gpus }) => `${node} ${String(cpus)} ${String(gpus.length)}`)).toEqual(
      NODES.map(({ name, cpus, gpus }) => `${name} ${String(cpus)} ${String(gpus)}`),
    );
  });

  it('charges a GPU by its partition, in whole units, and CPUs where nothing is said', () => {
    expect(billingOf(partitionNamed('gpu'), 1, 1000, 3)).toBe(49);
    expect(billingOf(partitionNamed('viz'), 1, 1000, 2)).toBe(9);
    expect(billingOf(partitionNamed('debug'), 5, 100_000, 0)).toBe(5);
  });

  it.each([
    ['ssd', ['demo2']],
    ['skylake|bigmem', ['demo1', 'big1', 'big2']],
    ['icelake&bigmem', ['big1', 'big2']],
    ['icelake&ssd|gpu_l4', ['demo2', 'gpu2']],
  ])('finds nodes for --constraint=%s', (constraint, names) => {
    expect(NODES.filter((node) => hasFeatures(node, constraint)).map(({ name }) => name)).toEqual(names);
  });

  it('does not take a constraint that it cannot read for one that everything fulfils', () => {
    expect(parseConstraint('[a*2]')).toBeNull();
    expect(hasFeatures(NODES[0]!, '[a*2]')).toBe(false);
  });
});

describe('--Format', () => {
  it('reads widths, sides and suffixes, and cuts at 20 characters where nothing is said', () => {
    const print = (text: string, value: string): string =>
      (parseLongFields(text) ?? []).map((field) => printLongField(field, value)).join('');
    expect(print('Name', 'x'.repeat(30))).toBe('x'.repeat(20));
    expect(print('Name:4', 'x')).toBe('x   ');
    expect(print('Name:.4', 'x')).toBe('   x');
    expect(print('Name:0|,Name:0', 'whole')).toBe('whole|whole');
    expect(parseLongFields('GresUsed:0\x1f')).toEqual([{ name: 'gresused', width: 0, right: false, suffix: '\x1f' }]);
    expect(parseLongFields(undefined)).toBeNull();
  });
});
