import { describe, expect, it } from 'vitest';
import { ClusterFacts, ClusterUsage, Partition } from '../../../shared/domain/cluster/facts.ts';
import { accountsOf, featuresOf, freeIn, gpuTypesOf, qosOf, reservationsOf, type ChoiceWords } from './factChoices.ts';

const WORDS: ChoiceWords = {
  cpus: (count) => `${String(count)} CPUs`,
  nodes: (count) => `${String(count)} nodes`,
  jobs: (used, limit) => `${String(used)} of ${String(limit)} jobs`,
  free: (free, total) => `${String(free)} of ${String(total)} free`,
  freeGpus: (free, total) => `${String(free)} of ${String(total)} GPUs free`,
  freeCpus: (free, total) => `${String(free)} of ${String(total)} CPUs free`,
  isDefault: 'default',
};

const partition = (name: string, changes: Partial<Partition> = {}): Partition =>
  Partition.parse({
    name,
    isDefault: name === 'cpu',
    state: 'UP',
    maxTime: null,
    defaultTime: null,
    maxNodes: null,
    totalNodes: 2,
    cpusPerNode: 16,
    memoryPerNode: 2 ** 36,
    cpus: { allocated: 8, idle: 24, other: 0, total: 32 },
    nodesByState: {},
    gpus: [],
    features: ['avx512', 'ib'],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });
const reservation = (name: string, changes = {}) => ({
  name,
  startAt: 0,
  endAt: 1000,
  nodes: 'cn1',
  nodeCount: 1,
  partition: null,
  users: [],
  accounts: [],
  flags: [],
  isMaintenance: false,
  isMine: true,
  ...changes,
});
const facts = ClusterFacts.parse({
  clusterName: 'alpha',
  slurmVersion: '23.11',
  user: 'mia',
  home: '/home/mia',
  loginHost: 'l',
  partitions: [
    partition('cpu'),
    partition('gpu', {
      gpus: [
        { type: 'a100', perNode: 4, total: 8, free: 5 },
        { type: 't4', perNode: 2, total: 4, free: null },
      ],
      allowQos: ['normal'],
    }),
  ],
  associations: [
    {
      account: 'physics',
      partition: null,
      qos: ['normal', 'short'],
      defaultQos: 'normal',
      isDefault: true,
      limits: { maxJobs: 9 },
    },
    { account: 'ml', partition: 'gpu', qos: ['normal'], defaultQos: null },
  ],
  qos: [
    { name: 'normal', priority: 0, flags: [], usageFactor: 1, limits: {} },
    { name: 'short', priority: 0, flags: [], usageFactor: 0.5, limits: { maxWall: 14_400, maxJobs: 4 } },
  ],
  reservations: [
    reservation('mine'),
    reservation('theirs', { isMine: false }),
    reservation('maint', { isMaintenance: true }),
    reservation('maybe', { isMine: null }),
  ],
  maxArraySize: null,
  clockOffset: 0,
  overridingVariables: [],
  takenAt: 0,
});
const usage: ClusterUsage = {
  takenAt: 0,
  waiting: null,
  partitions: [
    {
      name: 'gpu',
      state: 'UP',
      cpus: { allocated: 0, idle: 32, other: 0, total: 32 },
      nodesByState: {},
      gpus: [{ type: 'a100', perNode: 4, total: 8, free: 1 }],
    },
  ],
  mine: [
    {
      state: 'RUNNING',
      partition: 'cpu',
      account: 'physics',
      qos: 'short',
      jobs: 3,
      cpus: 3,
      nodes: 1,
      memory: 0,
      gpus: 0,
    },
  ],
};
const shown = (choices: { id: string; detail?: string }[]): string[] =>
  choices.map(({ id, detail }) => (detail === undefined ? id : `${id}: ${detail}`));

describe('what a cluster offers for a form', () => {
  it('are the accounts of the partition, with how many of their jobs run', () => {
    expect(shown(accountsOf(facts, usage, 'cpu', WORDS))).toEqual(['physics: default · 3 of 9 jobs']);
    expect(shown(accountsOf(facts, null, 'gpu', WORDS))).toEqual(['physics: default', 'ml']);
  });

  it('are the QOS of account and partition, with their limit and factor', () => {
    expect(shown(qosOf(facts, usage, 'physics', 'cpu', WORDS))).toEqual([
      'normal',
      'short: ≤ 4 h · 3 of 4 jobs · × 0.5',
    ]);
    expect(shown(qosOf(facts, usage, 'physics', 'gpu', WORDS))).toEqual(['normal']);
  });

  it('are GPUs by type, with what is free at the last look, else in the facts', () => {
    expect(shown(gpuTypesOf(facts, usage, 'gpu', WORDS))).toEqual(['a100: 1 of 8 free']);
    expect(shown(gpuTypesOf(facts, null, 'gpu', WORDS))).toEqual(['a100: 5 of 8 free', 't4']);
    expect(shown(gpuTypesOf(facts, null, 'cpu', WORDS))).toEqual(['a100: 5 of 8 free', 't4']);
    expect(freeIn(partition('cpu'), usage, WORDS)).toBe('24 of 32 CPUs free');
  });

  it('are the reservations that one may name, unless they are over', () => {
    expect(reservationsOf(facts, 500).map(({ id }) => id)).toEqual(['mine', 'maybe']);
    expect(reservationsOf(facts, 2000)).toEqual([]);
  });

  it('is nothing where nothing is known', () => {
    expect([
      accountsOf(null, null, '', WORDS),
      qosOf(null, null, '', '', WORDS),
      featuresOf(null, '', 'x'),
      gpuTypesOf(null, null, '', WORDS),
      reservationsOf(null, 0),
    ]).toEqual([[], [], [], [], []]);
  });
});

describe('proposals for a constraint', () => {
  const proposed = (typed: string): string[] => featuresOf(facts, 'cpu', typed).map(({ id }) => id);
  it('complete the word that is being typed', () => {
    expect(proposed('')).toEqual(['avx512', 'ib']);
    expect(proposed('avx512&i')).toEqual(['avx512&ib']);
  });
  it('join another feature to one that is there', () => {
    expect(proposed('ib')).toEqual(['ib', 'ib&avx512', 'ib|avx512']);
  });
});
