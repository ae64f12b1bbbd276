import { inEnglish } from '../problem/testing/inEnglish.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Association, ClusterFacts, ClusterUsage, Partition, Qos, Reservation } from '../cluster/facts.ts';
import { checkLimits } from './check.ts';
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
    cpus: { allocated: 0, idle: 256, other: 0, total: 256 },
    nodesByState: {},
    gpus: [{ type: 'a100', perNode: 4, total: 32, free: 8 }],
    features: [],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });
const qos = (name: string, limits: Partial<Qos['limits']> = {}, flags: string[] = []): Qos =>
  Qos.parse({ name, priority: 0, flags, usageFactor: 1, limits });
const account = (name: string, changes: Partial<Association> = {}): Association =>
  Association.parse({
    account: name,
    partition: null,
    qos: ['normal', 'short', 'big'],
    defaultQos: 'normal',
    ...changes,
  });

function cluster(changes: Partial<ClusterFacts> = {}): ClusterFacts {
  return ClusterFacts.parse({
    clusterName: 'alpha',
    slurmVersion: '23.11.4',
    user: 'mia',
    home: '/home/mia',
    loginHost: 'login1',
    partitions: [partition('normal'), partition('debug', { maxTime: HOUR })],
    associations: [account('physics', { isDefault: true })],
    qos: [
      qos('normal'),
      qos('short', { maxWall: 4 * HOUR, maxJobs: 4, maxSubmit: 10, maxTresPerUser: { 'gres/gpu': 8 } }),
      qos('big', { minTresPerJob: { node: 4 } }),
    ],
    maxArraySize: 1001,
    clockOffset: 0,
    overridingVariables: [],
    accountingEnforce: ['associations', 'limits', 'qos'],
    takenAt: NOW,
    ...changes,
  });
}

const MODEST: SlurmRequest = { mem: '4G', time: '00:30:00' };
const ask = (request: SlurmRequest, facts = cluster(), usage: ClusterUsage | null = null, now = NOW) =>
  inEnglish(checkLimits({ ...MODEST, ...request }, facts, usage, now));

const running = (jobs: number, changes: Partial<ClusterUsage['mine'][number]> = {}) => ({
  state: 'RUNNING',
  partition: 'normal',
  account: 'physics',
  qos: 'short',
  jobs,
  cpus: jobs,
  nodes: jobs,
  memory: 0,
  gpus: 0,
  ...changes,
});
const busy = (mine: ClusterUsage['mine'], takenAt = NOW): ClusterUsage => ({
  takenAt,
  partitions: [],
  mine,
  waiting: null,
});

