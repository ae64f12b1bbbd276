import { describe, expect, it } from 'vitest';
import { inWords } from '../../messages/catalogue.ts';
import { imageStem, readImageWish } from './names.ts';
import {
  allowedAmong,
  allowsImage,
  digestToVerify,
  imagesCalled,
  impliedImage,
  judgeImage,
  missingAmong,
  nearestImages,
  type ImageVerdict,
  type RuledImage,
} from './rule.ts';

const IMAGES = [{ name: 'pytorch_cuda.sif' }, { name: 'gromacs.sif' }];
const none = { mode: 'none' as const, allowedImages: [] };
const any = { mode: 'any' as const, allowedImages: [] };
const listed = { mode: 'any' as const, allowedImages: ['gromacs.sif', 'pytorch_cuda.sif'] };
const fixed = (...allowedImages: string[]) => ({ mode: 'fixed' as const, allowedImages });
const partition = (name: string | null, ...allowedImages: string[]) => ({
  mode: 'partition' as const,
  partition: name,
  allowedImages,
});

it('takes a file by the names of links to it, too', () => {
  const image = { name: 'pytorch-2.1.sif', path: '/images/pytorch-2.1.sif', otherPaths: ['/images/pytorch_cuda.sif'] };
  expect(allowsImage(fixed('pytorch_cuda'), image)).toBe(true);
  expect(allowsImage(fixed('gromacs'), image)).toBe(false);
  expect(imagesCalled('/images/pytorch_cuda.sif', [image])).toEqual([image]);
});

const said = (verdict: ImageVerdict): string =>
  verdict.kind === 'fits' ? 'fits' : `${verdict.kind}: ${inWords(verdict.reason)}`;
const judged = (wanted: string, image: RuledImage): string => said(judgeImage(fixed(wanted), image));

describe('what an image rule allows', () => {
  it('is every image where it names none', () => {
    expect(allowsImage(any, 'anything.sif')).toBe(true);
    expect(allowedAmong(any, IMAGES)).toEqual(IMAGES);
    expect(missingAmong(any, IMAGES)).toEqual([]);
  });

  it('is what it names, in every mode', () => {
    const rule = fixed('old.sif', 'pytorch_cuda.sif');
    expect(allowsImage(rule, 'gromacs.sif')).toBe(false);
    expect(allowedAmong(rule, IMAGES)).toEqual([IMAGES[0]]);
    expect(missingAmong(rule, IMAGES)).toEqual(['old.sif']);
    expect(allowedAmong(listed, IMAGES)).toEqual(IMAGES);
  });

  it('is whatever the person chooses where the template says nothing of images', () => {
    expect(allowsImage(none, 'gromacs.sif')).toBe(true);
    expect(allowedAmong(none, IMAGES)).toEqual(IMAGES);
    expect(missingAmong({ mode: 'none', allowedImages: ['a.sif'] }, IMAGES)).toEqual([]);
  });

  it('is not what is no longer there', () => {
    expect(
      allowedAmong(any, [
        { name: 'a.sif', active: false },
        { name: 'b.sif', active: true },
      ]),
    ).toMatchObject([{ name: 'b.sif' }]);
    expect(missingAmong(fixed('a.sif'), [{ name: 'a.sif', active: false }])).toEqual(['a.sif']);
  });
});

describe('a name as people write it', () => {
  it.each([
    ['KooSimulationPython313', 'KooSimulationPython313.sif'],
    ['KooSimulationPython313.sif', 'KooSimulationPython313.sif'],
    ['python_3.11', 'python_3.11.sif'],
    ['python_3.11.sif', 'python_3.11.sif'],
    ['python_3.11', 'python_3.11.simg'],
    ['python_3.11.sif', 'python_3.11'],
    ['pytorch-*.sif', 'pytorch-2.5.sif'],
    ['pytorch-2.?', 'pytorch-2.5.sif'],
    ['{lammps,gromacs}', 'gromacs.sif'],
    ['tool:1.0.sif', 'tool:1.0.sif'],
    ['scan[1].sif', 'scan[1].sif'],
  ])('%s means %s', (wanted, name) => {
    expect(judged(wanted, { name })).toBe('fits');
  });

  it.each([
    ['python_3.11', 'python_3.12.sif', 'out: it is not called python_3.11.'],
    ['python_3', 'python_3.11.sif', 'out: it is not called python_3.'],
    ['python_3.11.sif', 'python_3.11.simg', 'out: it is not called python_3.11.sif.'],
    ['PyTorch', 'pytorch.sif', 'out: it differs from PyTorch in capitals, which count.'],
  ])('%s does not mean %s', (wanted, name, why) => {
    expect(judged(wanted, { name })).toBe(why);
  });

  it('has a dot without having an ending', () => {
    expect(['python_3.11', 'a.sif', 'b.tar.sif', 'c.img', '.sif'].map(imageStem)).toEqual([
      'python_3.11',
      'a',
      'b.tar',
      'c',
      '',
    ]);
  });
});

