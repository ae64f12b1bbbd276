import { expect, it } from 'vitest';
import { accountingScript, parseAccountingAnswer } from '../../main/slurm/accounting.ts';
import { factsScript, parseFacts } from '../../main/slurm/facts.ts';
import { usageScript, parseUsage, type UsageAnswer } from '../../main/slurm/clusterUsage.ts';
import { modulesScript, parseModules } from '../../main/slurm/modules.ts';
import { parseQuotas, quotaScript } from '../../main/slurm/quotas.ts';
import { parseWatch, watchScript } from '../../main/slurm/watch.ts';
import { ClusterFacts } from '../../shared/domain/cluster/profile.ts';
import { quote } from '../../shared/lib/quote.ts';
import { onEveryCluster, until, withoutAccounting, type ClusterUnderTest } from './clusterUnderTest.ts';

const factsOf = async (cluster: ClusterUnderTest): Promise<ClusterFacts> =>
  ClusterFacts.parse(parseFacts((await cluster.run(factsScript())).stdout, Date.now()));

const usageOf = async (cluster: ClusterUnderTest): Promise<UsageAnswer> => {
  const usage = parseUsage((await cluster.run(usageScript({ waiting: true }))).stdout);
  if (usage === null) throw new Error('no answer');
  return usage;
};

onEveryCluster('the facts', (cluster) => {
  it('tell partitions with their limits, nodes and GPUs', async () => {
    const facts = await factsOf(cluster());
    expect(facts).toMatchObject({
      user: cluster().user,
      slurmVersion: expect.stringMatching(/^\d+\.\d+/) as string,
      maxArraySize: 1001,
      unknown: [],
    });
    expect(facts.clusterName).not.toBe('');
    expect(Math.abs(facts.clockOffset)).toBeLessThanOrEqual(2);
    const [normal, long, gpu, debug] = ['normal', 'long', 'gpu', 'debug'].map((name) =>
      facts.partitions.find((partition) => partition.name === name),
    );
    expect(normal).toMatchObject({
      isDefault: true,
      state: 'UP',
      maxTime: 86_400,
      totalNodes: 2,
      gpus: [],
      billingWeights: { cpu: 1, mem: 0.25 / 1024 ** 3 },
      allowQos: null,
    });
    expect(normal!.cpus.total).toBe(2 * normal!.cpusPerNode);
    expect(normal!.memoryPerNode).toBeGreaterThan(1024 ** 3);
    expect(normal!.features).toEqual(expect.arrayContaining(['skylake', 'icelake', 'ssd']));
    expect(long).toMatchObject({ isDefault: false, maxTime: 7 * 86_400, denyAccounts: [cluster().narrowAccount] });
    expect(long!.maxMemoryPerNode).toBeLessThan(long!.memoryPerNode);
    expect(gpu).toMatchObject({
      maxTime: 86_400,
      gpus: [{ type: 'a100', perNode: 4, total: 4 }],
      allowQos: ['normal', 'high', 'short'],
      billingWeights: { cpu: 1, 'gres/gpu': 16 },
    });
    for (const { architectures } of [normal!, long!, gpu!, debug!])
      expect(architectures).toEqual([expect.stringMatching(/^(?:x86_64|aarch64|arm64)$/)]);
    expect(debug).toMatchObject({ maxTime: 1800, qos: 'part_debug', billingWeights: null });
  });

  it('tell the accounts of the user, the QOS of each, and the limits that hold', async () => {
    const { associations } = await factsOf(cluster());
    const qos = expect.arrayContaining(['normal', 'high', 'short', 'express']) as string[];
    expect(associations).toHaveLength(2);
    expect(associations!.find(({ account }) => account === cluster().account)).toMatchObject({
      partition: null,
      qos,
      defaultQos: 'normal',
      isDefault: true,
    });
    expect(associations!.find(({ account }) => account === cluster().narrowAccount)).toMatchObject({
      partition: null,
      qos,
      defaultQos: 'normal',
      isDefault: false,
      limits: { maxWall: 7200, maxTresPerJob: { cpu: 4 }, maxJobs: 1, maxSubmit: 3 },
    });
  });

  it('tell what each QOS allows and costs', async () => {
    const { qos } = await factsOf(cluster());
    const named = (name: string) => qos?.find((each) => each.name === name);
    expect(named('high')).toMatchObject({ usageFactor: 2 });
    expect(named('short')).toMatchObject({
      usageFactor: 0.5,
      flags: [],
      limits: { maxWall: 3600, maxTresPerUser: { cpu: 8, 'gres/gpu': 2 }, maxJobs: 2, maxSubmit: 4 },
    });
    expect(named('express')).toMatchObject({
      flags: ['DenyOnLimit'],
      limits: { maxWall: 1800, maxTresPerJob: { cpu: 2 } },
    });
    expect(named('part_debug')).toMatchObject({ limits: { maxTresPerUser: { cpu: 16 } } });
    expect(named('short')!.priority).toBeGreaterThan(named('high')!.priority);
  });

  it('tell the fair share of the user in each account', async () => {
    const { fairShare, priorityType } = await factsOf(cluster());
    expect(priorityType).toBe('priority/multifactor');
    expect(fairShare?.map(({ account }) => account).sort()).toEqual(
      [cluster().account, cluster().narrowAccount].sort(),
    );
    for (const { factor, rawUsage } of fairShare ?? []) {
      expect(factor).toBeGreaterThanOrEqual(0);
      expect(factor).toBeLessThanOrEqual(1);
      expect(rawUsage).toBeGreaterThanOrEqual(0);
    }
  });

  it('tell the maintenance ahead, on all nodes', async () => {
    const { reservations, partitions } = await factsOf(cluster());
    const maintenance = reservations.find(({ isMaintenance }) => isMaintenance);
    expect(maintenance).toMatchObject({ name: 'maintenance', flags: expect.arrayContaining(['MAINT']) as string[] });
    expect(maintenance!.startAt).toBeGreaterThan(Date.now() + 86_400_000);
    expect(maintenance!.endAt! - maintenance!.startAt!).toBe(8 * 3_600_000);
    expect(maintenance!.nodeCount).toBeGreaterThanOrEqual(Math.max(...partitions.map(({ totalNodes }) => totalNodes)));
  });

  it('tell what the controller enforces and remembers, and the folder for large files', async () => {
    const facts = await factsOf(cluster());
    expect(facts).toMatchObject({
      enforcePartLimits: 'NO',
      maxJobCount: 10_000,
      billingIsLargest: false,
      overridingVariables: [],
    });
    expect(facts.accountingEnforce).toEqual(expect.arrayContaining(['associations', 'limits', 'qos']));
    expect(facts.minJobAge).toBeGreaterThan(0);
    expect(facts.scratch).toMatch(/^\/.*scratch/);
  });
});

