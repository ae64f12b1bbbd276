import { describe, expect, it } from 'vitest';
import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { ImageMetadata } from '../../shared/domain/image/metadata.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { OBJECT } from './descriptors.ts';
import { DESCRIPTOR_SIZE } from './header.ts';
import { READ_LIMITS } from './limits.ts';
import { readImage } from './readImage.ts';
import { definition, object, record, root } from './testing/images.ts';
import { shortAnswers, sourceOf, sparseSource } from './testing/sources.ts';
import { layOutSif, signatureExtra, writeSif } from './write/sif.ts';
import { writeSquashFs } from './write/squashfs.ts';

const TABLE = 4096;
const objects = [
  definition('Bootstrap: x\n'),
  record({ labels: { a: 'b' }, runscript: 'run' }),
  root(Buffer.alloc(5000)),
];
const sif = (): Buffer => writeSif({ objects });

/** The field of a descriptor: its offset within it. */
const FIELD = { offset: 17, size: 25 } as const;
const set = (bytes: Buffer, slot: number, field: keyof typeof FIELD, value: bigint): Buffer => {
  bytes.writeBigInt64LE(value, TABLE + slot * DESCRIPTOR_SIZE + FIELD[field]);
  return bytes;
};
const header = (at: number, value: bigint): Buffer => {
  const bytes = sif();
  bytes.writeBigInt64LE(value, at);
  return bytes;
};

describe('a SIF file that is not as the format has it', () => {
  it.each([
    ['is empty', Buffer.alloc(0), 'IMAGE_NOT_SIF'],
    ['is something else', Buffer.from('#!/bin/sh\necho no image\n'), 'IMAGE_NOT_SIF'],
    ['is of zeros', Buffer.alloc(40_000), 'IMAGE_NOT_SIF'],
    ['is of a newer version', Buffer.from(sif()).fill('02', 42, 44), 'IMAGE_NOT_SIF'],
    ['ends within its header', sif().subarray(0, 100), 'IMAGE_DAMAGED'],
    ['ends within its table', sif().subarray(0, 20_000), 'IMAGE_DAMAGED'],
    ['has a table behind its end', header(96, 1n << 40n), 'IMAGE_DAMAGED'],
    ['has a table in its header', header(96, 5n), 'IMAGE_DAMAGED'],
    ['has a table before its beginning', header(96, -4096n), 'IMAGE_DAMAGED'],
    ['has a table beyond all numbers', header(96, 0x7fff_ffff_ffff_ffffn), 'IMAGE_DAMAGED'],
    ['has fewer than no objects', header(88, -1n), 'IMAGE_DAMAGED'],
    ['has more objects than bytes', header(88, 1000n), 'IMAGE_DAMAGED'],
    ['has room for a million objects', header(88, 1_000_000n), 'IMAGE_TOO_MUCH'],
    ['has room beyond all numbers', header(88, 0x7fff_ffff_ffff_ffffn), 'IMAGE_DAMAGED'],
  ])('and %s is an error with a name', async (_what, bytes, name) => {
    const source = sourceOf(bytes);
    const error: unknown = await readImage(source).catch((reason: unknown) => reason);
    expect(AppError.is(error, 'IMAGE_NOT_SIF', 'IMAGE_DAMAGED', 'IMAGE_TOO_MUCH')).toBe(true);
    expect(error).toMatchObject({ name });
    expect(source.reads.length).toBeLessThanOrEqual(2);
  });

  it.each([
    [
      'the record behind the end',
      set(sif(), 1, 'offset', 1n << 50n),
      { runscript: null, definition: { text: 'Bootstrap: x\n' } },
    ],
    ['the record before the beginning', set(sif(), 1, 'offset', -1n), { runscript: null }],
    ['a record longer than the file', set(sif(), 1, 'size', 1n << 50n), { runscript: null }],
    ['a record of less than nothing', set(sif(), 1, 'size', -5n), { runscript: null }],
    ['a record of nothing', set(sif(), 1, 'size', 0n), { runscript: null }],
    [
      'a definition behind the end',
      set(sif(), 0, 'offset', 1n << 50n),
      { runscript: { text: 'run' }, definition: null },
    ],
    ['a root file system behind the end', set(sif(), 2, 'offset', 1n << 50n), { runscript: { text: 'run' } }],
    ['objects that overlap', set(set(sif(), 0, 'offset', 0n), 0, 'size', 40_000n), { runscript: { text: 'run' } }],
  ])('but for %s is read all the same', async (_what, bytes, says) => {
    const image = await readImage(sourceOf(bytes));
    expect(image).toMatchObject(says);
    expect(image.unknown.length).toBeGreaterThan(0);
  });

  it('is cut anywhere: what is there is read, or it is an error with a name', async () => {
    const whole = writeSif({
      objects: [...objects.slice(0, 2), root(writeSquashFs({ files: { '/.singularity.d/test': 't' } }))],
    });
    for (let length = 1; length < whole.length; length += 997) await harmless(whole.subarray(0, length));
  });
});

