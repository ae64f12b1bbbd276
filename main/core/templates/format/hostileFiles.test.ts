import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../shared/contract/program.ts';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../ports.ts';
import { createTemplateLibrary, type TemplateLibraryService } from '../library/library.ts';

let folder: string;
let store: Store;
let library: TemplateLibraryService;
let log: string[];

const good = (id: string): string => `template: {id: ${id}}\nscript: {main_exec: hostname}\n`;
const tagged = (id: string, value: string): string => `${good(id)}notes: ${value}\n`;
const at = (file: string): string => path.join(folder, 'official', file);
const open = (): TemplateLibraryService => {
  library = createTemplateLibrary({
    folders: { data: path.join(folder, 'data'), officialTemplates: path.join(folder, 'official') },
    settings: { current: () => DEFAULT_SETTINGS },
    store,
    clock: { now: () => 1 },
    version: 'test',
    communities: () => [],
    log: { write: (_, event) => void log.push(event), query: () => Promise.resolve([]) },
    emit: () => undefined,
  });
  return library;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-hostile-'));
  log = [];
  store = openStore({ file: path.join(folder, 'store', 'slipway.db') });
  mkdirSync(path.join(folder, 'official'));
});
afterEach(async () => {
  await library.dispose();
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a template folder', () => {
  test.each([
    '!!omap [a: 1]',
    '!!pairs [a: 1]',
    '!!set {a, b}',
    '!!binary aGVsbG8=',
    '!!timestamp 2001-01-01',
    '!!js/function "x"',
    '!mine x',
    '[!!omap [a: 1]]',
  ])('with a file that says %s lists its neighbours, and the fault with its line', async (value) => {
    writeFileSync(at('a.yaml'), good('a'));
    writeFileSync(at('b.yaml'), tagged('b', value));
    writeFileSync(at('c.yaml'), good('c'));
    await open().ready;
    expect(library.list().map(({ displayName, usable }) => [displayName, usable])).toEqual([
      ['a', true],
      ['b.yaml', false],
      ['c', true],
    ]);
    expect(library.list()[1]?.problems).toMatchObject([{ rule: 'template-tag', severity: 'error', line: 3 }]);
    expect(library.get('c').template.id).toBe('c');
    expect(log).toEqual([]);
  });

  test('that holds hundreds of such files is read to its end in the worker', async () => {
    for (let n = 0; n < 120; n += 1)
      writeFileSync(
        at(`t${String(n).padStart(3, '0')}.yaml`),
        n % 2 === 0 ? good(`t${String(n)}`) : tagged(`t${String(n)}`, '!!omap [a: 1]'),
      );
    await open().ready;
    expect(library.list().filter(({ usable }) => usable)).toHaveLength(60);
    expect(library.list().flatMap(({ problems }) => problems.map(({ rule }) => rule))).toEqual(
      Array(60).fill('template-tag'),
    );
    expect(log).toEqual([]);
  });

  test('whose index was made before such files were refused says what they are now', async () => {
    const day = new Date('2026-01-01');
    writeFileSync(at('a.yaml'), tagged('a', '!!set {x, y}'));
    utimesSync(at('a.yaml'), day, day);
    const entry = {
      size: good('a').length + 'notes: !!set {x, y}\n'.length,
      modifiedAt: day.getTime(),
      parser: 'test/2',
      id: 'a',
      fileHash: 'f',
      hash: 'f',
      usable: true,
      displayName: 'A',
      description: '',
      category: 'custom',
      tags: [],
      version: '',
      author: '',
      isPublic: true,
      problems: [],
    };
    store.templates.record([
      {
        root: path.join(folder, 'official'),
        file: 'a.yaml',
        entry,
        search: { text: '', name: 'a', about: '', fields: '', script: '' },
        found: {
          ref: { source: 'official', id: 'a' },
          text: tagged('a', '!!omap [a: 1]'),
          hash: 'f',
          by: 'found',
          version: '',
          at: 1,
        },
      },
    ]);
    await open().ready;
    expect(() => library.get('a')).toThrow(/tags that make other than plain values/);
    expect(library.list()).toMatchObject([{ id: 'a', problems: [{ rule: 'template-tag', line: 3 }] }]);
  });

  test.skipIf(process.platform === 'win32')(
    'with pipes, devices, links and folders called like templates reads the templates',
    async () => {
      writeFileSync(at('z.yaml'), good('z'));
      execFileSync('mkfifo', [at('pipe.yaml'), path.join(folder, 'pipe')]);
      symlinkSync(path.join(folder, 'pipe'), at('linked-pipe.yaml'));
      symlinkSync('/dev/zero', at('device.yaml'));
      symlinkSync(at('self.yaml'), at('self.yaml'));
      symlinkSync(path.join(folder, 'nowhere'), at('dangling.yaml'));
      symlinkSync(path.join(folder, 'official'), at('loop.yaml'));
      symlinkSync('/proc/self/maps', at('proc.yaml'));
      mkdirSync(at('folder.yaml'));
      writeFileSync(at('folder.yaml/in.yaml'), good('in'));
      await open().ready;
      expect(
        library
          .list()
          .filter(({ usable }) => usable)
          .map(({ id }) => id),
      ).toEqual(['in', 'z']);
      expect(log).toEqual([]);
    },
  );
});
