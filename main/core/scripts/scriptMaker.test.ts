import { inEnglish } from '../../../shared/domain/problem/testing/inEnglish.ts';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ClusterFacts, Partition } from '../../../shared/domain/cluster/profile.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { RunId } from '../../../shared/domain/ids.ts';
import type { Template } from '../../../shared/domain/template/schema.ts';
import { effectiveRequest } from '../../../shared/domain/request/effectiveRequest.ts';
import { createScriptMaker } from './scriptMaker.ts';
import { runScript } from './testing/runScript.ts';
import {
  sampleDraft,
  sampleFile,
  sampleParameter,
  sampleProfile,
  sampleSlot,
  sampleTemplate,
} from './testing/samples.ts';

const maker = createScriptMaker();
const make = (
  template: Partial<Template> = {},
  draft: Partial<Draft> = {},
  facts: ClusterFacts | null = null,
  runId: RunId | null = null,
) => {
  const { problems, ...made } = maker.make({
    template: sampleTemplate(template),
    draft: sampleDraft(draft),
    profile: sampleProfile,
    facts,
    runId,
  });
  return { ...made, problems: inEnglish(problems) };
};

const lines = (text: string): string[] => text.split('\n');
const directives = (text: string): string[] =>
  lines(text)
    .filter((line) => line.startsWith('#SBATCH'))
    .map((line) => line.slice('#SBATCH '.length));
const script = (mainExec: string, postExec = '', preExec = ''): Partial<Template> => ({
  script: { preExec, mainExec, postExec },
});

/** The fixture in use on a cluster, in our own form. */
const pytorch = {
  id: 'pytorch-training-v1',
  slurm: {
    partition: 'gpu',
    nodes: 1,
    ntasks: 1,
    cpus_per_task: 8,
    mem: '32G',
    time: '04:00:00',
    gres: 'gpu:1',
    constraint: 'gpu_v100|gpu_a100',
  },
  image: {
    mode: 'fixed',
    partition: null,
    userSelectable: false,
    allowedImages: ['pytorch_cuda.sif'],
    app: 'python',
    bind: ['/shared/datasets:/datasets:ro', '/shared/models:/models:rw'],
  },
  files: [
    sampleSlot('training_script', '*.py'),
    sampleSlot('config', 'config.yaml'),
    sampleSlot('pretrained_model', '*.pth', { required: false }),
  ],
  script: {
    preExec: '#!/bin/bash\nmkdir -p $SLURM_SUBMIT_DIR/data\n',
    mainExec: '#!/bin/bash\napptainer exec --nv $APPTAINER_IMAGE \\\n  python training_script.py\n',
    postExec: '#!/bin/bash\ncp -r checkpoints /shared/results/$SLURM_JOB_ID/\n',
  },
} satisfies Partial<Template>;
const pytorchDraft = {
  jobName: 'resnet-lr3',
  imagePath: '/opt/apptainers/pytorch_cuda.sif',
  files: [
    sampleFile(1, 'my train.py', 'training_script'),
    sampleFile(2, 'config.yaml', 'config'),
    sampleFile(3, 'notes.txt', null),
  ],
} satisfies Partial<Draft>;

