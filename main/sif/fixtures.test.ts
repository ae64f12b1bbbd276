import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImage } from './readImage.ts';
import { sourceOf } from './testing/sources.ts';

/** Images that the reference implementation wrote (apptainer/sif, test/images), beside the checkout: they are no part of it. */
const FOLDER = path.resolve(import.meta.dirname, '../../../shared/fixtures/sif');

describe.skipIf(!existsSync(FOLDER))('the test images of apptainer/sif', () => {
  const read = (name: string): ReturnType<typeof readImage> =>
    readImage(sourceOf(readFileSync(path.join(FOLDER, name))));
  const none = { labels: {}, apps: [], createdAt: null, modifiedAt: null, uuid: null, oci: null };
  const squashfs = { type: 'squashfs', compression: 'gzip', encrypted: false, size: 4096 };

  it.each([
    [
      'empty.sif',
      { kind: 'sif', architecture: 'unknown', architectureCode: '00', rootFileSystem: null, signatures: [] },
    ],
    ['one-group.sif', { kind: 'sif', architecture: '386', rootFileSystem: squashfs, signatures: [] }],
    ['two-groups.sif', { kind: 'sif', architecture: '386', rootFileSystem: squashfs, signatures: [] }],
    [
      'one-object-generic-json.sif',
      { kind: 'sif', rootFileSystem: null, unknown: [{ field: 'contents', why: 'notRecorded' }] },
    ],
    ['one-object-oci-root-index.sif', { kind: 'oci-sif', unknown: [{ field: 'ociConfig', why: 'damaged' }] }],
    [
      'one-group-signed-pgp.sif',
      {
        kind: 'sif',
        signatures: [
          {
            kind: 'pgp',
            hash: 'sha256',
            fingerprint: '12045c8c0b1004d058de4beda20c27ee7ff7ba84',
            signs: { what: 'group', id: 1 },
          },
        ],
      },
    ],
  ])('%s is read as it was written', async (name, says) => {
    expect(await read(name)).toMatchObject({ ...none, sifVersion: '01', ...says });
  });

  it('are all opened without complaint', async () => {
    for (const name of readdirSync(FOLDER).filter((each) => each.endsWith('.sif')))
      expect(await read(name)).toMatchObject({ size: readFileSync(path.join(FOLDER, name)).length });
  });
});