onEveryCluster('the usage', (cluster) => {
  it('counts GPUs in use and the user’s own jobs while a GPU job runs, and everybody’s that wait', async () => {
    const submit = async (options: string): Promise<string> =>
      (
        await cluster().run(
          `cd; printf '#!/bin/bash\nsleep 300\n' | sbatch --parsable -J load -o /dev/null --mem=200M -t 5 ${options}`,
        )
      ).stdout.trim();
    const ids = [await submit('-p gpu --gres=gpu:a100:2 -c 2 --qos=high'), await submit('-H -n 3 --array=1-5')];
    const usage = await until(async () => {
      const now = await usageOf(cluster());
      return (
        now.mine.some(({ state, partition, qos }) => state === 'RUNNING' && partition === 'gpu' && qos === 'high') &&
        now
      );
    });
    expect(usage.partitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['normal', 'long', 'gpu', 'debug']),
    );
    const gpu = usage.partitions.find(({ name }) => name === 'gpu');
    expect(gpu).toMatchObject({
      state: 'UP',
      gpus: [{ type: 'a100', perNode: 4, total: 4 }],
      nodesByState: { mixed: 1 },
    });
    expect(gpu!.gpus[0]!.free).toBeLessThanOrEqual(2);
    expect(gpu!.cpus.allocated).toBeGreaterThanOrEqual(2);
    expect(usage.mine).toContainEqual({
      state: 'RUNNING',
      partition: 'gpu',
      account: cluster().account,
      qos: 'high',
      jobs: 1,
      cpus: 2,
      nodes: 1,
      memory: 200 * 1024 ** 2,
      gpus: 2,
    });
    const waiting = usage.mine.find(
      ({ state, partition, qos }) => state === 'PENDING' && partition === 'normal' && qos === 'normal',
    );
    expect(waiting!.jobs).toBeGreaterThanOrEqual(5);
    expect(usage.waiting!['normal']).toBeGreaterThanOrEqual(5);
    await cluster().run(`scancel ${ids.map(quote).join(' ')}`);
  });
});

