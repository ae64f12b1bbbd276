import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteEntry, RemoteFiles, RemoteStat } from '../ports.ts';
import { someFiles } from '../testing/someFiles.ts';
import { findImages, type WalkedFolder } from './findImages.ts';

const STAT = { size: 7, modifiedAt: 9, mode: 0o644 };
const entry = (name: string, kind: RemoteStat['kind'] = 'file'): RemoteEntry => ({ ...STAT, name, kind });
const never = new AbortController().signal;

/** A disk by its folders; links lead to the kind that `targets` says, and to the path that `real` says. */
function disk(
  tree: Record<string, RemoteEntry[] | 'missing'>,
  targets: Record<string, RemoteStat['kind']> = {},
  real: Record<string, string> = {},
): RemoteFiles {
  return someFiles({
    resolve: (path) => Promise.resolve(real[path] ?? path.replace('~', '/home/ada')),
    stat: (path) => {
      const kind = targets[path];
      return Promise.resolve(kind === undefined ? null : { ...STAT, kind });
    },
    list: (folder, { limit = Infinity } = {}) => {
      const entries = tree[folder];
      if (entries === 'missing') throw new AppError('REMOTE_PATH_MISSING', { details: { path: folder } });
      if (entries === undefined) throw new AppError('REMOTE_FILE_DENIED', { details: { path: folder, reason: 'no' } });
      return Promise.resolve(entries.slice(0, limit));
    },
  });
}

const paths = (found: WalkedFolder[]): string[] => found.flatMap(({ images }) => images.map(({ path }) => path));
const unreadable = (found: WalkedFolder[]): string[] =>
  found.flatMap((walked) => walked.unreadable.map(({ folder }) => folder));

test('images lie some levels deep, behind links to files too; links to folders and leftovers are none', async () => {
  const files = disk(
    {
      '/home/ada/images': [
        entry('z.sif'),
        entry('old.simg'),
        entry('bare.sqsh'),
        entry('two.img'),
        entry('a.sif.part'),
        entry('notes.txt'),
        entry('pipe.sif', 'other'),
        entry('to-file.sif', 'link'),
        entry('to-folder.sif', 'link'),
        entry('gone.sif', 'link'),
        entry('deep', 'folder'),
        entry('secret', 'folder'),
      ],
      '/home/ada/images/deep': [entry('b.sif'), entry('2', 'folder')],
      '/home/ada/images/deep/2': [entry('c.sif'), entry('3', 'folder')],
      '/home/ada/images/deep/2/3': [entry('4', 'folder')],
      '/home/ada/images/deep/2/3/4': [entry('d.sif'), entry('5', 'folder')],
      '/home/ada/images/deep/2/3/4/5': [entry('never.sif')],
    },
    { '/home/ada/images/to-file.sif': 'file', '/home/ada/images/to-folder.sif': 'folder' },
  );
  const found = await findImages(files, ['~/images/'], never);
  expect(paths(found).map((path) => path.slice('/home/ada/images/'.length))).toEqual([
    'bare.sqsh',
    'old.simg',
    'two.img',
    'z.sif',
    'deep/b.sif',
    'deep/2/c.sif',
    'deep/2/3/4/d.sif',
    'to-file.sif',
  ]);
  expect(found[0]?.images[0]).toEqual({
    name: 'bare.sqsh',
    path: '/home/ada/images/bare.sqsh',
    sandbox: false,
    size: 7,
    modifiedAt: 9,
  });
  expect(unreadable(found)).toEqual(['/home/ada/images/secret']);
});