describe('the limit of a QOS for one job', () => {
  it('names the QOS, what is asked for, and the QOS in which it fits', () => {
    expect(ask({ qos: 'short', time: '06:00:00' })).toMatchObject([
      {
        severity: 'error',
        rule: 'time-over-qos-limit',
        field: 'resources.time',
        message: 'The QOS “short” gives one job at most 4 h; 6 h is asked for.',
        hint: '6 h fits with the QOS “normal”. Slurm would take it and never start it.',
        fix: { field: 'resources.qos', value: 'normal' },
      },
    ]);
  });

  it('that denies on limit says that Slurm refuses the job', () => {
    const facts = cluster({
      qos: [qos('normal', { maxWall: HOUR }, ['DenyOnLimit'])],
      associations: [account('physics', { isDefault: true, qos: ['normal'] })],
    });
    expect(ask({ time: '02:00:00' }, facts)).toMatchObject([
      { rule: 'time-over-qos-limit', hint: 'Slurm refuses it.', fix: { field: 'resources.time', value: '01:00:00' } },
    ]);
  });

  it('is that of the default QOS where none is asked for', () => {
    const facts = cluster({
      associations: [account('physics', { isDefault: true, defaultQos: 'short', qos: ['short'] })],
    });
    expect(ask({ time: '06:00:00' }, facts)).toMatchObject([
      { rule: 'time-over-qos-limit', fix: { field: 'resources.time', value: '04:00:00' } },
    ]);
  });

  it('may ask for a least size', () => {
    expect(ask({ qos: 'big', nodes: 2 })).toMatchObject([
      {
        rule: 'under-qos-limit:node',
        message: 'The QOS “big” is for jobs of at least 4 nodes; 2 nodes are asked for.',
        fix: { value: 'normal' },
      },
    ]);
  });

  it('counts GPUs of all nodes, and proposes what fits', () => {
    const facts = cluster({
      qos: [qos('normal', { maxTresPerJob: { 'gres/gpu': 4 } })],
      associations: [account('physics', { isDefault: true, qos: ['normal'] })],
    });
    expect(ask({ gres: 'gpu:a100:4', nodes: 2 }, facts)).toMatchObject([
      {
        rule: 'over-qos-limit:gres/gpu',
        field: 'resources.gres',
        message: expect.stringContaining('at most 4 GPUs; 8 GPUs are asked for') as string,
        fix: { value: 'gpu:a100:2' },
      },
    ]);
  });

  it('goes before the account’s, and the partition’s QOS before the job’s', () => {
    const associations = [
      account('physics', { isDefault: true, qos: ['normal'], limits: { ...account('x').limits, maxWall: HOUR } }),
    ];
    expect(ask({ time: '02:00:00' }, cluster({ associations, qos: [qos('normal')] }))).toMatchObject([
      { rule: 'time-over-account-limit', message: expect.stringContaining('account “physics”') as string },
    ]);
    expect(ask({ time: '02:00:00' }, cluster({ associations, qos: [qos('normal', { maxWall: 5 * HOUR })] }))).toEqual(
      [],
    );
    const withPartitionQos = { associations, partitions: [partition('normal', { qos: 'part' })] };
    expect(
      ask(
        { time: '02:00:00' },
        cluster({ ...withPartitionQos, qos: [qos('normal', { maxWall: 5 * HOUR }), qos('part', { maxWall: HOUR })] }),
      ),
    ).toMatchObject([
      {
        rule: 'time-over-partition-limit',
        message: expect.stringContaining('partition “normal” gives one job at most 1 h') as string,
      },
    ]);
    expect(
      ask(
        { time: '02:00:00' },
        cluster({
          ...withPartitionQos,
          qos: [qos('normal', { maxWall: 5 * HOUR }, ['OverPartQOS']), qos('part', { maxWall: HOUR })],
        }),
      ),
    ).toEqual([]);
  });

  it('does not hold where the cluster enforces no limits', () => {
    expect(ask({ qos: 'short', time: '06:00:00' }, cluster({ accountingEnforce: ['associations'] }))).toEqual([]);
  });

  it('may let a job go over the partition’s time', () => {
    const facts = cluster({ qos: [qos('normal', {}, ['PartitionTimeLimit'])] });
    expect(ask({ time: '72:00:00' }, facts)).toEqual([]);
    expect(ask({ time: '72:00:00' })).toMatchObject([{ rule: 'time-over-partition-limit' }]);
  });
});

