/** Every parser over the output of every release; a cluster that is alike everywhere, so that only the release makes a difference. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClusterFacts } from '../../shared/domain/cluster/profile.ts';
import { parseAccountingAnswer } from './accounting.ts';
import { parseFacts } from './facts.ts';
import { parseUsage } from './clusterUsage.ts';
import { readQueue } from './queue.ts';
import { answerOfSacct, RECORDED, recorded, RELEASES } from './testing/recorded.ts';
import { parseTestOnly } from './dryRun.ts';

const GIB = 1024 ** 3;
const WRITTEN = RELEASES.filter((release) => release !== RECORDED);

describe('the releases', () => {
  it('are those in the field, and what was not recorded says so', () => {
    expect(RELEASES.map((release) => release.split('.').slice(0, 2).join('.'))).toEqual([
      '20.11',
      '21.08',
      '22.05',
      '23.02',
      '23.11',
      '24.05',
      '25.05',
    ]);
    for (const release of WRITTEN)
      for (const name of ['facts', 'load', 'squeue', 'sacct', 'test-only', 'test-only-refused', 'version'])
        expect(recorded(name, release).origin).toContain('not recorded');
  });
});

describe.each(RELEASES)('Slurm %s', (release) => {
  const answer = (name: string) => recorded(name, release);

  it('tells facts that are whole', () => {
    const facts = ClusterFacts.parse(parseFacts(answer('facts').stdout, 1_795_242_785_000));
    expect(facts.slurmVersion).toBe(release);
    expect(facts.unknown).toEqual([]);
    expect(facts.partitions.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    for (const { cpus, cpusPerNode, memoryPerNode, gpus } of facts.partitions) {
      expect(cpus.allocated + cpus.idle + cpus.other).toBe(cpus.total);
      expect(cpusPerNode).toBeGreaterThan(0);
      expect(memoryPerNode).toBeGreaterThan(GIB);
      for (const { free, total } of gpus) expect(free).toBeLessThanOrEqual(total);
    }
    expect(facts.associations!.length).toBeGreaterThan(0);
    expect(facts.qos!.length).toBeGreaterThan(0);
    expect(facts.fairShare!.length).toBeGreaterThan(0);
    expect(facts.reservations.some(({ isMaintenance }) => isMaintenance)).toBe(true);
  });

  it('tells its usage', () => {
    const usage = parseUsage(answer('load').stdout)!;
    expect(usage.partitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(parseFacts(answer('facts').stdout, 0).partitions.map(({ name }) => name)),
    );
    expect(usage.mine.find(({ state, gpus }) => state === 'RUNNING' && gpus === 2)).toBeDefined();
    expect(Object.keys(usage.waiting!).length).toBeGreaterThan(0);
  });

  it('shows its queue and its accounting', () => {
    const queue = readQueue(answer('squeue').stdout).rows;
    expect(queue.length).toBeGreaterThan(5);
    expect(queue.some(({ state }) => state === 'RUNNING')).toBe(true);
    const rows = parseAccountingAnswer(answerOfSacct(answer('sacct').stdout), '').rows;
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(row.submitTime).not.toBeNull();
  });

  it('foresees a start, or refuses', () => {
    const read = ({ stderr, exitCode }: { stderr: string; exitCode: number }) =>
      parseTestOnly(`\n@mark begin 0\n${stderr}\n@mark end 0 ${exitCode}\n`, '@mark', 1)[0];
    expect(read(answer('test-only'))).toMatchObject({
      kind: 'fits',
      start: expect.any(Number) as number,
      partition: expect.any(String) as string,
    });
    expect(read(answer('test-only-refused'))).toMatchObject({ kind: 'refused' });
  });

  it('never makes a parser throw, wherever its answer is cut', () => {
    for (const [name, parse] of [
      ['facts', (text: string) => parseFacts(text, 0)],
      ['load', parseUsage],
      ['squeue', readQueue],
      ['sacct', (text: string) => parseAccountingAnswer(answerOfSacct(text), '')],
    ] as const) {
      const { stdout } = answer(name);
      for (let at = 0; at < stdout.length; at += 211) expect(() => parse(stdout.slice(0, at))).not.toThrow();
    }
  });
});

describe('a start that Slurm 25.05 foresees on one of several clusters', () => {
  it('is a start, not a refusal', () => {
    const { stderr } = recorded('test-only-cluster', '25.05.3');
    expect(parseTestOnly(`\n@mark begin 0\n${stderr}\n@mark end 0 0\n`, '@mark', 1)).toEqual([
      { kind: 'fits', start: 1_795_243_385, processors: 48, nodes: 'c001', partition: 'cpu' },
    ]);
  });
});

describe.each(WRITTEN)('the imagined cluster on Slurm %s', (release) => {
  const facts = parseFacts(recorded('facts', release).stdout, 1_795_242_785_000);
  const partition = (name: string) => facts.partitions.find((each) => each.name === name)!;

  it('has the same limits as on every other release', () => {
    expect(partition('long')).toMatchObject({
      maxTime: 7 * 86_400,
      maxNodes: 2,
      denyAccounts: ['trial'],
      denyQos: ['short'],
      maxMemoryPerCpu: 8000 * 1024 ** 2,
      maxMemoryPerNode: null,
    });
    expect(partition('gpu')).toMatchObject({
      allowAccounts: ['lab', 'physics'],
      qos: 'gpu_part',
      maxCpusPerNode: 56,
      billingWeights: { cpu: 1, mem: 0.25 / GIB, 'gres/gpu': 16 },
    });
    expect(partition('big')).toMatchObject({ state: 'DRAIN', maxTime: null, minNodes: 8, allowGroups: ['bigjobs'] });
    // cpu limits come from physics, two accounts above; GPU limits from lab
    expect(facts.associations![0]).toMatchObject({
      account: 'lab',
      isDefault: true,
      limits: {
        maxJobs: 40,
        groupTres: { cpu: 1500, 'gres/gpu': 16, mem: 8000 * GIB },
        groupJobs: 500,
        groupWall: 1000 * 3600,
      },
    });
    expect(facts.associations![2]).toMatchObject({
      account: 'trial',
      limits: { maxTresPerJob: { cpu: 8, 'gres/gpu': 0 }, groupSubmit: 40 },
    });
    expect(facts.qos!.find(({ name }) => name === 'gpu')).toMatchObject({
      usageFactor: 2,
      limits: { minTresPerJob: { 'gres/gpu': 1 }, maxTresPerUser: { 'gres/gpu': 8, 'gres/gpu:a100': 8 } },
    });
    expect(facts).toMatchObject({
      billingIsLargest: true,
      enforcePartLimits: 'ALL',
      minJobAge: 300,
      scratch: '/scratch/alice',
    });
  });

  it('has free GPUs only on nodes that take jobs', () => {
    // of 20: 6 and 4 are in use, 4 are on a drained node
    expect(partition('gpu').gpus.find(({ type }) => type === 'a100')).toEqual({
      type: 'a100',
      perNode: 4,
      total: 20,
      free: 6,
    });
    expect(
      partition('gpu')
        .gpus.filter(({ type }) => type !== 'a100')
        .every(({ free, total }) => free === total || free === total - 1),
    ).toBe(true);
  });

  it('has reservations of mine by name and by account, and not by the groups of others', () => {
    expect(Object.fromEntries(facts.reservations.map(({ name, isMine }) => [name, isMine]))).toEqual({
      winter_maintenance: false,
      course: true,
      lab_week: true,
      others: false,
    });
  });

  it('has jobs of mine, with the tasks of an array that wait counted one by one', () => {
    const { mine } = parseUsage(recorded('load', release).stdout)!;
    expect(mine.find(({ state, partition: where }) => state === 'PENDING' && where === 'cpu')).toEqual({
      state: 'PENDING',
      partition: 'cpu',
      account: 'lab',
      qos: 'normal',
      jobs: 9,
      cpus: 432,
      nodes: 9,
      memory: 9 * 96_000 * 1024 ** 2,
      gpus: 0,
    });
    expect(mine.find(({ state }) => state === 'RUNNING')).toMatchObject({ gpus: 2, memory: 64 * GIB });
  });

  it('survives columns, keys, states and lines that nobody knows yet', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/);
    const { stdout } = recorded('facts', release);
    fc.assert(
      fc.property(word, word, word, (key, value, state) => {
        const newer = stdout
          .replaceAll(/^(PartitionName=\S+)/gm, `$1 Xx${key}=${value}`)
          .replaceAll(/^(ReservationName=\S+)/gm, `$1 Xx${key}=${value} ${value}`)
          .replaceAll(/^(Name\|Priority)(.*)$/gm, `Xx${key}|$1$2`)
          .replaceAll(/^(normal|short|gpu|gpu_part)\|(\d+\|)/gm, `${value}|$1|$2`)
          .replaceAll('\x1fallocated\x1f', `\x1f${state}\x1f`)
          .replaceAll(/^(MaxArraySize)/gm, `Xx${key}                = ${value}\n$1`)
          .replaceAll(/^(lab\|alice)/gm, `a warning about ${value}\n$1`);
        const read = ClusterFacts.parse(parseFacts(newer, 1_795_242_785_000));
        expect({ ...read, partitions: null }).toEqual({ ...facts, partitions: null });
        expect(read.partitions[0]).toMatchObject({ name: 'cpu', maxTime: 86_400, cpus: partition('cpu').cpus });
        expect(Object.keys(read.partitions[0]!.nodesByState)).toContain(state);
      }),
      { numRuns: 30 },
    );
  });
});
