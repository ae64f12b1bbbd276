import { describe, expect, it } from 'vitest';
import { allowedAmong, allowsImage, impliedImage, missingAmong } from './rule.ts';

const IMAGES = [{ name: 'pytorch_cuda.sif' }, { name: 'gromacs.sif' }];
const none = { mode: 'none' as const, allowedImages: [] };
const any = { mode: 'any' as const, allowedImages: [] };
const partition = { mode: 'partition' as const, allowedImages: ['gromacs.sif', 'pytorch_cuda.sif'] };
const fixed = { mode: 'fixed' as const, allowedImages: ['old.sif', 'pytorch_cuda.sif'] };

describe('what an image rule allows', () => {
  it('is every image where it names none', () => {
    expect(allowsImage(any, 'anything.sif')).toBe(true);
    expect(allowedAmong(any, IMAGES)).toEqual(IMAGES);
    expect(missingAmong(any, IMAGES)).toEqual([]);
  });

  it('is what it names, in every mode', () => {
    expect(allowsImage(fixed, 'gromacs.sif')).toBe(false);
    expect(allowedAmong(fixed, IMAGES)).toEqual([IMAGES[0]]);
    expect(missingAmong(fixed, IMAGES)).toEqual(['old.sif']);
    expect(allowedAmong(partition, IMAGES)).toEqual(IMAGES);
  });

  it('is nothing without a container', () => {
    expect(allowsImage(none, 'gromacs.sif')).toBe(false);
    expect(allowedAmong(none, IMAGES)).toEqual([]);
    expect(missingAmong({ mode: 'none', allowedImages: ['a.sif'] }, IMAGES)).toEqual([]);
  });
});

describe('the image to begin with', () => {
  it('is the first that is there of those that a fixed rule names', () => {
    expect(impliedImage(fixed, IMAGES)).toBe(IMAGES[0]);
  });

  it('is the only one there is to choose', () => {
    expect(impliedImage(any, IMAGES.slice(1))).toBe(IMAGES[1]);
  });

  it('is left to the person where there are several', () => {
    expect(impliedImage(any, IMAGES)).toBeNull();
    expect(impliedImage(partition, IMAGES)).toBeNull();
    expect(impliedImage(none, IMAGES)).toBeNull();
  });
});
