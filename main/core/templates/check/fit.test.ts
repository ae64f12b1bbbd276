import { inEnglish } from '../../../../shared/domain/problem/testing/inEnglish.ts';
import { describe, expect, test } from 'vitest';
import { ClusterFacts, ClusterModules, Partition } from '../../../../shared/domain/cluster/profile.ts';
import { ClusterId } from '../../../../shared/domain/ids.ts';
import { exampleImage } from '../../../../shared/domain/image/testing/exampleImage.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { sampleParameter, sampleTemplate } from '../../scripts/testing/samples.ts';
import { editTemplateText } from '../edit/editText.ts';
import { fitReport, type KnownCluster } from './fit.ts';
import { editsOfFix } from './fitFix.ts';
import { parseTemplate } from '../format/parseTemplate.ts';

const GIB = 1024 ** 3;
const HOUR = 3600;

const partition = (name: string, changes: Partial<Partition> = {}): Partition =>
  Partition.parse({
    name,
    isDefault: false,
    state: 'UP',
    maxTime: 24 * HOUR,
    defaultTime: HOUR,
    maxNodes: null,
    totalNodes: 4,
    cpusPerNode: 16,
    memoryPerNode: 64 * GIB,
    cpus: { allocated: 0, idle: 64, other: 0, total: 64 },
    nodesByState: { IDLE: 4 },
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });

const facts = ClusterFacts.parse({
  clusterName: 'cedar',
  slurmVersion: '23.11',
  user: 'mia',
  home: '/home/mia',
  loginHost: 'login1',
  partitions: [
    partition('main', { isDefault: true }),
    partition('accel', { gpus: [{ type: 'a100', perNode: 4, total: 8, free: 1 }] }),
  ],
  associations: [{ account: 'chem', partition: null, qos: ['normal'], defaultQos: 'normal' }],
  accountingEnforce: ['associations'],
  maxArraySize: 1001,
  clockOffset: 0,
  overridingVariables: [],
  takenAt: 5000,
});
const modules = ClusterModules.parse({
  system: 'lmod',
  version: '8',
  modules: [
    { name: 'gcc', versions: ['11.3', '12.3'], defaultVersion: null },
    { name: 'cuda', versions: ['12.1'], defaultVersion: '12.1' },
  ],
  takenAt: 0,
});
const image = (name: string) => ({ ...exampleImage(`/images/${name}`), architecture: 'amd64' as const });
const cedar: KnownCluster = {
  clusterId: ClusterId.parse('cedar'),
  facts,
  modules,
  images: [image('pytorch_cuda.sif')],
};

const MODEST = { mem: '4G', time: '01:00:00' };
const fit = (changes: Partial<Template>, cluster: Partial<KnownCluster> = {}) =>
  fitReport(sampleTemplate({ slurm: MODEST, ...changes }), {}, { ...cedar, ...cluster }, 5000);
const NO_IMAGE = sampleTemplate().image;
const fixed = (...allowedImages: string[]) => ({ ...NO_IMAGE, mode: 'fixed' as const, allowedImages });

