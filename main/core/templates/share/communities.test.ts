import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LeftOut } from '../../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { someFiles } from '../../testing/someFiles.ts';
import type { RemoteFiles, RemoteStat } from '../../ports.ts';
import { createMemoryDocuments } from '../../testing/memoryDocuments.ts';
import { clusterCommunities, createCommunitySync, type CommunitySync } from './communities.ts';

const ID = 'c' as ClusterId;
type Item = Partial<RemoteStat> & { name: string; content?: string; sends?: number; hangs?: boolean };

let data: string;
const documents = createMemoryDocuments();
beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'slipway-community-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const file = (name: string, content = name): Item => ({
  name,
  kind: 'file',
  size: Buffer.byteLength(content),
  content,
});
const folder = (name: string): Item => ({ name, kind: 'folder' });
const until = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

/** A cluster's disk as it says it is: what a file `sends` need not be what its size tells. */
function cluster(tree: Record<string, Item[]>, endless: (n: number) => Item[] = () => []): RemoteFiles {
  const find = (full: string): Item | undefined =>
    tree[path.posix.dirname(full)]?.find(({ name }) => name === path.posix.basename(full));
  const stat = (item: Item): RemoteStat & { name: string } => ({
    kind: 'file',
    size: 0,
    modifiedAt: 1,
    mode: 0o644,
    ...item,
  });
  return someFiles({
    resolve: (given) => Promise.resolve(given),
    stat: (full) =>
      full.includes('loop')
        ? Promise.reject(new AppError('REMOTE_FILE_DENIED', { details: { path: full, reason: 'Failure' } }))
        : Promise.resolve({ kind: 'other', size: 0, modifiedAt: 1, mode: 0 }),
    list: (given, { limit = 0, signal } = {}) => {
      if (given.endsWith('hangs')) return until(signal);
      if (given.endsWith('denied'))
        return Promise.reject(new AppError('REMOTE_FILE_DENIED', { details: { path: given, reason: 'no' } }));
      return Promise.resolve([...(tree[given] ?? []), ...endless(limit)].map(stat).slice(0, limit));
    },
    read: (full, offset, length, { signal } = {}) => {
      const item = find(full);
      if (item?.hangs === true) return until(signal);
      if (item?.content !== undefined)
        return Promise.resolve(Buffer.from(item.content).subarray(offset, offset + length));
      return Promise.resolve(new Uint8Array(Math.max(0, Math.min(length, (item?.sends ?? item?.size ?? 1) - offset))));
    },
  });
}

function syncWith(files: RemoteFiles, limits = { listMs: 2000, fileMs: 1000, copyMs: 60_000 }): CommunitySync {
  const profile = { id: ID, name: 'C', communityFolder: '/f' } as never;
  return createCommunitySync({
    sessions: {
      profile: () => profile,
      profiles: () => [profile],
      use: (_, __, work) => work({ files } as never),
      environment: () => ({ user: 'mia' }),
    },
    library: { settingsChanged: () => undefined, found: () => undefined },
    documents,
    folders: { data, officialTemplates: '' },
    clock: { now: () => 100_000 },
    log: { write: () => undefined, query: () => Promise.resolve([]) },
    limits,
  });
}
const never = (): AbortSignal => new AbortController().signal;
const leftOut = (): LeftOut =>
  clusterCommunities({ list: () => [{ id: ID, communityFolder: '/f' } as never] }, documents, {
    data,
    officialTemplates: '',
  })[0]?.leftOut ?? { count: -1, first: [] };
const copied = async (): Promise<string[]> =>
  (await readdir(path.join(data, 'templates/clusters/c'), { recursive: true, withFileTypes: true }))
    .filter((item) => item.isFile())
    .map((item) => item.name)
    .sort();

test('names that are not possible everywhere, or the same somewhere, are left out and told; the rest is copied', async () => {
  const bad = [
    '../x.yaml',
    'a/b.yaml',
    'nul\0.yaml',
    'esc\u001B[2J.yaml',
    'turn\u202E.yaml',
    'CON.yaml',
    'lpt1.yml',
    'a:b.yaml',
    '\uFFFD.yaml',
  ];
  await syncWith(
    cluster({
      '/f': [
        ...bad.map((name) => file(name)),
        file('ok.yaml'),
        file('OK.yaml'),
        file('caf\u00E9.yaml'),
        file('cafe\u0301.yaml'),
        file('notes.txt'),
        folder('md'),
        folder('MD'),
      ],
      '/f/md': [file('in.yaml')],
      '/f/MD': [file('in.yaml')],
    }),
  ).sync(ID, never());
  expect((await copied()).length).toBe(3);
  // those that begin with a dot are hidden, as everywhere
  expect(leftOut().count).toBe(8 + 3);
  expect(leftOut().first.map(({ reason }) => reason)).toContain('name');
  expect(JSON.stringify(leftOut())).not.toMatch(/\\u001b|\u202E/i);
});

