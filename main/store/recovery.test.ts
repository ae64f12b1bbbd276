import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors/appError.ts';
import type { Store } from '../core/ports.ts';
import { copiesFolder, listCopies } from './copies.ts';
import { keepCopies } from './copyKeeper.ts';
import type { CopyResult } from './copyWorker.ts';
import { openDatabase } from './database.ts';
import { openStore } from './index.ts';
import { recoverDatabase } from './recover.ts';

const DAY = 86_400_000;
let folder: string;
let file: string;
let now: number;
const opened: Store[] = [];

function open(): Store {
  const store = openStore({ file, onDamage: () => undefined });
  opened.push(store);
  return store;
}

async function closeAll(): Promise<void> {
  for (const store of opened.splice(0)) await store.dispose();
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-recovery-'));
  file = path.join(folder, 'slipway.db');
  now = Date.parse('2026-11-26T12:00:00Z');
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
});

async function makeCopy(): Promise<CopyResult | null> {
  const keeper = keepCopies({ file, now: () => now, onResult: () => undefined });
  const result = await keeper.look();
  await keeper.dispose();
  return result;
}

/** A store with enough in it to have pages to damage, and a copy that holds `name: before`, while the store itself says `after`. */
async function filledStore(): Promise<void> {
  const store = open();
  for (let n = 0; n < 20; n += 1) store.documents.set('drafts', `draft-${String(n)}`, 'x'.repeat(30_000));
  store.documents.set('settings', 'name', 'before');
  expect(await makeCopy()).toMatchObject({ kind: 'copied' });
  store.documents.set('settings', 'name', 'after');
  await closeAll();
}

function overwrite(at: number, bytes: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(handle);
}

