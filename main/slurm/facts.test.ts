import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClusterFacts } from '../../shared/domain/cluster.ts';
import { parseFacts } from './facts.ts';
import { nodeGroupsOf } from './nodeGroups.ts';
import { partitionsOf } from './partitions.ts';
import { recorded } from './testing/recorded.ts';

const GIB = 1024 ** 3;
const text = recorded('facts').stdout;

describe('the facts of a real cluster', () => {
  const facts = parseFacts(text, 1_795_000_000_000);

  it('name it, its Slurm and its user', () => {
    expect(facts).toMatchObject({ clusterName: 'slipway', slurmVersion: '22.05.8', user: 'slipuser', home: '/home/slipuser', maxArraySize: 1001, overridingVariables: [] });
    expect(facts.associations).toEqual([{ account: 'slipway', partition: null, qos: ['high', 'normal'], defaultQos: 'normal' }]);
  });

  it('describe its partitions', () => {
    expect(facts.partitions.map(({ name }) => name)).toEqual(['normal', 'long', 'gpu', 'debug']);
    expect(facts.partitions[0]).toMatchObject({ isDefault: true, state: 'UP', maxTime: 86_400, defaultTime: 600, maxNodes: null, totalNodes: 2, cpusPerNode: 16, memoryPerNode: 62.5 * GIB, allowAccounts: null, gpus: [] });
    expect(facts.partitions[0]?.cpus.total).toBe(32);
    expect(facts.partitions[2]).toMatchObject({ isDefault: false, gpus: [{ type: 'a100', perNode: 4, total: 4 }], features: ['gpu_a100'] });
    expect(facts.partitions[3]).toMatchObject({ maxTime: 1800 });
  });

  it('have the clock of the cluster', () => {
    expect(facts.clockOffset).toBe(Number(/\n(\d{10})\n/.exec(text)?.[1]) - 1_795_000_000);
  });

  it('lack associations without slurmdbd, and nothing else', () => {
    const without = text.replace('@slipway end associations 0', '@slipway end associations 1');
    expect(parseFacts(without, 0)).toMatchObject({ associations: null, clusterName: 'slipway' });
  });

  it('are valid facts however much of the answer is missing', () => {
    for (let at = 0; at < text.length; at += 301) expect(() => ClusterFacts.parse(parseFacts(text.slice(0, at), 0))).not.toThrow();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (garbage) => void ClusterFacts.parse(parseFacts(garbage, 0))));
  });
});

describe('nodes as sinfo prints them elsewhere (written by hand)', () => {
  const groups = nodeGroupsOf(
    ['mix\x1f3\x1f32+\x1f128000+\x1fidle*\x1f0/96/0/96\x1fgpu:v100:2(S:0-1),gpu:1,nvme:1\x1favx,ib', 'mix\x1f1\x1f64\x1f256000\x1fdown$\x1f0/0/64/64\x1fgpu:v100:4\x1favx'].join('\n'),
  );
  const [partition] = partitionsOf('PartitionName=mix AllowAccounts=a,b AllowQos=gold Default=NO MaxTime=UNLIMITED DefaultTime=NONE MaxNodes=2 State=DRAIN TotalNodes=4', groups);

  it('are summed over groups, with flags and socket lists taken off', () => {
    expect(partition).toMatchObject({
      state: 'DRAIN', maxTime: null, defaultTime: null, maxNodes: 2, cpusPerNode: 64, nodesByState: { idle: 3, down: 1 }, allowAccounts: ['a', 'b'], allowQos: ['gold'],
      cpus: { allocated: 0, idle: 96, other: 64, total: 160 }, features: ['avx', 'ib'],
      gpus: [{ type: 'v100', perNode: 4, total: 10 }, { type: '', perNode: 1, total: 3 }],
    });
  });
});
