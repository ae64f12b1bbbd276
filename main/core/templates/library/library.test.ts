import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../../../shared/contract/program.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { Emitter } from '../../../../shared/lib/emitter.ts';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../ports.ts';
import { createTemplateLibrary, type TemplateLibraryService } from './library.ts';

let folder: string;
let settings: Settings;
let library: TemplateLibraryService | null = null;
let store: Store;
const changes = new Emitter<unknown>();

const yaml = (id: string, name = id): string =>
  `template: {id: ${id}, display_name: "${name}"}\nscript: {main_exec: hostname}\n`;
const write = async (file: string, text: string | Buffer): Promise<void> => {
  const full = path.join(folder, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, text);
};
const open = (): TemplateLibraryService => {
  library = createTemplateLibrary({
    folders: { data: path.join(folder, 'data'), officialTemplates: path.join(folder, 'official') },
    settings: { current: () => settings },
    store,
    clock: { now: () => 1 },
    version: 'test',
    communities: () => [],
    log: { write: () => undefined, query: () => Promise.resolve([]) },
    emit: (_, payload) => changes.emit(payload),
  });
  return library;
};
/** Does something and waits until the library has told of changes and `is` holds; the test's own time limit ends the wait. */
const until = async (doing: () => Promise<void> | void, is: () => boolean): Promise<void> => {
  const seen = new Promise<void>((resolve) => {
    const listening = changes.on(() => {
      if (!is()) return;
      void listening.dispose();
      resolve();
    });
  });
  await doing();
  await seen;
};
const listed = (): string[] => library!.list().map((each) => `${each.source}/${each.id}`);
const failure = (doing: () => unknown): AppError => {
  try {
    doing();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-library-'));
  settings = DEFAULT_SETTINGS;
  store = openStore({ file: path.join(folder, 'store', 'slipway.db') });
  await mkdir(path.join(folder, 'official'));
});
afterEach(async () => {
  await library?.dispose();
  library = null;
  await store.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('the template library', () => {
  test('lists the templates of all folders, one’s own first', async () => {
    await write('official/ml/a.yaml', yaml('a'));
    await write('official/ml/a.samples/config.yaml', 'not: a template');
    await write('official/.git/x.yaml', 'not: a template');
    await write('official/readme.md', 'not a template');
    await write('data/templates/private/mine.yml', yaml('b'));
    await write('shared/c.yaml', yaml('c'));
    settings = { ...settings, communityTemplates: path.join(folder, 'shared') };
    await open().ready;
    expect(listed()).toEqual(['private/b', 'community/c', 'official/a']);
    const detail = library!.get('a');
    expect(detail).toMatchObject({
      source: 'official',
      fileName: 'ml/a.yaml',
      text: yaml('a'),
      usable: true,
      problems: [],
    });
    expect(detail.hash).toBe(createHash('sha256').update(yaml('a')).digest('hex'));
    expect(library!.samples('a')).toEqual([path.join(folder, 'official/ml/a.samples/config.yaml')]);
  });

  test('answers before it has read everything', async () => {
    await write('official/a.yaml', yaml('a'));
    expect(open().get('a').id).toBe('a');
  });

  test('gives one’s own template where a shipped one has the same id, unless that is asked for', async () => {
    await write('official/a.yaml', yaml('a', 'Shipped'));
    await write('data/templates/private/a.yaml', yaml('a', 'Mine'));
    await open().ready;
    expect(library!.get('a').displayName).toBe('Mine');
    expect(library!.get('a', 'official').displayName).toBe('Shipped');
  });

  test('shows both of two files with one id, uses the first, and says so', async () => {
    await write('official/a.yaml', yaml('same', 'First'));
    await write('official/b.yaml', yaml('same', 'Second'));
    await open().ready;
    expect(
      library!.list().map((each) => [each.displayName, each.problems[0]?.rule, each.problems[0]?.severity]),
    ).toEqual([
      ['First', 'template-duplicate-id', 'warning'],
      ['Second', 'template-duplicate-id', 'warning'],
    ]);
    expect(library!.get('same').displayName).toBe('First');
  });

  test('says of an unknown template that there is none, and of a broken one why', async () => {
    await write('official/a.yaml', 'template: {id: a}\n');
    await open().ready;
    expect(failure(() => library!.get('nobody'))).toMatchObject({ code: 1001 });
    expect(failure(() => library!.get('a'))).toMatchObject({
      code: 1003,
      message: expect.stringContaining('script') as string,
    });
    expect(library!.list()).toMatchObject([{ id: 'a', usable: false, displayName: 'a.yaml' }]);
  });

  test.each<[string, string | Buffer, string]>([
    ['binary', Buffer.from([0, 1, 2, 255]), 'template-not-text'],
    ['in another encoding', Buffer.from('name: caf\xe9', 'latin1'), 'template-not-text'],
    ['huge', Buffer.alloc(2_000_000, 'a'), 'template-too-large'],
  ])('names a file that is %s', async (_, content, rule) => {
    await write('official/what ever!.yaml', content);
    await open().ready;
    expect(library!.list()).toMatchObject([{ id: 'what-ever', usable: false, problems: [{ rule, code: 1002 }] }]);
  });
});

describe('while files change on disk', () => {
  test('new, changed and removed templates are seen', async () => {
    await open().ready;
    await until(
      () => write('official/new.yaml', yaml('new')),
      () => listed().includes('official/new'),
    );
    await until(
      () => write('official/new.yaml', yaml('new', 'Renamed')),
      () => library!.get('new').displayName === 'Renamed',
    );
    await until(
      () => rm(path.join(folder, 'official/new.yaml')),
      () => listed().length === 0,
    );
  });

  test('an editor that saves by renaming is understood', async () => {
    await write('official/a.yaml', yaml('a'));
    await open().ready;
    await write('official/.a.yaml.swp', yaml('a', 'Saved'));
    await until(
      () => rename(path.join(folder, 'official/.a.yaml.swp'), path.join(folder, 'official/a.yaml')),
      () => library!.get('a').displayName === 'Saved',
    );
  });

  test('a broken edit keeps the last good version, shows the error, and is forgotten when mended', async () => {
    await write('official/a.yaml', yaml('a', 'Good'));
    await open().ready;
    const good = library!.get('a');
    await until(
      () => write('official/a.yaml', 'template: {id: a'),
      () => (library!.list()[0]?.problems.length ?? 0) > 0,
    );
    expect(library!.get('a')).toMatchObject({
      displayName: 'Good',
      usable: true,
      hash: good.hash,
      text: 'template: {id: a',
      problems: [{ severity: 'error', line: 1 }],
    });
    await until(
      () => write('official/a.yaml', yaml('a', 'Better')),
      () => library!.get('a').displayName === 'Better',
    );
    expect(library!.get('a').problems).toEqual([]);
  });

  test('a folder that vanishes takes its templates along, and brings them back', async () => {
    await write('official/ml/a.yaml', yaml('a'));
    await open().ready;
    await until(
      () => rename(path.join(folder, 'official/ml'), path.join(folder, 'elsewhere')),
      () => listed().length === 0,
    );
    await until(
      () => rename(path.join(folder, 'elsewhere'), path.join(folder, 'official/ml')),
      () => listed().length === 1,
    );
  });

  test('a folder of templates that is not there yet is seen when it comes', async () => {
    settings = { ...settings, communityTemplates: path.join(folder, 'later') };
    await open().ready;
    await until(
      () => write('later/a.yaml', yaml('a')),
      () => listed().includes('community/a'),
    );
  });

  test('another folder in the settings is opened, and the old one left', async () => {
    await write('one/a.yaml', yaml('a'));
    await write('two/b.yaml', yaml('b'));
    settings = { ...settings, communityTemplates: path.join(folder, 'one') };
    await open().ready;
    settings = { ...settings, communityTemplates: path.join(folder, 'two') };
    library!.settingsChanged();
    await library!.listable;
    expect(listed()).toEqual(['community/b']);
  });
});

describe('after a restart', () => {
  test('what changed meanwhile is seen, and what broke keeps its last good version', async () => {
    for (const id of ['a', 'b', 'c']) await write(`official/${id}.yaml`, yaml(id));
    await open().ready;
    await library!.dispose();
    await write('official/a.yaml', yaml('a', 'Changed'));
    await write('official/b.yaml', 'template: {id: b');
    await rm(path.join(folder, 'official/c.yaml'));
    await open().ready;
    expect(library!.list().map((each) => [each.displayName, each.problems.length > 0])).toEqual([
      ['Changed', false],
      ['b', true],
    ]);
    expect(library!.get('b')).toMatchObject({
      text: 'template: {id: b',
      template: { script: { mainExec: 'hostname' } },
    });
    expect(library!.search('c', 10).map(({ id }) => id)).not.toContain('c');
  });

  test('a file that did not change is not opened again', async () => {
    await write('official/a.yaml', yaml('a'));
    const day = new Date('2026-01-01');
    await utimes(path.join(folder, 'official/a.yaml'), day, day);
    await open().ready;
    await library!.dispose();
    // the same size and date: only who opens it can tell
    await write('official/a.yaml', yaml('z'));
    await utimes(path.join(folder, 'official/a.yaml'), day, day);
    await open().ready;
    expect(listed()).toEqual(['official/a']);
  });

  test('a library of hundreds is read off the main thread, and searched', async () => {
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        write(
          `official/${String(n % 9)}/t${String(n)}.yaml`,
          yaml(`t${String(n)}`, `Ensemble ${String(n)} 분자동역학`),
        ),
      ),
    );
    await open().ready;
    expect(listed()).toHaveLength(300);
    expect(library!.search('ensemble 17', 300).map(({ id }) => id)).toContain('t17');
    expect(library!.search('동역학', 300)).toHaveLength(300);
    expect(library!.search('동역학', 5)).toHaveLength(5);
    await until(
      () => rm(path.join(folder, 'official/3'), { recursive: true }),
      () => listed().every((each) => !each.endsWith('/t3')),
    );
  });
});
