import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors/appError.ts';
import type { RemoteEntry, RemoteFiles } from './remoteFiles.ts';
import { TreeWalk, type TreeBounds } from './remoteTree.ts';
import { someFiles } from './testing/someFiles.ts';

const BOUNDS: TreeBounds = { folders: 100, folderEntries: 1000, entries: 10_000, links: 10 };
const entry = (name: string, kind: RemoteEntry['kind']): RemoteEntry => ({
  name,
  kind,
  size: 1,
  modifiedAt: 1,
  mode: 0o755,
});

/** Each folder holds so many folders and files, in an order that changes; `most` is how many were listed at once. */
function wideTree(folders: number, files: number): { list: RemoteFiles['list']; most: () => number; asked: string[] } {
  let open = 0;
  let most = 0;
  const asked: string[] = [];
  return {
    most: () => most,
    asked,
    list: async (path, { limit = Infinity, signal } = {}) => {
      asked.push(path);
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      open -= 1;
      signal?.throwIfAborted();
      const entries = [
        ...Array.from({ length: folders }, (_, index) => entry(`d${String(index)}`, 'folder')),
        ...Array.from({ length: files }, (_, index) => entry(`f${String(index)}`, 'file')),
      ];
      return entries.sort(() => Math.random() - 0.5).slice(0, limit);
    },
  };
}

async function walkAll(walk: TreeWalk, depth: number): Promise<string[]> {
  walk.enter({ path: '/t', inside: '', depth: 0 });
  const seen: string[] = [];
  for await (const { folder, entries, whole, error } of walk.folders()) {
    seen.push(`${folder.inside}:${String(entries.length)}${whole ? '' : '…'}${error === null ? '' : error.name}`);
    for (const item of entries) {
      const below = walk.below(folder, item.name);
      if (item.kind === 'folder' && below.depth <= depth) walk.enter(below);
    }
  }
  return seen;
}

test('a tree is walked folder by folder in the order of its names, a few listings at once', async () => {
  const tree = wideTree(3, 2);
  const seen = await walkAll(new TreeWalk(someFiles({ list: tree.list }), BOUNDS, new AbortController().signal), 2);
  expect(seen.slice(0, 5)).toEqual([':5', 'd0:5', 'd1:5', 'd2:5', 'd0/d0:5']);
  expect(seen).toHaveLength(1 + 3 + 9);
  expect(tree.most()).toBeGreaterThan(1);
  expect(tree.most()).toBeLessThanOrEqual(4);
});

test('what is left out at a bound is told and the same each time', async () => {
  const walk = async (bounds: Partial<TreeBounds>): Promise<string[]> =>
    walkAll(
      new TreeWalk(someFiles({ list: wideTree(3, 2).list }), { ...BOUNDS, ...bounds }, new AbortController().signal),
      9,
    );
  expect(await walk({ folders: 4 })).toEqual([':5', 'd0:5', 'd1:5', 'd2:5']);
  expect((await walk({ folders: 2, folderEntries: 10, entries: 7 })).slice(0, 2)).toEqual([':5', 'd0:2…']);
  const first = await walk({ entries: 23, folders: 50 });
  expect(await walk({ entries: 23, folders: 50 })).toEqual(first);
});

test('a folder that cannot be read is told and the others go on; another failure ends the walk', async () => {
  const { list } = wideTree(2, 0);
  const failing = (name: 'REMOTE_FILE_DENIED' | 'CONNECTION_LOST'): TreeWalk =>
    new TreeWalk(
      someFiles({
        list: async (path, options) => {
          if (path === '/t/d0') throw new AppError(name, { details: { path, host: 'h', reason: 'no' } });
          return list(path, options);
        },
      }),
      BOUNDS,
      new AbortController().signal,
    );
  expect(await walkAll(failing('REMOTE_FILE_DENIED'), 1)).toEqual([':2', 'd0:0…REMOTE_FILE_DENIED', 'd1:2']);
  await expect(walkAll(failing('CONNECTION_LOST'), 1)).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
});

test('a walk ends with who asked for it, and with it the listings on the way', async () => {
  const stop = new AbortController();
  const signals: AbortSignal[] = [];
  const tree = wideTree(5, 0);
  const walk = new TreeWalk(
    someFiles({
      list: (path, options) => {
        if (options?.signal) signals.push(options.signal);
        if (signals.length === 4) stop.abort(new AppError('CANCELLED'));
        return tree.list(path, options);
      },
    }),
    BOUNDS,
    stop.signal,
  );
  await expect(walkAll(walk, 9)).rejects.toMatchObject({ name: 'CANCELLED' });
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  expect(tree.asked.length).toBeLessThan(10);
});

test('links are followed when they are asked about, up to a bound', async () => {
  const stat = (path: string): Promise<RemoteEntry | null> => {
    if (path === '/loop') throw new AppError('REMOTE_FILE_DENIED', { details: { path, reason: 'Failure' } });
    return Promise.resolve(path === '/x' ? entry('x', 'file') : null);
  };
  const walk = new TreeWalk(someFiles({ stat }), { ...BOUNDS, links: 3 }, new AbortController().signal);
  const at = (path: string): Parameters<TreeWalk['follow']>[0] => ({ path, inside: path.slice(1), depth: 1 });
  expect(walk.followsMore).toBe(true);
  expect(await Promise.all([walk.follow(at('/x')), walk.follow(at('/none')), walk.follow(at('/loop'))])).toMatchObject([
    { kind: 'file' },
    null,
    null,
  ]);
  expect(walk.followsMore).toBe(false);
});
