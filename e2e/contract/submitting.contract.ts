import { expect, it } from 'vitest';
import { accountingScript, parseAccountingAnswer } from '../../main/slurm/accounting.ts';
import { cancelCommand } from '../../main/slurm/cancel.ts';
import { DUPLICATE_EXIT_CODE, sameRunFolder } from '../../main/slurm/runFolder.ts';
import { parseSubmitOutcome, probeScript, submitScript } from '../../main/slurm/submit.ts';
import { parseWatch, watchScript } from '../../main/slurm/watch.ts';
import { outputFile } from '../../shared/domain/job/outputFiles.ts';
import { quote } from '../../shared/lib/quote.ts';
import { jobScript, onEveryCluster, until, type ClusterUnderTest } from './clusterUnderTest.ts';

const submit = async (cluster: ClusterUnderTest, runFolder: string, directives: readonly string[], body: string) =>
  parseSubmitOutcome(
    (
      await cluster.run(
        submitScript({ runFolder, script: jobScript(runFolder, directives, body), checks: [], waitSeconds: 20 }),
      )
    ).stdout,
  );

const submitted = async (
  cluster: ClusterUnderTest,
  runFolder: string,
  directives: readonly string[],
  body: string,
): Promise<string> => {
  const outcome = await submit(cluster, runFolder, directives, body);
  if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
  return outcome.jobId;
};

const probe = async (cluster: ClusterUnderTest, runFolder: string) =>
  parseSubmitOutcome(
    (
      await cluster.run(
        probeScript({
          runFolder,
          user: cluster.user,
          sinceEpochSeconds: Math.floor(Date.now() / 1000) - 60,
        }),
      )
    ).stdout,
  );

const ended = (cluster: ClusterUnderTest, jobId: string) =>
  until(async () => {
    const { stdout, stderr } = await cluster.run(accountingScript({ jobIds: [jobId] }));
    const { rows } = parseAccountingAnswer(stdout, stderr);
    return rows.length > 0 && rows.every(({ state, end }) => end !== null && state !== 'RUNNING' && state !== 'PENDING')
      ? rows
      : null;
  });

