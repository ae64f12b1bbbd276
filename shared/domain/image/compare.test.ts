import { describe, expect, it } from 'vitest';
import { compareImages, type ComparedImage } from './compare.ts';
import type { ImageMetadata } from './metadata.ts';
import type { ImageSummary } from './schema.ts';
import { exampleImage } from './testing/exampleImage.ts';

const METADATA: ImageMetadata = {
  labels: { Version: '1' },
  labelSource: 'inspection',
  definition: { text: 'From: a\n', cut: false },
  apps: [],
  environment: [{ file: '90-environment.sh', content: { text: 'export A=1\n', cut: false } }],
  runscript: null,
  startscript: null,
  test: null,
  help: null,
  kind: 'sif',
  size: 1,
  sifVersion: '01',
  uuid: 'u',
  createdAt: 1,
  modifiedAt: 1,
  architecture: 'amd64',
  architectureCode: null,
  rootFileSystem: null,
  overlays: [],
  oci: null,
  signatures: [],
  encrypted: false,
  unknown: [],
};
const image = (summary: Partial<ImageSummary> = {}, metadata: Partial<ImageMetadata> | null = {}): ComparedImage => ({
  summary: exampleImage('/images/a.sif', { uuid: 'u', architecture: 'amd64', ...summary }),
  metadata: metadata === null ? null : { ...METADATA, ...metadata },
});

describe('two images', () => {
  it('have no difference where they are the same, wherever they lie', () => {
    const { differences, same } = compareImages(image(), image({ path: '/else/b.sif', name: 'b.sif' }));
    expect(differences).toEqual([]);
    expect(same).toEqual(expect.arrayContaining(['labels.Version', 'definition', 'environment.90-environment.sh']));
  });

  it('are told apart field by field', () => {
    const app = { name: 'py', labels: {}, environment: [], runscript: null, startscript: null, test: null, help: null };
    const { differences } = compareImages(
      image({ size: 5, uuid: 'u' }),
      image({ size: 6, uuid: 'v' }, { labels: { Version: '2', New: 'x' }, apps: [app] }),
    );
    expect(differences).toEqual([
      { field: 'apps.py', left: null, right: 'py' },
      { field: 'labels.New', left: null, right: 'x' },
      { field: 'labels.Version', left: '1', right: '2' },
      { field: 'size', left: '5', right: '6' },
      { field: 'uuid', left: 'u', right: 'v' },
    ]);
  });

  it('are not called different, nor alike, in what is not known of one of them', () => {
    const { differences, unknown } = compareImages(
      image({ digest: 'd' }),
      image(
        { architecture: 'unknown' },
        { labels: {}, definition: null, environment: [], unknown: [{ field: 'contents', why: 'encrypted' }] },
      ),
    );
    expect(differences).toEqual([]);
    expect(unknown).toEqual(
      expect.arrayContaining([
        'architecture',
        'definition',
        'digest',
        'environment.90-environment.sh',
        'labels.Version',
      ]),
    );
    expect(compareImages(image(), image({ uuid: null }, null)).unknown).toEqual(
      expect.arrayContaining(['definition', 'kind', 'uuid']),
    );
  });
});
