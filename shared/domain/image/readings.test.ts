import { describe, expect, it } from 'vitest';
import { assignmentsOf, environmentOf } from './environment.ts';
import { gpuNeed } from './gpuNeed.ts';
import { imageType } from './imageType.ts';
import { appDescriptionOf, authorOf, baseOf, descriptionOf, titleOf, versionOf } from './labels.ts';
import type { ImageMetadata } from './metadata.ts';
import { mpiOf } from './mpi.ts';
import { someMetadata } from './testing/someMetadata.ts';
import { withInspected } from './withInspected.ts';

const labelled = (labels: Record<string, string>): ImageMetadata => someMetadata({ labels });
const defined = (text: string): ImageMetadata => someMetadata({ definition: { text, cut: false } });
const withFile = (text: string): ImageMetadata =>
  someMetadata({ environment: [{ file: '90-environment.sh', content: { text, cut: false } }] });

describe('labels in all their spellings', () => {
  it.each([
    [{ 'org.opencontainers.image.version': '2.5' }, '2.5'],
    [{ 'org.label-schema.version': '0.9.3' }, '0.9.3'],
    [{ 'org.label-schema.schema-version': '1.0' }, null],
    [{ 'org.label-schema.usage.apptainer.version': '1.3.4' }, null],
    [{ Version: 'v1.0' }, 'v1.0'],
    [{ VERSION: ' 3 ' }, '3'],
    [{ version: '', Version: '--' }, null],
    [{ 'org.opencontainers.image.ref.name': 'ubuntu', 'org.opencontainers.image.version': '22.04' }, null],
    [{ 'org.opencontainers.image.ref.name': 'ubuntu', 'org.opencontainers.image.version': '22.04', Version: '7' }, '7'],
    [
      {
        'org.opencontainers.image.ref.name': 'ubuntu',
        'org.opencontainers.image.title': 'Ubuntu',
        'org.opencontainers.image.version': '22.04',
      },
      '22.04',
    ],
    [{}, null],
  ])('%j is version %s', (labels, version) => {
    expect(versionOf(labelled(labels as Record<string, string>))).toBe(version);
  });

  it('name title, description, author and base', () => {
    const image = labelled({
      Name: 'GROMACS',
      Description: 'Molecular dynamics',
      Maintainer: 'Ada <ada@example.org>',
      'org.label-schema.usage.singularity.deffile.from': 'ubuntu:22.04',
    });
    expect([titleOf(image), descriptionOf(image), authorOf(image), baseOf(image)]).toEqual([
      'GROMACS',
      'Molecular dynamics',
      'Ada <ada@example.org>',
      'ubuntu:22.04',
    ]);
    expect(baseOf(labelled({ SINGULARITY_DEFFILE_FROM: 'ubuntu:latest' }))).toBe('ubuntu:latest');
    expect(baseOf(defined('bootstrap: docker\r\n FROM: rocm/dev:6\r\n'))).toBe('rocm/dev:6');
  });

  it('say what an app is for, or the first line of its help does', () => {
    const app = {
      name: 'gmx',
      labels: {},
      environment: [],
      runscript: null,
      startscript: null,
      test: null,
      help: null,
    };
    expect(appDescriptionOf({ ...app, help: { text: '\n  Runs GROMACS\nmore', cut: false } })).toBe('Runs GROMACS');
    expect(appDescriptionOf({ ...app, labels: { description: 'Engine' } })).toBe('Engine');
    expect(appDescriptionOf(app)).toBeNull();
  });
});

