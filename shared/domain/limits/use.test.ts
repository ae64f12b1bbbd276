import { describe, expect, it } from 'vitest';
import { ClusterFacts, ClusterUsage } from '../cluster/facts.ts';
import { limitUse } from './use.ts';

const GIB = 1024 ** 3;

const facts = ClusterFacts.parse({
  clusterName: 'alpha',
  slurmVersion: '23.11.4',
  user: 'mia',
  home: '/home/mia',
  loginHost: 'login1',
  partitions: [
    {
      name: 'gpu',
      isDefault: true,
      state: 'UP',
      maxTime: null,
      defaultTime: null,
      maxNodes: null,
      totalNodes: 4,
      cpusPerNode: 16,
      memoryPerNode: 64 * GIB,
      cpus: { allocated: 0, idle: 64, other: 0, total: 64 },
      nodesByState: {},
      gpus: [],
      features: [],
      allowAccounts: null,
      allowQos: null,
      qos: 'part_gpu',
    },
  ],
  associations: [
    {
      account: 'physics',
      partition: null,
      qos: ['short'],
      defaultQos: 'short',
      limits: { maxJobs: 10, groupTres: { cpu: 500 } },
    },
  ],
  qos: [
    {
      name: 'short',
      priority: 0,
      flags: [],
      usageFactor: 1,
      limits: {
        maxJobs: 4,
        maxSubmit: 20,
        maxTresPerUser: { 'gres/gpu': 8, 'gres/gpu:a100': 2, mem: 256 * GIB, 'license/ansys': 1 },
      },
    },
    { name: 'part_gpu', priority: 0, flags: [], usageFactor: 1, limits: { maxTresPerUser: { cpu: 32 } } },
    { name: 'notmine', priority: 0, flags: [], usageFactor: 1, limits: { maxJobs: 1 } },
  ],
  maxArraySize: null,
  clockOffset: 0,
  overridingVariables: [],
  takenAt: 0,
});

const usage = ClusterUsage.parse({
  takenAt: 0,
  partitions: [],
  waiting: null,
  mine: [
    {
      state: 'RUNNING',
      partition: 'gpu',
      account: 'physics',
      qos: 'short',
      jobs: 3,
      cpus: 24,
      nodes: 3,
      memory: 96 * GIB,
      gpus: 3,
    },
    {
      state: 'PENDING',
      partition: 'gpu',
      account: 'physics',
      qos: 'short',
      jobs: 5,
      cpus: 40,
      nodes: 5,
      memory: 5 * GIB,
      gpus: 5,
    },
    {
      state: 'COMPLETED',
      partition: 'gpu',
      account: 'physics',
      qos: 'short',
      jobs: 9,
      cpus: 9,
      nodes: 9,
      memory: 9,
      gpus: 9,
    },
    {
      state: 'RUNNING',
      partition: 'gpu',
      account: 'other',
      qos: 'long',
      jobs: 1,
      cpus: 2,
      nodes: 1,
      memory: 0,
      gpus: 0,
    },
  ],
});

const row = (what: string, scope: string, gpuType = '') =>
  limitUse(facts, usage).find((each) => each.what === what && each.scope === scope && each.gpuType === gpuType);

describe('how much of a limit is in use', () => {
  it('counts running jobs against jobs at once, and waiting ones too against jobs submitted', () => {
    expect(row('jobs', 'qos')).toMatchObject({ name: 'short', limit: 4, used: 3, isShared: false });
    expect(row('submit', 'qos')).toMatchObject({ limit: 20, used: 8 });
  });

  it('counts what running jobs hold, and does not guess of which type their GPUs are', () => {
    expect(row('gpus', 'qos')).toMatchObject({ limit: 8, used: 3, unit: 'count' });
    expect(row('gpus', 'qos', 'a100')).toMatchObject({ limit: 2, used: null });
    expect(row('memory', 'qos')).toMatchObject({ limit: 256 * GIB, used: 96 * GIB, unit: 'bytes' });
  });

  it('keeps a resource that it has no name for', () => {
    expect(row('license/ansys', 'qos')).toMatchObject({ limit: 1, used: null });
  });

  it('says that others draw on the limit of a whole account', () => {
    expect(row('cpus', 'account')).toMatchObject({ name: 'physics', limit: 500, used: 24, isShared: true });
  });

  it('has the limits that a partition puts through its own QOS, whoever is charged', () => {
    expect(row('cpus', 'partition')).toMatchObject({ name: 'gpu', limit: 32, used: 26 });
  });

  it('leaves out a QOS that the person may not use', () => {
    expect(limitUse(facts, usage).some(({ name }) => name === 'notmine')).toBe(false);
  });

  it('knows no use before the cluster was looked at', () => {
    expect(limitUse(facts, null).every(({ used }) => used === null)).toBe(true);
  });
});