describe('a record that is a bomb', () => {
  it.each([
    ['deep', `{"data":{"attributes":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}}`],
    ['deep within a label', `{"data":{"attributes":{"labels":{"x":${'['.repeat(300_000)}${']'.repeat(300_000)}}}}}`],
    [
      'wide',
      JSON.stringify({
        data: {
          attributes: {
            labels: Object.fromEntries(Array.from({ length: 50_000 }, (_, each) => [`k${String(each)}`, 'v'])),
          },
        },
      }),
    ],
    [
      'of apps',
      JSON.stringify({
        data: {
          attributes: {
            apps: Object.fromEntries(
              Array.from({ length: 30_000 }, (_, each) => [`k${String(each)}`, { runscript: 'x' }]),
            ),
          },
        },
      }),
    ],
    ['long', JSON.stringify({ data: { attributes: { runscript: 'x'.repeat(1_000_000) } } })],
    ['no JSON', '{"data":'],
    ['no record', '[[["data"]]]'],
  ])('%s is read within its bounds', async (_what, text) => {
    const image = await harmless(writeSif({ objects: [{ ...record({}), data: Buffer.from(text) }] }));
    expect(image).not.toBeNull();
  });

  it('of more than is read is left where it lies', async () => {
    const source = sparseSource(
      layOutSif({ objects: [{ ...record({}), size: 2 * READ_LIMITS.json }, definition('From: x')] }),
    );
    expect(await readImage(source)).toMatchObject({
      definition: { text: 'From: x' },
      unknown: [{ field: 'contents', why: 'tooLarge' }],
    });
    expect(source.bytesRead()).toBeLessThan(65_536);
  });

  it('in many objects is read in a few pieces', async () => {
    const many = Array.from({ length: 1000 }, (_, each) =>
      object(each % 2 === 0 ? OBJECT.ociBlob : OBJECT.signature, 'x', {
        size: 60_000,
        extra: each % 2 === 0 ? Buffer.from(`sha256:${String(each)}`) : signatureExtra(1, ''),
      }),
    );
    const index = object(
      OBJECT.ociRootIndex,
      JSON.stringify({
        manifests: Array.from({ length: 20_000 }, (_, each) => ({ digest: `sha256:${String(each)}` })),
      }),
    );
    const source = sparseSource(layOutSif({ capacity: 1024, objects: [...many, index] }));
    const image = await readImage(source);
    expect(image.signatures).toHaveLength(IMAGE_LIMITS.signatures);
    // beside the blobs: the beginning, the table, the index, a signature, and the blob that is taken for the manifest
    expect(source.reads.length).toBeLessThanOrEqual(READ_LIMITS.blobs + 5);
    expect(source.bytesRead()).toBeLessThan(READ_LIMITS.total);
  });
});