test('an unpacked image is one, also behind a link, and is not looked into', async () => {
  const found = await findImages(
    disk(
      {
        '/cvmfs': [entry('library', 'folder'), entry('.flat', 'folder')],
        '/cvmfs/.flat': [entry('ab', 'folder')],
        '/cvmfs/.flat/ab': [entry('.singularity.d', 'folder'), entry('usr', 'folder'), entry('x.sif')],
        '/cvmfs/library': [entry('fedora:latest', 'link'), entry('up', 'link'), entry('other:1', 'link')],
      },
      {
        '/cvmfs/library/fedora:latest': 'folder',
        '/cvmfs/library/fedora:latest/.singularity.d': 'folder',
        '/cvmfs/library/other:1': 'folder',
        '/cvmfs/library/other:1/.singularity.d': 'folder',
        '/cvmfs/library/up': 'folder',
      },
      { '/cvmfs/library/fedora:latest': '/cvmfs/.flat/ab' },
    ),
    ['/cvmfs'],
    never,
  );
  expect(found[0]?.images.map(({ path, sandbox }) => [path, sandbox])).toEqual([
    ['/cvmfs/.flat/ab', true],
    ['/cvmfs/library/other:1', true],
  ]);
  expect([...(found[0]?.links ?? [])]).toEqual([['/cvmfs/.flat/ab', ['/cvmfs/library/fedora:latest']]]);
});

test('a file of several names is listed once, by its own name wherever that is', async () => {
  const found = await findImages(
    disk(
      {
        '/a': [entry('latest.sif', 'link'), entry('alias.sif', 'link'), entry('out.sif', 'link')],
        '/b': [entry('v1.sif')],
      },
      { '/a/latest.sif': 'file', '/a/alias.sif': 'file', '/a/out.sif': 'file' },
      { '/a/latest.sif': '/b/v1.sif', '/a/alias.sif': '/else/x.sif', '/a/out.sif': '/else/x.sif' },
    ),
    ['/a', '/b', '/a'],
    never,
  );
  expect(found.map(({ images }) => images.map(({ path }) => path))).toEqual([['/a/alias.sif'], ['/b/v1.sif'], []]);
  expect(found.map(({ isGone }) => isGone('/a/alias.sif'))).toEqual([false, false, false]);
  expect(found.map(({ links }) => [...links])).toEqual([
    [['/a/alias.sif', ['/a/out.sif']]],
    [['/b/v1.sif', ['/a/latest.sif']]],
    [],
  ]);
});

test('what is too much is told: an endless folder, too many images, links and folders', async () => {
  const many = (count: number, make: (index: number) => RemoteEntry): RemoteEntry[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const found = await findImages(
    disk({
      '/long': many(30_000, (index) => entry(`${String(index)}.txt`)),
      '/full': many(12_000, (index) => entry(`${String(index)}.sif`)),
      '/linked': many(501, (index) => entry(`${String(index)}.sif`, 'link')),
    }),
    ['/long', '/linked', '/full'],
    never,
  );
  expect(paths(found)).toHaveLength(10_000);
  expect(unreadable(found)).toEqual(['/long', '/linked', '/full']);
});

test('an image is gone where its folder was seen without it, and not where nobody could look', async () => {
  const [there, away] = await findImages(
    disk({
      '/there': [entry('secret', 'folder'), entry('left', 'folder')],
      '/there/left': [],
      '/away': 'missing',
    }),
    ['/there', '/away'],
    never,
  );
  const gone = (walked: WalkedFolder | undefined, path: string): boolean | undefined => walked?.isGone(path);
  expect(gone(there, '/there/x.sif')).toBe(true);
  expect(gone(there, '/there/left/x.sif')).toBe(true);
  expect(gone(there, '/there/removed/deep/x.sif')).toBe(true);
  expect(gone(there, '/there/secret/x.sif')).toBe(false);
  expect(gone(there, '/there/secret/deep/x.sif')).toBe(false);
  expect(gone(there, '/elsewhere/x.sif')).toBe(false);
  expect(gone(away, '/away/deep/x.sif')).toBe(true);
});

test('the root itself may be named, and a walk ends with who asked', async () => {
  expect(paths(await findImages(disk({ '/': [entry('x.sif')] }), ['/'], never))).toEqual(['/x.sif']);
  const stop = new AbortController();
  stop.abort(new AppError('CANCELLED'));
  await expect(findImages(disk({ '/': [] }), ['/'], stop.signal)).rejects.toMatchObject({ name: 'CANCELLED' });
});