onEveryCluster('what a login bash has', (cluster) => {
  it('are modules with their versions and the usual one', async () => {
    const modules = parseModules((await cluster().run(modulesScript())).stdout);
    expect(modules).toMatchObject({ system: 'tcl', version: expect.stringMatching(/^5\./) as string });
    expect(modules!.modules).toContainEqual({
      name: 'gcc',
      versions: ['11.3.0', '12.2.0', '13.1.0'],
      defaultVersion: '12.2.0',
    });
    expect(modules!.modules.map(({ name }) => name)).toEqual(expect.arrayContaining(['apptainer', 'openmpi']));
  });

  it('is a command that tells the space of the home folder', async () => {
    const { quotas, unknown } = parseQuotas(
      (await cluster().run(quotaScript({ quotaCommand: cluster().quotaCommand, scratch: null }))).stdout,
      null,
    );
    expect(unknown).toEqual([]);
    const home = quotas.find(
      ({ kind, name, path }) => kind === 'quota' && (/home/.test(name) || path === cluster().home),
    );
    expect(home!.hard).toBeGreaterThanOrEqual(50 * 1024 ** 3);
    expect(home!.used).toBeLessThan(home!.hard!);
    expect(home!.files).toBeGreaterThan(0);
  });

  it('is at least the file system, where no command tells more', async () => {
    const { quotas } = parseQuotas(
      (await cluster().run(`PATH=/usr/bin:/bin\n${quotaScript({ quotaCommand: null, scratch: '/tmp' })}`)).stdout,
      '/tmp',
    );
    expect(quotas.filter(({ kind }) => kind === 'filesystem')).not.toEqual([]);
  });
});

withoutAccounting('the facts', (cluster) => {
  it('say what is not known and why, and tell the rest', async () => {
    const facts = await factsOf(cluster());
    expect(facts).toMatchObject({
      associations: null,
      qos: null,
      fairShare: null,
      priorityType: 'priority/basic',
      accountingEnforce: [],
      reservations: [],
    });
    expect(facts.unknown.find(({ subject }) => subject === 'accounting')?.reason).toMatchObject({
      id: 'facts.noDaemon',
    });
    expect(facts.unknown.find(({ subject }) => subject === 'fairShare')?.reason).toMatchObject({
      id: expect.stringMatching(/^facts\.(noDaemon|noPriority)$/) as string,
    });
    expect(facts.partitions.find(({ name }) => name === 'normal')).toMatchObject({
      isDefault: true,
      totalNodes: 4,
      nodesByState: { idle: 2, down: 1, drained: 1 },
      cpus: { other: 32, total: 64 },
    });
    // GPUs of a node that is down are there and not free
    expect(facts.partitions.find(({ name }) => name === 'gpu')!.gpus).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'a100', total: 4, free: 4 }),
        expect.objectContaining({ type: 'v100', total: 2, free: 0 }),
      ]),
    );
    expect(facts.partitions.find(({ name }) => name === 'old')).toMatchObject({ state: 'DOWN' });
  });

  it('come with what is in use, and jobs run all the same', async () => {
    const id = (
      await cluster().run(`cd; printf '#!/bin/bash\nsleep 300\n' | sbatch --parsable -o /dev/null --mem=100M -t 5`)
    ).stdout.trim();
    const usage = await until(async () => {
      const now = await usageOf(cluster());
      return now.mine.some(({ state }) => state === 'RUNNING') && now;
    });
    expect(usage.mine).toContainEqual(
      expect.objectContaining({ state: 'RUNNING', partition: 'normal', jobs: 1, cpus: 1 }),
    );
    await cluster().run(`scancel ${quote(id)}`);
  });

  it('go with an accounting that says that there is none', async () => {
    const { stdout, stderr } = await cluster().run(accountingScript({ jobIds: ['1'] }));
    expect(parseAccountingAnswer(stdout, stderr).outcome.kind).toBe('absent');
  });
});

onEveryCluster('an empty or wrong question', (cluster) => {
  it('about nothing is answered with nothing', async () => {
    const answer = await cluster().run(
      watchScript({
        user: cluster().user,
        runs: [{ runFolder: `${cluster().home}/none`, tasks: null }],
        clusters: [null],
      }),
    );
    expect(parseWatch(answer.stdout, { runs: 1, clusters: 1 })).toMatchObject({
      queues: [{ whole: true, exitCode: 0 }],
      runs: [new Map()],
    });
    const books = await cluster().run(accountingScript({ jobIds: ['99999999'] }));
    expect(parseAccountingAnswer(books.stdout, books.stderr)).toEqual({ rows: [], outcome: { kind: 'whole' } });
  });

  it('about a vanished job fails alone and not together with another', async () => {
    expect((await cluster().run('squeue -h -j 99999999')).exitCode).toBe(1);
    expect((await cluster().run('squeue -h -j 99999998,99999999')).exitCode).toBe(0);
  });

  it('with a field that accounting does not know fails, and is not taken for missing accounting', async () => {
    const { exitCode, stderr } = await cluster().run('sacct -X -n -P -o JobID,Nonsense');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Invalid field requested: "Nonsense"');
    expect(
      parseAccountingAnswer(`@slipway accounting\n\n@slipway end ${String(exitCode)}\n`, stderr).outcome.kind,
    ).not.toBe('absent');
  });
});
