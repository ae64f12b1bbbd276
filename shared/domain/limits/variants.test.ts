import { message, verbatim } from '../../messages/message.ts';
import { describe, expect, it } from 'vitest';
import { ClusterFacts, ClusterUsage, Partition } from '../cluster/facts.ts';
import { startVariants } from './variants.ts';
import type { SlurmRequest } from '../request/schema.ts';

const GIB = 1024 ** 3;
const HOUR = 3600;
const NOW = Date.UTC(2026, 10, 21, 9);

const partition = (name: string, changes: Partial<Partition> = {}): Partition =>
  Partition.parse({
    name,
    isDefault: name === 'normal',
    state: 'UP',
    maxTime: 48 * HOUR,
    defaultTime: HOUR,
    maxNodes: null,
    totalNodes: 8,
    cpusPerNode: 32,
    memoryPerNode: 128 * GIB,
    cpus: { allocated: 0, idle: 0, other: 0, total: 256 },
    nodesByState: {},
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });
const gpu = (name: string, free: number | null): Partition =>
  partition(name, {
    gpus: [{ type: 'a100', perNode: 4, total: 16, free }],
    cpus: { allocated: 0, idle: 256, other: 0, total: 256 },
  });

const cluster = (partitions: Partition[], changes: Partial<ClusterFacts> = {}): ClusterFacts =>
  ClusterFacts.parse({
    clusterName: 'alpha',
    slurmVersion: '23.11.4',
    user: 'mia',
    home: '/home/mia',
    loginHost: 'login1',
    partitions,
    associations: null,
    maxArraySize: null,
    clockOffset: 0,
    overridingVariables: [],
    takenAt: NOW,
    ...changes,
  });

const ids = (request: SlurmRequest, facts: ClusterFacts, usage: ClusterUsage | null = null) =>
  startVariants({ mem: '4G', time: '08:00:00', ...request } as SlurmRequest, facts, usage, NOW).map(({ id }) => id);

describe('variants of a job', () => {
  it('are the two partitions with the most room, half the time, half the GPUs', () => {
    const facts = cluster([gpu('normal', 0), gpu('a', 1), gpu('b', 8), gpu('c', 4)]);
    expect(startVariants({ mem: '4G', time: '08:00:00', gres: 'gpu:a100:4' }, facts, null, NOW)).toEqual([
      {
        id: 'partition:b',
        label: message('limits.inPartition', { partition: 'b' }),
        changes: [{ resource: 'partition', value: 'b' }],
      },
      {
        id: 'partition:c',
        label: message('limits.inPartition', { partition: 'c' }),
        changes: [{ resource: 'partition', value: 'c' }],
      },
      { id: 'time:14400', label: verbatim('4 h'), changes: [{ resource: 'time', value: '04:00:00' }] },
      {
        id: 'gpus:2',
        label: message('words.gpus', { count: 2 }),
        changes: [{ resource: 'gres', value: 'gpu:a100:2' }],
      },
    ]);
  });

  it('go by what is free now, and by the shorter queue where that is the same', () => {
    const facts = cluster([partition('normal'), partition('a'), partition('b')]);
    const now = (name: string, idle: number) => ({
      name,
      state: 'UP',
      cpus: { allocated: 0, idle, other: 0, total: 256 },
      nodesByState: {},
      gpus: [],
    });
    expect(
      ids({ time: '00:10:00' }, facts, {
        takenAt: NOW,
        partitions: [now('a', 0), now('b', 64)],
        mine: [],
        waiting: null,
      }),
    ).toEqual(['partition:b', 'partition:a']);
    expect(
      ids({ time: '00:10:00' }, facts, {
        takenAt: NOW,
        partitions: [now('a', 9), now('b', 64)],
        mine: [],
        waiting: { a: 3, b: 90 },
      }),
    ).toEqual(['partition:a', 'partition:b']);
  });

  it('leave nodes with GPUs to jobs that use them, and partitions where the job does not fit', () => {
    expect(
      ids(
        { time: '00:10:00' },
        cluster([
          partition('normal'),
          gpu('gpu', 8),
          partition('tiny', { maxTime: 60 }),
          partition('staff', { allowGroups: ['staff'] }),
        ]),
      ),
    ).toEqual([]);
  });

  it('have the longest time that ends before a maintenance instead of half', () => {
    const reservation = {
      name: 'm',
      startAt: NOW + 3 * HOUR * 1000,
      endAt: null,
      nodes: 'ALL',
      nodeCount: null,
      partition: null,
      users: [],
      accounts: [],
      flags: ['MAINT'],
      isMaintenance: true,
      isMine: null,
    };
    expect(ids({}, cluster([partition('normal')], { reservations: [reservation] }))).toEqual(['time:10200']);
  });

  it('have half of the nodes, but not of tasks that are counted', () => {
    expect(ids({ time: '00:10:00', nodes: 4 }, cluster([partition('normal')]))).toEqual(['nodes:2']);
    expect(ids({ time: '00:10:00', nodes: 4, ntasks: 64 }, cluster([partition('normal')]))).toEqual([]);
    expect(ids({ time: '00:10:00', nodes: '2-4' }, cluster([partition('normal')]))).toEqual([]);
  });

  it('take a time over the limit down to it', () => {
    expect(ids({ time: '1000:00:00' }, cluster([partition('normal')]))).toEqual(['time:172800']);
    expect(ids({ time: 'UNLIMITED' }, cluster([partition('normal')]))).toEqual([]);
  });
});
