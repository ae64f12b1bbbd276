import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message, quoted } from '../../shared/messages/message.ts';
import { inWords } from '../../shared/messages/catalogue.ts';
import { ClusterFacts } from '../../shared/domain/cluster/profile.ts';
import { factsScript, keepingKnown, parseFacts } from './facts.ts';
import { nodeGroupsOf } from './nodeGroups.ts';
import { partitionsOf } from './partitions.ts';
import { recorded } from './testing/recorded.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const text = recorded('facts').stdout;
const facts = parseFacts(text, 1_795_000_000_000);
const partition = (name: string) => facts.partitions.find((each) => each.name === name)!;

/** The same answer, with one section failed and complaining. */
function failing(section: string, complaint: string, code = 1): string {
  const begin = text.indexOf(`\n@slipway ${section}\n`);
  const done = `\n@slipway done ${section}\n`;
  return `${text.slice(0, begin)}\n@slipway ${section}\n\n@slipway end ${section} ${code}\n${complaint}${done}${text.slice(text.indexOf(done) + done.length)}`;
}

describe('the facts of a real cluster', () => {
  it('name it, its Slurm and its user', () => {
    expect(facts).toMatchObject({
      clusterName: 'slipway',
      slurmVersion: '22.05.8',
      user: 'slipuser',
      home: '/home/slipuser',
      overridingVariables: [],
    });
    expect(facts.scratch).toMatch(/^\/.*scratch\/slipuser$/);
    expect(facts.unknown).toEqual([]);
  });

  it('describe its partitions with what a job may ask of them', () => {
    expect(facts.partitions.map(({ name }) => name)).toEqual(['normal', 'long', 'gpu', 'debug', 'private']);
    expect(partition('normal')).toMatchObject({
      isDefault: true,
      state: 'UP',
      maxTime: 86_400,
      defaultTime: 600,
      maxNodes: null,
      minNodes: null,
      totalNodes: 2,
      cpusPerNode: 16,
      memoryPerNode: 62.5 * GIB,
      allowAccounts: null,
      gpus: [],
    });
    expect(partition('normal').cpus.total).toBe(32);
    expect(partition('long')).toMatchObject({
      maxTime: 7 * 86_400,
      maxCpusPerNode: 12,
      maxMemoryPerNode: 60_000 * MIB,
      denyAccounts: ['slipthesis'],
    });
    expect(partition('gpu')).toMatchObject({
      isDefault: false,
      features: ['gpu_a100'],
      allowQos: ['normal', 'high', 'short'],
    });
    expect(partition('debug')).toMatchObject({ maxTime: 1800, maxNodes: 1, qos: 'part_debug' });
    expect(partition('private')).toMatchObject({ allowAccounts: ['other'] });
  });

  it('tell which GPUs are free while a job has two of them', () => {
    expect(partition('gpu').gpus).toEqual([{ type: 'a100', perNode: 4, total: 4, free: 2 }]);
  });

  it('take the memory that a job gets unasked from the cluster where the partition does not say', () => {
    expect(partition('normal')).toMatchObject({ defaultMemoryPerCpu: 1000 * MIB, defaultMemoryPerNode: null });
  });

  it('have the prices of the partitions for one of each, and for a byte of memory', () => {
    expect(partition('gpu').billingWeights).toEqual({ cpu: 1, mem: 0.25 / GIB, 'gres/gpu': 16 });
    expect(partition('long').billingWeights).toBeNull();
  });

  it('have the limits of the accounts, with those of the accounts above', () => {
    const [thesis, own] = facts.associations!;
    expect(thesis).toMatchObject({
      account: 'slipthesis',
      isDefault: false,
      limits: {
        maxWall: 7200,
        maxTresPerJob: { cpu: 4 },
        maxJobs: 1,
        maxSubmit: 3,
        groupTres: { cpu: 4, 'gres/gpu': 1 },
        groupJobs: 10,
      },
    });
    expect(own).toMatchObject({
      account: 'slipway',
      isDefault: true,
      defaultQos: 'normal',
      limits: { maxWall: 604_800, maxJobs: 500, groupTres: { cpu: 200, 'gres/gpu': 8 } },
    });
  });

  it('have the QOS with their limits, price and flags', () => {
    const qos = (name: string) => facts.qos!.find((each) => each.name === name);
    expect(qos('short')).toMatchObject({
      priority: 200,
      usageFactor: 0.5,
      limits: { maxWall: 3600, maxTresPerUser: { cpu: 8, 'gres/gpu': 2 }, maxJobs: 2, maxSubmit: 4 },
    });
    expect(qos('express')).toMatchObject({
      flags: ['DenyOnLimit'],
      limits: { maxWall: 1800, maxTresPerJob: { cpu: 2 } },
    });
    expect(qos('high')).toMatchObject({ usageFactor: 2, limits: { maxWall: null, maxTresPerUser: {} } });
  });

  it('have the fair share in each account', () => {
    expect(facts.fairShare!.map(({ account }) => account)).toEqual(['slipthesis', 'slipway']);
    for (const share of facts.fairShare!) expect(share.factor).toBeGreaterThan(0);
  });

  it('have the reservations ahead in our time', () => {
    const [maintenance, course] = facts.reservations;
    expect(maintenance).toMatchObject({ name: 'maintenance', isMaintenance: true, isMine: false, nodeCount: 3 });
    expect(maintenance!.endAt! - maintenance!.startAt!).toBe(8 * 3600 * 1000);
    expect(course).toMatchObject({
      name: 'course',
      isMaintenance: false,
      isMine: true,
      users: ['slipuser'],
      partition: 'normal',
    });
    const said = Number(/ReservationName=maintenance StartTime=(\d+)/.exec(text)?.[1]);
    expect(maintenance!.startAt).toBe((said - facts.clockOffset) * 1000);
  });

  it('say how the cluster decides', () => {
    expect(facts).toMatchObject({
      maxArraySize: 1001,
      maxJobCount: 10_000,
      minJobAge: 60,
      enforcePartLimits: 'NO',
      accountingEnforce: ['associations', 'limits', 'qos'],
      priorityType: 'priority/multifactor',
      billingIsLargest: false,
    });
  });

  it('have the clock of the cluster', () => {
    expect(facts.clockOffset).toBe(Number(/\n@slipway clock\n(\d{10})\n/.exec(text)?.[1]) - 1_795_000_000);
    // a clock that is behind by less than half a second is right; toBe tells -0 from 0
    expect(
      parseFacts('@slipway clock\n1795000000\n@slipway end clock 0\n@slipway done clock\n', 1_795_000_000_300)
        .clockOffset,
    ).toBe(0);
  });

  it('are valid facts however much of the answer is missing', () => {
    for (let at = 0; at < text.length; at += 301)
      expect(() => ClusterFacts.parse(parseFacts(text.slice(0, at), 0))).not.toThrow();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (garbage) => void ClusterFacts.parse(parseFacts(garbage, 0))));
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.string({ unit: 'binary' }),
        (at, noise) => void ClusterFacts.parse(parseFacts(text.slice(0, at) + noise + text.slice(at), 0)),
      ),
    );
  });

  it('that were stored before the newer parts were asked for are still facts', () => {
    const old = {
      ...facts,
      partitions: facts.partitions.map(
        ({
          name,
          isDefault,
          state,
          maxTime,
          defaultTime,
          maxNodes,
          totalNodes,
          cpusPerNode,
          memoryPerNode,
          cpus,
          nodesByState,
          features,
        }) => ({
          name,
          isDefault,
          state,
          maxTime,
          defaultTime,
          maxNodes,
          totalNodes,
          cpusPerNode,
          memoryPerNode,
          cpus,
          nodesByState,
          features,
          gpus: [{ type: 'a100', perNode: 4, total: 4 }],
          allowAccounts: null,
          allowQos: null,
        }),
      ),
      associations: [{ account: 'a', partition: null, qos: [], defaultQos: null }],
    };
    const {
      qos,
      fairShare,
      reservations,
      quotas,
      scratch,
      maxJobCount,
      minJobAge,
      enforcePartLimits,
      accountingEnforce,
      priorityType,
      billingIsLargest,
      unknown,
      ...stored
    } = old;
    expect(ClusterFacts.parse(stored)).toMatchObject({
      qos: null,
      fairShare: null,
      reservations: [],
      quotas: [],
      unknown: [],
      associations: [{ isDefault: false, limits: { maxWall: null } }],
    });
    expect([
      qos,
      fairShare,
      reservations,
      quotas,
      scratch,
      maxJobCount,
      minJobAge,
      enforcePartLimits,
      accountingEnforce,
      priorityType,
      billingIsLargest,
      unknown,
    ]).toHaveLength(12);
  });
});

