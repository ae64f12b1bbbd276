import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ImageMetadata } from '../../shared/domain/image/metadata.ts';
import { OBJECT } from './descriptors.ts';
import { readImage } from './readImage.ts';
import { definition, object, record, root } from './testing/images.ts';
import { shortAnswers, sourceOf, sparseSource } from './testing/sources.ts';
import { layOutSif, partitionExtra, signatureExtra, writeSif } from './write/sif.ts';
import { writeSquashFs } from './write/squashfs.ts';

const GB = 1024 ** 3;
const SQUASHFS = writeSquashFs({ files: { '/etc/os-release': 'ID=none' } });
const ATTRIBUTES = {
  apps: { gmx: { runscript: '#!/bin/sh\nexec gmx "$@"\n', helpfile: 'Runs GROMACS', labels: { Tool: 'gmx' } } },
  environment: { '/.singularity.d/env/90-environment.sh': 'export A=1\n' },
  labels: { 'org.opencontainers.image.version': '2024.4' },
  runscript: '#!/bin/sh\nexec "$@"\n',
  startscript: '#!/bin/sh\n',
  test: '#!/bin/sh\ngmx --version\n',
  helpfile: 'Help',
  deffile: 'Bootstrap: docker\nFrom: gromacs/gromacs:2024.4\n',
};