describe('will it run here?', () => {
  test('yes, where partition, limits, modules and image are there; with the age of what is known', () => {
    expect(
      fit({
        slurm: { ...MODEST, partition: 'accel', gres: 'gpu:a100:2', account: 'chem' },
        modules: ['gcc/12.3', 'cuda'],
        image: fixed('pytorch_cuda.sif'),
      }),
    ).toEqual({ clusterId: 'cedar', verdict: 'runs', problems: [], factsAt: 5000 });
  });

  test('nobody knows, before the cluster was ever connected to', () => {
    expect(fit({}, { facts: null })).toMatchObject({
      verdict: 'unknown',
      factsAt: null,
      problems: [{ rule: 'facts-unknown', severity: 'info' }],
    });
  });

  test('nobody knows, when the template needs modules or images and those were never listed', () => {
    expect(fit({ modules: ['gcc/12.3'] }, { modules: null })).toMatchObject({
      verdict: 'unknown',
      problems: [{ rule: 'modules-unknown' }],
    });
    expect(fit({ image: fixed('a.sif') }, { images: null })).toMatchObject({
      verdict: 'unknown',
      problems: [{ rule: 'images-unknown' }],
    });
  });

  test.each<[string, Partial<Template>, string, { field: string; value: string | number }]>([
    [
      'the partition has another name',
      { slurm: { ...MODEST, partition: 'gpu', gres: 'gpu:1' } },
      'partition-unknown',
      { field: 'slurm.partition', value: 'accel' },
    ],
    [
      'the time is over the limit',
      { slurm: { ...MODEST, time: '48:00:00' } },
      'time-over-partition-limit',
      { field: 'slurm.time', value: '1-00:00:00' },
    ],
    [
      'the GPUs are elsewhere',
      { slurm: { ...MODEST, partition: 'main', gres: 'gpu:a100:1' } },
      'gpu-not-in-partition',
      { field: 'slurm.partition', value: 'accel' },
    ],
    [
      'the account is another',
      { slurm: { ...MODEST, account: 'physics' } },
      'account-not-yours',
      { field: 'slurm.account', value: 'chem' },
    ],
    [
      'the module has another version',
      { modules: ['cuda', 'gcc/13.1'] },
      'module-missing',
      { field: 'modules.1', value: 'gcc/12.3' },
    ],
    [
      'the image has nearly that name',
      { image: fixed('pytorch_cuda2.sif') },
      'image-missing',
      { field: 'apptainer.image_name', value: 'pytorch_cuda.sif' },
    ],
    [
      'the partition is a field of the form',
      { slurm: { ...MODEST, partition: '{{queue}}' }, parameters: [sampleParameter('queue', { default: 'gpu' })] },
      'partition-unknown',
      { field: 'parameters.queue.default', value: 'main' },
    ],
    [
      'the GPUs are counted by a field',
      {
        slurm: { ...MODEST, partition: 'accel', nodes: 1, gres: 'gpu:a100:{{gpus}}' },
        parameters: [sampleParameter('gpus', { type: 'integer', default: 8 })],
      },
      'gpus-over-node',
      { field: 'parameters.gpus.default', value: 4 },
    ],
    [
      'a field is over the limit of the partition',
      {
        slurm: { ...MODEST, time: '{{walltime}}' },
        parameters: [
          sampleParameter('walltime', { type: 'duration', default: '48:00:00', limit: 'partition.max_time' }),
        ],
      },
      'parameter-over-partition-limit',
      { field: 'parameters.walltime.default', value: '1-00:00:00' },
    ],
    [
      'a field asks for GPUs that are elsewhere',
      {
        slurm: { ...MODEST, partition: 'main', gres: 'gpu:{{gpus}}' },
        parameters: [
          sampleParameter('gpus', { type: 'integer', default: 1, min: 1, limit: 'partition.gpus_per_node' }),
        ],
      },
      'parameter-over-partition-limit',
      { field: 'slurm.partition', value: 'accel' },
    ],
    [
      'the modules are a field',
      { modules: ['{{mods}}'], parameters: [sampleParameter('mods', { default: 'gcc/9' })] },
      'module-missing',
      { field: 'parameters.mods.default', value: 'gcc/12.3' },
    ],
  ])('with a change of the template: %s', (_, changes, rule, fix) => {
    const report = fit(changes);
    expect(report.verdict).toBe('change');
    expect(report.problems.find((each) => each.rule === rule)?.fix).toMatchObject(fix);
  });

  test.each<[string, Partial<Template>]>([
    [
      'more memory than any node has',
      { slurm: { mem: '900G', time: '1', partition: 'main', nodes: 1, ntasks_per_node: 99 } },
    ],
    ['software that is not there', { modules: ['ansys/2024R1'] }],
    ['none of its images', { image: fixed('abaqus.sif', 'calculix.sif') }],
    [
      'a queue out of a list of other queues',
      {
        slurm: { ...MODEST, partition: '{{queue}}' },
        parameters: [
          sampleParameter('queue', { type: 'select', default: 'gpu', options: [{ value: 'gpu', label: 'gpu' }] }),
        ],
      },
    ],
  ])('no, with %s', (_, changes) => {
    expect(fit(changes).verdict).toBe('cannot');
  });

  test('no, and which images have nearly the name, with what keeps each out', () => {
    const { problems, verdict } = fit({ image: fixed('PyTorch_CUDA', 'tensorflow.sif') });
    expect(verdict).toBe('cannot');
    expect(inEnglish(problems)).toMatchObject([
      {
        rule: 'image-missing',
        code: 3001,
        message: 'The cluster has none of the template’s images: PyTorch_CUDA, tensorflow.sif.',
        hint: expect.stringMatching(
          /^The nearest are: pytorch_cuda\.sif: it differs from PyTorch_CUDA in capitals, which count\. Put /,
        ) as string,
      },
    ]);
  });

  test('not where its only image is made for other processors than the nodes have', () => {
    const arm = { ...image('a.sif'), architecture: 'arm64' as const };
    const x86 = { ...image('b.sif'), architecture: 'amd64' as const };
    const where = { ...facts, partitions: facts.partitions.map((each) => ({ ...each, architectures: ['x86_64'] })) };
    expect(fit({ image: fixed('a') }, { facts: where, images: [arm, x86] })).toMatchObject({
      verdict: 'cannot',
      problems: [{ rule: 'image-architecture', severity: 'error', field: 'image' }],
    });
    expect(fit({ image: fixed('a', 'b') }, { facts: where, images: [arm, x86] }).verdict).toBe('runs');
    expect(fit({ image: fixed('a') }, { images: [arm] }).verdict).toBe('runs');
  });

  test('yes, with an image that is named without its ending', () => {
    expect(fit({ image: fixed('pytorch_cuda') }).verdict).toBe('runs');
  });

  test('no, where modules are loaded and the cluster has none', () => {
    expect(fit({ modules: ['gcc'] }, { modules: { ...modules, system: 'none', modules: [] } })).toMatchObject({
      verdict: 'cannot',
      problems: [{ rule: 'modules-none' }],
    });
  });

  test('and what only warns does not stop it', () => {
    expect(fit({ slurm: { time: '10' } })).toMatchObject({
      verdict: 'runs',
      problems: [{ rule: 'memory-not-said', fix: { field: 'slurm.mem' } }],
    });
  });
});

