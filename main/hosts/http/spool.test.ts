import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../core/ports.ts';
import { randomId } from '../program.ts';
import { Spool, SPOOL_LIMITS, type SpoolLimits } from './spool.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let folder: string;
let now: number;
let drafts: Set<string>;
let runs: Set<string>;
let spools: Spool[];

const log: Log = { write: () => undefined } as unknown as Log;

function openSpool(limits: Partial<SpoolLimits> = {}): Spool {
  const spool = new Spool({
    folder,
    randomId,
    inUse: () => ({ drafts, runs }),
    limits: { ...SPOOL_LIMITS, keepFreeBytes: 0, ...limits },
    log,
    now: () => now,
  });
  spools.push(spool);
  return spool;
}

async function* bytes(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size);
}

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'slipway-spool-')), 'spool');
  now = Date.now();
  drafts = new Set();
  runs = new Set();
  spools = [];
});
afterEach(async () => {
  for (const spool of spools) spool.dispose();
  await rm(path.dirname(folder), { recursive: true, force: true });
});

describe('the spool', () => {
  it('keeps a file under its own name, for its owner only', async () => {
    const file = await openSpool().take('a b.txt', 3, bytes(1, 2));
    expect(path.basename(file)).toBe('a b.txt');
    expect(await readFile(file)).toHaveLength(3);
  });

  it('refuses what does not fit, before the first byte where the size is known', async () => {
    const spool = openSpool({ bytes: 100 });
    let begun = false;
    const untouched = (async function* (): AsyncGenerator<Uint8Array> {
      begun = true;
      yield new Uint8Array(101);
    })();
    await expect(spool.take('large', 101, untouched)).rejects.toMatchObject({ name: 'UPLOAD_SPACE_FULL' });
    expect(begun).toBe(false);
    await expect(spool.take('longer than said', 10, bytes(60, 60))).rejects.toMatchObject({
      name: 'UPLOAD_SPACE_FULL',
    });
    expect(await readdir(folder)).toEqual([]);
    await spool.take('fits', 100, bytes(100));
  });

  it('promises the same room to one file only', async () => {
    const spool = openSpool({ bytes: 100 });
    const outcomes = await Promise.allSettled([
      spool.take('one', 60, bytes(60)),
      spool.take('two', 60, bytes(60)),
      spool.take('three', 40, bytes(40)),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    const sizes = await Promise.all(
      (await readdir(folder)).map(
        async (id) => (await readFile(path.join(folder, id, (await readdir(path.join(folder, id)))[0] ?? ''))).length,
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100);
  });

  it('counts files too', async () => {
    const spool = openSpool({ files: 2 });
    await spool.take('1', 0, bytes());
    await spool.take('2', 0, bytes());
    await expect(spool.take('3', 0, bytes())).rejects.toMatchObject({
      name: 'UPLOAD_SPACE_FULL',
      message: expect.stringContaining('may be 2 with') as string,
    });
  });

  it('leaves free what the disk needs', async () => {
    await expect(openSpool({ keepFreeBytes: 1e18 }).take('any', 1, bytes(1))).rejects.toMatchObject({
      name: 'UPLOAD_SPACE_FULL',
      message: expect.stringContaining('disk') as string,
    });
  });

  it('removes while it runs what nothing refers to, a draft’s files after 30 days, and never what a run has still to send', async () => {
    const spool = openSpool();
    const [unused, drafted, sending] = [
      await spool.take('unused', 1, bytes(1)),
      await spool.take('drafted', 1, bytes(1)),
      await spool.take('sending', 1, bytes(1)),
    ];
    drafts.add(drafted);
    runs.add(sending);
    const names = async (): Promise<string[]> =>
      (await Promise.all((await readdir(folder)).map((id) => readdir(path.join(folder, id))))).flat().sort();
    now += DAY - HOUR;
    await spool.removeUnused(DAY);
    expect(await names()).toEqual(['drafted', 'sending', 'unused']);
    now += 2 * HOUR;
    await spool.removeUnused(DAY);
    expect(await names()).toEqual(['drafted', 'sending']);
    expect(unused).toContain('unused');
    now += 30 * DAY;
    await spool.removeUnused(DAY);
    expect(await names()).toEqual(['sending']);
  });

  it('makes room out of what is no longer needed before it refuses', async () => {
    const spool = openSpool({ bytes: 100 });
    await spool.take('old', 80, bytes(80));
    now += 2 * HOUR;
    await spool.take('new', 80, bytes(80));
    await expect(spool.take('newer', 80, bytes(80))).rejects.toMatchObject({ name: 'UPLOAD_SPACE_FULL' });
  });

  it('knows what an earlier program left behind', async () => {
    await mkdir(path.join(folder, 'left'), { recursive: true });
    await writeFile(path.join(folder, 'left', 'recent'), 'x'.repeat(60));
    await mkdir(path.join(folder, 'older'));
    await writeFile(path.join(folder, 'older', 'forgotten'), 'x'.repeat(60));
    await utimes(path.join(folder, 'older', 'forgotten'), new Date(now - 3 * DAY), new Date(now - 3 * DAY));
    const spool = openSpool({ bytes: 100 });
    await spool.take('fits', 40, bytes(40));
    expect((await readdir(folder)).includes('older')).toBe(false);
    await expect(spool.take('does not', 1, bytes(1))).rejects.toMatchObject({ name: 'UPLOAD_SPACE_FULL' });
  });
});
