import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ClusterId, TemplateId } from '../shared/domain/ids.ts';
import type { Draft } from '../shared/domain/draft.ts';
import type { OutputOf, OperationName, InputOf } from '../shared/contract/index.ts';
import { fromWire } from '../shared/errors/appError.ts';
import { startProgram, type Program } from '../main/hosts/program.ts';
import { median, quantile, time, timeInTurn, type Figure } from './measure.ts';

const run = promisify(execFile);
const RUNS = 15;

interface RealCluster {
  host: string;
  port: number;
  users: Record<string, { privateKeyPath?: string }>;
}

async function call<N extends OperationName>(program: Program, name: N, input: InputOf<N>): Promise<OutputOf<N>> {
  const envelope = await program.dispatch(name, input);
  if (!envelope.ok) throw fromWire(envelope.error);
  return envelope.value as OutputOf<N>;
}

/** Connects the program to the real Slurm, accepting the host key that the test cluster named. */
async function connect(program: Program, cluster: RealCluster, user: string, key: string): Promise<ClusterId> {
  const clusterId = ClusterId.parse('bench');
  await call(program, 'clusters.save', {
    profile: { id: clusterId, name: 'bench', kind: 'ssh', host: cluster.host, port: cluster.port, user, auth: [{ kind: 'key', path: key }] },
  });
  const answering = program.core.events.on((event) => {
    if (event.name === 'clusters.prompt') void call(program, 'clusters.answer', { promptId: event.payload.promptId, answer: { kind: 'accept' } });
  });
  const state = await call(program, 'clusters.connect', { clusterId });
  await answering.dispose();
  if (state.phase !== 'ready') throw new Error(`not connected: ${JSON.stringify(state)}`);
  await call(program, 'clusters.facts', { clusterId, refresh: true });
  return clusterId;
}

/**
 * A submission on a warm connection against the same with scp and ssh, both to the real Slurm over loopback SSH. The baseline
 * opens a connection per command, as scp and ssh do unless somebody set up ControlMaster; a second baseline has that too.
 */
export async function submission(root: string): Promise<Figure[]> {
  const control = path.join(root, 'e2e/cluster/cluster.mjs');
  const cluster = JSON.parse(execFileSync(process.execPath, [control, 'up'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').at(-1) ?? '') as RealCluster;
  const [user, login] = Object.entries(cluster.users).find(([, { privateKeyPath }]) => privateKeyPath !== undefined) ?? [];
  if (user === undefined || login?.privateKeyPath === undefined) throw new Error('the test cluster has no user with a key');
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-bench-'));
  const homeBefore = process.env['HOME'];
  // known_hosts of the bench, not of the person who runs it
  process.env['HOME'] = folder;
  const program = await startProgram({ host: 'cli', version: 'bench', dataFolder: path.join(folder, 'data') });
  try {
    await call(program, 'settings.update', { changes: { submissionsPerMinute: 600 } });
    const clusterId = await connect(program, cluster, user, login.privateKeyPath);
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

    const ssh = ['-p', String(cluster.port), '-i', login.privateKeyPath, '-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${folder}/baseline_known_hosts`, '-o', 'LogLevel=ERROR', '-o', 'BatchMode=yes'];
    const target = `${user}@${cluster.host}`;
    const sbatch = path.join(folder, 'job.sh');
    await writeFile(sbatch, '#!/bin/bash\n#SBATCH --job-name=bench --time=5 --mem=100M\npython3 input.py\n');
    const usual = (extra: string[]) => async (): Promise<void> => {
      const both = [...ssh, ...extra];
      await run('scp', [...both.map((option) => (option === '-p' ? '-P' : option)), script, sbatch, `${target}:`]);
      await run('ssh', [...both, target, 'bash -lc "sbatch job.sh"']);
    };
    const handle = await program.core.grantFile(script);
    const { templateId, slot } = await pythonSlot(program);
    const withInput = await timeInTurn(RUNS, () => submit([{ handle: handle.handle, name: handle.name, size: handle.size, slot }], templateId), usual([]));
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
      { name: 'submit with no upload, warm', unit: 'ms', median: median(bare), p95: quantile(bare, 0.95), samples: bare.length, baseline: null, goal: '≤ 20 ms median', met: median(bare) <= 20 },
    ];
  } finally {
    await program.dispose();
    process.env['HOME'] = homeBefore;
    await rm(folder, { recursive: true, force: true });
    execFileSync(process.execPath, [control, 'down'], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
}

/** The official Python template and its slot for a script. */
async function pythonSlot(program: Program): Promise<{ templateId: string; slot: string }> {
  const templates = await call(program, 'templates.list', {});
  for (const { id } of templates) {
    const { template } = await call(program, 'templates.get', { id });
    const slot = template.files.find(({ pattern, required }) => pattern === '*.py' && required);
    if (template.image.mode === 'none' && slot !== undefined && template.files.filter(({ required }) => required).length === 1) return { templateId: id, slot: slot.name };
  }
  throw new Error('no official template takes one Python file');
}
