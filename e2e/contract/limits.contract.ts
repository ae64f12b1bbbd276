import { forPrograms } from '../../shared/messages/forPrograms.ts';
import { expect, it } from 'vitest';
import { rejectionOf } from '../../main/slurm/rejection.ts';
import { quote } from '../../shared/lib/quote.ts';
import { onEveryCluster, until, type ClusterUnderTest } from './clusterUnderTest.ts';

/** Every cluster has an account of the user's with narrow limits beside the default one. */
const narrow = (cluster: ClusterUnderTest): string => `--account=${cluster.narrowAccount}`;

const sbatch = (cluster: ClusterUnderTest, options: string, body = 'sleep 300') =>
  cluster.run(
    `cd; printf '#!/bin/bash\\n%s\\n' ${quote(body)} | sbatch --parsable --job-name=limits --output=/dev/null --mem=100M ${options}`,
  );

const submit = async (cluster: ClusterUnderTest, options: string): Promise<string> => {
  const { exitCode, stdout, stderr } = await sbatch(cluster, options);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
};

/** The reason of a waiting job once the scheduler has looked at it. */
const reasonOf = (cluster: ClusterUnderTest, jobId: string) =>
  until(async () => {
    const row = (await cluster.queue()).find((each) => each.jobId === jobId);
    // what sbatch writes down before the scheduler has come by is not the reason yet
    return (
      row?.state === 'PENDING' && row.reason !== null && !['None', 'PartitionConfig'].includes(row.reason) && row.reason
    );
  });

const running = (cluster: ClusterUnderTest, jobId: string) =>
  until(async () => (await cluster.queue()).some((each) => each.jobId === jobId && each.state === 'RUNNING'));

const clear = (cluster: ClusterUnderTest) =>
  until(async () => {
    await cluster.run(`scancel --name=limits --user=${quote(cluster.user)}`);
    return (await cluster.run('squeue --me --name=limits -h -o %i')).stdout === '';
  });

onEveryCluster('a limit', (cluster) => {
  it('on jobs of a QOS at once keeps the next waiting, and one on jobs altogether refuses', async () => {
    await clear(cluster());
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push(await submit(cluster(), '--qos=short -t 5'));
    await running(cluster(), ids[1]!);
    expect(await reasonOf(cluster(), ids[2]!)).toBe('QOSMaxJobsPerUserLimit');
    const refused = await sbatch(cluster(), '--qos=short -t 5');
    expect(refused.stderr).toContain('QOSMaxSubmitJobPerUserLimit');
    expect(forPrograms(rejectionOf(refused.stderr, refused.exitCode).details)).toMatchObject({
      rule: 'policy-limit',
      reason:
        'one user may have no more jobs submitted at a time under this QOS, running and waiting together (QOSMaxSubmitJobPerUserLimit).',
    });
    await clear(cluster());
  });

  it.each([
    ['the CPUs of a user in a QOS', '--qos=short -c 6 -t 5', '--qos=short -c 6 -t 5', 'QOSMaxCpuPerUserLimit'],
    ['the GPUs of a user in a QOS', null, '--qos=short -p gpu --gres=gpu:3 -t 5', 'QOSMaxGRESPerUser'],
    ['the time of a job in a QOS', null, '--qos=short -t 2:00:00', 'QOSMaxWallDurationPerJobLimit'],
    ['the time in a partition', null, '-p debug -t 2:00:00', 'PartitionTimeLimit'],
    ['the memory in a partition', null, '-p long --mem=MEMORY', 'MaxMemPerLimit'],
    [
      'QOS of a partition',
      null,
      '-p gpu --qos=express -t 5',
      "Job's QOS not permitted to use this partition (gpu allows normal,high,short not express)",
    ],
  ])('on %s is told by its reason', async (_, before, options, reason) => {
    await clear(cluster());
    if (before !== null) await running(cluster(), await submit(cluster(), before));
    const id = await submit(cluster(), options.replace('MEMORY', cluster().moreMemoryThanLong));
    expect(await reasonOf(cluster(), id)).toBe(reason);
    await clear(cluster());
  });

  it('on the jobs of an account keeps the second one waiting', async () => {
    await clear(cluster());
    await running(cluster(), await submit(cluster(), `${narrow(cluster())} -t 5`));
    expect(await reasonOf(cluster(), await submit(cluster(), `${narrow(cluster())} -t 5`))).toBe('AssocMaxJobsLimit');
    await clear(cluster());
  });

  it.each([
    ['time', '--qos=express -t 2:00:00', 'QOSMaxWallDurationPerJobLimit'],
    ['CPUs', '--qos=express -t 5 -c 4', 'QOSMaxCpuPerJobLimit'],
  ])('on %s of a QOS that denies at its limit refuses at once', async (_, options, word) => {
    const { exitCode, stderr } = await sbatch(cluster(), options);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `sbatch: error: ${word}\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n`,
    );
  });

  it('on nodes by their features holds, and one that fits runs', async () => {
    await clear(cluster());
    await running(cluster(), await submit(cluster(), '-C icelake\\&ssd -t 5'));
    expect((await sbatch(cluster(), '-C nothing')).stderr).toContain('Invalid feature specification');
    await clear(cluster());
  });
});
