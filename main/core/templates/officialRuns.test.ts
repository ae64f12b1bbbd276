import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterProfile } from '../../../shared/domain/cluster.ts';
import { Draft } from '../../../shared/domain/draft.ts';
import type { ParameterValues } from '../../../shared/domain/template.ts';
import { planRunFiles } from '../../../shared/domain/fileSlots.ts';
import { createScriptMaker } from '../scripts/scriptMaker.ts';
import { parseTemplate } from './parseTemplate.ts';

const official = path.resolve(import.meta.dirname, '../../../templates/official');
const profile = ClusterProfile.parse({ id: 'demo', name: 'Demo', kind: 'demo', host: 'localhost', port: 22, user: 'me', auth: [{ kind: 'agent', socket: null }] });
let folder: string;
let run: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-official-'));
  run = path.join(folder, 'run');
  mkdirSync(path.join(run, '.slipway'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the template's script as Slurm would: with bash, in the run folder that holds the inputs. */
function runTemplate(file: string, given: { parameters?: ParameterValues; files?: Record<string, [name: string, content: string | Buffer]> }) {
  const { template } = parseTemplate(readFileSync(path.join(official, file), 'utf8'), file);
  const entries = Object.entries(given.files ?? {});
  const draft = Draft.parse({
    clusterId: 'demo',
    templateId: template!.id,
    templateSource: 'official',
    jobName: 'try',
    parameters: given.parameters ?? {},
    resources: {},
    imagePath: template!.image.mode === 'none' ? null : '/images/my image.sif',
    files: entries.map(([slot, [name]], i) => ({ handle: `f${String(i).padStart(16, '0')}`, name, size: 1, slot })),
  });
  const made = createScriptMaker().make({ template: template!, draft, profile, facts: null, runId: 'r000000000000' as never });
  expect(made.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  for (const planned of planRunFiles(template!, draft.files)) writeFileSync(path.join(run, planned.remoteName), given.files![planned.slot!]![1]);
  for (const generated of made.files) writeFileSync(path.join(run, generated.name), generated.text);
  const result = spawnSync('bash', ['-c', made.text], {
    cwd: run,
    encoding: 'utf8',
    env: { PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`, HOME: folder, SLURM_JOB_ID: '7', SLURM_SUBMIT_DIR: run, SLURM_CPUS_PER_TASK: '4' },
  });
  return { ...result, generated: made.files };
}

/** An apptainer that writes down what it was asked, one call a line, words separated by “|”, and does nothing else. */
function fakeApptainer(): () => string[] {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'apptainer'), `#!/bin/bash\nprintf '%s|' "\${@//$'\\n'/ }" >>${folder}/calls\necho >>${folder}/calls\n`);
  chmodSync(path.join(bin, 'apptainer'), 0o755);
  return () => readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n');
}

/** What stands after the image, and for OpenFOAM after its set-up. */
const inside = (call: string): string => call.split('|').slice(call.includes('|foam|') ? call.split('|').lastIndexOf('foam') + 1 : call.split('|').indexOf('/images/my image.sif') + 1).join(' ').trim();

describe('an official template’s job', () => {
  test('hello greets whoever it was told to, and reports its progress', () => {
    const { stdout, status } = runTemplate('custom/hello.yaml', { parameters: { greeting: '$(id) `x` "you"', seconds: 1 } });
    expect(status).toBe(0);
    expect(stdout).toContain('Hello, $(id) `x` "you"!');
    expect(readFileSync(path.join(run, '.slipway/progress'), 'utf8')).toMatch(/^100 /m);
  });

  test('shell passes the words of its arguments on, as they are', () => {
    const { stdout, status } = runTemplate('custom/shell.yaml', { parameters: { arguments: 'a $(touch hacked) *' }, files: { script: ['my script.sh', 'printf "<%s>" "$@"; cat script.sh >/dev/null'] } });
    expect(stdout).toContain('<a><$(touch><hacked)><*>');
    expect(status).toBe(0);
  });

  test('shell ends as failed with the first command that fails', () => {
    const { stdout, status } = runTemplate('custom/shell.yaml', { files: { script: ['x.sh', '(exit 3)\necho after'] } });
    expect(status).toBe(3);
    expect(stdout).not.toContain('after');
  });

  test('python runs the script with its sample settings', () => {
    const script = readFileSync(path.join(official, 'data/python.samples/estimate_pi.py'));
    const { stdout, stderr, status } = runTemplate('data/python.yaml', { files: { script: ['estimate_pi.py', script], config: ['s.json', '{"rounds": 1, "darts_per_round": 1000}'] } });
    expect(stderr).toBe('');
    expect(stdout).toContain('1,000 darts');
    expect(readFileSync(path.join(run, 'estimates.csv'), 'utf8')).toMatch(/^darts,estimate\r?\n1000,/);
    expect(status).toBe(0);
  });

  test('pytorch gives the script the fields of the form, once per GPU', () => {
    const calls = fakeApptainer();
    const { stderr, status } = runTemplate('ml/pytorch.yaml', { parameters: { gpus: 2, epochs: 3 }, files: { training_script: ['train.py', ''], config: ['c.yml', 'model: x'] } });
    expect([status, stderr]).toEqual([0, '']);
    expect(calls().map(inside)).toEqual([`torchrun --standalone --nproc-per-node 2 ${run}/train.py --epochs 3 --batch-size 64 --lr 0.001 --optimizer adamw --seed 0 --output checkpoints --config ${run}/c.yml`]);
  });

  test('gromacs prepares and runs, with the fields in run.mdp', () => {
    const calls = fakeApptainer();
    const { stderr, status, generated } = runTemplate('molecular/gromacs.yaml', { parameters: { steps: 1000, barostat: 'no' }, files: { structure: ['water.gro', ''], topology: ['water.top', ''] } });
    expect([status, stderr]).toEqual([0, '']);
    expect(generated[0]?.text).toMatch(/nsteps\s+= 1000\n/);
    expect(generated[0]?.text).toMatch(/pcoupl\s+= no\n/);
    expect(calls().map(inside)).toEqual([
      `gmx grompp -c ${run}/water.gro -p ${run}/water.top -o md.tpr -f run.mdp`,
      'gmx mdrun -deffnm md -cpi md.cpt -ntmpi 1 -ntomp 4 -pin on',
    ]);
  });

  const caseArchive = (name: string): Buffer => {
    mkdirSync(path.join(folder, name, 'system'), { recursive: true });
    writeFileSync(path.join(folder, name, 'system', 'controlDict'), '');
    return spawnSync('tar', ['-cz', '-C', folder, name]).stdout;
  };

  test('openfoam meshes, decomposes, solves, reconstructs and packs', () => {
    const calls = fakeApptainer();
    const { stderr, status } = runTemplate('cfd/openfoam.yaml', { parameters: { processes: 2 }, files: { case: ['my case.tar.gz', caseArchive('cavity flow')] } });
    expect([status, stderr]).toEqual([0, '']);
    expect(calls().map(inside)).toEqual(['blockMesh', 'checkMesh', 'decomposePar -force', 'mpirun --oversubscribe -np 2 simpleFoam -parallel', 'reconstructPar']);
    expect(spawnSync('tar', ['-tzf', path.join(run, 'results.tar.gz')], { encoding: 'utf8' }).stdout).toContain('./system/decomposeParDict');
  });

  test('openfoam says what is missing in an archive without a case', () => {
    fakeApptainer();
    writeFileSync(path.join(folder, 'readme'), '');
    const { stderr, status } = runTemplate('cfd/openfoam.yaml', { files: { case: ['x.tgz', spawnSync('tar', ['-cz', '-C', folder, 'readme']).stdout] } });
    expect(stderr).toContain('There is no system/controlDict in the archive.');
    expect(status).toBe(1);
  });
});
