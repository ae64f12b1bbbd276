import { describe, expect, it } from 'vitest';
import {
  ClusterFacts,
  Partition,
  type ClusterUsage,
  type Reservation,
} from '../../../shared/domain/cluster/profile.ts';
import type { LimitUse } from '../../../shared/domain/limits/use.ts';
import {
  fullness,
  gpuLines,
  myJobs,
  presentPartitions,
  sortedLimits,
  sumOfJobs,
  timelineOf,
} from './clusterOverview.ts';

const partition = (name: string, more: Partial<Partition> = {}): Partition =>
  Partition.parse({
    name,
    isDefault: false,
    state: 'UP',
    maxTime: null,
    defaultTime: null,
    maxNodes: null,
    totalNodes: 4,
    cpusPerNode: 16,
    memoryPerNode: 2 ** 36,
    cpus: { allocated: 16, idle: 48, other: 0, total: 64 },
    nodesByState: { idle: 3, allocated: 1 },
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
    ...more,
  });
const facts = (partitions: Partition[]): ClusterFacts =>
  ClusterFacts.parse({
    clusterName: 'c',
    slurmVersion: '24.05',
    user: 'ada',
    home: '/home/ada',
    loginHost: 'l',
    partitions,
    associations: null,
    maxArraySize: null,
    clockOffset: 0,
    overridingVariables: [],
    takenAt: 1000,
  });
const mine = (
  state: string,
  partitionName: string,
  jobs: number,
  more: Partial<ClusterUsage['mine'][number]> = {},
): ClusterUsage['mine'][number] => ({
  state,
  partition: partitionName,
  account: 'a',
  qos: 'normal',
  jobs,
  cpus: jobs * 4,
  nodes: jobs,
  memory: 0,
  gpus: 0,
  ...more,
});
const usage = (takenAt: number, partitions: ClusterUsage['partitions']): ClusterUsage => ({
  takenAt,
  partitions,
  mine: [],
  waiting: null,
});

describe('the overview of a cluster', () => {
  it('shows the newest use of each partition, and keeps those that the look did not see', () => {
    const known = facts([
      partition('cpu'),
      partition('gpu', { gpus: [{ type: 'a100', perNode: 4, total: 8, free: null }] }),
    ]);
    const busy = {
      name: 'gpu',
      state: 'DOWN',
      cpus: { allocated: 64, idle: 0, other: 0, total: 64 },
      nodesByState: { allocated: 4 },
      gpus: [],
    };
    const shown = presentPartitions(known, usage(2000, [busy, { ...busy, name: 'unheard-of' }]));
    expect(shown.map(({ name, state, cpus }) => [name, state, cpus.idle])).toEqual([
      ['cpu', 'UP', 48],
      ['gpu', 'DOWN', 0],
    ]);
    expect(shown[1]?.gpus).toHaveLength(1);
    expect(presentPartitions(known, usage(500, [busy]))).toBe(known.partitions);
  });

  it('names GPUs by type and partition and never adds up what two partitions share', () => {
    const a100 = { type: 'a100', perNode: 4, total: 8, free: 3 };
    const lines = gpuLines([
      partition('gpu', { gpus: [{ type: 'h100', perNode: 4, total: 4, free: null }, a100] }),
      partition('gpu-long', { gpus: [a100, { type: '', perNode: 0, total: 0, free: 0 }] }),
    ]);
    expect(lines.map(({ type, partition: name, free }) => [type, name, free])).toEqual([
      ['a100', 'gpu', 3],
      ['a100', 'gpu-long', 3],
      ['h100', 'gpu', null],
    ]);
  });

  it('sums my jobs by partition, and keeps a state that nobody knows', () => {
    const lines = myJobs([
      mine('PENDING', 'gpu,gpu-long', 2),
      mine('RUNNING', 'gpu', 1, { gpus: 4 }),
      mine('COMPLETING', 'gpu', 1),
      mine('NEW_STATE', 'cpu', 1),
      mine('COMPLETED', 'cpu', 7),
    ]);
    expect(lines.map(({ group, partition: name, jobs }) => [group, name, jobs])).toEqual([
      ['running', 'gpu', 2],
      ['pending', 'gpu,gpu-long', 2],
      ['other', 'cpu', 1],
    ]);
    expect(sumOfJobs(lines, 'running')).toEqual({ jobs: 2, cpus: 8, gpus: 4, memory: 0 });
  });

  it('puts the limit first that is nearest to being used up, and what is not known last', () => {
    const limit = (name: string, used: number | null, most: number): LimitUse => ({
      scope: 'qos',
      name,
      what: 'jobs',
      gpuType: '',
      limit: most,
      used,
      isShared: false,
      unit: 'count',
    });
    expect(
      sortedLimits([
        limit('unknown', null, 4),
        limit('low', 1, 10),
        limit('nothing-allowed', 0, 0),
        limit('full', 4, 4),
      ]).map(({ name }) => name),
    ).toEqual(['full', 'low', 'nothing-allowed', 'unknown']);
    expect([fullness(null, 4), fullness(0, 4), fullness(8, 10), fullness(4, 4), fullness(0, 0)]).toEqual([
      'unknown',
      'low',
      'near',
      'full',
      'full',
    ]);
  });
});

describe('reservations ahead', () => {
  const DAY = 86_400_000;
  const NOW = new Date(2026, 10, 21, 9, 30).getTime();
  const reservation = (
    name: string,
    startDay: number | null,
    endDay: number | null,
    isMaintenance = false,
  ): Reservation => ({
    name,
    startAt: startDay === null ? null : NOW + startDay * DAY,
    endAt: endDay === null ? null : NOW + endDay * DAY,
    nodes: 'cn[1-4]',
    nodeCount: 4,
    partition: null,
    users: [],
    accounts: [],
    flags: [],
    isMaintenance,
    isMine: null,
  });

  it('stand on a line of two weeks when nothing is further away', () => {
    const { bars, endAt, ticks } = timelineOf(
      [reservation('maint', 7, 8, true), reservation('over', -3, -1), reservation('course', -1, 3.5)],
      NOW,
    );
    expect((endAt - NOW) / DAY).toBe(14);
    expect(bars.map(({ reservation: { name }, from, to }) => [name, Math.round(from), Math.round(to)])).toEqual([
      ['course', 0, 25],
      ['maint', 50, 57],
    ]);
    expect(ticks.map(({ at }) => new Date(at).getDate())).toEqual([28, 5]);
  });

  it('reach eight weeks at most, and one without an end goes on to the end of the line', () => {
    const { bars, endAt } = timelineOf(
      [reservation('for ever', -1, null), reservation('next year', 300, 301), reservation('long', 1, 400)],
      NOW,
    );
    expect((endAt - NOW) / DAY).toBe(56);
    expect(bars.map(({ reservation: { name }, to }) => [name, to])).toEqual([
      ['for ever', 100],
      ['long', 100],
    ]);
  });
});
