import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '../../shared/domain/ids.ts';
import { quoted } from '../../shared/messages/message.ts';
import type { Store } from '../core/ports.ts';
import { listCopies } from './copies.ts';
import { openDatabase } from './database.ts';
import { openStore } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { createOldWriter, makeOldStore, oldEvents, oldRecord, oldRunId } from './testing/oldStore.ts';
import { upgradeStore, type UpgradeProgress } from './upgrade.ts';

const JOBS = 800;
const SCRIPT = '#!/bin/bash\n#SBATCH --time=04:00:00\necho "it’s fine"\n';

/** One old database for all tests, which each copies. */
let made: string;
let folder: string;
let file: string;
const opened: Store[] = [];

beforeAll(() => {
  made = mkdtempSync(path.join(tmpdir(), 'slipway-old-'));
  makeOldStore({ file: path.join(made, 'slipway.db'), jobs: JOBS, scripts: [SCRIPT] });
  return () => rmSync(made, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-upgrade-'));
  file = path.join(folder, 'slipway.db');
  cpSync(made, folder, { recursive: true });
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function open(): Store {
  const store = openStore({ file });
  opened.push(store);
  return store;
}

/** Changes the old database before it is updated. */
function withOld(work: (db: ReturnType<typeof openDatabase>) => void): void {
  const db = openDatabase(file, { timeout: 0 });
  try {
    work(db);
  } finally {
    db.close();
  }
}

/** How far the submission of job `n` got, in today's words. */
function phaseNow(n: number): string {
  const { phase } = oldRecord(n, SCRIPT);
  return phase === 'refused' ? ({ 1: 'rejected', 5: 'cancelled', 6: 'abandoned' }[n % 500] ?? phase) : phase;
}

/** Every job as its record was, with what the tasks are now, and its timeline. */
function expectAllJobs(store: Store, jobs: number): void {
  expect(store.jobs.list({}, 0, 1).total).toBe(jobs);
  for (let n = 0; n < jobs; n += 1) {
    const old = oldRecord(n, SCRIPT);
    const runId = oldRunId(n) as RunId;
    const now = store.jobs.get(runId);
    expect(now).toMatchObject({
      ...old,
      phase: phaseNow(n),
      // both of the errors that are among them pass by themselves
      error: old.error === null ? null : { ...old.error, retry: true },
    });
    expect(now?.array).toBe(n % 40 === 0 ? '1-12%3' : null);
    expect(now?.account).toBe('chem');
    expect(now?.gpus).toBe(n % 4 === 0 ? 2 : 0);
    expect(store.jobs.events(runId)).toEqual(
      oldEvents(n).map((event) => ({
        ...event,
        task: null,
        state: event.state === 'refused' ? phaseNow(n) : event.state,
        detail: quoted(event.detail),
      })),
    );
    const { tasks } = store.jobs.tasks(runId, { offset: 0, limit: 10 });
    if (old.phase !== 'submitted') expect(tasks).toEqual([]);
    else
      expect(tasks).toMatchObject([
        { index: null, state: old.state, exitCode: old.exitCode, nodes: old.nodes, endedAt: old.endedAt },
      ]);
    expect(now?.tasks.total).toBe(tasks.length);
  }
}

describe('a database of an older version', () => {
  it('has all its jobs afterwards, and is kept among the copies', () => {
    const store = open();
    expectAllJobs(store, JOBS);
    expect(store.documents.get('settings', 'settings')).toEqual({ theme: 'dark' });
    expect(store.jobs.counts()).toEqual({ pending: 2, running: 2, submitting: 4 });
    expect(store.jobs.list({ text: 'größe' }, 0, 1).total).toBe(Math.ceil(JOBS / 97));
    expect(store.jobs.watched()).toHaveLength(8);
    const [copy] = listCopies(file);
    withOldCopy(copy?.file ?? '', (jobs, version) => {
      expect(jobs).toBe(JOBS);
      expect(version).toBe(3);
    });
    expect(readdirSync(folder).filter((name) => name.includes('upgrade'))).toEqual([]);
    if (process.platform !== 'win32')
      for (const each of [file, copy?.file ?? '']) expect(statSync(each).mode & 0o777).toBe(0o600);
  });

  it('is updated in threads of its own, with progress, while the main thread is free', async () => {
    const told: UpgradeProgress[] = [];
    const begun = performance.now();
    let longest = 0;
    let last = begun;
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await upgradeStore({
      file,
      onProgress: (progress) => told.push(progress),
      onDamage: () => undefined,
    });
    clearInterval(timer);
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ total }) => total === JOBS)).toBe(true);
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b));
    // 20 ms is what is allowed; a machine that is busy is late with everything
    expect(longest).toBeLessThan(Math.max(100, (performance.now() - begun) / 5));
    expectAllJobs(open(), JOBS);
  }, 60_000);

  it('loses nothing that cannot be read: it is told, and stands in the new file as it was', () => {
    withOld((db) => {
      db.exec(`UPDATE job_records SET record = '{broken' WHERE run_id = '${oldRunId(7)}'`);
      db.exec(
        `UPDATE job_records SET record = json_set(record, '$.phase', 'dreaming') WHERE run_id = '${oldRunId(8)}'`,
      );
      db.exec(`DELETE FROM job_records WHERE run_id = '${oldRunId(9)}'`);
    });
    const damaged: { table: string; id: string; reason: string }[] = [];
    const store = openStore({ file, onDamage: (row) => damaged.push(row) });
    opened.push(store);
    expect(damaged).toEqual([
      { table: 'job_records', id: oldRunId(7), reason: expect.stringContaining('JSON') as string },
      { table: 'job_records', id: oldRunId(8), reason: expect.stringContaining('phase') as string },
      { table: 'job_records', id: oldRunId(9), reason: 'there is no record' },
    ]);
    expect(store.jobs.list({}, 0, 1).total).toBe(JOBS - 3);
    withOld((db) => {
      const kept = db
        .prepare<[], { run_id: string; job: string; record: string | null; events: string }>(
          'SELECT * FROM unreadable_jobs',
        )
        .all();
      expect(kept.map(({ run_id, record }) => [run_id, record?.slice(0, 7)])).toEqual([
        [oldRunId(7), '{broken'],
        [oldRunId(8), '{"runId'],
        [oldRunId(9), undefined],
      ]);
      for (const { job, events } of kept) {
        expect(JSON.parse(job)).toMatchObject({
          cluster_id: expect.any(String) as string,
          summary: expect.stringContaining('runId') as string,
        });
        expect((JSON.parse(events) as unknown[]).length).toBeGreaterThan(1);
      }
    });
  });

  it('that is damaged is told as such, and all that is in it stays as it is', () => {
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, Math.floor(whole.length / 2 / 4096) * 4096, whole.length - 100 * 4096);
    writeFileSync(file, damaged);
    expect(() => openStore({ file })).toThrow(expect.objectContaining({ name: 'STORE_DAMAGED' }) as Error);
    // but for the first page, where it says how its log is kept
    expect(readFileSync(file).subarray(4096).equals(damaged.subarray(4096))).toBe(true);
    expect(listCopies(file)).toEqual([]);
  });

  it('is begun anew when an older Slipway has written to it after an interruption', async () => {
    await interrupt(3);
    expect(existsSync(`${file}.upgrade`)).toBe(true);
    withOld((db) => {
      const record = oldRecord(JOBS, SCRIPT);
      createOldWriter(db)(record, oldEvents(JOBS));
      db.exec(
        `UPDATE job_records SET record = json_set(record, '$.progressText', 'later') WHERE run_id = '${oldRunId(0)}'`,
      );
    });
    const store = open();
    expect(store.jobs.list({}, 0, 1).total).toBe(JOBS + 1);
    expect(store.jobs.get(oldRunId(0) as RunId)?.progressText).toBe('later');
  }, 60_000);
});