onEveryCluster('a submission', (cluster) => {
  it('runs once, reports its progress and its end, and is found by its folder', async () => {
    const runFolder = cluster().runFolder();
    const jobId = await submitted(
      cluster(),
      runFolder,
      ['--cpus-per-task=2'],
      'slipway_progress 40 half; echo "in $PWD with $SLURM_CPUS_PER_TASK"; exit 3',
    );
    expect(await submitted(cluster(), runFolder, [], 'echo another')).toBe(jobId);
    // slurmdbd may get the end of a short job before its beginning: for a moment it has no name and no limit
    const row = await until(async () => (await ended(cluster(), jobId)).find(({ name }) => name !== 'allocation'));
    expect(row).toMatchObject({ jobId, state: 'FAILED', exitCode: 3, signal: 0, timeLimit: 120, name: 'contract' });
    expect(sameRunFolder(row.workDir, runFolder)).toBe(true);
    const report = await until(async () => {
      const answer = parseWatch(
        (
          await cluster().run(
            watchScript({ user: cluster().user, runs: [{ runFolder, tasks: null }], clusters: [null] }),
          )
        ).stdout,
        { runs: 1, clusters: 1 },
      );
      const own = answer.runs[0]?.get(null);
      return own?.exit == null ? null : own;
    });
    expect(report).toMatchObject({ progress: { percent: 40, text: 'half' }, exit: { code: 3 } });
    const output = await cluster().files.read(`${runFolder}/${outputFile('stdout', jobId, null)}`, 0, 1000);
    expect(new TextDecoder().decode(output)).toBe(`in ${runFolder} with 2\n`);
  });

  it.each([
    ['a bash', `bash -c 'slipway_progress 61 "it is half"'`],
    [
      'Python',
      `python3 -c 'import subprocess; subprocess.run(["slipway_progress", "61", "it is", "half"], check=True)'`,
    ],
    ['a script for csh', `printf '#!/bin/tcsh -f\\nslipway_progress 61 "it is half"\\n' >step; chmod +x step; ./step`],
    ['a task of srun', `srun --ntasks=1 sh -c 'slipway_progress 61 "it is half"'`],
  ])('reports progress from what it starts: %s', async (name, body) => {
    // the demo runs on this computer, which may have no csh
    if (name.endsWith('csh') && (await cluster().run('[ -x /bin/tcsh ]')).exitCode !== 0) return;
    const runFolder = cluster().runFolder();
    await submitted(cluster(), runFolder, ['--ntasks=1'], `cd "$SLIPWAY_RUN_DIR"; ${body}`);
    const report = await until(async () => {
      const answer = parseWatch(
        (
          await cluster().run(
            watchScript({ user: cluster().user, runs: [{ runFolder, tasks: null }], clusters: [null] }),
          )
        ).stdout,
        { runs: 1, clusters: 1 },
      );
      const own = answer.runs[0]?.get(null);
      return own?.exit == null ? null : own;
    });
    expect(report).toMatchObject({ progress: { percent: 61, text: 'it is half' }, exit: { code: 0 } });
  });

  it('does not give our locale and time format to the job', async () => {
    const runFolder = cluster().runFolder();
    const jobId = await submitted(
      cluster(),
      runFolder,
      [],
      'echo "${SLURM_TIME_FORMAT-none} ${SLURM_BITSTR_LEN-none} ${LC_ALL-none}"',
    );
    await ended(cluster(), jobId);
    const login = (await cluster().run('echo "${slipway_lc_all:-none}"')).stdout.trim();
    expect(
      new TextDecoder().decode(
        await cluster().files.read(`${runFolder}/${outputFile('stdout', jobId, null)}`, 0, 1000),
      ),
    ).toBe(`none none ${login}\n`);
  });

  it('is found when its answer was lost, by queue or accounting', async () => {
    const runFolder = cluster().runFolder();
    const jobId = await submitted(cluster(), runFolder, [], 'sleep 20');
    await until(async () => (await cluster().queue()).find((row) => row.jobId === jobId && row.state === 'RUNNING'));
    const forget = `cd ${quote(`${runFolder}/.slipway`)} && rm -rf jobid claim attempt-1/sbatch.rc attempt-1/sbatch.out`;
    await cluster().run(forget);
    expect(await probe(cluster(), runFolder)).toMatchObject({ kind: 'submitted', jobId });
    await cluster().run(cancelCommand(jobId));
    await ended(cluster(), jobId);
    await cluster().run(`rm -rf ${quote(`${runFolder}/.slipway`)}`);
    expect(await probe(cluster(), runFolder)).toMatchObject({ kind: 'submitted', jobId });
  });

  it('lets only the first of two jobs of a run do anything', async () => {
    const runFolder = cluster().runFolder();
    const first = await submitted(cluster(), runFolder, [], 'echo first');
    await ended(cluster(), first);
    const second = (await cluster().run(`cd ${quote(runFolder)} && sbatch --parsable job.sh`)).stdout.trim();
    expect(await ended(cluster(), second)).toMatchObject([{ state: 'FAILED', exitCode: DUPLICATE_EXIT_CODE }]);
  });

  it('runs the tasks of an array under one claim', async () => {
    const runFolder = cluster().runFolder();
    const jobId = await submitted(cluster(), runFolder, ['--array=1,2,5'], 'exit $(( SLURM_ARRAY_TASK_ID == 5 ))');
    const rows = await until(async () => {
      const all = await ended(cluster(), jobId);
      return all.length === 3 ? all : null;
    });
    expect(rows.map(({ jobId: id, state }) => [id, state]).sort()).toEqual([
      [`${jobId}_1`, 'COMPLETED'],
      [`${jobId}_2`, 'COMPLETED'],
      [`${jobId}_5`, 'FAILED'],
    ]);
    const runs = [{ runFolder, tasks: '1-5' }];
    const answer = parseWatch(
      (await cluster().run(watchScript({ user: cluster().user, runs, clusters: [null] }))).stdout,
      { runs: 1, clusters: 1 },
    );
    expect(Array.from(answer.runs[0] ?? [], ([task, { exit }]) => [task, exit?.code]).sort()).toEqual([
      [1, 0],
      [2, 0],
      [5, 1],
    ]);
  });

  it('gets the GPUs it asks for', async () => {
    const runFolder = cluster().runFolder();
    const jobId = await submitted(cluster(), runFolder, ['--partition=gpu', '--gres=gpu:a100:2'], 'true');
    const [row] = await ended(cluster(), jobId);
    expect(row).toMatchObject({ state: 'COMPLETED', nodes: 'gpu1' });
    expect(row?.allocatedTres).toContain('gres/gpu=2');
  });

  it('can be cancelled, and cancelling it again or a job that never was is no error', async () => {
    const jobId = await submitted(cluster(), cluster().runFolder(), [], 'sleep 60');
    await until(async () => (await cluster().queue()).find((row) => row.jobId === jobId && row.state === 'RUNNING'));
    expect(await cluster().run(cancelCommand(jobId))).toMatchObject({ exitCode: 0 });
    const [row] = await ended(cluster(), jobId);
    expect(row).toMatchObject({ state: 'CANCELLED', cancelledBy: expect.stringMatching(/^\d+$/) as string });
    expect(await cluster().run(cancelCommand(jobId))).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await cluster().run(cancelCommand('99999999'))).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('that asks for more time than the partition has is taken and waits', async () => {
    const jobId = await submitted(cluster(), cluster().runFolder(), ['--partition=debug', '--time=03:00:00'], 'true');
    const row = await until(async () =>
      (await cluster().queue()).find((queued) => queued.jobId === jobId && queued.reason === 'PartitionTimeLimit'),
    );
    expect(row).toMatchObject({ state: 'PENDING', timeLimit: 10_800, nodes: null });
  });

  it('that is held waits for its user', async () => {
    const jobId = await submitted(cluster(), cluster().runFolder(), ['--hold'], 'true');
    expect((await cluster().queue()).find((row) => row.jobId === jobId)).toMatchObject({
      state: 'PENDING',
      reason: 'JobHeldUser',
    });
  });
});
