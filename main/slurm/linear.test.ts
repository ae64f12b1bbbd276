import { describe, expect, it } from 'vitest';
import { pairsOf } from './fields.ts';
import { tasksIn } from './clusterUsage.ts';
import { gpusOfNode } from '../../shared/domain/request/gres.ts';
import { nodeGroupsOf } from './nodeGroups.ts';
import { partitionsOf } from './partitions.ts';
import { parseQuotas } from './quotas.ts';
import { sameRunFolder } from './runFolder.ts';

/** Half of it took minutes where an expression went over the same characters again and again. */
const of = (unit: string): string => unit.repeat(1_000_000 / unit.length);

describe('a megabyte from a cluster', () => {
  it.each<[string, () => unknown]>([
    ['blanks in a partition', () => partitionsOf(`PartitionName=a${of(' ')}x`, [])],
    ['values far apart', () => pairsOf(of('a=b         '))],
    ['parentheses that open', () => gpusOfNode(of('('))],
    ['flags of a node', () => nodeGroupsOf(`1\x1f1\x1f1\x1f1\x1f1\x1f${of('+')}x\x1f1\x1f1\x1f1\x1f1`)],
    ['slashes of a folder', () => sameRunFolder(`${of('/')}x`, '/a')],
    ['per cent of tasks', () => tasksIn(`1${of('%')}\r`)],
    [
      'words of df',
      () =>
        parseQuotas(`\n@slipway space\n@path /a\nx ${of('7 ')}\n@slipway end space 0\n\n@slipway done space\n`, null),
    ],
  ])('%s: is read in time', (_, read) => {
    const startedAt = performance.now();
    read();
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });

  it('keeps what its pairs say', () => {
    expect([...pairsOf('A=1 b C=x=y  D= E=n[1-999999999]  ')]).toEqual([
      ['A', '1 b'],
      ['C', 'x=y'],
      ['D', ''],
      ['E', 'n[1-999999999]'],
    ]);
  });
});