describe('one click', () => {
  const text = (slurm: string, rest = ''): string =>
    `template: {id: a}\n# asked for\nslurm:\n${slurm}\n${rest}script:\n  main_exec: true\n`;

  test.each([
    [
      text('  partition: gpu # the fast one'),
      { field: 'slurm.partition', value: 'accel' },
      '  partition: accel # the fast one',
    ],
    [text('  cpus-per-task: 64'), { field: 'slurm.cpus_per_task', value: 16 }, '  cpus-per-task: 16'],
    [text('  mem: 4G'), { field: 'slurm.time', value: '10' }, '  mem: 4G\n  time:'],
    [
      text('  mem: 4G', 'modules:\n  - cuda\n  - gcc/13 # newest\n'),
      { field: 'modules.1', value: 'gcc/12.3' },
      '  - gcc/12.3 # newest',
    ],
    [
      text('  mem: "{{m}}"', 'parameters:\n  - name: m\n    type: memory\n    default: 900G\n'),
      { field: 'parameters.m.default', value: '64G' },
      '    default: 64G',
    ],
    [
      text('  mem: "{{m}}"', 'parameters:\n  m:\n    type: memory\n'),
      { field: 'parameters.m.default', value: '64G' },
      'default: 64G',
    ],
    [text('  mem: 4G', 'apptainer: a.sif\n'), { field: 'apptainer.image_name', value: 'b.sif' }, 'apptainer: b.sif'],
    [
      text('  mem: 4G', 'apptainer:\n  allowed_images: [a.sif]\n'),
      { field: 'apptainer.image_name', value: 'b.sif' },
      '[b.sif',
    ],
  ])('changes the text at the place that is meant, whatever its spelling (%#)', (before, fix, expected) => {
    const edits = editsOfFix(before, { ...fix });
    const after = editTemplateText(before, edits);
    expect(after).toContain(expected);
    expect(after).toContain('# asked for');
    expect(parseTemplate(after, 'a.yaml').problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('takes an option away with an empty value, and knows no place that is not there', () => {
    const before = text('  mem: 4G\n  constraint: x');
    expect(editTemplateText(before, editsOfFix(before, { field: 'slurm.constraint', value: '' }))).toBe(
      text('  mem: 4G'),
    );
    expect(editsOfFix(before, { field: 'parameters.gone.default', value: 1 })).toEqual([]);
    expect(editsOfFix(': [', { field: 'slurm.mem', value: '1G' })).toEqual([]);
  });
});
