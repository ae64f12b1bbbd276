import { expect, it } from 'vitest';
import { factsScript, parseFacts } from '../../main/slurm/facts.ts';
import { rejectionOf } from '../../main/slurm/rejection.ts';
import { parseSubmitOutcome, submitScript } from '../../main/slurm/submit.ts';
import { parseTestOnly, testOnlyScript } from '../../main/slurm/dryRun.ts';
import { jobScript, onEveryCluster } from './clusterUnderTest.ts';

onEveryCluster('a refusal', (cluster) => {
  it.each([
    ['an unknown partition', ['--partition=nowhere'], 'partition-unknown'],
    ['more memory than any node has', ['--mem=9000G'], 'memory'],
    ['a GPU in a partition without any', ['--gres=gpu:1'], 'nodes-unavailable'],
    ['a GPU type that is not there', ['--partition=gpu', '--gres=gpu:h100:1'], 'nodes-unavailable'],
    ['an account of somebody else', ['--account=nobody'], 'account'],
    ['an unknown QOS', ['--qos=gold'], 'qos'],
    ['a time that is none', ['--time=tomorrow'], 'time-limit'],
    ['a feature that no node has', ['--constraint=nothing'], 'feature'],
    ['an array that is too long', ['--array=0-5000'], 'array'],
    ['an option that sbatch does not have', ['--nonsense'], 'option'],
  ])('for %s has the same reason', async (_, directives, rule) => {
    const runFolder = cluster().runFolder();
    const { stdout } = await cluster().run(
      submitScript({ runFolder, script: jobScript(runFolder, directives, 'true'), checks: [], waitSeconds: 20 }),
    );
    const outcome = parseSubmitOutcome(stdout);
    expect(outcome.kind).toBe('refused');
    if (outcome.kind === 'refused') expect(rejectionOf(outcome.said, outcome.exitCode).details).toMatchObject({ rule });
  });

  it('can be followed by the corrected script in the same run', async () => {
    const runFolder = cluster().runFolder();
    const send = async (directives: string[]) =>
      parseSubmitOutcome(
        (
          await cluster().run(
            submitScript({ runFolder, script: jobScript(runFolder, directives, 'true'), checks: [], waitSeconds: 20 }),
          )
        ).stdout,
      );
    expect(await send(['--partition=nowhere'])).toMatchObject({ kind: 'refused' });
    expect(await send(['--partition=debug'])).toMatchObject({ kind: 'submitted' });
  });

  it('meets a script with Windows line ends', async () => {
    const runFolder = cluster().runFolder();
    const { stdout } = await cluster().run(
      submitScript({ runFolder, script: '#!/bin/bash\r\necho hi\r\n', checks: [], waitSeconds: 20 }),
    );
    const outcome = parseSubmitOutcome(stdout);
    expect(outcome).toMatchObject({ kind: 'refused', said: expect.stringContaining('DOS line breaks') as string });
  });
});

onEveryCluster('a test of fit', (cluster) => {
  const tests = async (variants: readonly string[][]) => {
    const runFolder = cluster().runFolder();
    const scripts = variants.map((directives) => jobScript(runFolder, directives, 'true'));
    return parseTestOnly(
      (await cluster().run(testOnlyScript({ runFolder, scripts, mark: '@contract' }))).stdout,
      '@contract',
      scripts.length,
    );
  };
  const test = async (directives: string[]) => {
    const [answer] = await tests([directives]);
    if (answer === null || answer === undefined) throw new Error('no whole answer');
    return answer;
  };

  it('tells start, processors, nodes and partition, and submits nothing', async () => {
    const before = (await cluster().queue()).length;
    const answer = await test(['--partition=gpu', '--gres=gpu:1', '--cpus-per-task=2']);
    expect(answer).toMatchObject({ kind: 'fits', processors: 2, nodes: 'gpu1', partition: 'gpu' });
    if (answer.kind === 'fits') expect(answer.start).toBeGreaterThan(1_700_000_000);
    expect((await cluster().queue()).length).toBeLessThanOrEqual(before);
  });

  it('tells a refusal', async () => {
    expect(await test(['--partition=nowhere'])).toMatchObject({
      kind: 'refused',
      error: { details: { rule: 'partition-unknown' } },
    });
  });

  it('tells several variants apart in one round trip', async () => {
    const answers = await tests([
      ['--partition=debug'],
      ['--partition=nowhere'],
      ['--partition=gpu', '--gres=gpu:a100:4'],
    ]);
    expect(answers).toMatchObject([
      { kind: 'fits', partition: 'debug' },
      { kind: 'refused' },
      { kind: 'fits', partition: 'gpu', nodes: 'gpu1' },
    ]);
  });

  it('puts a job that would run into the maintenance behind it', async () => {
    const reservations = parseFacts((await cluster().run(factsScript())).stdout, Date.now()).reservations;
    const maintenance = reservations.find(({ isMaintenance }) => isMaintenance);
    const [soon, late] = await tests([
      ['--partition=long', '--time=1:00:00'],
      ['--partition=long', '--time=7-00:00:00'],
    ]);
    if (soon?.kind !== 'fits' || late?.kind !== 'fits' || maintenance?.startAt == null || maintenance.endAt == null)
      throw new Error(JSON.stringify({ soon, late, reservations }));
    expect(soon.start! * 1000).toBeLessThan(maintenance.startAt);
    expect(late.start! * 1000).toBeGreaterThanOrEqual(maintenance.endAt - 5000);
  });

  it('tells a refusal by a QOS that denies at its limit', async () => {
    expect(await test(['--qos=express', '--time=2:00:00'])).toMatchObject({ kind: 'refused' });
  });
});
