import { describe, expect, it } from 'vitest';
import { zstdCompressSync } from 'node:zlib';
import { readImage } from '../readImage.ts';
import { definition, root } from '../testing/images.ts';
import { sourceOf, sparseSource } from '../testing/sources.ts';
import { layOutSif, writeSif } from '../write/sif.ts';
import { GZIP, writeSquashFs, type BlockCompressor } from '../write/squashfs.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressXz } from './xz.ts';

const FILES = {
  '/.singularity.d/labels.json': '{"org.label-schema.build-arch":"arm64","Version":"7"}',
  '/.singularity.d/Singularity': 'Bootstrap: docker\nFrom: ubuntu:22.04\n',
  '/.singularity.d/runscript': '#!/bin/sh\nexec "$@"\n',
  '/.singularity.d/runscript.help': 'Help',
  '/.singularity.d/env/01-base.sh': '# in every image',
  '/.singularity.d/env/10-docker2singularity.sh': 'export CUDA_VERSION="12.4"\n',
  '/.singularity.d/env/90-environment.sh': 'export A=1\n',
  '/scif/apps/gmx/scif/runscript': '#!/bin/sh\nexec gmx\n',
  '/scif/apps/gmx/scif/labels.json': '{"Tool":"gmx"}',
  '/scif/apps/plain/readme': 'no app: it has no folder scif',
  '/bin/sh': 'not read',
  ...Object.fromEntries(
    Array.from({ length: 1500 }, (_, each) => [`/usr/lib/python3/site-packages/p${String(each)}.py`, 'x']),
  ),
};
const FOUND = {
  labels: { 'org.label-schema.build-arch': 'arm64', Version: '7' },
  labelSource: 'labelsFile',
  definition: { text: 'Bootstrap: docker\nFrom: ubuntu:22.04\n', cut: false },
  runscript: { text: '#!/bin/sh\nexec "$@"\n', cut: false },
  help: { text: 'Help', cut: false },
  test: null,
  environment: [
    { file: '10-docker2singularity.sh', content: { text: 'export CUDA_VERSION="12.4"\n', cut: false } },
    { file: '90-environment.sh', content: { text: 'export A=1\n', cut: false } },
  ],
  apps: [
    { name: 'gmx', labels: { Tool: 'gmx' }, runscript: { text: '#!/bin/sh\nexec gmx\n', cut: false }, help: null },
  ],
  unknown: [],
};

/** LZ4 without any matches: one sequence of literals. */
const LITERALS: BlockCompressor = {
  id: 5,
  compress: (bytes) => {
    const rest = bytes.length - 15;
    if (rest < 0) return Buffer.concat([Buffer.from([bytes.length << 4]), bytes]);
    return Buffer.concat([
      Buffer.from([0xf0]),
      Buffer.alloc(Math.floor(rest / 255), 255),
      Buffer.from([rest % 255]),
      bytes,
    ]);
  },
};
const STORED: BlockCompressor = { id: 1, compress: (bytes) => bytes };
const ZSTD: BlockCompressor = { id: 6, compress: (bytes) => zstdCompressSync(bytes) };

