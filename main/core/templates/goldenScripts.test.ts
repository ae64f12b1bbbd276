import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParameterValues, Template } from '../../../shared/domain/template/schema.ts';
import { RunId } from '../../../shared/domain/ids.ts';
import { expandBraces } from '../../../shared/lib/glob.ts';
import { runProtocolLines } from '../../slurm/runProtocol.ts';
import { sampleDraft, sampleFile, sampleProfile } from '../scripts/testing/samples.ts';
import { createScriptMaker } from '../scripts/scriptMaker.ts';
import { parseTemplate } from './format/parseTemplate.ts';

/** With it, what is made is written instead of compared: `npm run golden`. */
const write = process.env.SLIPWAY_GOLDEN === 'write';
const official = path.resolve(import.meta.dirname, '../../../templates/official');
/** Scripts lie beside their template, `<id>.golden/`; the package leaves them out. */
const goldenFolder = (file: string): string => path.join(official, file.replace(/\.ya?ml$/, '.golden'));
/** The run protocol, which every script holds: looked at once here, and named in the scripts by one line. */
const protocolFile = path.resolve(import.meta.dirname, '../../slurm/__golden__/runProtocol.sh');
const protocol = runProtocolLines().begin.join('\n');
const PROTOCOL_STANDS_HERE = '(the run protocol: main/slurm/__golden__/runProtocol.sh)';

interface Case {
  parameters?: ParameterValues;
  resources?: Record<string, string>;
  /** Names of slots that get a file besides the required ones. */
  slots?: string[];
}

const namd = (build: ParameterValues): Record<string, Case> =>
  Object.fromEntries(
    ['namd2', 'namd3'].flatMap((program) =>
      ['NVT', 'NPT', 'NVE'].map((ensemble) => [
        `${program}-${ensemble.toLowerCase()}`,
        { parameters: { program, ensemble, ...build } },
      ]),
    ),
  );
const namdBuilds = (builds: Record<string, ParameterValues>): Record<string, Case> =>
  Object.fromEntries(
    Object.entries(builds).flatMap(([name, build]) =>
      Object.entries(namd(build)).map(([rest, each]) => [`${name}-${rest}`, each]),
    ),
  );
const modules: Record<string, Case> = {
  'module-none': { parameters: { module: '' } },
  'modules-two': { parameters: { module: 'gcc/12.2 program/2024.1' } },
};

/** What each template is made with, besides its defaults. */
const CASES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  abaqus: {
    ...modules,
    threads: { parameters: { mode: 'threads', precision: 'off', processes: 4 } },
    subroutine: { parameters: { license_server: '27000@licences.site.edu' }, slots: ['subroutine', 'includes'] },
  },
  'ansys-mechanical': {
    ...modules,
    gpus: { parameters: { gpus: 2, product: 'meba' } },
    smp: { parameters: { mode: 'smp', processes: 4 }, slots: ['database'] },
  },
  fluent: {
    ...modules,
    transient: { parameters: { time_steps: 100, iterations: 20, solver: '2ddp' }, slots: ['data'] },
    journal: { parameters: { mpi: 'intel' }, slots: ['journal', 'functions'] },
  },
  gromacs: {
    nve: { parameters: { thermostat: 'no', barostat: 'no' } },
    nvt: { parameters: { barostat: 'no', steps: 1000 } },
  },
  hello: { awkward: { parameters: { greeting: `it's "$(id)" \`x\`` } } },
  jupyter: {
    gpus: { parameters: { gpus: 2, interface: 'notebook' } },
    folder: {
      parameters: { folder: '/data/my notebooks', login: 'login.site.edu', idle: 0 },
      slots: ['notebook', 'requirements'],
    },
  },
  lammps: {
    ...modules,
    omp: { parameters: { styles: 'omp', processes: 2, threads: 8, variables: 'T=300 P=1' } },
    intel: { parameters: { styles: 'intel', threads: 4 }, slots: ['data', 'potential', 'restart'] },
  },
  mpi: {
    ...modules,
    mpirun: { parameters: { launcher: 'mpirun', program: '/opt/my program' } },
    pmix: { parameters: { pmi: 'pmix', threads: 4 }, slots: ['source'] },
  },
  namd: {
    ...modules,
    ...namdBuilds({
      multicore: { build: 'multicore' },
      mpi: { build: 'mpi', processes: 32, cores: 1 },
      'mpi-smp': { build: 'mpi-smp', processes: 4, cores: 8 },
    }),
    'no-cell': { parameters: { ensemble: 'NVE', periodic: false } },
    restart: { slots: ['restart_coordinates', 'restart_velocities', 'restart_cell'] },
  },
  'namd-gpu': {
    ...modules,
    ...namdBuilds({ 'gpu-1': { gpus: 1 }, 'gpu-4': { gpus: 4, cores: 16 } }),
    offload: { parameters: { resident: false } },
  },
  openfoam: {
    serial: { parameters: { processes: 1, mesh: 'given' } },
    snappy: { parameters: { mesh: 'snappy', processes: 16, decomposition: 'hierarchical', latest_only: true } },
  },
  python: {
    signal: { resources: { signal: 'B:USR1@300' } },
    venv: { parameters: { venv: '/home/mia/my venv', arguments: '--fast a b' } },
  },
  'python-sweep': { rows: { parameters: { rows: 100, at_once: 5 } } },
  pytorch: {
    gpus: { parameters: { gpus: 4, extra_arguments: '--amp' } },
    partition: { resources: { partition: 'a100', time: '1-00:00:00' } },
  },
  r: { modules: { parameters: { module: 'gcc/12.2 r/4.3', cores: 4, library: '/home/mia/R' } } },
  shell: { loose: { parameters: { strict: false, arguments: 'a $(b) *' } } },
  tensorflow: { gpus: { parameters: { gpus: 2, precision: 'mixed_bfloat16' } } },
};