test('loops, pipes, denied folders and files that are not what they say cost themselves only', async () => {
  await syncWith(
    cluster({
      '/f': [
        file('ok.yaml'),
        { name: 'loop.yaml', kind: 'link' },
        { name: 'pipe.yaml', kind: 'other' },
        { name: 'to-pipe.yaml', kind: 'link' },
        folder('denied'),
        { name: 'grows.yaml', size: 10, sends: 1e12 },
        { name: 'shrinks.yaml', size: 1000, sends: 10 },
        { name: 'huge.yaml', size: 1e10 },
        { name: 'hangs.yaml', size: 10, hangs: true },
      ],
    }),
  ).sync(ID, never());
  expect(await copied()).toEqual(['ok.yaml']);
  expect(leftOut().count).toBe(8);
});

test('two hundred and fifty sparse samples and an endless folder take neither memory nor the disk', async () => {
  const samples = Array.from({ length: 250 }, (_, n): Item => ({
    name: `s${String(n).padStart(3, '0')}.dat`,
    kind: 'file',
    size: 10 * 1024 ** 2,
  }));
  const before = process.memoryUsage.rss();
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  await syncWith(cluster({ '/f': [folder('a.samples'), folder('endless')], '/f/a.samples': samples })).sync(
    ID,
    never(),
  );
  clearInterval(watching);
  expect(most - before).toBeLessThan(200 * 1024 ** 2);
  expect((await copied()).length).toBe(25);
  expect(leftOut()).toMatchObject({
    count: 225,
    first: [{ name: 'a.samples/s025.dat', reason: 'too-much' }, {}, {}, {}, {}],
  });

  await syncWith(cluster({}, (n) => Array.from({ length: n }, (_, m) => file(`${String(m)}.yaml`, 'x')))).sync(
    ID,
    never(),
  );
  expect((await copied()).length).toBe(5000);
  expect(leftOut().count).toBe(5001);
}, 120_000);

test('of other people’s private templates neither names nor content are asked for, and the own ones are copied', async () => {
  const asked: string[] = [];
  const tree = {
    '/f': [folder('private'), folder('official')],
    '/f/private': [folder('mia'), folder('noah')],
    '/f/private/mia': [file('mine.yaml')],
    '/f/private/noah': [file('secret.yaml')],
    '/f/official': [file('o.yaml'), folder('private')],
    '/f/official/private': [file('category.yaml')],
  };
  const files = cluster(tree);
  await syncWith({
    ...files,
    stat: (full) =>
      Promise.resolve({ kind: full === '/f/private/mia' ? 'folder' : 'other', size: 0, modifiedAt: 1, mode: 0o755 }),
    list: (full, options) => (asked.push(full), files.list(full, options)),
    read: (full, ...range) => (asked.push(full), files.read(full, ...range)),
  }).sync(ID, never());
  expect(await copied()).toEqual(['category.yaml', 'mine.yaml', 'o.yaml']);
  expect(asked.filter((each) => each === '/f/private' || each.includes('noah'))).toEqual([]);
});

test('a folder that hangs ends in its time or with who asked; what was copied stays', async () => {
  await syncWith(cluster({ '/f': [file('a.yaml', 'one')] })).sync(ID, never());
  const hanging = { ...cluster({}), resolve: () => Promise.resolve('/hangs') };
  await expect(syncWith(hanging, { listMs: 200, fileMs: 1, copyMs: 1 }).sync(ID, never())).rejects.toMatchObject({
    name: 'REMOTE_TIMEOUT',
  });
  const stop = new AbortController();
  const sync = syncWith(hanging);
  const first = expect(sync.sync(ID, stop.signal)).rejects.toMatchObject({ name: 'CANCELLED' });
  stop.abort();
  await first;
  expect(await readFile(path.join(data, 'templates/clusters/c/a.yaml'), 'utf8')).toBe('one');
});
