import { expect, it } from 'vitest';
import { shortFacts } from './imageFacts.ts';
import { imageKey, placeOfKey } from './imageKey.ts';
import { exampleImage } from '../../shared/domain/image/testing/exampleImage.ts';

it('tells an image by version, GPU, architecture and size', () => {
  const image = exampleImage('/i/pytorch.sif', {
    version: '2.5',
    gpu: { need: 'cuda', evidence: [] },
    architecture: 'amd64',
    size: 1024 ** 3,
  });
  expect(shortFacts(image)).toEqual(['2.5', 'CUDA', 'amd64', '1 GiB']);
});

it('leaves out what is not known, and the size of a folder', () => {
  const image = exampleImage('/i/sandbox', { kind: 'sandbox' });
  expect(shortFacts(image)).toEqual([]);
});

it('shows the words of an image without what would reorder them', () => {
  expect(shortFacts(exampleImage('/i/a.sif', { version: '1\u202E2' }))[0]).toBe('1\uFFFD2');
});

it('names an image of a node by both, and reads the name back', () => {
  for (const place of [
    { path: '/i/a:b.sif', node: null },
    { path: '/i/a:b.sif', node: 'gpu1' },
  ])
    expect(placeOfKey(imageKey(place))).toEqual(place);
  expect(placeOfKey('nothing')).toBeNull();
});