describe('a SIF image', () => {
  it('says all that Apptainer recorded of it, in two reads, whatever its size', async () => {
    const source = sparseSource(
      layOutSif({
        objects: [definition(ATTRIBUTES.deffile), record(ATTRIBUTES), root(SQUASHFS, 60 * GB)],
        uuid: '5110ad00-0000-4000-8000-000000000001',
        madeAt: 1_767_225_600,
      }),
    );
    const image = await readImage(source);
    expect(ImageMetadata.parse(image)).toEqual(image);
    expect(image).toEqual({
      kind: 'sif',
      size: source.size,
      sifVersion: '01',
      uuid: '5110ad00-0000-4000-8000-000000000001',
      createdAt: 1_767_225_600,
      modifiedAt: 1_767_225_600,
      architecture: 'amd64',
      architectureCode: null,
      rootFileSystem: { type: 'squashfs', compression: 'gzip', encrypted: false, size: 60 * GB },
      overlays: [],
      oci: null,
      signatures: [],
      encrypted: false,
      unknown: [],
      labels: ATTRIBUTES.labels,
      labelSource: 'inspection',
      definition: { text: ATTRIBUTES.deffile, cut: false },
      apps: [
        {
          name: 'gmx',
          labels: { Tool: 'gmx' },
          environment: [],
          runscript: { text: '#!/bin/sh\nexec gmx "$@"\n', cut: false },
          startscript: null,
          test: null,
          help: { text: 'Runs GROMACS', cut: false },
        },
      ],
      environment: [{ file: '90-environment.sh', content: { text: 'export A=1\n', cut: false } }],
      runscript: { text: ATTRIBUTES.runscript, cut: false },
      startscript: { text: ATTRIBUTES.startscript, cut: false },
      test: { text: ATTRIBUTES.test, cut: false },
      help: { text: 'Help', cut: false },
    });
    expect(source.reads.length).toBe(2);
    expect(source.bytesRead()).toBeLessThan(65_536);
  });

  it('takes three reads and 64 KiB beside its records at most, signed and with an overlay and a large record', async () => {
    const large = { ...ATTRIBUTES, deffile: 'x'.repeat(200_000) };
    const source = sparseSource(
      layOutSif({
        objects: [
          definition(large.deffile),
          record(large),
          root(SQUASHFS, 60 * GB),
          object(OBJECT.partition, '', { size: 5 * GB, extra: partitionExtra(2, 4) }),
          object(OBJECT.signature, '{"payloadType":"x"}', {
            size: 3000,
            extra: signatureExtra(1, ''),
            group: 0,
            signs: { what: 'group', id: 1 },
          }),
          object(OBJECT.signature, '-----BEGIN PGP', {
            extra: signatureExtra(2, 'ab'.repeat(20)),
            group: 0,
            signs: { what: 'object', id: 3 },
          }),
        ],
      }),
    );
    const image = await readImage(source);
    expect(image.overlays).toEqual([{ type: 'ext3', compression: null, encrypted: false, size: 5 * GB }]);
    expect(image.signatures).toEqual([
      { kind: 'dsse', hash: 'sha256', fingerprint: null, signs: { what: 'group', id: 1 } },
      { kind: 'pgp', hash: 'sha384', fingerprint: 'ab'.repeat(20), signs: { what: 'object', id: 3 } },
    ]);
    expect(source.reads.length).toBeLessThanOrEqual(3);
    const records = 2 * 200_000;
    expect(source.bytesRead() - records).toBeLessThan(65_536);
  });

  it('is read with descriptors in any order, with holes, any room and any place of the table', async () => {
    const objects = [definition(ATTRIBUTES.deffile), record(ATTRIBUTES), root(SQUASHFS, 5000, 1, '04')];
    const usual = await readImage(sourceOf(writeSif({ objects })));
    for (const odd of [
      { objects: [...objects].reverse() },
      { objects: objects.map((each, index) => ({ ...each, slot: 40 - 7 * index })) },
      { objects: objects.map((each, index) => ({ ...each, slot: 999 - index })), capacity: 1000 },
      { objects, capacity: 3, tableAt: 128, alignment: 1 },
      { objects, tableAt: 12_345, alignment: 16 },
      { objects, launchScript: '' },
    ]) {
      const { size: _size, ...image } = await readImage(sourceOf(writeSif(odd)));
      const { size: _usual, ...expected } = usual;
      expect(image).toEqual(expected);
    }
  });

  it.each([
    ['00', '00', 'unknown', '00'],
    ['01', '01', '386', null],
    ['02', '02', 'amd64', null],
    ['04', '04', 'arm64', null],
    ['06', '06', 'ppc64le', null],
    ['13', '13', 'loong64', null],
    ['00', '04', 'arm64', null],
    ['14', '14', 'unknown', '14'],
    ['xy', '00', 'unknown', 'xy'],
  ])('of architecture code %s with a root of %s is %s', async (code, rootCode, architecture, kept) => {
    const image = await readImage(
      sourceOf(writeSif({ architecture: code, objects: [root(SQUASHFS, SQUASHFS.length, 1, rootCode)] })),
    );
    expect([image.architecture, image.architectureCode]).toEqual([architecture, kept]);
  });

  it.each([
    [1, 'gzip', false],
    [2, 'lzma', false],
    [3, 'lzo', false],
    [4, 'xz', false],
    [5, 'lz4', false],
    [6, 'zstd', false],
    [9, 'unknown', false],
  ])('compressed with %i is %s', async (id, compression, encrypted) => {
    const bytes = Buffer.from(SQUASHFS);
    bytes.writeUInt16LE(id, 20);
    const image = await readImage(sourceOf(writeSif({ objects: [root(bytes), record(ATTRIBUTES)] })));
    expect(image.rootFileSystem).toMatchObject({ type: 'squashfs', compression, encrypted });
  });

  it.each([
    [2, 'ext3', false, 'unreadableFileSystem'],
    [3, 'archive', false, 'unreadableFileSystem'],
    [4, 'raw', false, 'unreadableFileSystem'],
    [5, 'squashfs', true, 'encrypted'],
    [6, 'gocryptfs', true, 'encrypted'],
    [77, 'unknown', false, 'unreadableFileSystem'],
  ])('without a record on file system %i (%s) leaves its contents open', async (code, type, encrypted, why) => {
    const image = await readImage(sourceOf(writeSif({ objects: [root(Buffer.alloc(5000, 7), 5000, code)] })));
    expect(image.rootFileSystem).toEqual({ type, compression: null, encrypted, size: 5000 });
    expect(image.encrypted).toBe(encrypted);
    expect(image.unknown).toEqual([{ field: 'contents', why }]);
  });

  it('of every type of object, known or not, is read', async () => {
    const types = [...Object.values(OBJECT).filter((type) => type !== OBJECT.ociRootIndex), 0x4fff, -1, 0];
    const image = await readImage(sourceOf(writeSif({ objects: types.map((type) => object(type, 'some data')) })));
    expect(image).toMatchObject({ kind: 'sif', definition: { text: 'some data' } });
  });

  it('has labels of the object for them, and its definition from the object, where the record has none', async () => {
    const image = await readImage(
      sourceOf(
        writeSif({
          objects: [
            record({}),
            definition('\ufeffBootstrap: x\r\n'),
            object(OBJECT.labels, '{"Version":7,"x":{"a":[1]}}'),
          ],
        }),
      ),
    );
    expect(image).toMatchObject({
      labels: { Version: '7', x: '{"a":[1]}' },
      labelSource: 'labelsObject',
      definition: { text: 'Bootstrap: x\r\n', cut: false },
      unknown: [],
    });
  });

  it('keeps what it may not understand as it is: no UTF-8, control characters, markup, names with newlines', async () => {
    const image = await readImage(
      sourceOf(
        writeSif({
          objects: [
            record({
              labels: { 'a\nb\u001b[31m': '<img src=x onerror=alert(1)>', ['__proto__']: 'x', constructor: 'y' },
            }),
            { ...definition(''), data: Buffer.from([0x46, 0xff, 0x0a, 0x1b]), name: '../../etc\n\u001b]0;x' },
          ],
        }),
      ),
    );
    expect(image.labels).toEqual({ 'a\nb\u001b[31m': '<img src=x onerror=alert(1)>', constructor: 'y' });
    expect(image.definition).toEqual({ text: 'F\ufffd\n\u001b', cut: false });
  });

  it('that is built from OCI has its configuration beside the record', async () => {
    const config = {
      architecture: 'amd64',
      config: { Env: ['CUDA_VERSION=12.4'], Entrypoint: ['/run'] },
      rootfs: { diff_ids: ['a', 'b'] },
    };
    const image = await readImage(
      sourceOf(
        writeSif({
          objects: [
            object(OBJECT.genericJson, JSON.stringify(config), { name: 'oci-config.json' }),
            record(ATTRIBUTES),
          ],
        }),
      ),
    );
    expect(image.oci).toEqual({
      digest: null,
      entrypoint: ['/run'],
      cmd: [],
      env: ['CUDA_VERSION=12.4'],
      workingDir: null,
      user: null,
      layers: 2,
    });
    expect(image.kind).toBe('sif');
  });

  it('is the same over a source that answers short', async () => {
    const bytes = writeSif({ objects: [definition(ATTRIBUTES.deffile), record(ATTRIBUTES), root(SQUASHFS)] });
    expect(await readImage(shortAnswers(sourceOf(bytes), 4096))).toEqual(await readImage(sourceOf(bytes)));
  });

  it('is read ten thousand times with little work each', async () => {
    const file = layOutSif({ objects: [definition(ATTRIBUTES.deffile), record(ATTRIBUTES), root(SQUASHFS, GB)] });
    let reads = 0;
    for (let batch = 0; batch < 10; batch += 1)
      await Promise.all(
        Array.from({ length: 1000 }, async () => {
          const source = sparseSource(file);
          await readImage(source);
          reads += source.reads.length;
        }),
      );
    expect(reads).toBe(20_000);
  });

  it('is given up when it is no longer wanted', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(readImage(sourceOf(writeSif({ objects: [] })), { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('an OCI-SIF image', () => {
  const blob = (content: string | Uint8Array): { type: number; data: Buffer; extra: Buffer; digest: string } => {
    const data = Buffer.from(content as Uint8Array);
    const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
    return { type: OBJECT.ociBlob, data, extra: Buffer.from(digest), digest };
  };
  const layer = { ...blob(SQUASHFS), size: 12 * GB };
  const config = blob(
    JSON.stringify({
      architecture: 'arm64',
      config: { Cmd: ['sh'], Env: ['A=1'], WorkingDir: '/work', User: 'ada', Labels: { maintainer: 'Ada' } },
    }),
  );
  const manifest = blob(
    JSON.stringify({
      config: { digest: config.digest },
      layers: [{ mediaType: 'application/vnd.sylabs.image.layer.v1.squashfs', digest: layer.digest }],
      annotations: { 'org.opencontainers.image.version': '3' },
    }),
  );
  const index = object(
    OBJECT.ociRootIndex,
    JSON.stringify({ manifests: [{ digest: 'sha256:gone' }, { digest: manifest.digest }] }),
  );

  it('leads from its root index over the manifest to its configuration, in three reads', async () => {
    const source = sparseSource(layOutSif({ architecture: '00', objects: [layer, config, manifest, index] }));
    const image = await readImage(source);
    expect(image).toMatchObject({
      kind: 'oci-sif',
      architecture: 'arm64',
      rootFileSystem: { type: 'squashfs', encrypted: false, size: 12 * GB },
      labels: { maintainer: 'Ada', 'org.opencontainers.image.version': '3' },
      labelSource: 'ociConfig',
      oci: {
        digest: manifest.digest,
        entrypoint: [],
        cmd: ['sh'],
        env: ['A=1'],
        workingDir: '/work',
        user: 'ada',
        layers: 1,
      },
      unknown: [],
    });
    expect(source.reads.length).toBeLessThanOrEqual(3);
    expect(source.bytesRead()).toBeLessThan(65_536);
  });

  it('whose index leads nowhere says so', async () => {
    const image = await readImage(sourceOf(writeSif({ objects: [config, index] })));
    expect(image).toMatchObject({ kind: 'oci-sif', oci: null, unknown: [{ field: 'ociConfig', why: 'damaged' }] });
  });
});