describe('the environment of an image', () => {
  it.each([
    ['export A=1', [['A', '1']]],
    [
      'A="b c"\r\n  export B=\'$x\'',
      [
        ['A', 'b c'],
        ['B', '$x'],
      ],
    ],
    ['export CUDA_VERSION="${CUDA_VERSION:-"12.4.1"}"', [['CUDA_VERSION', '12.4.1']]],
    ['export P="/a:$P"\nQ=$(id)\nR=`id`\nS=a b\nT="\\$5"', [['T', '$5']]],
    ['# A=1\nif true; then\n1A=2\n==\n__proto__=3', []],
    [`A=${'x'.repeat(10_000)}`, []],
  ])('%j sets what is plain', (text, set) => {
    expect(assignmentsOf(text)).toEqual(set);
  });

  it('is that of OCI, and the files over it', () => {
    const image = {
      ...withFile('A=2\n'),
      oci: {
        digest: null,
        entrypoint: [],
        cmd: [],
        env: ['A=1', 'B=x=y', 'C'],
        workingDir: null,
        user: null,
        layers: 1,
      },
    };
    expect([...environmentOf(image)]).toEqual([
      ['A', '2'],
      ['B', 'x=y'],
    ]);
  });
});

describe('the GPU that an image needs', () => {
  it.each([
    [
      'CUDA by its variables',
      withFile('export CUDA_VERSION="${CUDA_VERSION:-"12.4.1"}"'),
      'cuda',
      ['environment', 'CUDA_VERSION', '12.4.1'],
    ],
    [
      'CUDA by its libraries',
      withFile('LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64'),
      'cuda',
      ['environment', 'LD_LIBRARY_PATH', '/usr/local/nvidia/lib:/usr/local/nvidia/lib64'],
    ],
    [
      'CUDA by a label',
      labelled({ 'com.nvidia.volumes.needed': 'nvidia_driver' }),
      'cuda',
      ['label', 'com.nvidia.volumes.needed', 'nvidia_driver'],
    ],
    [
      'CUDA by its base',
      defined('Bootstrap: docker\nFrom: nvidia/cuda:12.4.1-devel-ubuntu22.04\n'),
      'cuda',
      ['definition', 'From', 'nvidia/cuda:12.4.1-devel-ubuntu22.04'],
    ],
    [
      'CUDA by its base’s tag',
      defined('From: pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime'),
      'cuda',
      ['definition', 'From', 'pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime'],
    ],
    [
      'CUDA by NGC',
      labelled({ 'org.opencontainers.image.base.name': 'nvcr.io/nvidia/pytorch:24.10-py3' }),
      'cuda',
      ['label', 'org.opencontainers.image.base.name', 'nvcr.io/nvidia/pytorch:24.10-py3'],
    ],
    ['ROCm by its base', defined('From: rocm/pytorch:latest'), 'rocm', ['definition', 'From', 'rocm/pytorch:latest']],
    ['ROCm by a variable', withFile('export ROCM_PATH=/opt/rocm'), 'rocm', ['environment', 'ROCM_PATH', '/opt/rocm']],
  ])('is %s', (_what, image, need, evidence) => {
    const answer = gpuNeed(image);
    expect(answer.need).toBe(need);
    expect(answer.evidence.map(({ where, name, text }) => [where, name, text])).toContainEqual(evidence);
  });

  it('is none where the image says how it was built and nothing speaks for one, and else not known', () => {
    expect(gpuNeed(defined('Bootstrap: docker\nFrom: ubuntu:22.04\n'))).toEqual({ need: 'none', evidence: [] });
    expect(gpuNeed(withFile('NVIDIA_VISIBLE_DEVICES=void')).need).toBe('unknown');
    expect(gpuNeed(defined('Bootstrap: localimage\nFrom: base.sif\n')).need).toBe('unknown');
    expect(gpuNeed(labelled({})).need).toBe('unknown');
    const open = {
      ...defined('From: ubuntu:22.04'),
      unknown: [{ field: 'contents', why: 'encrypted' }] as ImageMetadata['unknown'],
    };
    expect(gpuNeed(open).need).toBe('unknown');
  });

  it('does not take every name with such letters for one', () => {
    expect(gpuNeed(defined('From: example.org/barracuda:1')).need).toBe('none');
    expect(gpuNeed(defined('From: procm/tool:1')).need).toBe('none');
  });
});