describe('a real cluster without accounting', () => {
  const without = parseFacts(recorded('without-accounting-facts').stdout, 0);

  it('is known but for accounts, QOS and fair share, and says why in plain words', () => {
    expect(without).toMatchObject({ associations: null, qos: null, fairShare: null });
    expect(without.unknown.map(({ subject }) => subject)).toEqual(['accounting', 'qos', 'fairShare']);
    expect(inWords(without.unknown[0]!.reason)).toBe(
      'This cluster runs no accounting daemon (slurmdbd), so nothing is known of accounts and limits; jobs still work.',
    );
    expect(without.partitions.map(({ name }) => name)).toContain('normal');
  });

  it('has nodes that are down and drained, whose GPUs are not free', () => {
    expect(without.partitions.find(({ name }) => name === 'normal')!.nodesByState).toEqual({
      drained: 1,
      down: 1,
      idle: 2,
    });
    expect(without.partitions.find(({ name }) => name === 'gpu')!.gpus).toEqual([
      { type: 'v100', perNode: 2, total: 2, free: 0 },
      { type: 'a100', perNode: 4, total: 4, free: 4 },
    ]);
  });

  it('is believed when it had accounting before', () => {
    const before = { ...facts, clusterName: without.clusterName, user: without.user };
    expect(keepingKnown(without, before, recorded('without-accounting-facts').stdout)).toMatchObject({
      associations: null,
      qos: null,
    });
  });
});