const templates = new Map(
  readdirSync(official, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && path.dirname(name).split(path.sep).length === 1)
    .map((name) => {
      const { template, problems } = parseTemplate(
        readFileSync(path.join(official, name), 'utf8'),
        path.basename(name),
      );
      if (template === null) throw new Error(`${name}: ${problems.map((found) => found.rule).join('; ')}`);
      return [template.id, { template, folder: goldenFolder(name) }] as const;
    }),
);

/** The script and the generated files by name, with the same run, user and files on every machine. */
function make(template: Template, given: Case): Map<string, string> {
  const slots = template.files.filter((slot) => slot.required || given.slots?.includes(slot.name));
  expect(given.slots?.filter((name) => !template.files.some((slot) => slot.name === name)) ?? []).toEqual([]);
  const draft = sampleDraft({
    templateId: template.id,
    jobName: template.id,
    parameters: given.parameters ?? {},
    resources: given.resources ?? {},
    imagePath: template.image.mode === 'none' ? null : '/opt/apptainers/my image.sif',
    files: slots.map((slot, i) =>
      sampleFile(i, (expandBraces(slot.pattern)[0] ?? slot.name).replaceAll('*', 'my file'), slot.name),
    ),
  });
  const made = createScriptMaker(() => 0).make({
    template,
    draft,
    profile: sampleProfile,
    facts: null,
    runId: RunId.parse('r000000000000'),
  });
  expect(made.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return new Map([['sh', withoutProtocol(made.text)], ...made.files.map(({ name, text }) => [name, text] as const)]);
}

/** A script with one line in place of the run protocol, which it must hold whole and once. */
function withoutProtocol(script: string): string {
  const [before, after, ...more] = script.split(protocol);
  expect([before?.endsWith('\n'), after?.startsWith('\n'), more]).toEqual([true, true, []]);
  return [before, after].join(PROTOCOL_STANDS_HERE);
}

it(write ? 'the run protocol is written' : 'the run protocol is byte for byte the one that was looked at', () => {
  if (write) {
    mkdirSync(path.dirname(protocolFile), { recursive: true });
    writeFileSync(protocolFile, `${protocol}\n`);
  }
  expect(`${protocol}\n`).toBe(readFileSync(protocolFile, 'utf8'));
});

describe.each([...templates.keys()].sort())('the scripts of %s', (id) => {
  const { template, folder } = templates.get(id)!;
  const cases = Object.entries({ defaults: {}, ...CASES[id] });
  const made = (): Map<string, string> =>
    new Map(
      cases.flatMap(([name, given]) =>
        [...make(template, given)].map(([file, text]) => [`${name}.${file}`, text] as const),
      ),
    );

  if (write) {
    it('are written', () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of made()) writeFileSync(path.join(folder, name), text);
    });
    return;
  }

  it.each(cases)('are byte for byte those that were looked at: %s', (name, given) => {
    for (const [file, text] of make(template, given))
      expect(text).toBe(readFileSync(path.join(folder, `${name}.${file}`), 'utf8'));
  });

  it('are all there, and none that nobody makes any more', () => {
    expect(readdirSync(folder).sort()).toEqual([...made().keys()].sort());
  });
});

it('every template has cases besides its defaults, and every case a template', () => {
  expect(Object.keys(CASES).sort()).toEqual([...templates.keys()].sort());
  const folders = readdirSync(official, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.golden'),
  );
  expect(folders.map((name) => path.join(official, name)).sort()).toEqual(
    [...templates.values()].map(({ folder }) => folder).sort(),
  );
});