describe('a SquashFS without a record beside it', () => {
  it.each([
    ['gzip', GZIP],
    ['zstd', ZSTD],
    ['lz4', LITERALS],
    ['nothing', STORED],
  ])('says in .singularity.d what it holds, compressed with %s', async (_name, compressor) => {
    const source = sourceOf(writeSquashFs({ files: FILES, compressor, madeAt: 1_700_000_000 }));
    const image = await readImage(source);
    expect(image).toMatchObject({
      ...FOUND,
      kind: 'squashfs',
      architecture: 'arm64',
      createdAt: 1_700_000_000,
      size: source.size,
    });
    expect(source.reads.length).toBeLessThanOrEqual(12);
  });

  it('is read within a SIF of any size, and at the place that its launch script leaves it', async () => {
    const squashFs = writeSquashFs({ files: FILES });
    const sif = sparseSource(
      layOutSif({ objects: [definition('Bootstrap: other\n'), root(squashFs, 60 * 1024 ** 3)] }),
    );
    expect(await readImage(sif)).toMatchObject({ ...FOUND, kind: 'sif' });
    expect(sif.reads.length).toBeLessThanOrEqual(12);
    const launched = Buffer.concat([Buffer.from('#!/usr/bin/env run-singularity\n'), squashFs]);
    expect(await readImage(sourceOf(launched))).toMatchObject({ ...FOUND, kind: 'squashfs' });
  });

  it('is not looked into where nobody wants that', async () => {
    const source = sourceOf(writeSif({ objects: [definition('From: x\n'), root(writeSquashFs({ files: FILES }))] }));
    expect(await readImage(source, { insideFileSystem: false })).toMatchObject({
      definition: { text: 'From: x\n' },
      runscript: null,
      unknown: [{ field: 'contents', why: 'notLookedInside' }],
    });
  });

  it('has long files in blocks, of which only the beginning is read', async () => {
    const long = '#!/bin/sh\n'.repeat(20_000);
    const files = { ...FILES, '/.singularity.d/runscript': long, '/.singularity.d/test': `${long}end` };
    const image = await readImage(sourceOf(writeSquashFs({ files, blockSize: 4096 })));
    expect(image.runscript).toEqual({ text: long.slice(0, 65_536), cut: true });
    expect(image.test).toEqual({ text: long.slice(0, 65_536), cut: true });
  });

  it.each([
    [2, 'lzma'],
    [3, 'lzo'],
  ])('compressed with %i (%s) is left open with the reason', async (id, compression) => {
    const bytes = writeSquashFs({ files: FILES, compressor: { ...GZIP, id } });
    expect(await readImage(sourceOf(bytes))).toMatchObject({
      rootFileSystem: { compression },
      unknown: [{ field: 'contents', why: 'unreadableCompression' }],
    });
  });

  it('of something else than Apptainer says nothing', async () => {
    const image = await readImage(sourceOf(writeSquashFs({ files: { '/etc/rc': 'exec "$@"' } })));
    expect(image).toMatchObject({ runscript: null, unknown: [{ field: 'contents', why: 'notRecorded' }] });
  });
});

describe('a block of LZ4', () => {
  it('copies what it has written, overlapping too', () => {
    // three literals, then ten bytes from three before, then the last literal
    const block = Buffer.from([0x36, ...Buffer.from('abc'), 3, 0, 0x10, ...Buffer.from('!')]);
    expect(Buffer.from(decompressLz4(block, 100)).toString()).toBe('abcabcabcabca!');
  });

  it.each([
    ['a copy from before the beginning', [0x10, 97, 2, 0, 0x10, 97]],
    ['a copy from nowhere', [0x10, 97, 0, 0, 0x10, 97]],
    ['literals that are not there', [0xf0, 200]],
    ['an end within a length', [0xf0, 255]],
    ['an end within a distance', [0x10, 97, 1]],
    ['more than it may have', [0x1f, 97, 1, 0, 255, 255, 255, 0]],
  ])('with %s is refused', (_what, bytes) => {
    expect(() => decompressLz4(Buffer.from(bytes), 100)).toThrow(RangeError);
  });
});

describe('a block of xz', () => {
  // printf hello | xz --check=crc32 | base64
  const HELLO = Buffer.from(
    '/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAhqYQNgABGQW86OzLkEKZDQEAAAAAAVla',
    'base64',
  );

  it('is decompressed, up to what it may have', async () => {
    expect(Buffer.from(await decompressXz(HELLO, 5)).toString()).toBe('hello');
    await expect(decompressXz(HELLO, 4)).rejects.toThrow(RangeError);
  });

  it('that is damaged or cut is refused', async () => {
    for (let at = 0; at < HELLO.length; at += 1) {
      await expect(decompressXz(HELLO.subarray(0, at), 100), `cut at ${String(at)}`).rejects.toThrow();
      const damaged = Buffer.from(HELLO);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      await expect(decompressXz(damaged, 100), `damaged at ${String(at)}`).rejects.toThrow();
    }
  });
});
