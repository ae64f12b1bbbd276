import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataFolder } from './dataFolder.ts';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'slipway-folder-'));
  folder = path.join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

describe.runIf(process.platform !== 'win32')('the data folder', () => {
  it('is made for its owner alone, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await prepareDataFolder(folder);
    } finally {
      process.umask(umask);
    }
    expect(await modeOf(folder)).toBe(0o700);
  });

  it.each([0o755, 0o750, 0o775, 0o711])('that was there with mode %o is narrowed, also behind a link', async (mode) => {
    await mkdir(folder);
    await chmod(folder, mode);
    await symlink(folder, path.join(parent, 'link'));
    await prepareDataFolder(path.join(parent, 'link'));
    expect(await modeOf(folder)).toBe(0o700);
  });

  it('into which everybody may write is refused, and left as it is', async () => {
    await mkdir(folder);
    await chmod(folder, 0o777);
    await expect(prepareDataFolder(folder)).rejects.toMatchObject({
      name: 'DATA_FOLDER_UNSAFE',
      code: 5011,
      message: expect.stringContaining('everybody may write') as string,
    });
    expect(await modeOf(folder)).toBe(0o777);
  });

  it.runIf(process.geteuid?.() === 0)('that belongs to somebody else is refused', async () => {
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, 65_534, 65_534);
    await expect(prepareDataFolder(folder)).rejects.toMatchObject({
      name: 'DATA_FOLDER_UNSAFE',
      message: expect.stringContaining('uid 65534') as string,
    });
  });

  it('that is a file, or below one, is refused with a sentence', async () => {
    await writeFile(folder, '');
    await expect(prepareDataFolder(folder)).rejects.toMatchObject({
      name: 'DATA_FOLDER_UNUSABLE',
      code: 5012,
      message: expect.stringContaining('not a folder') as string,
    });
    await expect(prepareDataFolder(path.join(folder, 'below'))).rejects.toMatchObject({ name: 'DATA_FOLDER_UNUSABLE' });
  });
});
