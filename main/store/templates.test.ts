import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store, TemplateRepository } from '../core/ports.ts';
import { openStore } from './index.ts';

type Reading = Parameters<TemplateRepository['record']>[0][number];

let folder: string;
let store: Store;
const ROOT = '/library';
const REF = { source: 'private', id: 'a' } as const;

function reading(file: string, words: string, text: string | null = null, hash = 'h'): Reading {
  return {
    root: ROOT,
    file,
    entry: {
      size: 1,
      modifiedAt: 2,
      parser: 'p',
      id: 'a',
      fileHash: hash,
      hash,
      usable: true,
      displayName: 'A',
      description: '',
      category: 'ml',
      tags: [],
      version: '1',
      author: '',
      isPublic: true,
      problems: [],
    },
    search: { text: words, name: words, about: '', fields: '', script: '' },
    found: text === null ? null : { ref: REF, text, hash, by: 'found', version: '1', at: 5 },
  };
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-store-'));
  store = openStore({ file: path.join(folder, 'slipway.db'), onDamage: () => undefined });
});
afterEach(async () => {
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('the index of template files', () => {
  it('is read page by page, and follows files that change and go', () => {
    store.templates.record(['a.yaml', 'b.yaml', 'c.yaml'].map((file) => reading(file, 'first')));
    const page = store.templates.indexed(ROOT, '', 2);
    expect(page.entries.map(({ file }) => file)).toEqual(['a.yaml', 'b.yaml']);
    expect(store.templates.indexed(ROOT, page.last ?? '', 2)).toMatchObject({
      entries: [{ file: 'c.yaml' }],
      last: null,
    });
    store.templates.record([reading('a.yaml', 'second')]);
    store.templates.forget(ROOT, ['b.yaml', 'never.yaml']);
    expect(store.templates.search('"first"', 10).map(({ file }) => file)).toEqual(['c.yaml']);
    expect(store.templates.search('"sec" *', 10).map(({ file }) => file)).toEqual(['a.yaml']);
  });

  it('of folders that are no longer used is forgotten', () => {
    store.templates.record([reading('a.yaml', 'x'), { ...reading('b.yaml', 'x'), root: '/other' }]);
    store.templates.keepRoots(['/other']);
    expect(store.templates.search('"x"', 10).map(({ root }) => root)).toEqual(['/other']);
    expect(store.templates.indexed(ROOT, '', 10).entries).toEqual([]);
  });
});

describe('the versions of a template', () => {
  it('are given back as they were, newest first, each text once', () => {
    store.templates.record([reading('a.yaml', '', 'ü\r\n', 'one')]);
    store.templates.record([reading('a.yaml', '', '', 'two')]);
    store.templates.record([reading('a.yaml', '', 'ü\r\n', 'one')]);
    expect(store.templates.versions(REF)).toEqual([
      { hash: 'two', version: '1', at: 5, by: 'found', bytes: 0 },
      { hash: 'one', version: '1', at: 5, by: 'found', bytes: 4 },
    ]);
    expect(store.templates.version(REF, 'one')).toBe('ü\r\n');
    expect(store.templates.version(REF, 'three')).toBeNull();
    expect(store.templates.version({ ...REF, source: 'community' }, 'one')).toBeNull();
  });

  it('are at most a hundred', () => {
    for (let n = 0; n < 120; n += 1)
      store.templates.record([reading('a.yaml', '', `text ${String(n)}`, `hash-${String(n)}`)]);
    const hashes = store.templates.versions(REF).map(({ hash }) => hash);
    expect(hashes).toHaveLength(100);
    expect([hashes[0], hashes.at(-1)]).toEqual(['hash-119', 'hash-20']);
  });

  it('take at most 5 MB, but the newest and the last good one are always kept', () => {
    const large = (): string => randomBytes(1_100_000).toString('hex');
    store.templates.record([reading('a.yaml', '', 'good', 'good')]);
    for (let n = 0; n < 8; n += 1) {
      const broken = reading('a.yaml', '', large(), `broken-${String(n)}`);
      store.templates.record([{ ...broken, entry: { ...broken.entry, hash: 'good' } }]);
    }
    const hashes = store.templates.versions(REF).map(({ hash }) => hash);
    expect(hashes[0]).toBe('broken-7');
    expect(hashes.at(-1)).toBe('good');
    expect(hashes.length).toBeLessThan(7);
  });

  it('go along when a template is archived, and go when it is erased', () => {
    store.templates.record([reading('a.yaml', '', 'one', 'one')]);
    const archived = { source: 'archived', id: 'a' } as const;
    store.templates.moveVersions(REF, archived);
    expect([store.templates.versions(REF), store.templates.versions(archived).map(({ hash }) => hash)]).toEqual([
      [],
      ['one'],
    ]);
    store.templates.eraseVersions(archived);
    expect(store.templates.versions(archived)).toEqual([]);
  });
});