describe('what a cluster does not tell this time', () => {
  it('stays as it was known while the database is silent (written by hand)', () => {
    const answer = failing(
      'associations',
      'sacctmgr: error: slurm_persist_conn_open: failed to send persistent connection init message to db1:6819',
    );
    const taken = parseFacts(answer, 0);
    expect(taken.associations).toBeNull();
    expect(taken.unknown).toMatchObject([{ subject: 'accounting', reason: { id: 'facts.daemonSilentBecause' } }]);
    const kept = keepingKnown(taken, facts, answer);
    expect(kept.associations).toEqual(facts.associations);
    expect(inWords(kept.unknown[0]!.reason)).toMatch(/What was known before is shown\.$/);
  });

  it('is not taken from another cluster or another user', () => {
    const answer = failing('qos', 'sacctmgr: error: Connection refused');
    expect(keepingKnown(parseFacts(answer, 0), { ...facts, user: 'somebody' }, answer).qos).toBeNull();
    expect(keepingKnown(parseFacts(answer, 0), null, answer).qos).toBeNull();
  });

  it('keeps the size of the nodes when only sinfo failed', () => {
    const answer = failing('nodes', 'slurm_load_node: Socket timed out on send/recv operation');
    const kept = keepingKnown(parseFacts(answer, 0), facts, answer);
    expect(kept.partitions[0]).toMatchObject({ cpusPerNode: 16, maxTime: 86_400 });
    expect(kept.unknown).toMatchObject([
      { subject: 'partitions', reason: { values: { first: { id: 'facts.controllerSilent' } } } },
    ]);
  });

  it('has a reason for whatever the complaint', () => {
    expect(parseFacts(failing('reservations', 'scontrol: error: Access/permission denied'), 0).unknown).toMatchObject([
      {
        subject: 'reservations',
        reason: message('facts.notAllowed', {
          what: message('facts.what.reservations'),
          said: quoted('Access/permission denied'),
        }),
      },
    ]);
    expect(parseFacts(failing('qos', '', 124), 0).unknown).toMatchObject([
      { subject: 'qos', reason: { id: 'facts.daemonSilent' } },
    ]);
    expect(parseFacts(failing('shares', 'sshare: error: odd'), 0).unknown).toMatchObject([
      {
        subject: 'fairShare',
        reason: message('facts.notToldBecause', { what: message('facts.what.fairShare'), said: quoted('odd') }),
      },
    ]);
    expect(
      parseFacts(
        failing('config', 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)'),
        0,
      ).unknown[0],
    ).toMatchObject({ subject: 'configuration' });
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 255 }), (complaint, code) => {
        const said = failing('associations', complaint.replaceAll('@slipway', ''), code);
        expect(
          parseFacts(said, 0).unknown.some(
            ({ subject, reason }) => subject === 'accounting' && inWords(reason).length > 20,
          ),
        ).toBe(true);
      }),
    );
  });
});

