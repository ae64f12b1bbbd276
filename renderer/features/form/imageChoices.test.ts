import { describe, expect, it } from 'vitest';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { exampleImage } from '../../../shared/domain/image/testing/exampleImage.ts';
import { groupImages, imageRows, isChoosable } from './imageChoices.ts';

const any = { mode: 'any' as const, partition: null, allowedImages: [] };
const fixed = { mode: 'fixed' as const, partition: null, allowedImages: ['pytorch.sif'] };
const IMAGES = [
  exampleImage('/i/pytorch.sif'),
  exampleImage('/i/gromacs.sif', { lastUsedAt: 5 }),
  exampleImage('/i/openfoam.sif', { lastUsedAt: 9 }),
  exampleImage('/i/old.sif', { active: false, lastUsedAt: 7 }),
];
const names = (choices: readonly { image: ImageSummary }[]): string[] => choices.map(({ image }) => image.name);

describe('the images that a picker offers', () => {
  it('begin with those that were used, latest first; those that are gone come last and cannot be chosen', () => {
    const { recent, others, out } = groupImages(IMAGES, any, null);
    expect(names(recent)).toEqual(['openfoam.sif', 'gromacs.sif']);
    expect(names(others)).toEqual(['pytorch.sif']);
    expect(names(out)).toEqual(['old.sif']);
    expect(out.some(isChoosable)).toBe(false);
  });

  it('say of those that the template does not take why', () => {
    const { recent, others, out } = groupImages(IMAGES, fixed, null);
    expect([names(recent), names(others)]).toEqual([[], ['pytorch.sif']]);
    expect(out.map(({ image, verdict }) => [image.name, verdict.kind])).toEqual([
      ['gromacs.sif', 'out'],
      ['old.sif', 'gone'],
      ['openfoam.sif', 'out'],
    ]);
  });

  it('are all there for a template without a container', () => {
    const { out } = groupImages(IMAGES, { ...any, mode: 'none' }, null);
    expect(names(out)).toEqual(['old.sif']);
  });
});

it('lists each group under its heading, and no heading over nothing', () => {
  const groups = groupImages(IMAGES, any, null);
  const shown = (query: string): string[] =>
    imageRows(groups, query).map((row) => (row.kind === 'heading' ? `# ${row.group}` : row.choice.image.name));
  expect(shown('')).toEqual(['# recent', 'openfoam.sif', 'gromacs.sif', '# others', 'pytorch.sif', '# out', 'old.sif']);
  expect(shown('GROM')).toEqual(['# recent', 'gromacs.sif']);
  expect(shown('nothing like it')).toEqual([]);
  const unused = groupImages([exampleImage('/i/a.sif'), exampleImage('/i/b.sif')], any, null);
  expect(imageRows(unused, '').map(({ kind }) => kind)).toEqual(['image', 'image']);
});
