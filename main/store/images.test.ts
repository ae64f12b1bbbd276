import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterId } from '../../shared/domain/ids.ts';
import { ImageContents, type ImageMetadata } from '../../shared/domain/image/metadata.ts';
import { exampleImage } from '../../shared/domain/image/testing/exampleImage.ts';
import type { ImageSummary } from '../../shared/domain/image/schema.ts';
import type { JobRecord } from '../../shared/domain/job/schema.ts';
import { message } from '../../shared/messages/message.ts';
import type { ImageKey, ReadImage, ScannedFolder, Store } from '../core/ports.ts';
import { openStore } from './index.ts';
import { exampleRecord } from './testing/exampleRecord.ts';

const CLUSTER = ClusterId.parse('cori');
const OTHER = ClusterId.parse('other');
const ONE = '/images/one.sif';
const TWO = '/images/two.sif';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-images-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
});
afterEach(async () => {
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const key = (imagePath: string, node: string | null = null): ImageKey => ({
  clusterId: CLUSTER,
  node,
  path: imagePath,
});

function read(
  imagePath: string,
  changes: Partial<ImageSummary> = {},
  metadata: ImageMetadata | null = null,
): ReadImage {
  const {
    digest: _d,
    usedIn: _u,
    lastUsedAt: _l,
    ...image
  } = exampleImage(imagePath, { lastScannedAt: 5, ...changes });
  return { image, metadata };
}

const metadata = (labels: Record<string, string>): ImageMetadata => ({
  labels,
  labelSource: 'inspection',
  definition: { text: 'Bootstrap: docker\n', cut: false },
  apps: [],
  environment: [],
  runscript: null,
  startscript: null,
  test: null,
  help: null,
  kind: 'sif',
  size: 1,
  sifVersion: '01',
  uuid: null,
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
});

const scanned = (changes: Partial<ScannedFolder> = {}): ScannedFolder => ({
  folder: '~/images',
  path: '/images',
  node: null,
  partition: null,
  scannedAt: 10,
  found: 2,
  unreadable: [],
  ...changes,
});
const NOTHING = { gone: [], back: [], unseen: [], links: new Map<string, string[]>() };

describe('images of a cluster', () => {
  it('are kept with all that was read of them, and are each cluster’s own', () => {
    store.images.recordRead(CLUSTER, 1, [read(ONE, { title: 'One' }, metadata({ Version: '1' })), read(TWO)]);
    expect(store.images.get(key(ONE))).toEqual({
      ...read(ONE, { title: 'One' }).image,
      digest: null,
    });
    expect(store.images.metadata(key(ONE))).toEqual({ metadata: metadata({ Version: '1' }), inspected: null });
    expect(store.images.metadata(key(TWO))).toEqual({ metadata: null, inspected: null });
    expect(store.images.get({ ...key(ONE), clusterId: OTHER })).toBeNull();
    expect(store.images.get(key(ONE, 'node1'))).toBeNull();
    expect([...store.images.filesOf(CLUSTER, null, '/images')]).toEqual([
      [ONE, { size: 1, modifiedAt: 0, active: true, reader: 1 }],
      [TWO, { size: 1, modifiedAt: 0, active: true, reader: 1 }],
    ]);
  });

  it('are told in pages, each once', () => {
    const many = Array.from({ length: 5 }, (_, index) => read(`/images/${String(index)}.sif`));
    store.images.recordRead(CLUSTER, 1, many);
    const told: string[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = store.images.page(CLUSTER, after, 2);
      told.push(...page.images.map(({ name }) => name));
      after = page.last;
    }
    expect(told).toEqual(['0.sif', '1.sif', '2.sif', '3.sif', '4.sif']);
  });

  it('become inactive when they are gone, stay as they were where nobody could look, and come back', () => {
    store.images.recordRead(CLUSTER, 1, [read(ONE), read(TWO), read('/images/three.sif')]);
    const unreadable = [{ folder: '/images/x', node: null, reason: message('images.readerFailed') }];
    store.images.recordFolder(CLUSTER, scanned({ unreadable }), { ...NOTHING, gone: [ONE], unseen: [TWO] });
    const state = (): unknown[] =>
      store.images.page(CLUSTER, 0, 10).images.map(({ name, active, lastScannedAt }) => [name, active, lastScannedAt]);
    expect(state()).toEqual([
      ['one.sif', false, 5],
      ['two.sif', true, 5],
      ['three.sif', true, 10],
    ]);
    expect(store.images.folders(CLUSTER)).toEqual([scanned({ unreadable })]);
    store.images.recordFolder(CLUSTER, scanned({ scannedAt: 20 }), { ...NOTHING, back: [ONE] });
    expect(state()).toEqual([
      ['one.sif', true, 20],
      ['two.sif', true, 20],
      ['three.sif', true, 20],
    ]);
    expect(store.images.folders(CLUSTER)).toEqual([scanned({ scannedAt: 20 })]);
  });

  it('have the other names that the last look found', () => {
    store.images.recordRead(CLUSTER, 1, [read(ONE), read(TWO)]);
    const names = (): unknown[] => store.images.page(CLUSTER, 0, 10).images.map(({ otherPaths }) => otherPaths);
    store.images.recordFolder(CLUSTER, scanned(), { ...NOTHING, links: new Map([[ONE, ['/images/latest.sif']]]) });
    expect(names()).toEqual([['/images/latest.sif'], []]);
    expect(store.images.get(key('/images/latest.sif'))?.path).toBe(ONE);
    store.images.recordFolder(CLUSTER, scanned(), { ...NOTHING, links: new Map([[TWO, ['/images/latest.sif']]]) });
    expect(names()).toEqual([[], ['/images/latest.sif']]);
  });

  it('have a hash only while they are what was hashed', () => {
    store.images.recordRead(CLUSTER, 1, [read(ONE, { uuid: 'a' })]);
    store.images.recordDigest(key(ONE), { size: 1, modifiedAt: 0, uuid: 'a' }, 'f'.repeat(64));
    const digest = (): string | null | undefined => store.images.get(key(ONE))?.digest;
    expect(digest()).toBe('f'.repeat(64));
    store.images.recordRead(CLUSTER, 1, [read(ONE, { uuid: 'b' })]);
    expect(digest()).toBeNull();
    store.images.recordRead(CLUSTER, 1, [read(ONE, { uuid: 'a', modifiedAt: 1 })]);
    expect(digest()).toBeNull();
    store.images.recordRead(CLUSTER, 1, [read(ONE, { uuid: 'a' })]);
    expect(digest()).toBe('f'.repeat(64));
  });

  it('keep what the cluster’s own program said until they are read again', () => {
    store.images.recordRead(CLUSTER, 1, [read(ONE, {}, metadata({}))]);
    const contents = ImageContents.parse(metadata({ a: 'b' }));
    const inspected = { at: 7, program: 'apptainer', version: '1.3.4', contents, unknown: [] };
    const { image } = read(ONE, { title: 'Said' });
    store.images.recordInspected(key(ONE), inspected, image);
    expect(store.images.metadata(key(ONE)).inspected).toEqual(inspected);
    expect(store.images.get(key(ONE))?.title).toBe('Said');
    store.images.recordRead(CLUSTER, 1, [read(ONE, {}, metadata({}))]);
    expect(store.images.metadata(key(ONE)).inspected).toBeNull();
  });

  it('know the runs that Slurm took with them', () => {
    const submitted = { clusterId: CLUSTER, imagePath: ONE, phase: 'submitted' } as const;
    const run = (n: number, changes: Partial<JobRecord>): void =>
      store.jobs.insert(exampleRecord(n, { ...submitted, createdAt: n, submittedAt: n + 100, ...changes }));
    run(1, {});
    run(2, { name: 'second' });
    run(3, { phase: 'rejected', submittedAt: null });
    run(4, { clusterId: OTHER });
    run(5, { imagePath: TWO });
    expect([...store.images.usage(CLUSTER)]).toEqual([
      [ONE, { runs: 2, lastAt: 2 }],
      [TWO, { runs: 1, lastAt: 5 }],
    ]);
    expect(store.images.usageOf(CLUSTER, ONE)).toEqual({ runs: 2, lastAt: 2 });
    expect(store.images.usageOf(CLUSTER, '/images/unused.sif')).toBeNull();
    expect(store.images.usedBy(CLUSTER, ONE, 1)).toEqual([
      { runId: 'r000000000002', name: 'second', submittedAt: 102 },
    ]);
  });

  it('are forgotten with their cluster, with everything of them', () => {
    store.images.recordRead(CLUSTER, 1, [read(ONE, {}, metadata({}))]);
    store.images.recordRead(OTHER, 1, [read(ONE)]);
    store.images.recordFolder(CLUSTER, scanned(), NOTHING);
    store.images.forget(CLUSTER);
    expect(store.images.page(CLUSTER, 0, 10).images).toEqual([]);
    expect(store.images.folders(CLUSTER)).toEqual([]);
    expect(store.images.metadata(key(ONE)).metadata).toBeNull();
    expect(store.images.page(OTHER, 0, 10).images).toHaveLength(1);
  });
});
