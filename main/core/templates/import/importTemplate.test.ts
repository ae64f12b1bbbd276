import { message } from '../../../../shared/messages/message.ts';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportReport } from '../../../../shared/domain/template/studio.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { importTemplate } from './importTemplate.ts';

const fixture = (name: string) => ({
  name,
  text: readFileSync(path.join(import.meta.dirname, '__fixtures__', name), 'utf8'),
});
const ofScript = (text: string, name = 'job.sbatch'): ImportReport => importTemplate([{ name, text }]);
const templateOf = (report: ImportReport): Template => {
  expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { template } = parseTemplate(report.text, 'it.yaml');
  if (template === null) throw new Error('not valid');
  return template;
};
const notesOf = (report: ImportReport, kind: string): string[] =>
  report.notes.filter((note) => note.kind === kind).map(({ what }) => (typeof what === 'string' ? what : what.id));

describe('a batch script', () => {
  const report = importTemplate([fixture('train.sbatch')]);
  const template = templateOf(report);

  test('gives its directives to slurm, its name to the template and its modules to modules', () => {
    expect(report.format).toBe('sbatch');
    expect(template.name).toBe('resnet50');
    expect(template.slurm).toEqual({
      partition: 'gpu',
      nodes: 1,
      ntasks: 1,
      cpus_per_task: 8,
      mem: '32GB',
      time: '04:00:00',
      gres: 'gpu:a100:1',
      mail_type: 'END,FAIL',
      mail_user: 'mia@example.org',
    });
    expect(template.modules).toEqual(['gcc/12.2', 'cuda/12.1', 'python/3.11']);
  });

  test('keeps its commands byte for byte', () => {
    const source = fixture('train.sbatch').text;
    const kept = source
      .split('\n')
      .filter((line, at) => at > 0 && !(/^#SBATCH/.test(line) && at < 12) && !line.startsWith('module load'));
    expect(template.script.mainExec).toBe(kept.join('\n'));
  });

  test('is reported line by line: taken over, changed, not supported', () => {
    expect(notesOf(report, 'changed')).toEqual(['#!/bin/bash -l', '-o logs/%x-%j.out']);
    expect(notesOf(report, 'unsupported')).toEqual(['--comment=a nice run', '#SBATCH --time=99']);
    expect(report.notes.map(({ line }) => line ?? 0)).toEqual(
      [...report.notes.map(({ line }) => line ?? 0)].sort((a, b) => a - b),
    );
  });

  test('offers its literal values as fields, with the lines they stand in', () => {
    expect(report.offers.map(({ name, value, line }) => `${name}=${value} at ${String(line)}`)).toEqual([
      'epochs=30 at 15',
      'lr=0.001 at 16',
      'data=/scratch/mia/imagenet at 17',
      'image=/shared/images/pytorch_cuda.sif at 26',
      'train=train.py at 27',
      'batch_size=64 at 27',
    ]);
  });

  test('offers no file that it writes itself, and nothing out of strings, comments and here-documents', () => {
    const { offers } = ofScript(
      "#!/bin/bash\n./run --in mesh.dat --steps 7 >result.txt 2>run.log # --old 3\ntail -n 5 result.txt\nsed 's/--x 4/y/' <<E\n--inner 9 a.dat\nE\n",
    );
    expect(offers.map(({ value }) => value)).toEqual(['mesh.dat', '7']);
  });

  test.each([
    ['#SBATCH --nodes=2', { nodes: 2 }],
    ['#SBATCH --nodes 2', { nodes: 2 }],
    ['#SBATCH -N 2', { nodes: 2 }],
    ['#SBATCH -N2 -n4', { nodes: 2, ntasks: 4 }],
    ['#SBATCH -Hn4', { hold: true, ntasks: 4 }],
    ['#SBATCH --exclusive', { exclusive: true }],
    ['#SBATCH --exclusive=user', { exclusive: 'user' }],
    ['#SBATCH --ntasks-per-n=3 # a beginning that no other option has', { ntasks_per_node: 3 }],
    ['#SBATCH --tasks-per-node=3', { ntasks_per_node: 3 }],
    [`#SBATCH --constraint="a100|v100"`, { constraint: 'a100|v100' }],
    ['#SBATCH --array=0-9%2 --dependency=singleton', { array: '0-9%2', dependency: 'singleton' }],
    ['#SBATCH\t-t 30', { time: '30' }],
    ['#SBATCH --mem=4G\n#SBATCH --mem=8G', { mem: '8G' }],
    ['#SBATCH --mail-type=END\n#SBATCH --mail-type=FAIL', { mail_type: 'END,FAIL' }],
    ['#SBATCH --exclusive\n#SBATCH -s', { oversubscribe: true }],
    ['#SBATCH --mem=4G\n#SBATCH --mem-per-cpu=1G', { mem_per_cpu: '1G' }],
    ['#SBATCH --mem-per-cpu=1G --mem=4G', { mem: '4G' }],
    ['#SBATCH --ntasks-per-core=1 --hint=nomultithread', { ntasks_per_core: 1 }],
    ['##SBATCH -N 2', {}],
    ['  #SBATCH -N 2', {}],
    ['echo\n#SBATCH -N 2', {}],
    ['#SBATCH --time=4h', { time: '4:00:00' }],
  ])('%j', (lines, slurm) => {
    expect(templateOf(ofScript(`#!/bin/bash\n${lines}\ntrue\n`)).slurm).toEqual(slurm);
  });

  test('says which of two options that exclude each other it leaves out', () => {
    const { notes } = ofScript('#!/bin/bash\n#SBATCH --mem=4G\n#SBATCH --mem-per-cpu=1G\ntrue\n');
    expect(notes.filter(({ kind }) => kind === 'changed')).toEqual([
      expect.objectContaining({
        line: 2,
        what: '--mem=4G',
        reason: message('imports.script.leftOut', {
          line: 3,
          option: '--mem-per-cpu=1G',
          why: message('options.excluded.refused', {
            one: message('options.name.mem'),
            other: message('options.name.mem_per_cpu'),
          }),
        }),
      }),
    ]);
  });

  test('of a heterogeneous job is taken with its first component, and every other one is listed', () => {
    const hetero = ofScript(
      '#!/bin/bash\n#SBATCH -n1 --mem=1G\n#SBATCH hetjob\n#SBATCH -n 32 -p gpu\n#SBATCH packjob\n#SBATCH -n 8\nsrun ./a : ./b\n',
    );
    expect(templateOf(hetero).slurm).toEqual({ ntasks: 1, mem: '1G' });
    expect(notesOf(hetero, 'unsupported')).toEqual(['#SBATCH hetjob', '-n 32', '-p gpu', '-n 8']);
    expect(hetero.notes.find(({ what }) => what === '#SBATCH hetjob')?.reason?.values['components']).toBe(3);
  });

  test('of PBS or LSF is taken over where sbatch has the same, and its lines go, since sbatch would read them wherever they stand', () => {
    const pbs = ofScript(
      "#!/bin/sh\n#PBS -l nodes=2\n#BSUB -n 4\n#$ -pe mpi 4\necho\n#PBS -N x\ncat <<'E'\n#PBS -N inner\nE\n",
    );
    expect(templateOf(pbs).slurm).toEqual({ nodes: 2, ntasks: 4 });
    expect(notesOf(pbs, 'taken')).toEqual(['#PBS -l nodes=2 → --nodes=2', '#BSUB -n 4 → --ntasks=4']);
    // behind the first command its own scheduler does not read it
    expect(notesOf(pbs, 'unsupported')).toEqual(['#$ -pe mpi 4', '#PBS -N x']);
    expect(templateOf(pbs).script.mainExec).toBe("#$ -pe mpi 4\necho\ncat <<'E'\n#PBS -N inner\nE\n");
  });

  test('of PBS says part by part what becomes of it, and what #SBATCH says counts', () => {
    const both = ofScript(
      '#!/bin/bash\n#SBATCH --time=2:00\n#SLURM -p gpu\n#PBS -N water -q long -l walltime=1:00:00,nodes=1:ppn=4:ib -V -o out.txt\n./run\n',
    );
    expect(templateOf(both)).toMatchObject({
      name: 'water',
      slurm: { time: '2:00', partition: 'gpu', nodes: 1, ntasks_per_node: 4 },
    });
    expect(notesOf(both, 'unsupported')).toEqual(['#PBS ib', '#PBS -V']);
    expect(both.notes.filter(({ line, kind }) => line === 4 && kind === 'changed').map(({ reason }) => reason)).toEqual(
      [
        message('imports.foreign.saidElsewhere', { option: '--partition=long', name: '--partition' }),
        message('imports.foreign.saidElsewhere', { option: '--time=1:00:00', name: '--time' }),
        message('imports.script.notTaken', { reason: message('options.ours.output') }),
      ],
    );
  });

  test('that takes arguments gets a field for them, whose words reach it as they are and are never run', () => {
    const taking = ofScript('#!/bin/bash\nset -u\nprintf "[%s]" "$#" "$@"; echo " ${1:-none}"\n');
    const { script, parameters } = templateOf(taking);
    expect(parameters).toMatchObject([{ name: 'arguments', type: 'text', required: false, default: '' }]);
    const run = (given: string): string =>
      execFileSync('bash', ['--norc', '-c', script.mainExec], {
        encoding: 'utf8',
        env: { ...process.env, PARAM_ARGUMENTS: given },
      });
    expect(run('')).toBe('[0] none\n');
    expect(run(`--in "a b" 'c "d"' $(touch hit) \\$HOME *`)).toBe(
      '[7][--in][a b][c "d"][$(touch][hit)][$HOME][*] --in\n',
    );
    expect(() => run(`it's`)).toThrow('A quote in the arguments does not close.');
    expect(taking.offers.map(({ value }) => value)).toEqual([]);
    expect(notesOf(taking, 'changed')).toEqual(['printf "[%s]" "$#" "$@"; echo " ${1:-none}"']);
  });

  test.each([
    "awk '{ print $1 }' f",
    'f() {\n  echo "$1"\n}\nf x',
    'echo "\\$1" ${#PATH}',
    "cat <<'E'\n$1\nE",
    'echo # $1',
  ])('has no field for what are no arguments of it: %s', (body) => {
    expect(templateOf(ofScript(`#!/bin/bash\n${body}\n`)).parameters).toEqual([]);
  });

  test('that submits jobs itself is told so', () => {
    const { notes } = ofScript('#!/bin/bash\n# sbatch me\nid=$(sbatch --parsable next.sh)\necho "$id"\n');
    expect(notes.find(({ reason }) => reason?.id === 'imports.script.submits')).toMatchObject({
      kind: 'changed',
      line: 3,
      what: 'id=$(sbatch --parsable next.sh)',
    });
    expect(
      ofScript('#!/bin/bash\necho sbatch\n').notes.some(({ reason }) => reason?.id === 'imports.script.submits'),
    ).toBe(false);
  });

  test('with a variable in a directive says that sbatch expands none', () => {
    const odd = ofScript('#!/bin/bash\n#SBATCH --account=$PROJECT --job-name=run-$USER --time=5\n./run\n');
    expect(templateOf(odd)).toMatchObject({ slurm: { time: '5' } });
    expect(notesOf(odd, 'unsupported')).toEqual(['--account=$PROJECT', '--job-name=run-$USER']);
    expect(odd.offers).toEqual([]);
  });

  test('with Windows line ends runs nevertheless', () => {
    const dos = ofScript('#!/bin/bash\r\n#SBATCH -n 2\r\necho a\r\n');
    expect(templateOf(dos)).toMatchObject({ slurm: { ntasks: 2 }, script: { mainExec: 'echo a\n' } });
    expect(notesOf(dos, 'changed')).toEqual(['imports.text.dosLineEnds']);
  });

  test('with line ends of old Macs is read line by line', () => {
    const mac = ofScript('#!/bin/bash\r#SBATCH -n 2\recho a\r');
    expect(templateOf(mac)).toMatchObject({ slurm: { ntasks: 2 }, script: { mainExec: 'echo a\n' } });
    expect(notesOf(mac, 'changed')).toEqual(['imports.text.macLineEnds']);
  });

  test('of another interpreter is handed to that one', () => {
    const python = ofScript('#!/usr/bin/env python3\n#SBATCH -n 2\nprint("it\'s $HOME")\n');
    const { slurm, script } = templateOf(python);
    expect(slurm).toEqual({ ntasks: 2 });
    expect(execFileSync('bash', ['--norc', '-c', script.mainExec], { encoding: 'utf8' })).toBe("it's $HOME\n");
  });

  test('that purges modules keeps its module lines, as their order counts', () => {
    const purged = ofScript('#!/bin/bash\nmodule purge\nmodule load gcc/12\n./run\n');
    expect(templateOf(purged)).toMatchObject({
      modules: [],
      script: { mainExec: 'module purge\nmodule load gcc/12\n./run\n' },
    });
    expect(notesOf(purged, 'changed')).toEqual(['module purge']);
  });

  test('with a line of a hundred thousand blanks is read like any other', () => {
    expect(templateOf(ofScript(`module load a${' '.repeat(100_000)}b%\n`)).modules).toEqual([]);
  });

  test('without a name is called after its file; without commands it still makes a template', () => {
    expect(templateOf(ofScript('#SBATCH -n 2', 'Été 2026.sbatch'))).toMatchObject({
      id: 'Ete-2026',
      displayName: 'Été 2026',
      script: { mainExec: 'true\n' },
    });
  });
});

describe('an Open Composer form', () => {
  const report = importTemplate([fixture('openComposer/form.yml'), fixture('openComposer/manifest.yml')]);
  const template = templateOf(report);

  test('gives its widgets to parameters', () => {
    expect(report.format).toBe('open-composer');
    expect(template).toMatchObject({ displayName: 'Solver', description: 'Solves what is put in.' });
    expect(template.parameters.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['nodes', 'integer', 2],
      ['time_1', 'integer', 1],
      ['time_2', 'integer', 30],
      ['queue', 'select', 'large'],
      ['reservation', 'text', null],
      ['mail', 'multiselect', ['FAIL']],
      ['toolchain', 'multiselect', ['gcc/12.2']],
      ['input', 'path', null],
      ['options', 'text', null],
    ]);
    expect(template.parameters.find(({ name }) => name === 'reservation')?.visibleWhen).toEqual([
      { field: 'queue', in: ['large'] },
    ]);
  });

  test('has placeholders in what it asks of Slurm, and variables in its commands', () => {
    expect(template.slurm).toEqual({
      nodes: '{{nodes}}',
      time: '{{time_1}}:{{time_2}}:00',
      partition: '{{queue}}',
      reservation: '{{reservation}}',
      mail_type: '{{mail}}',
    });
    expect(template.script.mainExec).not.toContain('#{');
    const commands = template.script.mainExec
      .replace('cd ', 'echo cd ')
      .replaceAll('solver', 'echo solver')
      .split('\n')
      .filter((line) => !line.includes('OPEN_COMPOSER_VALUE'))
      .join('\n');
    const env = {
      PATH: process.env['PATH'],
      PARAM_QUEUE: "la'rge",
      PARAM_INPUT: '/a b/c.dat',
      PARAM_OPTIONS: '-a -b',
      PARAM_TOOLCHAIN: '',
    };
    expect(execFileSync('bash', ['--norc', '-c', commands], { encoding: 'utf8', env })).toBe(
      "cd /a b\nqueue la'rge and la'rge\nsolver -a -b\n",
    );
    expect(
      execFileSync('bash', ['--norc', '-c', commands], { encoding: 'utf8', env: { ...env, PARAM_OPTIONS: '' } }),
    ).not.toContain('solver');
  });

  test('names what has no counterpart, in the line where it stands', () => {
    expect(
      report.notes
        .filter(({ kind, line }) => kind === 'unsupported' && line !== null)
        .map(({ line, what }) => [line, what]),
    ).toEqual([
      [52, 'colour'],
      [66, '#{calc(nodes * 2)}'],
      [68, 'check'],
    ]);
  });

  test('gives what an option does to other fields to their rules', () => {
    const text = `form:
  queue:
    widget: select
    options:
      - [Short, short, set-label-cores_memory_1: Cores (1 - 4), set-max-cores_memory_1: 4, set-value-kind: Half node, hide-note]
      - [Long, long, set-max-cores_memory_1: 64, set-min-cores_memory_1: 2, set-value-cores_memory_1: 32, set-required-note: true, disable-kind-Half node, set-help-cores_memory: Whole nodes, set-colour-note: red]
  cores_memory: {widget: number, size: 2, label: [Cores, Memory], value: [1, 4], min: [1, 1], max: [8, 100]}
  kind: {widget: radio, options: [[Half node, half, hide-queue], [Whole node, whole]]}
  note: {widget: text}
script: |
  #SBATCH -p #{queue}
  echo #{cores_memory_1} #{cores_memory_2} #{kind} #{note}
`;
    const imported = importTemplate([{ name: 'form.yml', text }]);
    const rules = Object.fromEntries(
      templateOf(imported).parameters.map((parameter) => [parameter.name, parameter.rules]),
    );
    const short = [{ field: 'queue', is: 'short' }];
    const long = [{ field: 'queue', is: 'long' }];
    expect(rules).toEqual({
      queue: [],
      cores_memory_1: [
        { when: short, label: 'Cores (1 - 4)', max: 4 },
        { when: long, max: 64, min: 2, default: 32, help: 'Whole nodes' },
      ],
      cores_memory_2: [{ when: long, help: 'Whole nodes' }],
      kind: [
        { when: short, default: 'half' },
        { when: long, options: [{ value: 'whole', label: 'Whole node' }] },
      ],
      note: [{ when: long, required: true }],
    });
    // a field that follows another cannot hide it
    expect(notesOf(imported, 'unsupported')).toEqual(['queue: Long: set-colour-note: red', 'openComposer.two']);
  });

  test('leaves out a line of an empty field where the line is a command of its own', () => {
    const imported = importTemplate([
      {
        name: 'form.yml',
        text: 'form:\n  out: {widget: text}\nscript: |\n  args=(\n    --out="#{out}"\n  )\n  mkdir "#{out}" || {\n    exit 1\n  }\n  run "${args[@]}" #{out}\n',
      },
    ]);
    expect(templateOf(imported).script.mainExec).toBe(
      'args=(\n  --out="${PARAM_OUT}"\n)\nmkdir "${PARAM_OUT}" || {\n  exit 1\n}\nif [ -n "$PARAM_OUT" ]; then run "${args[@]}" ${PARAM_OUT}; fi\n',
    );
  });

  test('asks for the further values of an option in fields that follow it', () => {
    const imported = importTemplate([
      {
        name: 'form.yml',
        text: 'form:\n  code: {widget: select, options: [[A, [alpha, "1.0"]], [B, [beta, "2.0"]]]}\nscript: |\n  run #{code_1} --version=#{code_2}\n',
      },
    ]);
    expect(templateOf(imported).parameters.map(({ name, rules }) => [name, rules.map((rule) => rule.default)])).toEqual(
      [
        ['code', []],
        ['code_1', ['alpha', 'beta']],
        ['code_2', ['1.0', '2.0']],
      ],
    );
  });

  test('that is no YAML is reported and not thrown', () => {
    const broken = importTemplate([{ name: 'form.yml', text: 'form:\n  a: [x\n' }]);
    templateOf(broken);
    expect(notesOf(broken, 'unsupported').length).toBeGreaterThan(0);
  });
});

describe('a folder of Open OnDemand’s job composer', () => {
  const report = importTemplate(
    ['manifest.yml', 'run.sh', 'tunnel.cfg', 'README.md'].map((name) => ({
      ...fixture(`openOnDemand/${name}`),
      name: `tunnel/${name}`,
    })),
  );

  test('becomes a template named by its manifest, with its files as inputs under their own names', () => {
    expect(report.format).toBe('open-ondemand');
    expect(templateOf(report)).toMatchObject({
      displayName: 'Wind tunnel, one node',
      description: 'Edit tunnel.cfg first.',
      slurm: { nodes: 1, ntasks: 16, time: '30' },
      files: [{ name: 'tunnel', pattern: 'tunnel.cfg', required: true }],
    });
    expect(report.offers).toEqual([]);
  });

  test('says so when the script is missing', () => {
    const alone = importTemplate([{ name: 'manifest.yml', text: 'name: x\nscript: gone.sh\n' }]);
    templateOf(alone);
    expect(notesOf(alone, 'unsupported')).toEqual(['gone.sh']);
  });
});

test('a Slipway template comes as it is, with its own problems', () => {
  const text = '# mine\ntemplate: {id: a b}\nscript: {main_exec: x}\n';
  const report = importTemplate([{ name: 'mine.yaml', text }]);
  expect(report).toMatchObject({ format: 'slipway', text });
  expect(report.problems).toHaveLength(1);
});

test('a script of one directive, said very often, is read in a time that grows with its length only', () => {
  const time = (lines: number): number => {
    const began = process.cpuUsage();
    ofScript('#SBATCH -N 1\n'.repeat(lines));
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  time(2000);
  const once = Math.max(20, Math.min(time(4000), time(4000)));
  expect(Math.min(time(32_000), time(32_000))).toBeLessThan(once * 8 * 3);
});
