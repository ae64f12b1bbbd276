import { inEnglish } from '../problem/testing/inEnglish.ts';
import { describe, expect, it, test } from 'vitest';
import { ClusterFacts, Partition } from '../cluster/facts.ts';
import { checkParameterLimits, limitOfParameter } from './parameterLimit.ts';
import type { SlurmRequest } from '../request/schema.ts';
import { Parameter, type ParameterValue } from './schema.ts';

const GIB = 1024 ** 3;
const HOUR = 3600;

const partition = (name: string, changes: Partial<Partition> = {}): Partition =>
  Partition.parse({
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
    nodesByState: {},
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });

const facts = ClusterFacts.parse({
  clusterName: 'testing',
  slurmVersion: '22.05.8',
  user: 'mia',
  home: '/home/mia',
  loginHost: 'login1',
  partitions: [
    partition('normal', { isDefault: true, maxMemoryPerNode: 60.5 * GIB }),
    partition('long', { maxTime: 7 * 24 * HOUR, maxNodes: 2, maxCpusPerNode: 8 }),
    partition('gpu', {
      gpus: [
        { type: 'a100', perNode: 4, total: 8, free: 3 },
        { type: 't4', perNode: 2, total: 2, free: 0 },
      ],
    }),
    partition('free', { maxTime: null, memoryPerNode: 0 }),
  ],
  associations: [{ account: 'physics', partition: null, qos: ['normal', 'endless'], defaultQos: 'normal' }],
  qos: [{ name: 'endless', priority: 0, flags: ['PartitionTimeLimit'], usageFactor: 1, limits: {} }],
  maxArraySize: 1001,
  clockOffset: 0,
  overridingVariables: [],
  takenAt: 0,
});

const parameter = (
  type: Parameter['type'],
  limit: Parameter['limit'],
  changes: Partial<Parameter> = {},
): Parameter => ({
  ...Parameter.parse({
    name: 'p',
    type,
    label: 'Amount',
    help: '',
    default: null,
    unit: null,
    min: null,
    max: null,
    step: null,
    pattern: null,
    options: [],
    optionsFrom: null,
    group: null,
    row: null,
    advanced: false,
    required: false,
    visibleWhen: [],
    rules: [],
  }),
  limit,
  ...changes,
});
const time = parameter('duration', 'partition.max_time');
const check = (of: Parameter, value: ParameterValue, request: SlurmRequest = {}) =>
  inEnglish(checkParameterLimits({ parameters: [of] }, { p: value }, request, facts));

describe('the limit of a parameter', () => {
  test.each<[string, Parameter, SlurmRequest, number | null]>([
    ['the time of the default partition', time, {}, 24 * HOUR],
    ['the time of the chosen one', time, { partition: 'long' }, 7 * 24 * HOUR],
    ['the longest of several, since the job may run in any', time, { partition: 'normal,long' }, 7 * 24 * HOUR],
    ['none where one of several has none', time, { partition: 'normal,free' }, null],
    ['none in a partition that nobody knows', time, { partition: 'other' }, null],
    ['none with a QOS that may go over it', time, { qos: 'endless' }, null],
    ['the nodes that there are', parameter('integer', 'partition.max_nodes'), {}, 4],
    ['the nodes that one job may have', parameter('integer', 'partition.max_nodes'), { partition: 'long' }, 2],
    ['the CPUs of a node', parameter('integer', 'partition.cpus_per_node'), {}, 16],
    ['the CPUs that one job may have of it', parameter('integer', 'partition.cpus_per_node'), { partition: 'long' }, 8],
    ['the GPUs of a node', parameter('integer', 'partition.gpus_per_node'), { partition: 'gpu' }, 4],
    ['no GPUs', parameter('integer', 'partition.gpus_per_node'), {}, 0],
    ['the memory that one job may have of a node', parameter('memory', 'partition.memory_per_node'), {}, 60.5 * GIB],
    ['memory that is not known', parameter('memory', 'partition.memory_per_node'), { partition: 'free' }, null],
    ['a parameter without one', parameter('duration', null), {}, null],
  ])('is %s', (_, of, request, most) => {
    expect(limitOfParameter(of, request, facts)?.most ?? null).toBe(most);
  });
});

describe('a value over the limit of the partition', () => {
  it('is told at its field, with the limit and what would do', () => {
    expect(check(time, '36:00:00')).toMatchObject([
      {
        rule: 'parameter-over-partition-limit',
        severity: 'error',
        field: 'parameters.p',
        message: 'Amount: at most 24 h in “normal”; 36 h is asked for.',
        fix: { label: 'Use 24 h', field: 'parameters.p', value: '1-00:00:00' },
      },
    ]);
    expect(check(parameter('memory', 'partition.memory_per_node'), '61G')).toMatchObject([
      {
        message: 'Amount: at most 60.5 GiB on a node in “normal”; 61 GiB is asked for.',
        fix: { label: 'Use 60 GiB', value: '60G' },
      },
    ]);
    expect(check(parameter('integer', 'partition.gpus_per_node'), 8, { partition: 'gpu' })).toMatchObject([
      { message: 'Amount: at most 4 GPUs on a node in “gpu”; 8 is asked for.', fix: { label: 'Use 4', value: 4 } },
    ]);
    expect(check(time, 'UNLIMITED', { partition: 'normal,long' })).toMatchObject([
      { message: 'Amount: at most 7 d in “normal”, “long”; no time limit is asked for.' },
    ]);
  });

  it('has no fix where what the partition has is no value of the parameter', () => {
    expect(check(parameter('integer', 'partition.gpus_per_node', { min: 1 }), 1)).toMatchObject([{ fix: null }]);
  });

  it('is not told of a value that just fits, that is wrong in itself, that is empty, or of a field that is hidden', () => {
    expect(check(time, '24:00:00')).toEqual([]);
    expect(check(time, 'soon')).toEqual([]);
    expect(check(time, '')).toEqual([]);
    const hidden = { ...time, visibleWhen: [{ field: 'q', is: 1 }] };
    expect(
      checkParameterLimits(
        { parameters: [hidden, { ...parameter('integer', null), name: 'q' }] },
        { p: '36:00:00', q: 2 },
        {},
        facts,
      ),
    ).toEqual([]);
  });
});
