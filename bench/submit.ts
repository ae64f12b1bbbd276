import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { TemplateId } from '../shared/domain/ids.ts';
import type { Draft } from '../shared/domain/job/draft.ts';
import { startProgram, type Program } from '../main/hosts/program.ts';
import { median, quantile, timeInTurn, type Figure } from './measure.ts';
import { call, clusterBash, connect, realCluster, sshOptions } from './realCluster.ts';

const run = promisify(execFile);
const RUNS = 15;
const BARE_RUNS = 40;

/**
 * A submission on a warm connection to the real Slurm over loopback SSH: one with a file against scp and ssh, which share a connection
 * (ControlMaster) or open one per command; one without against what sbatch itself takes on the cluster. Each in turn with its baseline.
 */
export async function submission(root: string): Promise<Figure[]> {
  const cluster = realCluster(root);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-bench-'));
  const homeBefore = process.env['HOME'];
  // known_hosts of the bench, not of the person who runs it
  process.env['HOME'] = folder;
  const program = await startProgram({ host: 'cli', version: 'bench', dataFolder: path.join(folder, 'data') });
  program.core.allowPlace('key', cluster.privateKeyPath, 'command');
  try {
    await call(program, 'settings.update', { changes: { submissionsPerMinute: 600 } });
    const clusterId = await connect(program, cluster);
    const script = path.join(folder, 'input.py');
    await writeFile(script, `print("bench")\n${'#'.repeat(10 * 1024 - 16)}\n`);
    const draft = (templateId: string, files: Draft['files']): Draft => ({
      clusterId,
      templateId: TemplateId.parse(templateId),
      templateSource: 'official',
      jobName: 'bench',
      parameters: {},
      resources: {},
      imagePath: null,
      files,
    });
    const submit = async (files: Draft['files'], templateId: string): Promise<void> => {
      const job = await call(program, 'jobs.submit', { draft: draft(templateId, files), wait: true });
      if (job.jobId === null) throw new Error(`not submitted: ${JSON.stringify(job.error)}`);
    };

    const ssh = sshOptions(cluster, folder);
    const target = `${cluster.user}@${cluster.host}`;
    const sbatch = path.join(folder, 'job.sh');
    await writeFile(sbatch, '#!/bin/bash\n#SBATCH --job-name=bench --time=5 --mem=100M\npython3 input.py\n');
    const usual = (extra: string[]) => async (): Promise<void> => {
      const both = [...ssh, ...extra];
      await run('scp', [...both.map((option) => (option === '-p' ? '-P' : option)), script, sbatch, `${target}:`]);
      await run('ssh', [...both, target, 'bash -lc "sbatch job.sh"']);
    };
    const handle = await program.core.grantFile(script);
    const { templateId, slot } = await pythonSlot(program);
    const submitWithInput = (): Promise<void> =>
      submit([{ handle: handle.handle, name: handle.name, size: handle.size, slot }], templateId);
    const mux = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${folder}/mux`, '-o', 'ControlPersist=60'];
    const againstShared = await timeInTurn(RUNS, submitWithInput, usual(mux));
    await run('ssh', [...ssh, ...mux, '-O', 'exit', target]).catch(() => undefined);
    const againstEach = await timeInTurn(RUNS, submitWithInput, usual([]));
    const bash = clusterBash([...ssh, target]);
    const onCluster: number[] = [];
    const bare = await timeInTurn(
      BARE_RUNS,
      () => submit([], 'hello'),
      async () => {
        const [from = 0, to = 0] = (
          await bash.ask('s=$EPOCHREALTIME; sbatch --parsable job.sh >/dev/null; echo "$s $EPOCHREALTIME"')
        )
          .split(' ')
          .map(Number);
        onCluster.push((to - from) * 1000);
      },
    );
    bash.end();
    // the first is not counted, as with the other
    const sbatchAlone = median(onCluster.slice(1));
    return [
      {
        name: 'submit with a 10 KB input, warm',
        unit: 'ms',
        median: median(againstShared.a),
        p95: quantile(againstShared.a, 0.95),
        samples: RUNS,
        baseline: { name: 'scp + ssh sbatch over a shared connection', median: median(againstShared.b) },
        goal: 'at most half of it',
        met: median(againstShared.a) <= 0.5 * median(againstShared.b),
      },
      {
        name: '… against a connection per command',
        unit: 'ms',
        median: median(againstEach.a),
        p95: quantile(againstEach.a, 0.95),
        samples: RUNS,
        baseline: { name: 'scp + ssh sbatch', median: median(againstEach.b) },
        goal: 'at least 5 times faster',
        met: median(againstEach.b) / median(againstEach.a) >= 5,
      },
      {
        name: 'submit with no upload, warm',
        unit: 'ms',
        median: median(bare.a),
        p95: quantile(bare.a, 0.95),
        samples: BARE_RUNS,
        baseline: { name: 'sbatch on the cluster itself', median: sbatchAlone },
        goal: 'at most twice',
        met: median(bare.a) <= 2 * sbatchAlone,
      },
    ];
  } finally {
    await program.dispose();
    process.env['HOME'] = homeBefore;
    await rm(folder, { recursive: true, force: true });
    cluster.down();
  }
}

/** The official Python template and its slot for a script. */
async function pythonSlot(program: Program): Promise<{ templateId: string; slot: string }> {
  const templates = await call(program, 'templates.list', {});
  for (const { id } of templates) {
    const { template } = await call(program, 'templates.get', { id });
    const slot = template.files.find(({ pattern, required }) => pattern === '*.py' && required);
    if (
      template.image.mode === 'none' &&
      slot !== undefined &&
      template.files.filter(({ required }) => required).length === 1
    )
      return { templateId: id, slot: slot.name };
  }
  throw new Error('no official template takes one Python file');
}
