import { expect, it } from 'vitest';
import { exampleImage } from '../../../shared/domain/image/testing/exampleImage.ts';
import { orderPressed, sortImages } from './sort.ts';

const names = (images: readonly { name: string }[]): string[] => images.map(({ name }) => name);
const IMAGES = [
  exampleImage('/i/gcc-13.sif', { version: '13.2', size: 5, lastUsedAt: 100 }),
  exampleImage('/i/gcc-9.sif', { version: '9.1', size: 5, lastUsedAt: null }),
  exampleImage('/i/a.sif', { size: 7, lastUsedAt: 200 }),
];

it('orders names and versions as people number them', () => {
  expect(names(sortImages(IMAGES, { column: 'name', descending: false }))).toEqual([
    'a.sif',
    'gcc-9.sif',
    'gcc-13.sif',
  ]);
  expect(names(sortImages(IMAGES, { column: 'version', descending: false }))).toEqual([
    'gcc-9.sif',
    'gcc-13.sif',
    'a.sif',
  ]);
});

it('puts what is not known last, whichever way round', () => {
  expect(names(sortImages(IMAGES, { column: 'version', descending: true }))).toEqual([
    'gcc-13.sif',
    'gcc-9.sif',
    'a.sif',
  ]);
  expect(names(sortImages(IMAGES, { column: 'lastUsed', descending: true }))).toEqual([
    'a.sif',
    'gcc-13.sif',
    'gcc-9.sif',
  ]);
});

it('keeps what is equal by name', () => {
  expect(names(sortImages(IMAGES, { column: 'size', descending: true }))).toEqual(['a.sif', 'gcc-9.sif', 'gcc-13.sif']);
});

it('turns round when the same column is pressed again; most comes first of sizes and times', () => {
  const byName = { column: 'name', descending: false } as const;
  expect(orderPressed(byName, 'name')).toEqual({ column: 'name', descending: true });
  expect(orderPressed(byName, 'size')).toEqual({ column: 'size', descending: true });
  expect(orderPressed(byName, 'version')).toEqual({ column: 'version', descending: false });
});
