import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCore, type CoreUnderTest } from '../../testing/coreUnderTest.ts';

let folder: string;
let core: CoreUnderTest;
const official = (): string => path.join(folder, 'official');
const mine = (file: string): string => path.join(folder, 'data', 'templates', 'private', file);
const yaml = (id: string, name = id): string =>
  `# kept\ntemplate:\n  id: ${id} # its id\n  display_name: ${name}\nscript: {main_exec: hostname}\n`;

async function start(): Promise<void> {
  core = await startCore({
    dataFolder: path.join(folder, 'data'),
    hostKeyFingerprint: '',
    overrides: { folders: { data: path.join(folder, 'data'), officialTemplates: official() } },
  });
}
const shown = async (archived = false): Promise<string[]> =>
  (await core.call('templates.list', { archived })).map(({ source, id }) => `${source}/${id}`);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-writer-'));
  await mkdir(path.join(official(), 'a.samples'), { recursive: true });
  await writeFile(path.join(official(), 'a.yaml'), yaml('a', 'Shipped'));
  await writeFile(path.join(official(), 'a.samples', 'in.dat'), 'sample');
  await start();
});
afterEach(async () => {
  await core.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('saving a template', () => {
  test('a new one lies in one’s own folder under its id, and what it was is kept with each change', async () => {
    const first = await core.call('templates.save', { source: 'private', text: yaml('b', 'One') });
    expect(first).toMatchObject({ id: 'b', source: 'private', fileName: 'b.yaml', displayName: 'One', writable: true });
    const second = await core.call('templates.save', {
      source: 'private',
      id: 'b',
      baseHash: first.fileHash,
      text: yaml('b', 'Two'),
    });
    expect(await readFile(mine('b.yaml'), 'utf8')).toBe(yaml('b', 'Two'));
    expect(await readdir(path.dirname(mine('b.yaml')))).toEqual(['b.yaml']);
    const versions = await core.call('templates.versions', { id: 'b', source: 'private' });
    expect(versions.map(({ hash, by }) => [hash, by])).toEqual([
      [second.fileHash, 'saved'],
      [first.fileHash, 'saved'],
    ]);
    expect(await core.call('templates.version', { id: 'b', source: 'private', hash: first.fileHash })).toEqual({
      text: yaml('b', 'One'),
    });
    await expect(core.call('templates.version', { id: 'b', source: 'private', hash: 'nothing' })).rejects.toMatchObject(
      { code: 1009 },
    );
  });

  test('what another program wrote meanwhile is not overwritten, and can be brought back later: 1005', async () => {
    const { fileHash } = await core.call('templates.save', { source: 'private', text: yaml('b') });
    await writeFile(mine('b.yaml'), yaml('b', 'Theirs'));
    await expect(
      core.call('templates.save', { source: 'private', id: 'b', baseHash: fileHash, text: yaml('b', 'Mine') }),
    ).rejects.toMatchObject({ code: 1005 });
    await expect(
      core.call('templates.save', { source: 'private', id: 'b', text: yaml('b', 'Mine') }),
    ).rejects.toMatchObject({ code: 1005 });
    const theirs = await core.call('templates.text', { id: 'b', source: 'private' });
    expect(theirs.text).toBe(yaml('b', 'Theirs'));
    await core.call('templates.save', { source: 'private', id: 'b', baseHash: theirs.hash, text: yaml('b', 'Mine') });
    expect(await core.call('templates.version', { id: 'b', source: 'private', hash: theirs.hash })).toEqual({
      text: yaml('b', 'Theirs'),
    });
  });

  test('a text that is not valid is refused, unless it is to be kept broken: the last good one keeps working, after a restart too', async () => {
    const { fileHash, hash } = await core.call('templates.save', { source: 'private', text: yaml('b', 'Good') });
    await expect(
      core.call('templates.save', { source: 'private', id: 'b', baseHash: fileHash, text: 'template: {id: b' }),
    ).rejects.toMatchObject({ code: 1003 });
    const broken = await core.call('templates.save', {
      source: 'private',
      id: 'b',
      baseHash: fileHash,
      text: 'template: {id: b',
      broken: true,
    });
    expect(broken).toMatchObject({ hash, text: 'template: {id: b', template: { displayName: 'Good' }, usable: true });
    expect(broken.problems.length).toBeGreaterThan(0);
    await core.dispose();
    await start();
    expect(await core.call('templates.get', { id: 'b' })).toMatchObject({
      hash,
      fileHash: broken.fileHash,
      text: 'template: {id: b',
      template: { displayName: 'Good' },
    });
  });

  test('a broken one that was never good is kept all the same', async () => {
    expect(await core.call('templates.save', { source: 'private', text: 'template: {id', broken: true })).toMatchObject(
      { template: null, usable: false, text: 'template: {id' },
    );
    expect(await core.call('templates.text', { id: 'template', source: 'private' })).toMatchObject({
      text: 'template: {id',
      fileName: 'template.yaml',
    });
  });

  test('under an id that Windows has no file for, or that another has but for its capitals, is refused', async () => {
    for (const id of ['CON', 'nul', 'aux.v1', 'com1']) {
      await expect(core.call('templates.save', { source: 'private', text: yaml(id) })).rejects.toMatchObject({
        code: 1003,
        message: expect.stringContaining('Windows') as string,
      });
      await expect(core.call('templates.clone', { id: 'a', source: 'official', newId: id })).rejects.toMatchObject({
        code: 1003,
      });
    }
    await core.call('templates.save', { source: 'private', text: yaml('Abc') });
    await expect(core.call('templates.save', { source: 'private', text: yaml('aBC') })).rejects.toMatchObject({
      name: 'TEMPLATE_EXISTS',
    });
  });

  test('that has such an id already loads, is saved, copied and archived under names that every system has', async () => {
    await mkdir(path.dirname(mine('x')), { recursive: true });
    await writeFile(mine('old.yaml'), yaml('aux.v1'));
    const { fileHash } = await core.call('templates.get', { id: 'aux.v1', source: 'private' });
    await core.call('templates.save', {
      source: 'private',
      id: 'aux.v1',
      baseHash: fileHash,
      text: yaml('aux.v1', 'Changed'),
    });
    expect(await core.call('templates.clone', { id: 'aux.v1', source: 'private' })).toMatchObject({
      id: 'template-aux.v1-copy',
      fileName: 'template-aux.v1-copy.yaml',
    });
    await core.call('templates.archive', { id: 'aux.v1', source: 'private' });
    expect(await readdir(path.join(folder, 'data', 'templates', 'archived'))).toEqual(['template-aux.v1.yaml']);
  });

  test('a shipped one is never changed, two of one’s own never get one id, and where no community folder is set none is made up', async () => {
    const { fileHash } = await core.call('templates.get', { id: 'a' });
    await core.call('templates.save', { source: 'private', text: yaml('b') });
    await expect(core.call('templates.save', { source: 'private', text: yaml('b') })).rejects.toMatchObject({
      code: 1006,
    });
    await expect(
      core.call('templates.save', { source: 'private', id: 'a', baseHash: fileHash, text: yaml('a') }),
    ).rejects.toMatchObject({ code: 1001 });
    await expect(core.call('templates.archive', { id: 'a', source: 'official' })).rejects.toMatchObject({ code: 1007 });
    await expect(core.call('templates.save', { source: 'community', text: yaml('c') })).rejects.toMatchObject({
      code: 1010,
    });
    expect(await readFile(path.join(official(), 'a.yaml'), 'utf8')).toBe(yaml('a', 'Shipped'));
  });

  test('a folder that cannot be written says why: 1008', async () => {
    const blocked = path.join(folder, 'a file, not a folder');
    await writeFile(blocked, '');
    core.core.allowPlace('templates', path.join(blocked, 'below'), 'command');
    await core.call('settings.update', { changes: { communityTemplates: path.join(blocked, 'below') } });
    await expect(core.call('templates.save', { source: 'community', text: yaml('c') })).rejects.toMatchObject({
      code: 1008,
      message: expect.stringContaining('not a folder') as string,
    });
    await chmod(blocked, 0o600);
  });

  test('a template that gets another id takes its past along', async () => {
    const { fileHash } = await core.call('templates.save', { source: 'private', text: yaml('b') });
    const renamed = await core.call('templates.save', {
      source: 'private',
      id: 'b',
      baseHash: fileHash,
      text: yaml('better'),
    });
    expect(renamed).toMatchObject({ id: 'better', fileName: 'b.yaml' });
    expect(
      (await core.call('templates.versions', { id: 'better', source: 'private' })).map(({ hash }) => hash),
    ).toContain(fileHash);
  });
});

describe('a copy of a template', () => {
  test('has its samples, an id of its own, and every comment', async () => {
    const copy = await core.call('templates.clone', { id: 'a', source: 'official' });
    expect(copy).toMatchObject({
      id: 'a-copy',
      source: 'private',
      displayName: 'Shipped (copy)',
      text: '# kept\ntemplate:\n  id: "a-copy" # its id\n  display_name: "Shipped (copy)"\nscript: {main_exec: hostname}\n',
    });
    expect(await readFile(mine('a-copy.samples/in.dat'), 'utf8')).toBe('sample');
    expect((await core.call('templates.clone', { id: 'a', source: 'official' })).id).toBe('a-copy-2');
    expect(
      await core.call('templates.clone', {
        id: 'a',
        source: 'official',
        newId: 'mine',
        displayName: 'It’s "mine": #1',
      }),
    ).toMatchObject({ id: 'mine', displayName: 'It’s "mine": #1' });
    await expect(core.call('templates.clone', { id: 'a', source: 'official', newId: 'mine' })).rejects.toMatchObject({
      code: 1006,
    });
  });
});

describe('the archive', () => {
  test('takes a template with its samples and its past, and gives all of it back', async () => {
    const copy = await core.call('templates.clone', { id: 'a', source: 'official', newId: 'b' });
    await core.call('templates.archive', { id: 'b', source: 'private' });
    expect(await shown()).toEqual(['official/a']);
    expect(await shown(true)).toEqual(['official/a', 'archived/b']);
    expect((await core.call('templates.versions', { id: 'b', source: 'archived' })).map(({ hash }) => hash)).toEqual([
      copy.fileHash,
    ]);
    await core.dispose();
    await start();
    expect(await core.call('templates.restore', { id: 'b' })).toMatchObject({
      id: 'b',
      source: 'private',
      fileName: 'b.yaml',
      text: copy.text,
    });
    expect(await readFile(mine('b.samples/in.dat'), 'utf8')).toBe('sample');
    expect((await core.call('templates.versions', { id: 'b', source: 'private' })).map(({ hash }) => hash)).toEqual([
      copy.fileHash,
    ]);
  });

  test('does not bring back a template whose id has been taken meanwhile: 1006', async () => {
    await core.call('templates.save', { source: 'private', text: yaml('b', 'Old') });
    await core.call('templates.archive', { id: 'b', source: 'private' });
    await core.call('templates.save', { source: 'private', text: yaml('b', 'New') });
    await expect(core.call('templates.restore', { id: 'b' })).rejects.toMatchObject({ code: 1006 });
    await core.call('templates.archive', { id: 'b', source: 'private' });
    expect(await shown(true)).toEqual(['official/a', 'archived/b-2', 'archived/b']);
    expect(await core.call('templates.restore', { id: 'b-2' })).toMatchObject({ id: 'b', displayName: 'New' });
  });

  test('what is erased is gone with its past', async () => {
    await core.call('templates.save', { source: 'private', text: yaml('b') });
    await core.call('templates.archive', { id: 'b', source: 'private' });
    await core.call('templates.erase', { id: 'b' });
    expect(await shown(true)).toEqual(['official/a']);
    expect(await core.call('templates.versions', { id: 'b', source: 'archived' })).toEqual([]);
    await expect(core.call('templates.erase', { id: 'b' })).rejects.toMatchObject({ code: 1001 });
  });
});

describe('what is remembered of templates', () => {
  test('favourites, and texts that were not saved, are there after a restart', async () => {
    await core.call('templates.favourite', { id: 'a', source: 'official', favourite: true });
    await core.call('templates.keepUnsaved', { key: 'private/b', text: 'half a temp', baseHash: 'x' });
    await core.call('templates.keepUnsaved', { key: 'private/c', text: 'gone' });
    await core.call('templates.keepUnsaved', { key: 'private/c', text: null });
    await core.dispose();
    await start();
    expect(await core.call('templates.list', {})).toMatchObject([
      { id: 'a', favourite: true, uses: 0, lastUsedAt: null, writable: false },
    ]);
    expect(await core.call('templates.unsaved', {})).toMatchObject([
      { key: 'private/b', text: 'half a temp', baseHash: 'x' },
    ]);
  });
});