describe('one’s own jobs', () => {
  it('at the limit let this one wait', () => {
    expect(ask({ qos: 'short' }, cluster(), busy([running(4)]))).toMatchObject([
      {
        severity: 'warning',
        rule: 'jobs-at-qos-limit',
        message: '4 of the 4 jobs that the QOS “short” runs at once are running; this one will wait.',
      },
    ]);
    expect(ask({ qos: 'short' }, cluster(), busy([running(3)]))).toEqual([]);
  });

  it('that fill the queue have the next one refused, which is only a warning once the look is old', () => {
    const usage = busy([running(2), running(8, { state: 'PENDING' })]);
    expect(ask({ qos: 'short' }, cluster(), usage)).toMatchObject([
      { severity: 'error', rule: 'submitted-at-qos-limit' },
    ]);
    expect(ask({ qos: 'short' }, cluster(), usage, NOW + 300_000)).toMatchObject([{ severity: 'warning' }]);
    expect(
      ask({ qos: 'short', array: '0-3' }, cluster(), busy([running(3), running(5, { state: 'PENDING' })])),
    ).toMatchObject([{ field: 'resources.array', hint: '2 more would be taken.' }]);
    expect(ask({ qos: 'short', array: '0-19' })).toMatchObject([{ severity: 'error', rule: 'array-over-qos-limit' }]);
  });

  it('hold GPUs that this one would need', () => {
    expect(ask({ qos: 'short', gres: 'gpu:4' }, cluster(), busy([running(2, { gpus: 6 })]))).toMatchObject([
      {
        severity: 'warning',
        rule: 'at-qos-limit:gres/gpu',
        message: expect.stringContaining('6 GPUs of the 8 GPUs') as string,
        hint: 'A job of 2 GPUs would not have to wait for them.',
      },
    ]);
  });

  it('in another QOS do not count', () => {
    expect(ask({ qos: 'short' }, cluster(), busy([running(9, { qos: 'normal' })]))).toEqual([]);
  });
});

describe('a partition', () => {
  it('that denies an account or a QOS does so to the default ones too', () => {
    expect(
      ask({}, cluster({ partitions: [partition('normal', { denyAccounts: ['physics'] }), partition('other')] })),
    ).toMatchObject([{ rule: 'account-not-in-partition', fix: { value: 'other' } }]);
    expect(ask({}, cluster({ partitions: [partition('normal', { denyQos: ['normal'] })] }))).toMatchObject([
      { rule: 'qos-not-in-partition' },
    ]);
  });

  it('may want a least number of nodes, and give a job less of a node than it has', () => {
    expect(ask({ nodes: 1 }, cluster({ partitions: [partition('normal', { minNodes: 4 })] }))).toMatchObject([
      { rule: 'nodes-under-partition-limit', fix: { value: 4 } },
    ]);
    expect(ask({}, cluster({ partitions: [partition('normal', { minNodes: 4 })] }))).toEqual([]);
    expect(
      ask({ cpus_per_task: 32 }, cluster({ partitions: [partition('normal', { maxCpusPerNode: 24 })] })),
    ).toMatchObject([{ rule: 'cpus-over-node', fix: { value: 24 } }]);
    expect(
      ask({ mem: '100G' }, cluster({ partitions: [partition('normal', { maxMemoryPerNode: 64 * GIB })] })),
    ).toMatchObject([{ rule: 'memory-over-node', fix: { value: '64G' } }]);
  });

  it('that gives memory by the CPU counts more CPUs for more memory', () => {
    const facts = cluster({ partitions: [partition('normal', { maxMemoryPerCpu: 2 * GIB })] });
    expect(ask({ mem: '16G', cpus_per_task: 2 }, facts)).toMatchObject([
      { severity: 'warning', rule: 'memory-over-cpu-share', fix: { field: 'resources.cpus_per_task', value: 8 } },
    ]);
    expect(ask({ mem: '100G' }, facts)).toMatchObject([{ severity: 'error', rule: 'memory-over-node' }]);
  });

  it('for some groups is a note: who is in them is not known', () => {
    expect(ask({}, cluster({ partitions: [partition('normal', { allowGroups: ['chem'] })] }))).toMatchObject([
      { severity: 'info', rule: 'partition-for-groups' },
    ]);
  });
});