function failure(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const DAMAGES: [what: string, damage: () => void][] = [
  ['its first page is overwritten', () => overwrite(0, 4096)],
  ['its schema is overwritten', () => overwrite(100, 3900)],
  ['pages in its middle are overwritten', () => overwrite(100 * 4096, 20 * 4096)],
  ['it is cut in the middle of a page', () => truncateSync(file, 50 * 4096 + 100)],
  ['it is empty', () => truncateSync(file, 0)],
  ['it is gone', () => rmSync(file)],
  ['it is text', () => writeFileSync(file, 'not what it was\n'.repeat(500))],
];

describe('a damaged database', () => {
  it.each(DAMAGES)('is told as such, and goes on from the newest good copy, when %s', async (_, damage) => {
    await filledStore();
    damage();
    const before = existsSync(file) ? readFileSync(file) : null;
    expect(failure(open)).toMatchObject({ name: 'STORE_DAMAGED', code: 5013 });
    expect(existsSync(file) ? readFileSync(file) : null).toEqual(before);

    const { kept, copy } = recoverDatabase(file, 'restore', now);
    expect(kept === null ? null : readFileSync(kept)).toEqual(before);
    expect(kept === null ? '' : path.basename(kept)).toBe(
      before === null ? '' : 'slipway.db.damaged-2026-11-26T12-00-00Z',
    );
    expect(copy?.at).toBe(now);
    expect(open().documents.get('settings', 'name')).toBe('before');
  });

  it.each(DAMAGES)('gives way to an empty one where the person wants that, when %s', async (_, damage) => {
    await filledStore();
    damage();
    recoverDatabase(file, 'start-fresh', now);
    expect(open().documents.keys('drafts')).toEqual([]);
    // the copies stay, and are no reason to ask again
    expect(listCopies(file)).toHaveLength(1);
  });

  it('that lost everything but its log is not taken for a new one, which would delete the log', () => {
    writeFileSync(file, '');
    writeFileSync(`${file}-wal`, 'what was written last');
    expect(failure(open)).toMatchObject({
      name: 'STORE_DAMAGED',
      message: expect.stringContaining('a log of changes is left') as string,
    });
    const { kept } = recoverDatabase(file, 'start-fresh', now);
    expect(readFileSync(`${kept!}-wal`, 'utf8')).toBe('what was written last');
    open();
  });

  it('is never kept under a name that is taken', () => {
    for (let n = 0; n < 3; n += 1) {
      writeFileSync(file, `damage ${String(n)}`);
      recoverDatabase(file, 'start-fresh', now);
    }
    const kept = readdirSync(folder)
      .filter((name) => name.includes('.damaged-'))
      .sort();
    expect(kept.map((name) => readFileSync(path.join(folder, name), 'utf8'))).toEqual([
      'damage 0',
      'damage 1',
      'damage 2',
    ]);
  });

  it('stays as it is when there is no good copy to go on from', async () => {
    await filledStore();
    const [copy] = listCopies(file);
    truncateSync(copy!.file, 9000);
    overwrite(0, 4096);
    const before = readFileSync(file);
    expect(failure(() => recoverDatabase(file, 'restore', now))).toMatchObject({
      name: 'STORE_COPY_MISSING',
      code: 5014,
    });
    expect(readFileSync(file)).toEqual(before);
  });

  it('goes on from an older copy when the newest is damaged too', async () => {
    await filledStore();
    now += DAY;
    open().documents.set('settings', 'name', 'later');
    expect(await makeCopy()).toMatchObject({ kind: 'copied' });
    await closeAll();
    truncateSync(listCopies(file)[0]!.file, 9000);
    overwrite(0, 4096);
    expect(recoverDatabase(file, 'restore', now).copy?.at).toBe(now - DAY);
    expect(open().documents.get('settings', 'name')).toBe('before');
  });

  it('that is met while the program runs is said as what it is, and looked at whole at the next start, whatever its size', async () => {
    const store = open();
    for (let n = 0; n < 20; n += 1) store.documents.set('drafts', `draft-${String(n)}`, 'x'.repeat(600_000));
    await closeAll();
    expect(statSync(file).size).toBeGreaterThan(8 * 1024 ** 2);
    overwrite(1000 * 4096, 1000 * 4096);
    const damaged = open();
    const met = failure(() => {
      for (const key of damaged.documents.keys('drafts')) damaged.documents.get('drafts', key);
    });
    expect(met).toMatchObject({ name: 'STORE_DAMAGED', hint: expect.stringContaining('Start Slipway anew') as string });
    await closeAll();
    expect(failure(open)).toMatchObject({ name: 'STORE_DAMAGED' });
  });

  it('that is found when its copy is made is no copy, and is looked at whole at the next start', async () => {
    const store = open();
    for (let n = 0; n < 20; n += 1) store.documents.set('drafts', `draft-${String(n)}`, 'x'.repeat(600_000));
    await closeAll();
    overwrite(1000 * 4096, 1000 * 4096);
    open();
    expect(await makeCopy()).toMatchObject({ kind: 'damaged' });
    expect(readdirSync(copiesFolder(file))).toEqual([]);
    await closeAll();
    expect(failure(open)).toMatchObject({ name: 'STORE_DAMAGED' });
  });
});

describe('copies of the database', () => {
  it('are made once a day, the newest five are kept, and each is whole and its owner’s alone', async () => {
    const umask = process.umask(0);
    try {
      const store = open();
      for (let day = 0; day < 7; day += 1) {
        store.documents.set('settings', 'day', day);
        expect(await makeCopy()).toMatchObject({ kind: 'copied' });
        expect(await makeCopy()).toBeNull();
        now += DAY;
      }
    } finally {
      process.umask(umask);
    }
    const copies = listCopies(file);
    expect(copies.map(({ at }) => (now - at) / DAY)).toEqual([1, 2, 3, 4, 5]);
    expect(readdirSync(copiesFolder(file))).toHaveLength(5);
    for (const copy of copies) {
      expect(statSync(copy.file).mode & 0o777).toBe(0o600);
      const db = openDatabase(copy.file, { timeout: 0, readonly: true });
      expect(db.pragma('quick_check', { simple: true })).toBe('ok');
      db.close();
    }
  });

  it('keep the main thread free while a large one is made', async () => {
    const store = open();
    for (let n = 0; n < 40; n += 1) store.documents.set('drafts', `draft-${String(n)}`, 'x'.repeat(900_000));
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    expect(await makeCopy()).toMatchObject({ kind: 'copied' });
    clearInterval(timer);
    // 20 ms is what is allowed, with room for a busy machine
    expect(longest).toBeLessThan(100);
  });

  it('are made by a command that ends soon, before it ends', async () => {
    open();
    await keepCopies({ file, now: () => now, onResult: () => undefined }).dispose();
    expect(listCopies(file)).toHaveLength(1);
  });

  it('leave the program alone where none can be made', async () => {
    open();
    mkdirSync(copiesFolder(file));
    rmSync(copiesFolder(file), { recursive: true });
    writeFileSync(copiesFolder(file), 'a file where the folder should be');
    expect(await makeCopy()).toMatchObject({ kind: 'skipped' });
  });
});

describe.runIf(process.platform !== 'win32')('the files of the database', () => {
  it('are their owner’s alone, whatever the umask, also those that were open to others before', () => {
    const umask = process.umask(0);
    try {
      writeFileSync(file, '');
      chmodSync(file, 0o644);
      open().documents.set('settings', 'a', 1);
      for (const ending of ['', '-wal', '-shm'])
        expect({ ending, mode: statSync(file + ending).mode & 0o777 }).toEqual({ ending, mode: 0o600 });
    } finally {
      process.umask(umask);
    }
  });
});
