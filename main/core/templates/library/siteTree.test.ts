import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../shared/contract/program.ts';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../ports.ts';
import { createTemplateLibrary, type TemplateLibraryService } from './library.ts';
import type { ClusterCommunity } from './libraryPlaces.ts';
import { createTemplateWriter } from './templateWriter.ts';

let folder: string;
let store: Store;
let library: TemplateLibraryService | null = null;
let communities: readonly ClusterCommunity[] = [];

const yaml = (id: string, more = ''): string =>
  `template: {id: ${id}, display_name: "${id}"${more}}\nscript: {main_exec: hostname}\n`;
const write = async (file: string, text: string): Promise<void> => {
  const full = path.join(folder, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, text);
};
const open = async (
  communityTemplates: string | null = path.join(folder, 'shared'),
): Promise<TemplateLibraryService> => {
  library = createTemplateLibrary({
    folders: { data: path.join(folder, 'data'), officialTemplates: path.join(folder, 'shipped') },
    settings: { current: () => ({ ...DEFAULT_SETTINGS, communityTemplates }) },
    store,
    clock: { now: () => 1 },
    version: 'test',
    communities: () => communities,
    user: 'mia',
    log: { write: () => undefined, query: () => Promise.resolve([]) },
    emit: () => undefined,
  });
  await library.ready;
  return library;
};
const listed = (archived = false): string[] =>
  (library?.list(archived) ?? []).map(
    ({ source, id, site, writable }) => `${source}/${id}${site ? ' site' : ''}${writable ? ' writable' : ''}`,
  );

/** As the programs of several sites keep it. */
async function siteTree(at: string): Promise<void> {
  await write(`${at}/official/ml/pytorch.yaml`, yaml('pytorch'));
  await write(`${at}/community/compute/my-simulation.yaml`, yaml('my-simulation'));
  await write(`${at}/private/mia/mine.yaml`, yaml('mine'));
  await write(`${at}/private/noah/secret.yaml`, yaml('secret'));
  await write(`${at}/archived/old.yaml`, yaml('old'));
  await write(`${at}/cfd/loose.yaml`, yaml('loose'));
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-site-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
  communities = [];
  await write('shipped/hello.yaml', yaml('hello'));
});
afterEach(async () => {
  await library?.dispose();
  library = null;
  await store.dispose();
  await rm(folder, { recursive: true, force: true });
});

const NOBODY = 65_534;