describe('a version', () => {
  it('is the one that the image says, or that stands in its name', () => {
    expect(judged('pytorch:2.*', { name: 'pytorch.sif', version: '2.5.1' })).toBe('fits');
    expect(judged('pytorch:2.*', { name: 'pytorch_v2.5.sif', version: null })).toBe('fits');
    expect(judged('pytorch:2.*', { name: 'pytorch-2.5.sif', version: 'nightly' })).toBe('fits');
  });

  it('is another one, which is said', () => {
    expect(judged('pytorch:2.*', { name: 'pytorch.sif', version: '1.13' })).toBe(
      'out: it is version 1.13; 2.* is asked for.',
    );
    expect(judged('pytorch:2.5', { name: 'pytorch-2.4.sif' })).toBe('out: it is version 2.4; 2.5 is asked for.');
    expect(judged('pytorch:2.*', { name: 'pytorch_extras-2.5.sif', version: '2.5' })).toMatch(/^out: it is not called/);
  });

  it('that is not known is not a wrong one', () => {
    expect(judged('pytorch:2.*', { name: 'pytorch.sif' })).toBe('unsure: its version is not known; 2.* is asked for.');
    expect(allowsImage(fixed('pytorch:2.*'), 'pytorch.sif')).toBe(true);
  });
});

describe('a digest', () => {
  const digest = 'ab'.repeat(32);

  it('names the content, with or without a name', () => {
    expect(readImageWish(`pytorch:2.*@sha256:${digest}`)).toEqual({ name: 'pytorch', version: '2.*', digest });
    expect(judged(`sha256:${digest}`, { name: 'x.sif', digest })).toBe('fits');
    expect(judged(`pytorch@sha256:${digest.slice(0, 12).toUpperCase()}`, { name: 'pytorch.sif', digest })).toBe('fits');
    expect(judged(`pytorch@sha256:${digest}`, { name: 'pytorch.sif', digest: 'cd'.repeat(32) })).toBe(
      'out: its content is another one (SHA-256).',
    );
    expect(judged(`pytorch@sha256:${digest}`, { name: 'gromacs.sif', digest })).toMatch(/^out: it is not called/);
  });

  it('that was never computed leaves it open where the name is right', () => {
    expect(judged(`pytorch@sha256:${digest}`, { name: 'pytorch.sif', digest: null })).toMatch(/^unsure: /);
    expect(judged(`sha256:${digest}`, { name: 'pytorch.sif', digest: null })).toMatch(/^out: /);
  });
});

describe('a digest that is left to whoever runs the image', () => {
  it('is the one that the rule asks for, while the image’s own is not known', () => {
    const digest = 'ab'.repeat(32);
    expect(digestToVerify(fixed(`pytorch@sha256:${digest}`), { name: 'pytorch.sif' })).toBe(digest);
    expect(digestToVerify(fixed(`pytorch@sha256:${digest}`), { name: 'pytorch.sif', digest })).toBeNull();
    expect(digestToVerify(fixed(`pytorch@sha256:${digest}`, 'pytorch.sif'), { name: 'pytorch.sif' })).toBeNull();
    expect(digestToVerify(fixed('pytorch'), { name: 'pytorch.sif' })).toBeNull();
  });
});