describe('a maintenance ahead', () => {
  const maintenance = (changes: Partial<Reservation> = {}) =>
    cluster({
      reservations: [
        Reservation.parse({
          name: 'maint',
          startAt: NOW + 13 * HOUR * 1000,
          endAt: NOW + 20 * HOUR * 1000,
          nodes: 'ALL',
          nodeCount: 8,
          partition: null,
          users: ['root'],
          accounts: [],
          flags: ['MAINT'],
          isMaintenance: true,
          isMine: false,
          ...changes,
        }),
      ],
    });

  it('lets a job that would run into it wait; one click to the longest that ends before', () => {
    expect(ask({ time: '24:00:00' }, maintenance())).toMatchObject([
      {
        severity: 'warning',
        rule: 'maintenance-ahead',
        field: 'resources.time',
        message: expect.stringContaining('a job of 24 h would wait') as string,
        hint: expect.stringContaining('12:50:00') as string,
        fix: { field: 'resources.time', value: '12:50:00' },
      },
    ]);
    expect(ask({ time: '12:00:00' }, maintenance())).toEqual([]);
  });

  it('that has begun is said, and one that is over is not', () => {
    expect(ask({}, maintenance({ startAt: NOW - 1000 }))).toMatchObject([{ rule: 'maintenance-now', fix: null }]);
    expect(ask({}, maintenance({ startAt: NOW - 2000, endAt: NOW - 1000 }))).toEqual([]);
  });

  it('of some nodes, or of another partition, is in nobody’s way', () => {
    expect(ask({ time: '24:00:00' }, maintenance({ nodes: 'cn[1-2]', nodeCount: 2 }))).toMatchObject([
      { severity: 'info' },
    ]);
    expect(ask({ time: '24:00:00' }, maintenance({ partition: 'debug' }))).toEqual([]);
  });
});

describe('a reservation that is asked for', () => {
  const facts = cluster({
    reservations: [
      Reservation.parse({
        name: 'course',
        startAt: NOW,
        endAt: NOW + 1e7,
        nodes: 'cn1',
        nodeCount: 1,
        partition: null,
        users: ['mia'],
        accounts: [],
        flags: [],
        isMaintenance: false,
        isMine: true,
      }),
    ],
  });
  it('must be there; the facts may be older, so Slurm decides', () => {
    expect(ask({ reservation: 'course' }, facts)).toEqual([]);
    expect(ask({ reservation: 'curse' }, facts)).toMatchObject([
      { severity: 'warning', rule: 'reservation-unknown', hint: 'You may use “course”.' },
    ]);
  });
});

it('whatever a cluster says of its limits, checking answers and every fix changes the request', () => {
  const limit = fc.option(fc.nat({ max: 100 }), { nil: null });
  const tres = fc.dictionary(
    fc.constantFrom('cpu', 'mem', 'node', 'gres/gpu', 'gres/gpu:a100', 'billing', 'license/x', 'constructor', ''),
    fc.nat({ max: 200 }),
  );
  const limits = fc.record({
    maxWall: limit,
    maxTresPerJob: tres,
    maxTresPerNode: tres,
    minTresPerJob: tres,
    maxTresPerUser: tres,
    maxJobs: limit,
    maxSubmit: limit,
    groupTres: tres,
    groupJobs: limit,
    groupSubmit: limit,
    groupWall: limit,
  });
  const requests = fc.record(
    {
      time: fc.constantFrom('00:10:00', 'UNLIMITED', 'x'),
      nodes: fc.constantFrom(1, '2-4', 'a'),
      gres: fc.constantFrom('gpu:2', 'gpu:a100:1', 'tmp:1'),
      array: fc.constantFrom('0-5', 'x'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(limits, limits, requests, fc.boolean(), (ofQos, ofAccount, request, isBusy) => {
      const facts = cluster({
        qos: [{ ...qos('normal'), limits: ofQos }],
        associations: [account('physics', { isDefault: true, limits: ofAccount })],
      });
      for (const { fix, message, hint, field } of ask(
        request,
        facts,
        isBusy ? busy([running(3, { qos: 'normal', gpus: 2 })]) : null,
      )) {
        expect(`${message}${hint}`).not.toMatch(/undefined|NaN|null|Infinity/);
        expect(field).toMatch(/^resources\./);
        if (fix !== null)
          expect(
            String(({ ...MODEST, ...request } as Record<string, unknown>)[fix.field.replace('resources.', '')]),
          ).not.toBe(String(fix.value));
      }
    }),
  );
});
