import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { TemplateId } from '../shared/domain/ids.ts';
import type { Draft } from '../shared/domain/job/draft.ts';
import { startProgram, type Program } from '../main/hosts/program.ts';
import { median, quantile, time, timeInTurn, type Figure } from './measure.ts';
import { call, connect, realCluster, sshOptions } from './realCluster.ts';

const run = promisify(execFile);
const RUNS = 15;

/**
 * A submission on a warm connection against the same with scp and ssh, both to the real Slurm over loopback SSH. The baseline
 * opens a connection per command, as scp and ssh do unless somebody set up ControlMaster; a second baseline has that too.
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
    const withInput = await timeInTurn(
      RUNS,
      () => submit([{ handle: handle.handle, name: handle.name, size: handle.size, slot }], templateId),
      usual([]),
    );
    const control2 = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${folder}/mux`, '-o', 'ControlPersist=60'];
    const shared = await time(RUNS, 1, usual(control2));
    await run('ssh', [...ssh, ...control2, '-O', 'exit', target]).catch(() => undefined);
    const bare = await time(40, 3, () => submit([], 'hello'));
    return [
      {
        name: 'submit with a 10 KB input, warm',
        unit: 'ms',
        median: median(withInput.a),
        p95: quantile(withInput.a, 0.95),
        samples: RUNS,
        baseline: { name: 'scp + ssh sbatch', median: median(withInput.b) },
        goal: 'at least 5 times faster',
        met: median(withInput.b) / median(withInput.a) >= 5,
      },
      {
        name: '… against a shared connection',
        unit: 'ms',
        median: median(withInput.a),
        p95: quantile(withInput.a, 0.95),
        samples: RUNS,
        baseline: { name: 'scp + ssh sbatch, ControlMaster', median: median(shared) },
        goal: 'not slower',
        met: median(shared) >= median(withInput.a),
      },
      {
        name: 'submit with no upload, warm',
        unit: 'ms',
        median: median(bare),
        p95: quantile(bare, 0.95),
        samples: bare.length,
        baseline: null,
        goal: '≤ 20 ms median',
        met: median(bare) <= 20,
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
