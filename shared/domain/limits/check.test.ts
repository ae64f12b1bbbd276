import { inEnglish } from '../problem/testing/inEnglish.ts';
import { inWords } from '../../messages/catalogue.ts';
import { describe, expect, it } from 'vitest';
import { ClusterFacts, Partition } from '../cluster/facts.ts';
import { checkLimits, fittingPartitions } from './check.ts';
import { requestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';

const GIB = 1024 ** 3;
const HOUR = 3600;

function partition(name: string, changes: Partial<Partition> = {}): Partition {
  return Partition.parse({
    name,
    isDefault: false,
    state: 'UP',
    maxTime: 24 * HOUR,
    defaultTime: HOUR,
    maxNodes: null,
    totalNodes: 4,
    cpusPerNode: 16,
    memoryPerNode: 64 * GIB,
    cpus: { allocated: 0, idle: 64, other: 0, total: 64 },
    nodesByState: { IDLE: 4 },
    gpus: [],
    features: ['avx512'],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });
}

const facts = ClusterFacts.parse({
  clusterName: 'testing',
  slurmVersion: '22.05.8',
  user: 'mia',
  home: '/home/mia',
  loginHost: 'login1',
  partitions: [
    partition('normal', { isDefault: true }),
    partition('long', { maxTime: 7 * 24 * HOUR, maxNodes: 2 }),
    partition('gpu', {
      totalNodes: 2,
      gpus: [{ type: 'a100', perNode: 4, total: 8, free: 3 }],
      features: ['gpu_a100'],
      allowQos: ['normal', 'gpu'],
    }),
    partition('old', { state: 'DOWN', maxTime: null }),
  ],
  associations: [
    { account: 'physics', partition: null, qos: ['normal', 'high'], defaultQos: 'normal' },
    { account: 'ml', partition: 'gpu', qos: ['gpu'], defaultQos: 'gpu' },
  ],
  maxArraySize: 1001,
  clockOffset: 0,
  overridingVariables: [],
  takenAt: 0,
});

/** A modest request that fits everywhere, so that each test changes the one thing it is about. */
const MODEST: SlurmRequest = { mem: '4G', time: '00:30:00' };
const ask = (request: SlurmRequest) => inEnglish(checkLimits({ ...MODEST, ...request }, facts));
const rules = (request: SlurmRequest): string[] => ask(request).map((found) => found.rule);

describe('the sentences', () => {
  const said = (request: SlurmRequest, partitions = facts.partitions): string[] =>
    checkLimits({ ...MODEST, ...request }, { ...facts, partitions }).map(({ message }) => inWords(message));
  const small = [
    partition('tiny', {
      isDefault: true,
      totalNodes: 1,
      maxNodes: 1,
      cpusPerNode: 1,
      gpus: [{ type: 'k80', perNode: 1, total: 1, free: 1 }],
    }),
  ];

  it('count one as one, and memory as an amount, in GiB', () => {
    expect(said({ mem: '96G' })).toEqual(['96 GiB on one node is more than a node of “normal” has, 64 GiB.']);
    expect(said({ mem: '48G' }, [partition('normal', { isDefault: true, maxMemoryPerNode: 32 * GIB })])).toEqual([
      '48 GiB on one node is more than one job gets on a node of “normal”, 32 GiB.',
    ]);
    expect(said({ nodes: 2 }, small)).toEqual(['At most 1 node for one job in “tiny”; 2 are asked for.']);
    expect(said({ gres: 'gpu:2' }, small)).toEqual(['2 GPUs on one node are more than a node of “tiny” has, 1.']);
    expect(said({ nodes: 1 }, [partition('wide', { isDefault: true, minNodes: 2 })])).toEqual([
      'At least 2 nodes for one job in “wide”; 1 is asked for.',
    ]);
  });
});

describe('a request that fits', () => {
  it('has no problem', () => {
    expect(
      ask({
        partition: 'normal',
        nodes: 2,
        ntasks: 32,
        account: 'physics',
        qos: 'high',
        constraint: 'avx512',
        array: '0-1000',
      }),
    ).toEqual([]);
    expect(ask({})).toEqual([]);
    expect(ask({ partition: 'gpu', gres: 'gpu:a100:4', nodes: 2, account: 'ml', qos: 'gpu' })).toEqual([]);
    expect(ask({ ntasks: 64 })).toEqual([]);
  });

  it('fits when one of several partitions can take it', () => {
    expect(ask({ partition: 'normal,long', time: '36:00:00' })).toEqual([]);
  });
});

describe('a partition', () => {
  it('that there is not is named, with those that there are, and one click to one that fits', () => {
    expect(ask({ partition: 'gqu', gpus: 1 })).toMatchObject([
      {
        rule: 'partition-unknown',
        severity: 'error',
        field: 'resources.partition',
        hint: expect.stringContaining('“gpu”') as string,
        fix: { field: 'resources.partition', value: 'gpu' },
      },
    ]);
  });

  it('must be chosen where the cluster has no default', () => {
    const none = { ...facts, partitions: facts.partitions.map((one) => ({ ...one, isDefault: false })) };
    expect(checkLimits({ mem: '1G', time: '10' }, none)).toMatchObject([
      { rule: 'partition-needed', fix: { value: 'normal' } },
    ]);
  });

  it('that is down takes no jobs', () => {
    expect(ask({ partition: 'old' })).toMatchObject([
      { rule: 'partition-not-up', message: expect.stringContaining('DOWN') as string, fix: { value: 'normal' } },
    ]);
  });
});

describe('over a limit', () => {
  it('36 h in a partition of 24 h is an error that names the partition where it fits', () => {
    expect(ask({ partition: 'normal', time: '36:00:00' })).toMatchObject([
      {
        rule: 'time-over-partition-limit',
        severity: 'error',
        field: 'resources.time',
        message: 'At most 24 h in “normal”; 36 h is asked for.',
        hint: '36 h fits in “long”.',
        fix: { label: 'Use long', field: 'resources.partition', value: 'long' },
      },
    ]);
  });

  it('where no partition fits, the fix is the limit itself', () => {
    expect(ask({ partition: 'gpu', gres: 'gpu:1', time: '36:00:00' })).toMatchObject([
      { rule: 'time-over-partition-limit', fix: { field: 'resources.time', value: '1-00:00:00' } },
    ]);
    expect(ask({ partition: 'normal', mem: '100G' })).toMatchObject([
      { rule: 'memory-over-node', fix: { field: 'resources.mem', value: '64G' } },
    ]);
    expect(ask({ partition: 'long', nodes: 9 })).toMatchObject([
      { rule: 'nodes-over-partition-limit', fix: { field: 'resources.nodes', value: 2 } },
    ]);
  });

  it('no time limit at all is over every limit', () => {
    expect(rules({ partition: 'normal', time: 'UNLIMITED' })).toEqual(['time-over-partition-limit']);
    expect(rules({ partition: 'normal', time: 0 })).toEqual(['time-over-partition-limit']);
  });

  it('CPUs are counted per task and per node', () => {
    expect(ask({ cpus_per_task: 32 })).toMatchObject([
      { rule: 'cpus-over-node', field: 'resources.cpus_per_task', fix: { value: 16 } },
    ]);
    expect(ask({ ntasks_per_node: 4, cpus_per_task: 8 })).toMatchObject([
      { rule: 'cpus-over-node', field: 'resources.ntasks_per_node' },
    ]);
    expect(ask({ nodes: 1, ntasks: 64 })).toMatchObject([{ rule: 'cpus-over-node', field: 'resources.ntasks' }]);
  });

  it('memory may be asked per CPU', () => {
    expect(
      checkLimits({ time: '10', mem_per_cpu: '8G', cpus_per_task: 16 }, facts).map((found) => found.field),
    ).toEqual(['resources.mem_per_cpu']);
  });

  it('GPUs must be there, of the type, and enough', () => {
    expect(ask({ partition: 'normal', gres: 'gpu:1' })).toMatchObject([
      { rule: 'gpu-not-in-partition', fix: { value: 'gpu' } },
    ]);
    expect(ask({ partition: 'gpu', gres: 'gpu:h100:1' })).toMatchObject([
      { rule: 'gpu-type-not-in-partition', message: expect.stringContaining('a100') as string, fix: null },
    ]);
    expect(rules({ partition: 'gpu', gres: 'gpu:5' })).toEqual(['gpus-over-node']);
    expect(rules({ partition: 'gpu', gpus: 9, nodes: 9 })).toContain('gpus-over-partition');
  });

  it('an array index may not reach MaxArraySize', () => {
    expect(ask({ array: '0-1001' })).toMatchObject([
      { rule: 'array-over-limit', message: expect.stringContaining('1000') as string },
    ]);
  });
});

describe('accounts and QOS', () => {
  it('must be one’s own', () => {
    expect(ask({ account: 'chemistry' })).toMatchObject([
      { rule: 'account-not-yours', hint: 'Yours: “physics”, “ml”.', fix: { value: 'physics' } },
    ]);
    expect(ask({ account: 'ml', partition: 'normal' })).toMatchObject([{ rule: 'account-not-yours' }]);
    expect(ask({ qos: 'gpu', account: 'physics' })).toMatchObject([
      { rule: 'qos-not-yours', fix: { value: 'normal' } },
    ]);
  });

  it('must be taken by the partition', () => {
    expect(ask({ partition: 'gpu', qos: 'high', account: 'physics' })).toMatchObject([
      { rule: 'qos-not-in-partition', message: expect.stringContaining('but “normal”, “gpu”') as string },
    ]);
  });

  it('are not checked where the cluster keeps no accounts', () => {
    expect(
      checkLimits({ mem: '1G', time: '10', account: 'any', qos: 'any' }, { ...facts, associations: null }),
    ).toEqual([]);
  });
});

describe('what is left unsaid', () => {
  it('no memory is a warning with a fair share of a node as the fix; no time is an information', () => {
    expect(inEnglish(checkLimits({ partition: 'normal', cpus_per_task: 4 }, facts))).toMatchObject([
      { rule: 'memory-not-said', severity: 'warning', fix: { field: 'resources.mem', value: '16G' } },
      { rule: 'time-not-said', severity: 'info', message: expect.stringContaining('1:00:00') as string },
    ]);
    expect(rules({ mem: 0 })).toEqual([]);
  });

  it('a feature that no node has is a warning: Slurm may know better', () => {
    expect(ask({ constraint: 'gpu_v100|gpu_a100' })).toMatchObject([
      {
        rule: 'feature-unknown',
        severity: 'warning',
        message: expect.stringMatching(/“gpu_v100”;/) as string,
        fix: { field: 'resources.constraint', value: '' },
      },
    ]);
  });
});

it('the partitions that fit are those without any violation', () => {
  expect(fittingPartitions({ time: '36:00:00' }, facts).map(({ name }) => name)).toEqual(['long']);
});

describe('the size of a request', () => {
  it.each<[SlurmRequest, Partial<ReturnType<typeof requestSize>>]>([
    [{}, { nodes: 1, tasks: 1, cpus: 1, memoryPerNode: null, seconds: null, array: null }],
    [
      { nodes: '2-4', ntasks_per_node: 8 },
      { nodes: 2, maxNodes: 4, tasks: 16, cpusPerNode: 8 },
    ],
    [
      { ntasks: 10, ntasks_per_node: 4, cpus_per_task: 2 },
      { nodes: 3, tasks: 10, cpus: 20, cpusPerNode: 8 },
    ],
    [
      { mem: '16G', nodes: 2 },
      { memoryOfRequest: 16 * GIB, memoryPerNode: 16 * GIB },
    ],
    [
      { mem_per_cpu: 1024, ntasks: 4 },
      { memoryOfRequest: 4 * GIB, memoryPerNode: 4 * GIB },
    ],
    [{ mem: 0 }, { memoryOfRequest: 0, memoryPerNode: null }],
    [{ time: 90 }, { seconds: 5400 }],
    [{ array: '1-9:2,20%3' }, { array: { tasks: 6, largest: 20 } }],
  ])('of %j is %j', (request, size) => {
    expect(requestSize(request)).toMatchObject(size);
  });

  it('counts GPUs however they are asked for', () => {
    const gpus = (request: SlurmRequest) => Object.fromEntries(requestSize(request).gpus);
    expect(gpus({ gres: 'gpu:a100:2,tmp:5', nodes: 2 })).toEqual({ a100: 4 });
    expect(gpus({ gres: 'gpu' })).toEqual({ '': 1 });
    expect(gpus({ gpus: 'a100:3' })).toEqual({ a100: 3 });
    expect(gpus({ gpus_per_node: 2, nodes: 3 })).toEqual({ '': 6 });
    expect(gpus({ gpus_per_task: 1, ntasks: 5 })).toEqual({ '': 5 });
  });
});
