import { expect, it } from 'vitest';
import { shortLabel, tellingLabels } from './imageLabels.ts';

it('tells of labels those that say something of their own', () => {
  const labels = {
    'org.opencontainers.image.title': 'gromacs',
    'org.label-schema.usage.singularity.deffile.from': 'ubuntu:22.04',
    'org.opencontainers.image.authors': 'ada',
    Maintainer: 'grace',
    VERSION: '2',
    'cuda.driver': '525',
  };
  expect(tellingLabels(labels).map(([name]) => name)).toEqual([
    'org.opencontainers.image.authors',
    'Maintainer',
    'cuda.driver',
  ]);
});

it('leaves the well-known name spaces out of names', () => {
  expect(['org.opencontainers.image.authors', 'com.nvidia.volumes.needed', 'Maintainer'].map(shortLabel)).toEqual([
    'authors',
    'com.nvidia.volumes.needed',
    'Maintainer',
  ]);
});
