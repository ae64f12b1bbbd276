import { describe, expect, it } from 'vitest';
import { exampleImage } from '../../../shared/domain/image/testing/exampleImage.ts';
import {
  architecturesOf,
  EVERY_IMAGE,
  filterImages,
  isEveryImage,
  moreFiltersSet,
  type ImageFilter,
} from './filter.ts';

const pytorch = exampleImage('/images/pytorch.sif', {
  type: 'compute',
  version: '2.5',
  gpu: { need: 'cuda', evidence: [] },
  apps: ['python'],
  labels: { maintainer: 'ada' },
  signed: true,
  architecture: 'amd64',
  size: 4 * 1024 ** 3,
  digest: `abcd${'0'.repeat(60)}`,
  usedIn: 2,
});
const paraview = exampleImage('/images/paraview.sif', {
  type: 'viz',
  version: '5.13',
  architecture: 'arm64',
  signed: null,
  size: 800 * 1024 ** 2,
  uuid: 'F00D-1',
});
const old = exampleImage('/images/old.sif', { active: false, architecture: 'amd64' });
const ALL = [pytorch, paraview, old];
const found = (filter: Partial<ImageFilter>): string[] =>
  filterImages(ALL, { ...EVERY_IMAGE, ...filter }).map(({ name }) => name);

describe('the filters of the Images page', () => {
  it('show what is there, and what is gone when that is asked for', () => {
    expect(found({})).toEqual(['pytorch.sif', 'paraview.sif']);
    expect(found({ there: 'gone' })).toEqual(['old.sif']);
    expect(found({ there: 'both' })).toHaveLength(3);
  });

  it('let every one of their conditions count', () => {
    expect(found({ type: 'viz' })).toEqual(['paraview.sif']);
    expect(found({ gpu: 'cuda' })).toEqual(['pytorch.sif']);
    expect(found({ architecture: 'arm64' })).toEqual(['paraview.sif']);
    expect(found({ signed: 'yes' })).toEqual(['pytorch.sif']);
    expect(found({ signed: 'unknown' })).toEqual(['paraview.sif']);
    expect(found({ version: '2.' })).toEqual(['pytorch.sif']);
    expect(found({ app: 'PYTH' })).toEqual(['pytorch.sif']);
    expect(found({ label: 'Maintainer=ada' })).toEqual(['pytorch.sif']);
    expect(found({ used: 'never' })).toEqual(['paraview.sif']);
    expect(found({ type: 'viz', gpu: 'cuda' })).toEqual([]);
  });

  it('take sizes as people write them, and pass over what is none', () => {
    expect(found({ least: '1G' })).toEqual(['pytorch.sif']);
    expect(found({ most: '800 MiB' })).toEqual(['paraview.sif']);
    expect(found({ least: 'big' })).toHaveLength(2);
  });

  it('find an image by the beginning of its digest or UUID', () => {
    expect(found({ identity: 'sha256:ABCD' })).toEqual(['pytorch.sif']);
    expect(found({ identity: 'f00d' })).toEqual(['paraview.sif']);
    expect(found({ identity: '00' })).toEqual([]);
  });

  it('look for every word in all that a list knows', () => {
    expect(found({ text: 'ADA python' })).toEqual(['pytorch.sif']);
    expect(found({ text: 'cuda 2.5' })).toEqual(['pytorch.sif']);
    expect(found({ text: 'ada viz' })).toEqual([]);
  });
});

it('says how many filters are set, and which architectures there are', () => {
  expect(isEveryImage(EVERY_IMAGE)).toBe(true);
  expect(isEveryImage({ ...EVERY_IMAGE, text: 'x' })).toBe(false);
  expect(moreFiltersSet({ ...EVERY_IMAGE, text: 'x', app: 'gmx', there: 'both' })).toBe(2);
  expect(architecturesOf(ALL)).toEqual(['amd64', 'arm64']);
});