describe('nodes as sinfo prints them elsewhere (written by hand)', () => {
  const line = (...cells: string[]): string => cells.join('\x1f');
  const groups = nodeGroupsOf(
    [
      line(
        'mix',
        'up',
        '3',
        '32+',
        '128000+',
        'idle*',
        '0/96/0/96',
        'gpu:v100:2(S:0-1),gpu:1,nvme:1',
        'gpu:v100:0(IDX:N/A),gpu:(null):0(IDX:N/A)',
        'avx,ib',
      ),
      line('mix', 'up', '1', '64', '256000', 'down$', '0/0/64/64', 'gpu:v100:4', 'gpu:v100:0(IDX:N/A)', 'avx'),
      line('mix', 'up', '2', '64', '256000', 'idle~', '0/128/0/128', 'gpu:v100:4', 'gpu:v100:1(IDX:0)', 'avx'),
    ].join('\n'),
  );
  const [mix] = partitionsOf(
    'PartitionName=mix AllowAccounts=a,b AllowQos=gold Default=NO MaxTime=UNLIMITED DefaultTime=NONE MaxNodes=2 MinNodes=2 State=DRAIN TotalNodes=6',
    groups,
  );

  it('are summed over groups, with flags and socket lists taken off', () => {
    expect(mix).toMatchObject({
      state: 'DRAIN',
      maxTime: null,
      defaultTime: null,
      maxNodes: 2,
      minNodes: 2,
      cpusPerNode: 64,
      nodesByState: { idle: 5, down: 1 },
      allowAccounts: ['a', 'b'],
      allowQos: ['gold'],
      cpus: { allocated: 0, idle: 224, other: 64, total: 288 },
      features: ['avx', 'ib'],
    });
  });

  it('have free GPUs where they answer, or sleep and would wake', () => {
    expect(mix!.gpus).toEqual([
      { type: 'v100', perNode: 4, total: 18, free: 6 },
      { type: '', perNode: 1, total: 3, free: 0 },
    ]);
  });

  it('of a release that does not tell what is in use leave open what is free', () => {
    const [old] = partitionsOf(
      'PartitionName=p',
      nodeGroupsOf(line('p', 'up', '1', '8', '1000', 'idle', '0/8/0/8', 'gpu:2', '', '(null)')),
    );
    expect(old!.gpus).toEqual([{ type: '', perNode: 2, total: 2, free: null }]);
  });
});

describe('the script for facts', () => {
  it('holds nothing from a person, so that nothing of theirs can be run', () => {
    expect(factsScript()).toBe(factsScript());
    expect(factsScript()).not.toMatch(/undefined|null;/);
  });
});