describe('the MPI that an image brings', () => {
  it.each([
    [labelled({ 'org.open-mpi.version': '4.1.5' }), 'Open MPI', '4.1.5', 'label'],
    [labelled({ MPI: 'MPICH 3.4.3' }), 'MPICH', '3.4.3', 'label'],
    [withFile('export OMPI_VERSION=5.0.3'), 'Open MPI', '5.0.3', 'environment'],
    [withFile('export I_MPI_ROOT=/opt/intel/oneapi/mpi/latest'), 'Intel MPI', null, 'environment'],
    [
      defined('%post\n  apt-get install -y libopenmpi-dev\n  export OMPI_VERSION="4.1.5"\n'),
      'Open MPI',
      '4.1.5',
      'definition',
    ],
    [
      defined('%post\n  wget https://www.mpich.org/static/downloads/3.4.3/mpich-3.4.3.tar.gz\n'),
      'MPICH',
      '3.4.3',
      'definition',
    ],
    [defined('%post\n  wget mvapich2-2.3.7.tar.gz\n'), 'MVAPICH', '2.3.7', 'definition'],
    [defined('%post\n  apt-get install -y openmpi-bin\n'), 'Open MPI', null, 'definition'],
  ])('is known by labels, environment or definition', (image, flavour, version, where) => {
    expect(mpiOf(image)).toMatchObject({ flavour, version, evidence: { where } });
  });

  it('is none where none is named', () => {
    expect(mpiOf(defined('# openmpi is not there\nFrom: compile:1'))).toBeNull();
  });
});

it.each([
  ['/shared/apptainer/images/viz/paraview.sif', {}, 'viz'],
  ['/shared/apptainer/images/compute/gromacs.sif', {}, 'compute'],
  ['/shared/compute/viz/x.sif', {}, 'viz'],
  ['/shared/viz/x.sif', { 'org.slipway.type': 'Compute' }, 'compute'],
  ['/home/ada/constructor/x.sif', { type: 'container' }, 'custom'],
  ['viz.sif', {}, 'custom'],
])('%s with %j is of type %s', (path, labels, type) => {
  expect(imageType(path, labelled(labels as Record<string, string>))).toBe(type);
  expect(imageType('/x/viz/a.sif', null)).toBe('viz');
});

it('what inspect says fills in what the file left open, and nothing else', () => {
  const { labels, labelSource, definition, apps, environment, runscript, startscript, test, help } = someMetadata({});
  const nothing = { labels, labelSource, definition, apps, environment, runscript, startscript, test, help };
  const image = someMetadata({
    definition: { text: 'From: file', cut: false },
    unknown: [
      { field: 'contents', why: 'unreadableCompression' },
      { field: 'signatures', why: 'damaged' },
    ],
  });
  const completed = withInspected(image, {
    contents: {
      ...nothing,
      labels: { a: 'b' },
      labelSource: 'inspectCommand',
      definition: { text: 'From: inspect', cut: false },
      help: { text: 'Help', cut: false },
    },
    unknown: [],
  });
  expect(completed).toMatchObject({
    labels: { a: 'b' },
    labelSource: 'inspectCommand',
    definition: { text: 'From: file' },
    help: { text: 'Help' },
    unknown: [{ field: 'signatures', why: 'damaged' }],
  });
});

it.each([
  ['line ends', '\n'],
  ['blanks', ' '],
  ['tabs before a word', '\tfrom'],
  ['names of MPI', 'openmpi '],
  ['versions', 'mpich-1.1.1.1'],
  ['beginnings of values', 'A="${A:-"'],
  ['bases', 'from: x-cuda-cuda-cuda'],
  ['backslashes', 'A="\\'],
])('a text of nothing but %s takes no longer to read than it is long', (_what, piece) => {
  // as much as is kept: what begins anew at each character does not come to an end
  const text = piece.repeat(Math.floor(262_144 / piece.length));
  const content = { text, cut: true };
  const image = someMetadata({
    definition: content,
    environment: [{ file: 'e', content }],
    labels: { version: text, mpi: text },
  });
  expect([
    gpuNeed(image).need,
    mpiOf(image)?.version ?? '',
    versionOf(image) ?? '',
    imageType(text, image),
  ]).toHaveLength(4);
});
