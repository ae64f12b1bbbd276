import { describe, expect, it } from 'vitest';
import { exampleImage } from '../../../shared/domain/image/testing/exampleImage.ts';
import { startingImage } from './startingImage.ts';

const IMAGES = [exampleImage('/opt/apptainers/pytorch_cuda.sif'), exampleImage('/opt/apptainers/gromacs.sif')];
const any = { mode: 'any' as const, allowedImages: [] };
const fixed = { mode: 'fixed' as const, allowedImages: ['pytorch_cuda.sif'] };

describe('the image of a job', () => {
  it('may be any where the template does not say', () => {
    expect(startingImage(any, IMAGES, null)).toBeNull();
  });

  it('is the one that the template names', () => {
    expect(startingImage(fixed, IMAGES, null)).toBe('/opt/apptainers/pytorch_cuda.sif');
  });

  it('is chosen at once when there is no choice', () => {
    expect(startingImage(any, IMAGES.slice(1), null)).toBe('/opt/apptainers/gromacs.sif');
  });

  it('is found by name where another cluster keeps it in another folder', () => {
    expect(startingImage(any, IMAGES, '/shared/images/gromacs.sif')).toBe('/opt/apptainers/gromacs.sif');
  });

  it('stays chosen when it is gone, so that the problem can be seen', () => {
    expect(startingImage(any, IMAGES, '/opt/apptainers/old.sif')).toBe('/opt/apptainers/old.sif');
  });

  it('is none for a template without a container', () => {
    const none = { mode: 'none' as const, allowedImages: [] };
    expect(startingImage(none, IMAGES, null)).toBeNull();
  });
});