describe('a partition', () => {
  const images = [
    { name: 'a.sif', folder: '/opt/apptainers', partition: null, type: 'custom' },
    { name: 'b.sif', folder: '/local/images', partition: 'gpu', type: 'custom' },
    { name: 'c.sif', folder: '/local/images', partition: 'normal', type: 'custom' },
    { name: 'd.sif', folder: '/shared/apptainer/images/gpu', partition: null, type: 'custom' },
  ];
  const names = (found: readonly RuledImage[]): string[] => found.map(({ name }) => name);

  it('has the images of its nodes and of its folder', () => {
    expect(names(allowedAmong(partition('gpu'), images))).toEqual(['b.sif', 'd.sif']);
    expect(said(judgeImage(partition('gpu'), images[2]!))).toBe('out: it belongs to normal, not to gpu.');
  });

  it('has those of which nobody knows where they belong only where it has no others', () => {
    expect(names(allowedAmong(partition('long'), images))).toEqual(['a.sif', 'd.sif']);
    expect(said(judgeImage(partition('gpu'), images[0]!))).toBe('unsure: whether it belongs to gpu is not known.');
  });

  it('is where the job goes, where the rule does not say it', () => {
    expect(names(allowedAmong(partition(null), images, 'normal'))).toEqual(['c.sif']);
    expect(names(allowedAmong(partition(null), images))).toEqual(['a.sif', 'b.sif', 'c.sif', 'd.sif']);
  });

  it.each([
    ['compute', '/shared/apptainer/images/compute', 'custom', 'fits'],
    ['compute', '/shared/apptainer/images/viz', 'custom', 'out: it belongs to viz, not to compute.'],
    ['viz', '/opt/apptainers', 'viz', 'fits'],
    ['viz', '/opt/apptainers', 'compute', 'out: it belongs to compute, not to viz.'],
    ['viz', '/opt/apptainers', 'custom', 'unsure: whether it belongs to viz is not known.'],
  ])('called %s is a type of images too: %s, %s', (name, folder, type, verdict) => {
    expect(said(judgeImage(partition(name), { name: 'x.sif', folder, type }))).toBe(verdict);
  });

  it('and names narrow each other down', () => {
    expect(names(allowedAmong(partition('gpu', 'b', 'c'), images))).toEqual(['b.sif']);
  });
});

describe('the image to begin with', () => {
  it('is the first that is there of those that a fixed rule names', () => {
    expect(impliedImage(fixed('old.sif', 'pytorch_cuda'), IMAGES)).toBe(IMAGES[0]);
  });

  it('is the only one there is to choose', () => {
    expect(impliedImage(any, IMAGES.slice(1))).toBe(IMAGES[1]);
  });

  it('is left to the person where there are several, or nobody asked for one', () => {
    expect(impliedImage(any, IMAGES)).toBeNull();
    expect(impliedImage(listed, IMAGES)).toBeNull();
    expect(impliedImage(none, IMAGES.slice(1))).toBeNull();
  });

  it('is left to the person between two of one name, unless one is called so to the letter', () => {
    const two = [
      { name: 'py.sif', path: '/a/py.sif' },
      { name: 'py.sif', path: '/b/py.sif' },
      { name: 'py.simg', path: '/a/py.simg' },
    ];
    expect(impliedImage(fixed('py'), two)).toBeNull();
    expect(impliedImage(fixed('py.sif'), two)).toBeNull();
    expect(impliedImage(fixed('py.simg'), two)).toBe(two[2]);
  });
});

describe('an image that a person names', () => {
  const images = ['/a/python_3.11.sif', '/b/python_3.11.sif', '/a/Koo.sif'].map((path) => ({
    path,
    name: path.slice(3),
  }));
  it('is all that it may mean', () => {
    expect(imagesCalled('Koo', images)).toEqual([images[2]]);
    expect(imagesCalled('/b/python_3.11.sif', images)).toEqual([images[1]]);
    expect(imagesCalled('python_3.11', images)).toEqual(images.slice(0, 2));
    expect(imagesCalled('koo', images)).toEqual([]);
  });
});

describe('where nothing fits', () => {
  it('the nearest names are told, the nearest first, with what keeps each out', () => {
    const images = [
      { name: 'pytorch_cuda12.sif' },
      { name: 'PyTorch_CUDA.sif' },
      { name: 'gromacs.sif' },
      { name: 'pytorch_cuda.sif', active: false },
    ];
    expect(
      nearestImages(fixed('pytorch_cuda.sif'), images).map(({ image, reason }) => [image.name, inWords(reason)]),
    ).toEqual([
      ['pytorch_cuda.sif', 'it was not there any more at the last look.'],
      ['PyTorch_CUDA.sif', 'it differs from pytorch_cuda.sif in capitals, which count.'],
      ['pytorch_cuda12.sif', 'it is not called pytorch_cuda.sif.'],
    ]);
  });

  it('that are at most three, and none where none is near', () => {
    expect(nearestImages(fixed('abaqus'), IMAGES)).toEqual([]);
    const many = Array.from({ length: 9 }, (_, i) => ({ name: `abaqus-${String(i)}.sif` }));
    expect(nearestImages(fixed('abaqus'), many)).toHaveLength(3);
  });
});
