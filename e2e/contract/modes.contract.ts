import { expect, it } from 'vitest';
import { runFolderMode } from '../../main/slurm/runFolder.ts';
import { outputFile } from '../../shared/domain/job/outputFiles.ts';
import { parseSubmitOutcome, submitScript } from '../../main/slurm/submit.ts';
import { quote } from '../../shared/lib/quote.ts';
import { jobScript, onEveryCluster, until } from './clusterUnderTest.ts';

onEveryCluster('a run folder', (cluster) => {
  /** Runs a job in a folder that was made by the upload or by the submission, and lists what is there: mode, kind and name. */
  async function run(
    groupMayRead: boolean,
    withUpload: boolean,
  ): Promise<{ above: string; modes: string[]; output: string }> {
    const folder = `${cluster().runFolder()}/made/run-r${String(Date.now())}`;
    const folderMode = runFolderMode({ groupMayRead });
    if (withUpload) {
      await cluster().files.makeFolder(folder, { mode: folderMode });
      await cluster().files.write(`${folder}/input.dat`, 'data');
    }
    const { stdout } = await cluster().run(
      submitScript({
        runFolder: folder,
        script: jobScript(folder, [], 'umask; slipway_progress 50'),
        checks: [],
        folderMode,
        waitSeconds: 20,
      }),
    );
    const outcome = parseSubmitOutcome(stdout);
    if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
    await until(async () => (await cluster().files.stat(`${folder}/.slipway/exit`)) !== null);
    const list = await cluster().run(
      `cd ${quote(folder)} && find . -exec stat -c '%a %n' {} + | sort -k2; stat -c %a ..`,
    );
    const lines = list.stdout.trim().split('\n');
    const output = new TextDecoder().decode(
      await cluster().files.read(`${folder}/${outputFile('stdout', outcome.jobId, null)}`, 0, 100),
    );
    return { above: lines.pop() ?? '', modes: lines, output };
  }

  it.concurrent.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])(
    'lets in nobody else, or the group alone, from its first moment (group: %s, uploads: %s)',
    async (groupMayRead, withUpload) => {
      const { above, modes, output } = await run(groupMayRead, withUpload);
      const expected = groupMayRead ? '750' : '700';
      expect(above).toBe(expected);
      const modeOf = new Map(
        modes.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
      );
      for (const folder of ['.', './.slipway', './.slipway/attempt-1'])
        expect([folder, modeOf.get(folder)]).toEqual([folder, expected]);
      expect(modeOf.get('./job.sh')).toMatch(/^6[04][04]$/);
      if (withUpload) expect(modeOf.get('./input.dat')).toBe('644');
      // the job writes as the login would: its results may lie where colleagues wait for them
      expect(output.trim()).toBe((await cluster().run('umask')).stdout.trim());
    },
  );
});