/** A program that updates the database and is killed when it has done so many steps. Resolves with how it ended. */
async function interrupt(steps: number): Promise<string | null> {
  const program = `
    import { upgrade } from ${JSON.stringify(path.resolve('main/store/upgrade.ts'))};
    let steps = 0;
    for (const _ of upgrade({ file: ${JSON.stringify(file)}, now: Date.now(), onDamage: () => undefined }))
      if ((steps += 1) === ${String(steps)}) process.kill(process.pid, 'SIGKILL');`;
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program]);
    return null;
  } catch (error) {
    return (error as { signal: string | null }).signal;
  }
}

function withOldCopy(copy: string, look: (jobs: number, version: number) => void): void {
  const db = openDatabase(copy, { timeout: 0, readonly: true });
  try {
    look(
      Number(db.prepare('SELECT count(*) FROM jobs').pluck().get()),
      Number(db.pragma('user_version', { simple: true })),
    );
  } finally {
    db.close();
  }
}

describe('an update that is killed', () => {
  it('after any of its steps goes on at the next start, without loss', async () => {
    let steps = 1;
    for (; ; steps += 1) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      cpSync(made, folder, { recursive: true });
      if ((await interrupt(steps)) === null) break;
      // once more at its next step: what goes on can be interrupted, too
      if (steps % 3 === 0) await interrupt(2);
      const store = openStore({ file });
      expectSampledJobs(store);
      await store.dispose();
      expect(readdirSync(folder).filter((name) => name.includes('upgrade'))).toEqual([]);
      expect(listCopies(file)).toHaveLength(1);
    }
    // batches, and the steps of putting the new file in the place of the old one
    expect(steps).toBeGreaterThan(8);
  }, 180_000);

  it('at any moment goes on at the next start, without loss', async () => {
    for (const share of [0.2, 0.45, 0.7, 0.9]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      cpSync(made, folder, { recursive: true });
      await killedAfter(share);
      const store = openStore({ file });
      expectSampledJobs(store);
      await store.dispose();
      expect(withVersion()).toBe(MIGRATIONS.length);
    }
  }, 180_000);
});

/** Some of all jobs, whole. */
function expectSampledJobs(store: Store): void {
  expect(store.jobs.list({}, 0, 1).total).toBe(JOBS);
  for (let n = 0; n < JOBS; n += 41) {
    const { error: _, ...old } = oldRecord(n, SCRIPT);
    expect(store.jobs.get(oldRunId(n) as RunId)).toMatchObject({ ...old, phase: phaseNow(n) });
    expect(store.jobs.events(oldRunId(n) as RunId).length).toBe(oldEvents(n).length);
  }
}

function withVersion(): number {
  const db = openDatabase(file, { timeout: 0, readonly: true });
  try {
    return Number(db.pragma('user_version', { simple: true }));
  } finally {
    db.close();
  }
}

/** Updates in a process with threads, and kills it in the middle of its work: after this share of its jobs. */
async function killedAfter(share: number): Promise<void> {
  const program = `
    import { upgradeStore } from ${JSON.stringify(path.resolve('main/store/upgrade.ts'))};
    await upgradeStore({ file: ${JSON.stringify(file)}, onDamage: () => undefined, onProgress: ({ done, total }) => console.log(done / total) });`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program]);
  child.stdout.on('data', (text: Buffer) => {
    const last = Number(text.toString().trim().split('\n').at(-1));
    if (last >= share) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('exit', resolve));
}
