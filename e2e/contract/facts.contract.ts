import { expect, it } from 'vitest';
import { accountingCommand, accountingUnavailable } from '../../main/slurm/accounting.ts';
import { factsScript, parseFacts } from '../../main/slurm/facts.ts';
import { parseWatch, watchScript } from '../../main/slurm/watch.ts';
import { ClusterFacts } from '../../shared/domain/cluster.ts';
import { onEveryCluster } from './clusterUnderTest.ts';

onEveryCluster('the facts', (cluster) => {
  it('tell partitions with their limits, nodes and GPUs', async () => {
    const facts = ClusterFacts.parse(parseFacts((await cluster().run(factsScript())).stdout, Date.now()));
    expect(facts).toMatchObject({ user: cluster().user, slurmVersion: expect.stringMatching(/^\d+\.\d+/) as string, maxArraySize: 1001 });
    expect(facts.clusterName).not.toBe('');
    expect(Math.abs(facts.clockOffset)).toBeLessThanOrEqual(2);
    const [normal, long, gpu, debug] = ['normal', 'long', 'gpu', 'debug'].map((name) => facts.partitions.find((partition) => partition.name === name));
    expect(normal).toMatchObject({ isDefault: true, state: 'UP', maxTime: 86_400, totalNodes: 2, gpus: [] });
    expect(normal!.cpus.total).toBe(2 * normal!.cpusPerNode);
    expect(normal!.memoryPerNode).toBeGreaterThan(1024 ** 3);
    expect(long).toMatchObject({ isDefault: false, maxTime: 7 * 86_400 });
    expect(gpu).toMatchObject({ maxTime: 86_400, gpus: [{ type: 'a100', perNode: 4, total: 4 }] });
    expect(debug).toMatchObject({ maxTime: 1800 });
  });

  it('tell the accounts and QOS of the user', async () => {
    const facts = parseFacts((await cluster().run(factsScript())).stdout, Date.now());
    expect(facts.associations).toEqual([{ account: cluster().account, partition: null, qos: expect.arrayContaining(['normal', 'high']) as string[], defaultQos: 'normal' }]);
  });
});

onEveryCluster('an empty or wrong question', (cluster) => {
  it('about nothing is answered with nothing', async () => {
    const answer = await cluster().run(watchScript({ user: cluster().user, runs: [{ runFolder: `${cluster().home}/none`, jobId: '1' }] }));
    expect(parseWatch(answer.stdout, 1)).toMatchObject({ exitCode: 0, runs: [{ progress: null, exit: null }] });
    expect(await cluster().run(accountingCommand(['99999999']))).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('about a vanished job fails alone and not together with another', async () => {
    expect((await cluster().run('squeue -h -j 99999999')).exitCode).toBe(1);
    expect((await cluster().run('squeue -h -j 99999998,99999999')).exitCode).toBe(0);
  });

  it('with a field that accounting does not know fails, and is not taken for missing accounting', async () => {
    const { exitCode, stderr } = await cluster().run('sacct -X -n -P -o JobID,Nonsense');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Invalid field requested: "Nonsense"');
    expect(accountingUnavailable(stderr)).toBe(false);
  });
});
