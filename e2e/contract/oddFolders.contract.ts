import { expect, it } from 'vitest';
import { outputFile } from '../../shared/domain/job/outputFiles.ts';
import { parseSubmitOutcome, submitScript } from '../../main/slurm/submit.ts';
import { slurmReadsInPath } from '../../shared/domain/job/outputPath.ts';
import { quote } from '../../shared/lib/quote.ts';
import { jobScript, onEveryCluster, onRealSlurm, until, type ClusterUnderTest } from './clusterUnderTest.ts';

/** Whether a job in the folder leaves its output there; null while it is not over. */
async function leavesOutput(cluster: ClusterUnderTest, runFolder: string): Promise<boolean> {
  const script = jobScript(runFolder, [], 'pwd');
  const outcome = parseSubmitOutcome(
    (await cluster.run(submitScript({ runFolder, script, checks: [], waitSeconds: 20 }))).stdout,
  );
  if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
  await until(
    async () =>
      !/PENDING|CONFIGURING|RUNNING|COMPLETING/.test(
        (await cluster.run(`squeue -h -j ${outcome.jobId} -t all -o %T`)).stdout,
      ),
  );
  const { stdout } = await cluster.run(
    `cat ${quote(`${runFolder}/${outputFile('stdout', outcome.jobId, null)}`)} 2>/dev/null`,
  );
  return stdout === `${runFolder}\n`;
}

onEveryCluster('a run folder', (cluster) => {
  it.concurrent.each(['a b', `it's "so"`, '$HOME', 'a#b', '한글 ✓', '-rf', '*', 'a;b&c', '~x', '(a)[b]{c}'])(
    'called %s works',
    async (name) => {
      const runFolder = `${cluster().runFolder()}/${name}`;
      expect(slurmReadsInPath(runFolder)).toBeNull();
      expect(await leavesOutput(cluster(), runFolder)).toBe(true);
    },
  );
});

onRealSlurm('a run folder in whose name Slurm reads a pattern', (cluster) => {
  it.concurrent.each(['a%jb', 'a%%b', String.raw`a\b`, String.raw`a\\b`])(
    'called %s leaves a job without output, and is refused before',
    async (name) => {
      const runFolder = `${cluster().runFolder()}/${name}`;
      expect(slurmReadsInPath(runFolder)).not.toBeNull();
      expect(await leavesOutput(cluster(), runFolder)).toBe(false);
    },
  );
});