describe('the script', () => {
  it('begins with the directives in a fixed order', () => {
    expect(directives(make(pytorch, pytorchDraft).text)).toEqual([
      '--job-name=resnet-lr3',
      '--partition=gpu',
      '--nodes=1',
      '--ntasks=1',
      '--cpus-per-task=8',
      '--mem=32G',
      '--time=04:00:00',
      '--gres=gpu:1',
      '--constraint=gpu_v100|gpu_a100',
      '--output=slurm-%j.out',
      '--error=slurm-%j.err',
      '--open-mode=append',
    ]);
  });

  it('asks for what the person chose in place of what it excludes of the template, and says so there', () => {
    const { text, problems } = make(pytorch, { ...pytorchDraft, resources: { mem_per_cpu: '4G', gpus: '2' } });
    expect(directives(text)).toEqual(expect.arrayContaining(['--mem-per-cpu=4G', '--gpus=2']));
    expect(directives(text).filter((line) => /^--(?:mem=|gres)/.test(line))).toEqual([]);
    expect(
      problems.filter(({ rule }) => rule === 'option-replaced').map(({ field, message }) => [field, message]),
    ).toEqual([
      ['resources.mem', 'The template’s Memory per node (32G) is not asked for: Memory per CPU takes its place.'],
      ['resources.gres', 'The template’s Generic resources (gpu:1) is not asked for: GPUs takes its place.'],
    ]);
  });

  it('of options that exclude each other is not sent, and one click leaves one of them out', () => {
    const { problems } = make(pytorch, { ...pytorchDraft, resources: { mem: '1G', mem_per_cpu: '4G' } });
    expect(problems.filter(({ rule }) => rule === 'option-excluded')).toMatchObject([
      { severity: 'error', field: 'resources.mem', fix: { field: 'resources.mem', value: '' } },
    ]);
    expect(
      make(pytorch, { ...pytorchDraft, resources: { mem: '', mem_per_cpu: '4G' } }).problems.filter(({ rule }) =>
        rule.startsWith('option-'),
      ),
    ).toEqual([]);
  });

  it('then sets what the person chose, once each, quoted', () => {
    const { text } = make(pytorch, pytorchDraft);
    expect(lines(text).filter((line) => line.startsWith('export') && !line.includes('SLIPWAY_PROGRESS'))).toEqual([
      'export SLIPWAY_RUN_ID=PREVIEW',
      'export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"',
      `export FILE_TRAINING_SCRIPT="$SLIPWAY_RUN_DIR"/'my train.py'`,
      'export FILE_CONFIG="$SLIPWAY_RUN_DIR"/config.yaml',
      'export FILE_PRETRAINED_MODEL=',
      'export INPUT_FILE_COUNT=3',
      `export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my train.py'`,
      'export INPUT_FILE_1="$SLIPWAY_RUN_DIR"/config.yaml',
      'export INPUT_FILE_2="$SLIPWAY_RUN_DIR"/notes.txt',
      'export APPTAINER_IMAGE=/opt/apptainers/pytorch_cuda.sif',
      'export APPTAINER_BIND="${APPTAINER_BIND:+$APPTAINER_BIND,}"/shared/datasets:/datasets:ro,/shared/models:/models:rw',
      'export IMAGE_APP=python',
      'export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"',
      'export APPTAINERENV_PYTHONNOUSERSITE="${APPTAINERENV_PYTHONNOUSERSITE:-1}"',
      'export APPTAINER_TMPDIR="${APPTAINER_TMPDIR:-$slipway_tmp}" APPTAINER_CACHEDIR="${APPTAINER_CACHEDIR:-$slipway_tmp}"',
    ]);
    expect(text).toContain(`ln -sfn -- 'my train.py' training_script.py\n`);
  });

  it('names the app that the person chose in place of the template’s, or none', () => {
    const apps = (imageApp: string | null): string[] =>
      lines(make(pytorch, { ...pytorchDraft, imageApp }).text).filter((line) => line.includes('IMAGE_APP='));
    expect(apps('gmx mpi')).toEqual(["export IMAGE_APP='gmx mpi'"]);
    expect(apps(null)).toEqual([]);
  });

  it('keeps the template’s own commands as they are, without their #! lines', () => {
    const { text } = make(pytorch, pytorchDraft);
    expect(text).toContain('\n# --- Main ---\napptainer exec --nv $APPTAINER_IMAGE \\\n  python training_script.py\n');
    expect(text.match(/^#!/gm)).toHaveLength(1);
  });

  it('is the same to the byte for the same input, and differs from the submitted one by the run id alone', () => {
    const runId = RunId.parse('r0123456789ab');
    const preview = make(pytorch, pytorchDraft).text;
    expect(make(pytorch, pytorchDraft).text).toBe(preview);
    expect(make(pytorch, pytorchDraft, null, runId).text).toBe(preview.replace('PREVIEW', runId));
  });

  it('names the lines of each form field', () => {
    const template = {
      ...pytorch,
      slurm: { ...pytorch.slurm, time: '{{walltime}}' },
      parameters: [sampleParameter('walltime', { type: 'duration', default: '02:00:00' })],
    };
    const { text, spans } = make(template, pytorchDraft);
    const of = (field: string): string[] =>
      spans.filter((span) => span.field === field).flatMap(({ from, to }) => lines(text).slice(from - 1, to));
    expect(of('jobName')).toEqual(['#SBATCH --job-name=resnet-lr3']);
    expect(of('resources.mem')).toEqual(['#SBATCH --mem=32G']);
    expect(of('resources.time')).toEqual(['#SBATCH --time=02:00:00']);
    expect(of('parameters.walltime')).toEqual(['#SBATCH --time=02:00:00', 'export PARAM_WALLTIME=02:00:00']);
    expect(of('image')).toEqual(['export APPTAINER_IMAGE=/opt/apptainers/pytorch_cuda.sif']);
    expect(of('files.training_script')).toEqual([
      `export FILE_TRAINING_SCRIPT="$SLIPWAY_RUN_DIR"/'my train.py'`,
      `export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my train.py'`,
      `ln -sfn -- 'my train.py' training_script.py`,
    ]);
  });

  it('writes array tasks’ output apart, where it is looked for', () => {
    expect(directives(make({}, { resources: { array: '0-9%2' } }).text).slice(-4)).toEqual([
      '--array=0-9%2',
      '--output=slurm-%A_%a.out',
      '--error=slurm-%A_%a.err',
      '--open-mode=append',
    ]);
  });

  it('has no DOS line ends, which sbatch refuses', () => {
    const { text } = make({
      ...script('#!/bin/bash\r\necho one\r\necho two\r\n'),
      parameters: [sampleParameter('note', { default: 'a\r\nb' })],
    });
    expect(text).not.toContain('\r');
    expect(text).toContain('\necho one\necho two\n');
  });

  it('loads modules and ends where they cannot be loaded', () => {
    expect(make({ modules: ['cuda/12.1', 'gromacs'] }).text).toContain('\nmodule load cuda/12.1 gromacs || exit 1\n');
    expect(make({ modules: ['x; touch pwned'] })).toMatchObject({
      text: expect.not.stringContaining('pwned') as string,
      problems: [{ rule: 'module-invalid', severity: 'error' }, {}],
    });
  });

  it('loads the modules that a parameter names, several or none, and maps the line to it', () => {
    const template = {
      modules: ['gcc', '{{module}}'],
      parameters: [sampleParameter('module', { default: 'namd/3.0 cuda/12' })],
    };
    const { text, spans } = make(template);
    expect(text).toContain('\nmodule load gcc namd/3.0 cuda/12 || exit 1\n');
    const line = lines(text).indexOf('module load gcc namd/3.0 cuda/12 || exit 1') + 1;
    expect(spans.some(({ field, from, to }) => field === 'parameters.module' && from <= line && line <= to)).toBe(true);
    expect(make(template, { parameters: { module: '' } }).text).toContain('\nmodule load gcc || exit 1\n');
    expect(make(template, { parameters: { module: 'x; touch pwned' } })).toMatchObject({
      text: expect.not.stringMatching(/module load.*pwned/) as string,
      problems: expect.arrayContaining([
        expect.objectContaining({ rule: 'module-invalid', field: 'parameters.module' }),
      ]) as unknown[],
    });
  });

  it('fills parameters into the files that the template generates', () => {
    const generatedFiles = [
      { name: 'run.mdp', content: 'nsteps = {{steps}}\n' },
      { name: '../x', content: '{{nobody}}' },
    ];
    const { files, problems } = make({
      generatedFiles,
      parameters: [sampleParameter('steps', { type: 'integer', default: 5000 })],
    });
    expect(files[0]).toEqual({ name: 'run.mdp', text: 'nsteps = 5000\n' });
    expect(problems.map((found) => found.rule)).toEqual([
      'placeholder-unknown',
      'generated-file-name',
      'limits-unchecked',
    ]);
  });
});

describe('in bash', () => {
  it('a failing main is not hidden by post, which does not run', () => {
    const run = runScript(make(script('false', 'echo post')).text);
    expect(run).toMatchObject({ exitCode: 1, stdout: '', stderr: '' });
    expect(run.exitFile).toMatch(/^1 \d+ 0\n$/);
  });

  it('post runs after a main that succeeded, and its own failure counts', () => {
    expect(runScript(make(script('echo main', 'echo post')).text)).toMatchObject({
      exitCode: 0,
      stdout: 'main\npost\n',
    });
    const run = runScript(make(script('true', 'cp nothing nowhere 2>/dev/null || exit 4')).text);
    expect(run.exitCode).toBe(4);
    expect(run.exitFile).toMatch(/^4 \d+ 0\n$/);
  });

  it.each(['exit 7', 'set -euo pipefail\n(exit 7)', '(exit 7) \\', `bash -c 'exit 7'\n# done`])(
    'the exit code of main is the job’s: %j',
    (mainExec) => {
      const run = runScript(make(script(mainExec)).text);
      expect(run.exitCode).toBe(7);
      expect(run.exitFile).toMatch(/^7 \d+ 0\n$/);
    },
  );

  it('what pre sets and where it goes is there in main', () => {
    expect(runScript(make(script('echo "$A in ${PWD##*/}"', '', 'A=1\nmkdir sub\ncd sub')).text).stdout).toBe(
      '1 in sub\n',
    );
  });

  it('every slot’s file has its slot’s name, and the variables lead to it', () => {
    const template = {
      ...script(
        'cat "$FILE_TRAINING_SCRIPT" training_script.py "${FILE_PRETRAINED_MODEL:-/dev/null}"',
        '',
        `printf x >'my train.py'`,
      ),
      files: pytorch.files,
    };
    expect(runScript(make(template, { files: pytorchDraft.files }).text)).toMatchObject({
      exitCode: 0,
      stdout: 'xx',
      stderr: '',
    });
  });

  it('counts its files from 0 and says how many there are; in a job without files that is none', () => {
    const template = {
      ...script(
        'i=0\nwhile [ "$i" -lt "$INPUT_FILE_COUNT" ]; do name=INPUT_FILE_$i; echo "${!name##*/}"; i=$((i + 1)); done',
      ),
      files: [sampleSlot('mesh', '*.msh')],
    };
    expect(
      runScript(make(template, { files: [sampleFile(1, 'notes.txt', null), sampleFile(2, 'part.msh', 'mesh')] }).text)
        .stdout,
    ).toBe('part.msh\nnotes.txt\n');
    expect(runScript(make(template).text).stdout).toBe('');
  });

  it('runs by hand too, outside Slurm', () => {
    expect(runScript(make(script('echo "${SLURM_JOB_ID:-none}"')).text, { jobId: '' })).toMatchObject({
      exitCode: 0,
      stdout: 'none\n',
      exitFile: null,
    });
  });

  it.runIf(spawnSync('shellcheck', ['--version']).status === 0)(
    'what Slipway writes itself has nothing that shellcheck warns of',
    () => {
      const template = {
        ...pytorch,
        ...script('apptainer exec "$APPTAINER_IMAGE" true', 'true', 'true'),
        modules: ['cuda'],
        parameters: [sampleParameter('note', { default: `it's "$x"` })],
      };
      const result = spawnSync('shellcheck', ['--shell=bash', '--severity=warning', '-'], {
        input: make(template, { ...pytorchDraft, resources: { array: '1-3' } }).text,
        encoding: 'utf8',
      });
      expect(result.stdout).toBe('');
      expect(result.status).toBe(0);
    },
  );
});

describe('what stops a submission, or should be known before', () => {
  const problems = (template: Partial<Template>, draft: Partial<Draft> = {}) =>
    make(template, draft).problems.filter((found) => found.rule !== 'limits-unchecked');

  it('a job name with spaces, with a name that would do', () => {
    expect(problems({}, { jobName: 'my job' })).toMatchObject([
      { rule: 'job-name-invalid', severity: 'error', field: 'jobName', fix: { field: 'jobName', value: 'my-job' } },
    ]);
    expect(problems({}, { jobName: '' })).toMatchObject([{ rule: 'job-name-missing', fix: { value: 'sample' } }]);
  });

  it('a value that Slurm would not understand, at its field, with the nearest that it would', () => {
    const { text, problems: all } = make({}, { resources: { time: '36h' } });
    expect(all[0]).toMatchObject({
      rule: 'slurm-value-invalid',
      code: 4007,
      severity: 'error',
      field: 'resources.time',
      fix: { field: 'resources.time', value: '36:00:00' },
    });
    expect(directives(text).join()).not.toContain('time');
  });

  it('a template’s own output path, which is not used', () => {
    expect(problems({ slurm: { mem: '1G', time: 10, output: 'logs/%j.out' } })).toMatchObject([
      { rule: 'slurm-option-ours', severity: 'warning', field: 'resources.output' },
    ]);
  });

  it('an option that only sbatch may know, which is passed on', () => {
    const { text, problems: all } = make({}, { resources: { site_option: 'x' } });
    expect(directives(text)).toContain('--site-option=x');
    expect(all[0]).toMatchObject({ rule: 'slurm-option-unknown', severity: 'info' });
  });

  it('a placeholder for a parameter that there is not', () => {
    expect(problems({ slurm: { mem: '1G', time: '{{walltime}}' } })).toMatchObject([
      { rule: 'placeholder-unknown', field: 'resources.time', severity: 'error' },
      { rule: 'cost-unknown' },
    ]);
  });

  it('no image, or another than the template allows', () => {
    const image = { ...sampleTemplate().image, mode: 'fixed' as const, allowedImages: ['a.sif'] };
    const uses = { image, ...script('apptainer exec "$APPTAINER_IMAGE" true') };
    expect(problems(uses)).toMatchObject([
      { rule: 'image-required', code: 3003, field: 'image', hint: expect.stringContaining('a.sif') as string },
    ]);
    expect(problems(uses, { imagePath: '/opt/b.sif' })).toMatchObject([{ rule: 'image-not-allowed', code: 3002 }]);
    expect(problems(uses, { imagePath: 'a.sif' })).toMatchObject([{ rule: 'image-path', severity: 'error' }]);
    expect(problems({ image }, { imagePath: '/opt/a.sif' })).toMatchObject([
      { rule: 'image-wrapped', severity: 'info' },
    ]);
    expect(problems(uses, { imagePath: '/opt/a.sif' })).toEqual([]);
  });

  it('a bind with other options than ro and rw', () => {
    const image = { ...sampleTemplate().image, mode: 'any' as const, bind: ['/a:/b:rw', '/c:/d:exec'] };
    expect(
      problems({ image, ...script('apptainer run "$APPTAINER_IMAGE"') }, { imagePath: '/opt/a.sif' }),
    ).toMatchObject([{ rule: 'bind-invalid', message: expect.stringContaining('/c:/d:exec') as string }]);
  });

  it('an image of which the rule asks what is not known, which may be used', () => {
    const image = { ...sampleTemplate().image, mode: 'partition' as const, partition: 'gpu' };
    const made = make({ image, ...script('apptainer run "$APPTAINER_IMAGE"') }, { imagePath: '/opt/a.sif' });
    expect(made.problems[0]).toMatchObject({ rule: 'image-unsure', severity: 'info', field: 'image' });
    expect(made.text).toContain('export APPTAINER_IMAGE=/opt/a.sif');
  });

  it('a bind that is no pair of whole paths, since variables are not replaced in it', () => {
    const image = { ...sampleTemplate().image, mode: 'any' as const, bind: ['$HOME/data:/data', '/ok:/ok'] };
    const made = make({ image, ...script('apptainer run "$APPTAINER_IMAGE"') }, { imagePath: '/opt/a.sif' });
    expect(made.problems[0]).toMatchObject({ rule: 'bind-invalid', severity: 'error' });
    expect(made.text).not.toContain('$HOME/data');
  });

  it('a section for another interpreter, or with directives that have no effect there', () => {
    expect(problems(script('#!/usr/bin/env python3\nprint(1)'))).toMatchObject([
      { rule: 'section-interpreter', severity: 'warning' },
    ]);
    expect(problems(script('#!/usr/bin/env bash\n#SBATCH --mem=1G\ntrue'))).toMatchObject([
      { rule: 'section-directive', severity: 'warning' },
    ]);
  });

  it('a NUL in a parameter: an error, and a script that is still whole', () => {
    const made = make({ parameters: [sampleParameter('note')] }, { parameters: { note: 'a\0b' } });
    expect(made.problems.map((found) => found.severity)).toContain('error');
    expect(made.text).toContain('PARAM_NOTE=ab\n');
  });

  it('a cluster whose limits are not known yet', () => {
    expect(make().problems).toMatchObject([{ rule: 'limits-unchecked', severity: 'info' }]);
  });
});

describe('a field that follows another field', () => {
  const template = {
    slurm: { time: '01:00:00', ntasks: '{{tasks}}' },
    parameters: [
      sampleParameter('size', { default: 'small' }),
      sampleParameter('tasks', {
        type: 'integer',
        label: 'Tasks',
        default: 1,
        max: 4,
        rules: [{ when: [{ field: 'size', is: 'large' }], default: 8, max: 16 }],
      }),
    ],
  } satisfies Partial<Template>;

  it('reaches directives and variables as the others have it', () => {
    expect(directives(make(template).text)).toContain('--ntasks=1');
    const { text, problems } = make(template, { parameters: { size: 'large' } });
    expect(directives(text)).toContain('--ntasks=8');
    expect(lines(text)).toContain('export PARAM_TASKS=8');
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('keeps what was written, and is an error where that is too much', () => {
    const { text, problems } = make(template, { parameters: { tasks: 9 } });
    expect(directives(text)).toContain('--ntasks=9');
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { rule: 'parameter-range', field: 'parameters.tasks', fix: { value: 4 } },
    ]);
    expect(
      make(template, { parameters: { tasks: 9, size: 'large' } }).problems.filter(
        ({ severity }) => severity === 'error',
      ),
    ).toEqual([]);
  });
});

describe('a field that follows a limit of the partition', () => {
  const gpu = Partition.parse({
    name: 'gpu',
    isDefault: true,
    state: 'UP',
    maxTime: 4 * 3600,
    defaultTime: null,
    maxNodes: null,
    totalNodes: 4,
    cpusPerNode: 16,
    memoryPerNode: 64 * 1024 ** 3,
    cpus: { allocated: 0, idle: 64, other: 0, total: 64 },
    nodesByState: {},
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
  });
  const facts = ClusterFacts.parse({
    clusterName: 'cedar',
    slurmVersion: '23.11',
    user: 'mia',
    home: '/home/mia',
    loginHost: 'login1',
    partitions: [gpu, { ...gpu, name: 'long', isDefault: false, maxTime: 48 * 3600 }],
    associations: null,
    maxArraySize: null,
    clockOffset: 0,
    overridingVariables: [],
    takenAt: 0,
  });
  const template = {
    slurm: { partition: '{{queue}}', mem: '1G', time: '{{walltime}}' },
    parameters: [
      sampleParameter('queue', { default: 'gpu' }),
      sampleParameter('walltime', {
        type: 'duration',
        default: '12:00:00',
        label: 'Time',
        limit: 'partition.max_time',
      }),
    ],
  } satisfies Partial<Template>;
  it('takes nothing that belongs to Slipway from a template or from the form, by whatever beginning of its name', () => {
    const plain = make();
    for (const key of [
      'cluster',
      'clusters',
      'job_nam',
      'job_name',
      'outp',
      'output',
      'err',
      'chd',
      'wra',
      'open_m',
      'pars',
      'o',
      'clus',
    ]) {
      for (const tried of [make({ slurm: { [key]: 'elsewhere' } }), make({}, { resources: { [key]: 'elsewhere' } })]) {
        expect([key, tried.text.includes('elsewhere')]).toEqual([key, false]);
        expect([key, tried.problems.some(({ field }) => field === `resources.${key}`)]).toEqual([key, true]);
      }
    }
    expect(plain.text).toContain('#SBATCH --job-name=');
  });

  it('says of a default in the login that it is not used, where the request leaves it open', () => {
    const told = (resources: Draft['resources']): (string | null)[] =>
      make(
        {},
        { resources },
        { ...facts, overridingVariables: ['SBATCH_ACCOUNT', 'SBATCH_TIMELIMIT', 'SBATCH_GRES_FLAGS'] },
      )
        .problems.filter(({ rule }) => rule === 'login-default-unused')
        .map(({ field }) => field);
    expect(told({ time: '1:00:00' })).toEqual(['resources.account']);
    expect(told({ time: '1:00:00', account: 'chem' })).toEqual([]);
  });

  const errors = (draft: Partial<Draft>, known: ClusterFacts | null = facts) =>
    make(template, draft, known).problems.filter(({ severity }) => severity === 'error');

  it('is told at the field alone, though the request is over the limit as well', () => {
    expect(errors({})).toMatchObject([
      {
        rule: 'parameter-over-partition-limit',
        field: 'parameters.walltime',
        message: 'Time: at most 4 h in “gpu”; 12 h is asked for.',
        fix: { label: 'Use 4 h', value: '04:00:00' },
      },
    ]);
  });

  it('fits in another partition, and whatever it is while nothing is known of the cluster', () => {
    expect(errors({ parameters: { queue: 'long' } })).toEqual([]);
    expect(errors({ resources: { partition: 'long' } })).toEqual([]);
    expect(errors({}, null)).toEqual([]);
  });
});

describe('the price', () => {
  it('of 1 node, 2 GB, 2 h is $1.04, of 2 nodes, 16 GB, 4 h $4.64', () => {
    expect(make().cost).toMatchObject({
      total: 1.04,
      lines: [
        { kind: 'nodes', amount: 1 },
        { kind: 'memory', amount: 0.04 },
      ],
    });
    expect(make({}, { resources: { nodes: 2, mem: '16G', time: '04:00:00' } }).cost).toMatchObject({ total: 4.64 });
  });

  it('is not named where nobody has set the cluster’s rates', () => {
    const { cost, problems: said } = createScriptMaker(() => 0).make({
      template: sampleTemplate(),
      draft: sampleDraft(),
      profile: { ...sampleProfile, rates: null },
      facts: null,
      runId: null,
    });
    expect(cost).toEqual({ currency: null, total: null, lines: [], billing: null });
    expect(said.filter(({ rule }) => rule.startsWith('cost'))).toEqual([]);
  });

  it('is not that of another job where a value cannot be used', () => {
    expect(make({}, { resources: { mem: 'much' } }).cost).toBeNull();
  });

  it('of an array is that of all its tasks', () => {
    expect(make({}, { resources: { array: '0-9' } }).cost?.total).toBe(10.4);
  });

  it('is not known without a time limit, which is said', () => {
    expect(make({}, { resources: { time: 'UNLIMITED' } })).toMatchObject({
      cost: null,
      problems: [{}, { rule: 'cost-unknown', severity: 'info', field: 'resources.time' }],
    });
    expect(make({}, { resources: { time: '' } }).cost).toBeNull();
  });
});

describe('the effective request', () => {
  it('is the template’s, with parameters filled in, and the person’s over it; an empty one takes away', () => {
    const template = sampleTemplate({
      slurm: { partition: 'gpu', 'cpus-per-task': 8, time: '{{hours}}:00:00', account: '{{account}}', mem: '1G' },
    });
    expect(effectiveRequest(template, { mem: '2G', partition: '', qos: ' high ' }, { hours: 3, account: '' })).toEqual({
      cpus_per_task: 8,
      time: '3:00:00',
      mem: '2G',
      qos: 'high',
    });
  });

  it('asks for nothing where all fields of a value are empty', () => {
    const template = sampleTemplate({
      slurm: { array: '{{first}}-{{last}}', mail_type: '{{mail}}', gres: 'gpu:{{kind}}' },
    });
    expect(effectiveRequest(template, {}, { first: '', last: '', mail: [], kind: '' })).toEqual({});
    expect(effectiveRequest(template, {}, { first: 1, last: '', mail: ['END'] })).toEqual({
      array: '1-',
      mail_type: 'END',
      gres: 'gpu:{{kind}}',
    });
  });

  it('asks for no GRES at all where it asks for none of it', () => {
    const asked = (slurm: Template['slurm']): unknown => effectiveRequest(sampleTemplate({ slurm }), {}, { gpus: 0 });
    expect(asked({ gres: 'gpu:{{gpus}}' })).toEqual({});
    expect(asked({ gres: 'gpu:a100:0,tmp:10G' })).toEqual({ gres: 'tmp:10G' });
    expect(asked({ gpus: '{{gpus}}', gpus_per_node: 'a100:2' })).toEqual({ gpus_per_node: 'a100:2' });
    expect(asked({ gres: 'gpu:10' })).toEqual({ gres: 'gpu:10' });
  });
});

describe('the end of a job', () => {
  const parts: Template['script'] = {
    preExec: 'set -euo pipefail\r\n',
    mainExec: 'echo main; exit 3',
    postExec: 'echo post',
    finallyExec: '#!/bin/bash\necho "last $slipway_status"\n\n',
    onSignal: 'touch STOP',
  };

  it('has a last part, which runs once whatever came before', () => {
    const { text, problems } = make({ script: parts });
    expect(problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    const { exitFile, ...ended } = runScript(text);
    expect(exitFile).toMatch(/^3 /);
    expect(ended).toMatchObject({
      exitCode: 3,
      stdout: 'main\nlast 3\n',
    });
    const good = make({ script: { ...parts, mainExec: 'echo main' } });
    expect(runScript(good.text)).toMatchObject({ exitCode: 0, stdout: 'main\npost\nlast 0\n' });
    expect(text).not.toContain('STOP');
  });

  it.each(['B:USR1@300', 'b:10', 'RB:sigusr1@60'])(
    'runs the main part behind a wait where the script is sent a signal: %s',
    (signal) => {
      const { text } = make(
        { script: { ...parts, mainExec: 'echo main; kill -USR1 $$; until [ -e STOP ]; do sleep 0.1; done; exit 3' } },
        { resources: { signal } },
      );
      expect(runScript(text)).toMatchObject({ exitCode: 3, stdout: 'main\nlast 3\n' });
      const { text: passing } = make({ ...script('echo main'), slurm: { signal } });
      expect(passing).toContain('slipway_pass_on "$slipway_signal"');
    },
  );

  it.each([undefined, 'USR1@300', 'B:KILL@60', 'R:USR1'])(
    'leaves the main part in the foreground otherwise: %s',
    (signal) => {
      const { text } = make({ script: parts }, { resources: signal === undefined ? {} : { signal } });
      expect(text).not.toContain('slipway_await');
    },
  );

  it('tells of what sbatch or bash would not take in these parts too', () => {
    const { problems } = make({ script: { ...parts, finallyExec: '#!/usr/bin/perl\nprint 1', onSignal: 'a\0b' } });
    expect(problems.map(({ message }) => message).join()).toMatch(/finally_exec.*on_signal/);
  });
});

it('asks Slurm for what the rules of its values say, and says so to limits and price', () => {
  const template: Partial<Template> = {
    slurm: { nodes: 4, mem: '8G' },
    parameters: [sampleParameter('mode', { type: 'select', default: 'mpi' })],
    slurmRules: [
      { option: 'nodes', when: [{ field: 'mode', is: 'smp' }], value: 1 },
      { option: 'mem', when: [{ field: 'mode', is: 'smp' }], value: null },
    ],
  };
  expect(make(template).asked).toMatchObject({ nodes: 4, mem: '8G' });
  const { text, asked } = make(template, { parameters: { mode: 'smp' } });
  expect(asked).toMatchObject({ nodes: 1 });
  expect(asked).not.toHaveProperty('mem');
  expect(directives(text)).toContain('--nodes=1');
  expect(text).not.toContain('--mem');
});