describe('a source that does not do what it should', () => {
  it('and answers byte by byte is given up', async () => {
    await expect(readImage(shortAnswers(sourceOf(sif()), 1))).rejects.toMatchObject({ name: 'IMAGE_TOO_MUCH' });
  });

  it('and ends before its size is damaged there', async () => {
    const source = sourceOf(sif());
    const lies = shortAnswers({ ...source, size: source.size * 2 }, 40_000);
    const cut = {
      size: source.size,
      read: (offset: number, length: number, signal: AbortSignal) =>
        offset > 1000 ? Promise.resolve(new Uint8Array()) : source.read(offset, Math.min(length, 2000), signal),
    };
    expect(await readImage(lies)).toMatchObject({ runscript: { text: 'run' } });
    await expect(readImage(cut)).rejects.toMatchObject({ name: 'IMAGE_DAMAGED', details: { offset: 2000 } });
  });

  it('and fails says its own error', async () => {
    const failing = {
      size: 40_000,
      read: () => Promise.reject(new AppError('CONNECTION_LOST', { details: { host: 'hpc' } })),
    };
    await expect(readImage(failing)).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
  });
});

describe('images with bytes changed at random', () => {
  const squashFs = (compress?: (bytes: Uint8Array) => Uint8Array): Buffer =>
    writeSquashFs({
      files: {
        '/.singularity.d/labels.json': '{"a":"b"}',
        '/.singularity.d/env/90-environment.sh': 'export A=1',
        '/scif/apps/x/scif/runscript': 'x'.repeat(9000),
        '/usr/y': 'y',
      },
      blockSize: 4096,
      ...(compress === undefined ? {} : { compressor: { id: 1, compress } }),
    });
  const kinds: readonly (readonly [string, Buffer, readonly (readonly [number, number])[]])[] = [
    // where changes matter: header and used descriptors, records; superblock and tables
    [
      'SIF',
      writeSif({ objects: [...objects.slice(0, 2), root(squashFs())] }),
      [
        [0, 128],
        [4096, 4096 + 3 * DESCRIPTOR_SIZE],
        [32_768, 50_000],
      ],
    ],
    [
      'SquashFS',
      squashFs(),
      [
        [0, 96],
        [96, 8192],
      ],
    ],
    [
      'SquashFS that is not compressed',
      squashFs((bytes) => bytes),
      [
        [0, 96],
        [96, 40_000],
      ],
    ],
  ];

  it.each(kinds)('%s: never a crash, a long read or more than is allowed', async (_kind, bytes, places) => {
    // a generator of its own: the same changes at every run, and the seed in what fails
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = numbers(seed);
      const changed = Buffer.from(bytes);
      for (let count = 1 + random(6); count > 0; count -= 1) {
        const [from, to] = places[random(places.length)] ?? [0, 1];
        const at = from + random(Math.min(to, changed.length) - from);
        const value = [0, 255, 127, 128, random(256)][random(5)] ?? 0;
        for (let each = 0; each < [1, 1, 2, 4, 8][random(5)]! && at + each < changed.length; each += 1)
          changed[at + each] = value;
      }
      await harmless(changed, seed);
    }
  });
});

/** Numbers below a bound, the same for the same seed. Source: mulberry32. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Reads it, and holds what comes against every bound; null for an error with a name. */
async function harmless(bytes: Uint8Array, seed = 0): Promise<ImageMetadata | null> {
  const source = sourceOf(bytes);
  let image: ImageMetadata | null = null;
  try {
    image = await readImage(source);
  } catch (error) {
    if (!AppError.is(error, 'IMAGE_NOT_SIF', 'IMAGE_DAMAGED', 'IMAGE_TOO_MUCH'))
      throw new Error(`seed ${String(seed)}`, { cause: error });
  }
  expect(source.reads.length).toBeLessThanOrEqual(READ_LIMITS.reads);
  expect(source.bytesRead()).toBeLessThanOrEqual(READ_LIMITS.total);
  if (image === null) return null;
  expect(ImageMetadata.parse(image)).toEqual(image);
  expect(JSON.stringify(image).length).toBeLessThan(8 * IMAGE_LIMITS.total);
  expect(Object.keys(image.labels).length).toBeLessThanOrEqual(IMAGE_LIMITS.labels);
  expect(image.apps.length).toBeLessThanOrEqual(IMAGE_LIMITS.apps);
  return image;
}
