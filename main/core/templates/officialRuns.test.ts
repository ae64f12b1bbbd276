import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { Draft } from '../../../shared/domain/job/draft.ts';
import type { ParameterValues } from '../../../shared/domain/template/schema.ts';
import { planRunFiles } from '../../../shared/domain/template/fileSlots.ts';
import { createScriptMaker } from '../scripts/scriptMaker.ts';
import { parseTemplate } from './format/parseTemplate.ts';

const official = path.resolve(import.meta.dirname, '../../../templates/official');
const profile = ClusterProfile.parse({
  id: 'demo',
  name: 'Demo',
  kind: 'demo',
  host: 'localhost',
  port: 22,
  user: 'me',
  auth: [{ kind: 'agent', socket: null }],
});
let folder: string;
let run: string;
const image = (): string => path.join(folder, 'my image.sif');

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-official-'));
  run = path.join(folder, 'run');
  mkdirSync(path.join(run, '.slipway'), { recursive: true });
  writeFileSync(image(), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the template's script as Slurm would: with bash, in the run folder that holds the inputs. */
function runTemplate(
  file: string,
  given: {
    parameters?: ParameterValues;
    files?: Record<string, [name: string, content: string | Buffer]>;
    env?: Record<string, string>;
  },
) {
  const { template } = parseTemplate(readFileSync(path.join(official, file), 'utf8'), file);
  const entries = Object.entries(given.files ?? {});
  const draft = Draft.parse({
    clusterId: 'demo',
    templateId: template!.id,
    templateSource: 'official',
    jobName: 'try',
    parameters: given.parameters ?? {},
    resources: {},
    imagePath: template!.image.mode === 'none' ? null : image(),
    files: entries.map(([slot, [name]], i) => ({ handle: `f${String(i).padStart(16, '0')}`, name, size: 1, slot })),
  });
  const made = createScriptMaker().make({
    template: template!,
    draft,
    profile,
    facts: null,
    runId: 'r000000000000' as never,
  });
  expect(made.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  for (const planned of planRunFiles(template!, draft.files))
    writeFileSync(path.join(run, planned.remoteName), given.files![planned.slot!]![1]);
  for (const generated of made.files) writeFileSync(path.join(run, generated.name), generated.text);
  const result = spawnSync('bash', ['-c', made.text], {
    cwd: run,
    encoding: 'utf8',
    env: {
      PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: folder,
      SLURM_JOB_ID: '7',
      SLURM_SUBMIT_DIR: run,
      SLURM_CPUS_PER_TASK: '4',
      ...given.env,
    },
  });
  return { ...result, generated: made.files };
}

/** An apptainer that writes down what it was asked, one call a line, words separated by “|”, and does nothing else. */
function fakeApptainer(): () => string[] {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(
    path.join(bin, 'apptainer'),
    `#!/bin/bash\nprintf '%s|' "\${@//$'\\n'/ }" >>${folder}/calls\necho >>${folder}/calls\n`,
  );
  chmodSync(path.join(bin, 'apptainer'), 0o755);
  return () => readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n');
}

/** What stands after the image, and for OpenFOAM after its set-up. */
const inside = (call: string): string =>
  call
    .split('|')
    .slice(call.includes('|foam|') ? call.split('|').lastIndexOf('foam') + 1 : call.split('|').indexOf(image()) + 1)
    .join(' ')
    .trim();

describe('an official template’s job', () => {
  test('hello greets whoever it was told to, and reports its progress', () => {
    const { stdout, status } = runTemplate('custom/hello.yaml', {
      parameters: { greeting: '$(id) `x` "you"', seconds: 1 },
    });
    expect(status).toBe(0);
    expect(stdout).toContain('Hello, $(id) `x` "you"!');
    expect(readFileSync(path.join(run, '.slipway/progress'), 'utf8')).toMatch(/^100 /m);
  });

  test('shell passes the words of its arguments on, as they are', () => {
    const { stdout, status } = runTemplate('custom/shell.yaml', {
      parameters: { arguments: 'a $(touch hacked) *' },
      files: { script: ['my script.sh', 'printf "<%s>" "$@"; cat script.sh >/dev/null'] },
    });
    expect(stdout).toContain('<a><$(touch><hacked)><*>');
    expect(status).toBe(0);
  });

  test('shell ends as failed with the first command that fails', () => {
    const { stdout, status } = runTemplate('custom/shell.yaml', {
      files: { script: ['x.sh', '(exit 3)\necho after'] },
    });
    expect(status).toBe(3);
    expect(stdout).not.toContain('after');
  });

  test('python runs the script with its sample settings', () => {
    const script = readFileSync(path.join(official, 'data/python.samples/estimate_pi.py'));
    const { stdout, stderr, status } = runTemplate('data/python.yaml', {
      files: { script: ['estimate_pi.py', script], config: ['s.json', '{"rounds": 1, "darts_per_round": 1000}'] },
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('1,000 darts');
    expect(readFileSync(path.join(run, 'estimates.csv'), 'utf8')).toMatch(/^darts,estimate\r?\n1000,/);
    expect(status).toBe(0);
  });

  test('pytorch gives the script the fields of the form, once per GPU', () => {
    const calls = fakeApptainer();
    const { stderr, status } = runTemplate('ml/pytorch.yaml', {
      parameters: { gpus: 2, epochs: 3 },
      files: { training_script: ['train.py', ''], config: ['c.yml', 'model: x'] },
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(calls().map(inside)).toEqual([
      `torchrun --standalone --nproc-per-node 2 ${run}/train.py --epochs 3 --batch-size 64 --lr 0.001 --optimizer adamw --seed 0 --output checkpoints --config ${run}/c.yml`,
    ]);
  });

  test('gromacs prepares and runs, with the fields in run.mdp', () => {
    const calls = fakeApptainer();
    const { stderr, status, generated } = runTemplate('molecular/gromacs.yaml', {
      parameters: { steps: 1000, barostat: 'no' },
      files: { structure: ['water.gro', ''], topology: ['water.top', ''] },
    });
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
    const { stderr, status } = runTemplate('cfd/openfoam.yaml', {
      parameters: { processes: 2 },
      files: { case: ['my case.tar.gz', caseArchive('cavity flow')] },
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(calls().map(inside)).toEqual([
      'blockMesh',
      'checkMesh',
      'decomposePar -force',
      'mpirun --oversubscribe -np 2 simpleFoam -parallel',
      'reconstructPar',
    ]);
    expect(spawnSync('tar', ['-tzf', path.join(run, 'results.tar.gz')], { encoding: 'utf8' }).stdout).toContain(
      './system/decomposeParDict',
    );
  });

  test('openfoam says what is missing in an archive without a case', () => {
    fakeApptainer();
    writeFileSync(path.join(folder, 'readme'), '');
    const { stderr, status } = runTemplate('cfd/openfoam.yaml', {
      files: { case: ['x.tgz', spawnSync('tar', ['-cz', '-C', folder, 'readme']).stdout] },
    });
    expect(stderr).toContain('There is no system/controlDict in the archive.');
    expect(status).toBe(1);
  });

  /** Programs of clusters, each of which writes down how it was called and does no more. */
  function fakePrograms(...names: string[]): () => string[] {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    for (const name of names) {
      writeFileSync(path.join(bin, name), `#!/bin/bash\necho "\${0##*/} $*" >>${folder}/calls\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    writeFileSync(path.join(folder, 'calls'), '');
    return () => readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n');
  }
  /** An srun that runs each command once per task, as two nodes would. */
  function fakeSrun(): void {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      path.join(bin, 'srun'),
      '#!/bin/bash\ncase "$*" in *hostname*) for i in 1 2 3 4; do echo "n$(( (i + 1) / 2 ))"; done ;; *) exec "$@" ;; esac\n',
    );
    chmodSync(path.join(bin, 'srun'), 0o755);
  }
  const sample = (file: string): Buffer => readFileSync(path.join(official, file));
  const water = {
    structure: ['w.psf', sample('molecular/namd.samples/water.psf')],
    coordinates: ['w.pdb', sample('molecular/namd.samples/water.pdb')],
    force_field: ['w.prm', sample('molecular/namd.samples/water.prm')],
  } satisfies Record<string, [string, Buffer]>;

  /** What a NAMD configuration comes to: its own Tcl is run, with keywords written down instead of obeyed. */
  function namdKeywords(configuration: string, files: Record<string, string>): string[] {
    const harness = `proc unknown {name args} { puts [string trim "$name $args"] }\nproc run {args} { puts "run $args" }\nsource ${configuration}\n`;
    const slots = [
      'STRUCTURE',
      'COORDINATES',
      'FORCE_FIELD',
      'FORCE_FIELD_2',
      'FORCE_FIELD_3',
      'FORCE_FIELD_4',
      'RESTART_COORDINATES',
      'RESTART_VELOCITIES',
      'RESTART_CELL',
    ];
    const env = Object.fromEntries(slots.map((slot) => [`FILE_${slot}`, files[slot] ?? '']));
    const told = spawnSync('tclsh', {
      cwd: run,
      input: harness,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    expect(told.stderr).toBe('');
    return told.stdout
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/[{}]/g, '').replaceAll(/ +/g, ' '));
  }

  test('namd makes a configuration from the fields, and starts the build that was chosen', () => {
    const calls = fakePrograms('namd3', 'srun');
    expect(
      runTemplate('molecular/namd.yaml', { parameters: { module: '', steps: 5000, cell_x: 40 }, files: water }),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual(['namd3 +p8 +setcpuaffinity namd.conf']);
    const keywords = namdKeywords('namd.conf', {
      STRUCTURE: '/w.psf',
      COORDINATES: '/w.pdb',
      FORCE_FIELD: '/w.prm',
      FORCE_FIELD_3: '/more.prm',
    });
    expect(keywords).toEqual(
      expect.arrayContaining([
        'structure /w.psf',
        'parameters /w.prm',
        'parameters /more.prm',
        'temperature 300',
        'cellBasisVector1 40 0 0',
        'PME yes',
        'langevinPiston on',
        'timestep 2',
        'minimize 1000',
        'run 5000',
      ]),
    );
    expect(keywords.filter((line) => line.startsWith('parameters'))).toHaveLength(2);
    expect(keywords.some((line) => line.startsWith('GPUresident'))).toBe(false);

    expect(
      runTemplate('molecular/namd.yaml', {
        parameters: { module: '', program: 'namd2', build: 'mpi-smp', processes: 4, cores: 8 },
        files: water,
      }).status,
    ).toBe(127);
    fakePrograms('namd2', 'srun');
    expect(
      runTemplate('molecular/namd.yaml', {
        parameters: { module: '', program: 'namd2', build: 'mpi-smp', processes: 4, cores: 8 },
        files: water,
      }).status,
    ).toBe(0);
    expect(calls()).toEqual(['srun namd2 ++ppn 7 namd.conf']);
  });

  test('namd in constant volume without a cell asks for neither pressure nor PME', () => {
    fakePrograms('namd3');
    runTemplate('molecular/namd.yaml', {
      parameters: { module: '', ensemble: 'NVE', periodic: false, minimize: 0 },
      files: water,
    });
    const keywords = namdKeywords('namd.conf', {});
    for (const absent of ['langevin', 'langevinPiston', 'PME', 'cellBasisVector1', 'wrapAll', 'minimize'])
      expect(keywords.some((line) => line.startsWith(`${absent} `))).toBe(false);
    expect(keywords).toContain('run 500000');
  });

  test('namd says at once that constant pressure needs a cell', () => {
    fakePrograms('namd3');
    expect(
      runTemplate('molecular/namd.yaml', {
        parameters: { module: '', ensemble: 'NPT', periodic: false },
        files: water,
      }),
    ).toMatchObject({ status: 2, stderr: expect.stringContaining('needs a periodic cell') as string });
  });

  test('namd goes on from its own checkpoint for the steps that are left, and from one that was given', () => {
    fakePrograms('namd3');
    runTemplate('molecular/namd.yaml', { parameters: { module: '', steps: 5000, minimize: 1000 }, files: water });
    expect(namdKeywords('namd.conf', { RESTART_COORDINATES: '/a.coor', RESTART_CELL: '/a.xsc' })).toEqual(
      expect.arrayContaining(['binCoordinates /a.coor', 'temperature 300', 'extendedSystem /a.xsc', 'run 5000']),
    );
    for (const ending of ['coor', 'vel']) writeFileSync(path.join(run, `run.restart.${ending}`), '');
    writeFileSync(
      path.join(run, 'run.restart.xsc'),
      '# NAMD extended system configuration restart file\n#$LABELS step a_x a_y\n3000 64 0 0 0 64 0 0 0 64 0 0 0\n',
    );
    const keywords = namdKeywords('namd.conf', {});
    expect(keywords).toEqual(
      expect.arrayContaining(['binCoordinates run.restart.coor', 'firstTimestep 3000', 'run 3000']),
    );
    expect(keywords.some((line) => /^(?:minimize|temperature|cellBasisVector1) /.test(line))).toBe(false);
  });

  test('namd is given whole cycles, whatever steps were asked for', () => {
    fakePrograms('namd3');
    runTemplate('molecular/namd.yaml', {
      parameters: { module: '', steps: 4990, minimize: 1, restart_every: 999 },
      files: water,
    });
    expect(namdKeywords('namd.conf', {})).toEqual(
      expect.arrayContaining(['restartFreq 1000', 'minimize 20', 'run 5000']),
    );
  });

  test('namd on GPUs names its devices, and stays on them with NAMD 3 alone', () => {
    const calls = fakePrograms('namd3', 'namd2');
    runTemplate('molecular/namd-gpu.yaml', { parameters: { module: '', gpus: 2, cores: 6 }, files: water });
    expect(calls()).toEqual(['namd3 +p6 +setcpuaffinity +devices 0,1 namd.conf']);
    expect(namdKeywords('namd.conf', {})).toContain('GPUresident on');
    runTemplate('molecular/namd-gpu.yaml', { parameters: { module: '', program: 'namd2' }, files: water });
    expect(namdKeywords('namd.conf', {})).not.toContain('GPUresident on');
  });

  test('lammps gives variables and styles to the input script', () => {
    fakeSrun();
    const calls = fakePrograms('lmp');
    const { status, stderr } = runTemplate('molecular/lammps.yaml', {
      parameters: { module: '', styles: 'omp', threads: 2, variables: 'T=1.5 P=0' },
      files: { input: ['melt.in', sample('molecular/lammps.samples/melt.in')] },
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(calls()).toEqual([`lmp -in ${run}/melt.in -log log.lammps -sf omp -pk omp 2 -var T 1.5 -var P 0`]);
  });

  test('a sweep runs the row of each task with its columns as options, in a folder of its own', () => {
    const files: Record<string, [string, string]> = {
      script: ['decay.py', 'import sys; print(sys.argv[1:])'],
      table: ['r.csv', 'rate,frequency,note\n0.5,1.0,"a, b"\n2.0,,\n'],
    };
    const task = (number: number) =>
      runTemplate('data/python-sweep.yaml', {
        parameters: { arguments: '--steps 3' },
        files,
        env: { SLURM_ARRAY_TASK_ID: String(number) },
      });
    expect(task(1).stdout).toContain("['--rate', '0.5', '--frequency', '1.0', '--note', 'a, b', '--steps', '3']");
    expect(task(2).stdout).toContain("['--rate', '2.0', '--steps', '3']");
    expect(task(3)).toMatchObject({ status: 0, stdout: expect.stringContaining('The table has no row 3') as string });
  });

  test('a sweep’s sample makes a curve for each row', () => {
    const files = {
      script: ['decay.py', sample('data/python-sweep.samples/decay.py')],
      table: ['rates.csv', sample('data/python-sweep.samples/rates.csv')],
    } satisfies Record<string, [string, Buffer]>;
    expect(runTemplate('data/python-sweep.yaml', { files, env: { SLURM_ARRAY_TASK_ID: '3' } })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('rate 1.0, frequency 2.0') as string,
    });
    expect(readFileSync(path.join(run, 'task-3/curve.csv'), 'utf8').trim().split('\n')).toHaveLength(201);
  });

  test('r gives the script its arguments and as many threads as cores', () => {
    const calls = fakePrograms('Rscript');
    expect(
      runTemplate('data/r.yaml', { parameters: { arguments: '1000' }, files: { script: ['darts.R', ''] } }),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual(['Rscript --version', `Rscript --no-save --no-restore ${run}/darts.R 1000`]);
  });

  test('mpi compiles by the language of the source, and starts the program', () => {
    const calls = fakePrograms('mpicc', 'srun', 'mpirun');
    expect(
      runTemplate('custom/mpi.yaml', {
        parameters: { module: '', pmi: 'pmix', arguments: 'a b' },
        files: { source: ['ring.c', ''] },
      }),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual([`mpicc -O2 -o program ${run}/ring.c -lm`, `srun --mpi=pmix ${run}/program a b`]);
    fakePrograms();
    expect(
      runTemplate('custom/mpi.yaml', {
        parameters: { module: '', launcher: 'mpirun', program: '/opt/my program', processes: 2 },
      }),
    ).toMatchObject({ status: 0 });
    expect(calls()).toEqual(['mpirun -np 2 /opt/my program']);
    expect(runTemplate('custom/mpi.yaml', { parameters: { module: '' } })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Add a source file') as string,
    });
  });

  test('tensorflow gives the script the fields of the form', () => {
    const calls = fakeApptainer();
    expect(
      runTemplate('ml/tensorflow.yaml', {
        parameters: { epochs: 3, precision: 'mixed_float16' },
        files: { training_script: ['train.py', ''] },
      }),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(calls().map(inside)).toEqual([
      `python ${run}/train.py --epochs 3 --batch-size 64 --lr 0.001 --precision mixed_float16 --seed 0 --output checkpoints --logs logs`,
    ]);
  });

  test('jupyter says how to reach it, with a token that nobody can guess', () => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(
      path.join(bin, 'apptainer'),
      `#!/bin/bash\nprintf '%s\\n' "$*" >>${folder}/calls\ncase "$*" in *python3\\ -c*) echo 43210 ;; esac\n`,
    );
    chmodSync(path.join(bin, 'apptainer'), 0o755);
    const { status, stdout } = runTemplate('ml/jupyter.yaml', { parameters: { login: 'login.site.edu', idle: 5 } });
    expect(status).toBe(0);
    expect(stdout).toMatch(/ssh -N -L 8888:\S+:43210 \S+@login\.site\.edu/);
    expect(readFileSync(path.join(run, 'jupyter-token'), 'utf8')).toMatch(/^[0-9a-f]{48}\n$/);
    expect(stdout).toContain(`cat ${run}/jupyter-token`);
    expect(stdout).not.toMatch(/[0-9a-f]{48}/);
    expect(readFileSync(path.join(folder, 'calls'), 'utf8')).toMatch(
      /jupyter lab --no-browser --ip=\S+ --port=43210 --port-retries=0 .*shutdown_no_activity_timeout=300 .*cull_connected=True --TerminalManager.cull_inactive_timeout=300/,
    );
    expect(readFileSync(path.join(folder, 'calls'), 'utf8')).not.toMatch(/[0-9a-f]{48}/);
  });

  test('fluent reads, begins, solves and writes by a journal of its own, on the hosts of the job', () => {
    fakeSrun();
    const calls = fakePrograms('fluent');
    const slurm = { SLURM_NTASKS: '4' };
    expect(
      runTemplate('cfd/fluent.yaml', {
        parameters: { module: '', iterations: 20, mpi: 'intel' },
        files: { case: ['pipe.cas.h5', ''] },
        env: slurm,
      }),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual(['fluent 3ddp -g -t4 -cnf=hosts.txt -i run.jou -mpi=intel']);
    expect(readFileSync(path.join(run, 'hosts.txt'), 'utf8')).toBe('n1\nn1\nn2\nn2\n');
    expect(readFileSync(path.join(run, 'run.jou'), 'utf8').split('\n')).toEqual([
      '/file/set-batch-options no yes yes no',
      `/file/read-case "${run}/pipe.cas.h5"`,
      '/solve/initialize/hyb-initialization',
      '/solve/iterate 20',
      '/file/write-case-data "result.cas.h5"',
      '/exit yes',
      '',
    ]);
    runTemplate('cfd/fluent.yaml', {
      parameters: { module: '', time_steps: 7, iterations: 20 },
      files: { case: ['pipe.cas.h5', ''], data: ['pipe.dat.h5', ''] },
      env: slurm,
    });
    expect(readFileSync(path.join(run, 'run.jou'), 'utf8')).toMatch(
      /read-data "[^"]+pipe\.dat\.h5"\n\/solve\/dual-time-iterate 7 20\n/,
    );
  });

  test('abaqus is told the hosts, and an analysis that did not complete is a failed job', () => {
    fakeSrun();
    const calls = fakePrograms('abaqus');
    const given = {
      parameters: { module: '' },
      files: { input: ['beam.inp', sample('structural/abaqus.samples/cantilever.inp')] as [string, Buffer] },
      env: { SLURM_NTASKS: '4', TMPDIR: folder },
    };
    writeFileSync(path.join(run, 'job.sta'), ' THE ANALYSIS HAS COMPLETED SUCCESSFULLY\n');
    expect(runTemplate('structural/abaqus.yaml', given)).toMatchObject({ status: 0, stderr: '' });
    // a scratch folder that nobody could have made before it, and gone afterwards
    const [scratch = ''] = /(?<=scratch=)\S+/.exec(calls()[0] ?? '') ?? [];
    expect(scratch.startsWith(`${folder}/abaqus-7.`)).toBe(true);
    expect(existsSync(scratch)).toBe(false);
    expect(calls()).toEqual([
      `abaqus job=job input=${run}/beam.inp cpus=4 mp_mode=mpi memory=90 % double=both scratch=${scratch} interactive`,
    ]);
    expect(readFileSync(path.join(run, 'abaqus_v6.env'), 'utf8')).toContain("mp_host_list = [['n1', 2], ['n2', 2]]");
    writeFileSync(path.join(run, 'job.sta'), ' THE ANALYSIS HAS NOT BEEN COMPLETED\n');
    expect(runTemplate('structural/abaqus.yaml', given)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did not complete') as string,
    });
  });

  test('ansys-mechanical is told the hosts, and its exit code 8 is a completed run where it counted no errors', () => {
    fakeSrun();
    const bin = path.join(folder, 'bin');
    const program = (code: number): void => {
      writeFileSync(
        path.join(bin, 'ansys242'),
        `#!/bin/bash\necho "$*" >${folder}/calls\necho solved >solve.out\nexit ${String(code)}\n`,
      );
      chmodSync(path.join(bin, 'ansys242'), 0o755);
    };
    program(8);
    const given = {
      parameters: { module: '', gpus: 1 },
      files: { input: ['ds.dat', ''] as [string, string] },
      env: { SLURM_NTASKS: '4' },
    };
    expect(runTemplate('structural/ansys-mechanical.yaml', given)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('solved') as string,
    });
    expect(readFileSync(path.join(folder, 'calls'), 'utf8').trim()).toBe(
      `-b nolist -dis -np 4 -j file -dir ${run} -i ${run}/ds.dat -o solve.out -machines n1:2:n2:2 -acc nvidia -na 1`,
    );
    writeFileSync(
      path.join(bin, 'ansys242'),
      '#!/bin/bash\necho " NUMBER OF ERROR   MESSAGES ENCOUNTERED=          2" >solve.out\nexit 8\n',
    );
    expect(runTemplate('structural/ansys-mechanical.yaml', given).status).toBe(8);
    program(15);
    expect(runTemplate('structural/ansys-mechanical.yaml', given).status).toBe(15);
  });
});
