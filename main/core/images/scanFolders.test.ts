import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteEntry, RemoteFiles, RemoteStat } from '../ports.ts';
import { someFiles } from '../testing/someFiles.ts';
import { scanFolders } from './scanFolders.ts';

const STAT = { size: 7, modifiedAt: 9, mode: 0o644 };
const entry = (name: string, kind: RemoteStat['kind'] = 'file'): RemoteEntry => ({ ...STAT, name, kind });
const never = new AbortController().signal;

/** A disk by its folders; links lead to what `targets` says. */
function disk(tree: Record<string, RemoteEntry[]>, targets: Record<string, RemoteStat['kind']> = {}): RemoteFiles {
  return someFiles({
    resolve: (path) => Promise.resolve(path.replace('~', '/home/ada')),
    stat: (path) => {
      const kind = targets[path];
      return Promise.resolve(kind === undefined ? null : { ...STAT, kind });
    },
    list: (folder, { limit = Infinity } = {}) => {
      const entries = tree[folder];
      if (entries === undefined) throw new AppError('REMOTE_FILE_DENIED', { details: { path: folder, reason: 'no' } });
      return Promise.resolve(entries.slice(0, limit));
    },
  });
}

test('images lie two levels deep, behind links to files too; links to folders and leftovers are none', async () => {
  const files = disk(
    {
      '/home/ada/images': [
        entry('z.sif'),
        entry('a.sif.part'),
        entry('to-file.sif', 'link'),
        entry('to-folder.sif', 'link'),
        entry('gone.sif', 'link'),
        entry('deep', 'folder'),
        entry('secret', 'folder'),
      ],
      '/home/ada/images/deep': [entry('b.sif'), entry('er', 'folder')],
      '/home/ada/images/deep/er': [entry('c.sif'), entry('est', 'folder')],
      '/home/ada/images/deep/er/est': [entry('never.sif')],
    },
    { '/home/ada/images/to-file.sif': 'file', '/home/ada/images/to-folder.sif': 'folder' },
  );
  const found = await scanFolders(files, ['~/images/'], never);
  expect(found.images.map(({ name }) => name)).toEqual(['b.sif', 'c.sif', 'to-file.sif', 'z.sif']);
  expect(found.images[0]).toEqual({
    name: 'b.sif',
    path: '/home/ada/images/deep/b.sif',
    folder: '/home/ada/images',
    size: 7,
    modifiedAt: 9,
  });
  expect(found.unreadable.map(({ folder }) => folder)).toEqual(['/home/ada/images/secret']);
});

test('what is too much is told: an endless folder, too many images, links and folders', async () => {
  const many = (count: number, make: (index: number) => RemoteEntry): RemoteEntry[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const found = await scanFolders(
    disk({
      '/long': many(20_000, (index) => entry(`${String(index)}.txt`)),
      '/full': many(6000, (index) => entry(`${String(index)}.sif`)),
      '/linked': many(501, (index) => entry(`${String(index)}.sif`, 'link')),
    }),
    ['/long', '/linked', '/full'],
    never,
  );
  expect(found.images).toHaveLength(5000);
  expect(found.unreadable.map(({ folder }) => folder)).toEqual(['/long', '/linked', '/full']);
});

test('the root itself may be named, and a walk ends with who asked', async () => {
  expect((await scanFolders(disk({ '/': [entry('x.sif')] }), ['/'], never)).images[0]?.path).toBe('/x.sif');
  const stop = new AbortController();
  stop.abort(new AppError('CANCELLED'));
  await expect(scanFolders(disk({ '/': [] }), ['/'], stop.signal)).rejects.toMatchObject({ name: 'CANCELLED' });
});