/** Runs it as somebody whom modes bind: root, which may read everything, gives its rights away meanwhile. */
async function withoutPrivileges(run: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return run();
  execFileSync('chown', ['-R', String(NOBODY), folder]);
  process.seteuid?.(NOBODY);
  try {
    await run();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a shared tree of sources', () => {
  test('is read as what its folders say, the own private ones only', async () => {
    await siteTree('shared');
    await open();
    expect(listed(true)).toEqual([
      'private/mine site',
      'community/my-simulation writable',
      'community/loose writable',
      'official/pytorch site',
      'official/hello',
      'archived/old site',
    ]);
    expect(library?.search('secret', 5)).toEqual([]);
    expect(library?.search('pytorch', 5)).toMatchObject([{ id: 'pytorch', source: 'official' }]);
    expect(library?.get('mine').source).toBe('private');
    expect(library?.folders().map(({ source, site, templates }) => [source, site, templates])).toEqual([
      ['private', false, 0],
      ['official', true, 1],
      ['community', false, 1],
      ['private', true, 1],
      ['archived', true, 1],
      ['community', false, 1],
      ['official', false, 1],
      ['archived', false, 0],
    ]);
  });

  test('never opens what other people keep in it', async () => {
    await siteTree('shared');
    await chmod(path.join(folder, 'shared/private'), 0o311);
    await withoutPrivileges(async () => {
      await open();
      expect(listed()).toContain('private/mine site');
      expect(library?.folders().every(({ leftOut }) => leftOut.count === 0)).toBe(true);
    });
    await chmod(path.join(folder, 'shared/private'), 0o755);
  });

  test('without such folders is a folder of categories, and becomes a tree when they come', async () => {
    await write('shared/ml/a.yaml', yaml('a'));
    await open();
    expect(listed()).toEqual(['community/a writable', 'official/hello']);
    await write('shared/private/noah/secret.yaml', yaml('secret'));
    await write('shared/official/site.yaml', yaml('site'));
    await library?.rescan();
    await library?.ready;
    expect(listed()).toEqual(['community/a writable', 'official/site site', 'official/hello']);
  });

  test('on a cluster is told apart in its copy, with the login name there', async () => {
    await siteTree('copy');
    await rm(path.join(folder, 'copy/private/noah'), { recursive: true });
    communities = [
      {
        clusterId: 'c' as never,
        path: path.join(folder, 'copy'),
        syncedAt: 5,
        leftOut: { count: 0, first: [] },
        user: 'mia',
      },
    ];
    await open(null);
    expect(
      library?.list().map(({ source, id, site, writable, origin }) => [source, id, site, writable, origin?.clusterId]),
    ).toEqual([
      ['private', 'mine', true, false, 'c'],
      ['community', 'my-simulation', false, false, 'c'],
      ['community', 'loose', false, false, 'c'],
      ['official', 'pytorch', true, false, 'c'],
      ['official', 'hello', false, false, undefined],
    ]);
    expect(library?.communityOf('c' as never)).toMatchObject({
      path: path.join(folder, 'copy'),
      folder: { root: path.join(folder, 'copy/community') },
    });
  });

  test('the site’s official one is used before the shipped one of the same id, and the list has one of them', async () => {
    await write('shared/official/hello.yaml', yaml('hello', ', description: ours'));
    await open();
    expect(listed()).toEqual(['official/hello site']);
    expect(library?.get('hello').description).toBe('ours');
  });

  test('has categories of any name within its parts', async () => {
    await write('shared/community/private/a.yaml', yaml('a'));
    await write('shared/official/archived/b.yaml', yaml('b'));
    await open();
    expect(listed()).toEqual(['community/a writable', 'official/b site', 'official/hello']);
  });

  test('its parts are not changed from here; what is archived there comes back where that may be written', async () => {
    await siteTree('shared');
    const writer = createTemplateWriter(await open(), store);
    await expect(
      writer.save({ source: 'private', id: 'mine', baseHash: null, text: yaml('mine'), broken: false }),
    ).rejects.toMatchObject({
      code: 1007,
      message: expect.stringContaining('“private” part of a shared folder') as string,
    });
    expect(() => writer.archive({ source: 'official', id: 'pytorch' })).toThrow(/shared folder/);
    expect(() => writer.erase('old')).toThrow(/archive of a shared folder/);
    expect(writer.restore('old')).toMatchObject({ id: 'old', source: 'community' });
    expect(existsSync(path.join(folder, 'shared/community/old.yaml'))).toBe(true);
    expect(existsSync(path.join(folder, 'shared/archived/old.yaml'))).toBe(false);
    expect(writer.clone({ id: 'mine', source: 'private' })).toMatchObject({
      source: 'private',
      site: false,
      writable: true,
    });
  });
});

describe('a template that is not meant for others', () => {
  test('is shown to its author alone where others read it, and said to be left out', async () => {
    await write('shared/hers.yaml', yaml('hers', ', author: noah, is_public: false'));
    await write('shared/ours.yaml', yaml('ours', ', author: mia, is_public: false'));
    await write('shared/open.yaml', yaml('open'));
    await write('data/templates/private/own.yaml', yaml('own', ', is_public: false'));
    await open();
    expect(library?.list().map(({ id, isPublic }) => [id, isPublic])).toEqual([
      ['own', false],
      ['open', true],
      ['ours', false],
      ['hello', true],
    ]);
    expect(library?.search('hers', 5)).toEqual([]);
    expect(library?.folders().find(({ source }) => source === 'community')?.leftOut).toEqual({
      count: 1,
      first: [{ name: 'hers.yaml', reason: 'not-public' }],
    });
  });
});
