import { message, quoted } from '../../shared/messages/message.ts';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterId } from '../../shared/domain/ids.ts';
import type { JobRecord } from '../../shared/domain/job/schema.ts';
import type { JobSummary } from '../../shared/domain/job/summary.ts';
import { newTask, type Task } from '../../shared/domain/job/task.ts';
import { AppError } from '../../shared/errors/appError.ts';
import type { Store } from '../core/ports.ts';
import { runtimeObjection } from './database.ts';
import { openStore } from './index.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { listQuery } from './runs/list.ts';
import { exampleRecord as jobRecord, exampleRunId as runId } from './testing/exampleRecord.ts';

/** What a look at the cluster records of a plain job. */
function look(store: Store, n: number, task: Partial<Task>): JobSummary | undefined {
  return store.jobs.recordLook([{ runId: runId(n), tasks: [newTask(null, task)], events: [] }])[0];
}

let folder: string;
let file: string;
const opened: Store[] = [];

function open(): Store {
  const store = openStore({ file, onDamage: () => undefined });
  opened.push(store);
  return store;
}

/** Looks into the file behind the store's back. */
function withDatabase<T>(work: (db: SqliteDatabase.Database) => T): T {
  const db = new SqliteDatabase(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
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

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-store-'));
  file = path.join(folder, 'data', 'slipway.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a job record', () => {
  it('is there again, whole, after the program was started anew', async () => {
    const job = jobRecord(1, {
      parameters: { label: 'it’s "quoted"\n$(x)', list: ['a', 'b'], flag: true },
      script: 'ü\n',
    });
    await openAndClose((store) => store.jobs.insert(job));
    expect(open().jobs.get(job.runId)).toEqual(job);
  });

  it('knows which file its image was, and the next run of the template asks for it', () => {
    const store = open();
    const identity = { size: 7, modifiedAt: 1_790_000_000, uuid: 'u', digest: null };
    const ran = { imagePath: '/opt/a.sif', templateId: 'relax', phase: 'submitted' } as const;
    store.jobs.insert(jobRecord(1, { ...ran, imageIdentity: { ...identity, size: 6 }, createdAt: 1 }));
    store.jobs.insert(jobRecord(2, { ...ran, imageIdentity: identity, createdAt: 2 }));
    store.jobs.insert(
      jobRecord(3, { ...ran, imageIdentity: { ...identity, size: 8 }, createdAt: 3, phase: 'rejected' }),
    );
    store.jobs.insert(jobRecord(4, { ...ran, createdAt: 4, templateId: 'other' }));
    expect(store.jobs.get(runId(2))?.imageIdentity).toEqual(identity);
    const last = (templateId: string, imagePath = '/opt/a.sif') =>
      store.jobs.lastImage(jobRecord(1).clusterId, templateId, imagePath);
    expect(last('relax')).toEqual({ identity, at: 2 });
    expect([last('other'), last('none'), last('relax', '/opt/b.sif')]).toEqual([null, null, null]);
  });

  it('is on the disk when the write returns, even if the program is killed right then', async () => {
    const program = `
      import { openStore } from ${JSON.stringify(path.resolve('main/store/index.ts'))};
      const store = openStore({ file: ${JSON.stringify(file)} });
      store.jobs.insert(${JSON.stringify(jobRecord(7))});
      process.kill(process.pid, 'SIGKILL');`;
    await expect(
      promisify(execFile)('node_modules/.bin/node', ['--input-type=module-typescript', '-e', program]),
    ).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect(open().jobs.get(runId(7))?.name).toBe('relax-7');
  });

  it('is changed and gets its event in one step, and keeps its ids', () => {
    const store = open();
    store.jobs.insert(jobRecord(1));
    const event = { at: 5, state: 'ambiguous', detail: quoted('no answer'), task: null };
    const after = store.jobs.update(runId(1), { phase: 'ambiguous', user: 'mia' }, event);
    expect(after).toEqual(jobRecord(1, { phase: 'ambiguous' }));
    expect(store.jobs.get(runId(1))).toEqual(after);
    expect(store.jobs.events(runId(1))).toEqual([event]);
  });

  it('keeps what its timeline says as a message, and what was stored before there were any as Slurm’s reason or quoted', () => {
    const store = open();
    store.jobs.insert(jobRecord(1));
    const told = [
      { at: 5, state: 'PENDING', detail: message('events.job', { job: '42' }), task: null },
      { at: 6, state: 'RUNNING', detail: null, task: null },
    ];
    for (const event of told) store.jobs.update(runId(1), {}, event);
    withDatabase((db) => {
      const add = db.prepare(
        'INSERT INTO run_events (run_seq, position, task, at, state, detail) VALUES (1, :at, NULL, :at, :state, :detail)',
      );
      for (const old of [
        { at: 7, state: 'PENDING', detail: 'Priority' },
        { at: 8, state: 'PENDING', detail: 'job 42' },
        { at: 9, state: 'PENDING', detail: '{"id":' },
        { at: 10, state: 'FAILED', detail: 'NonZeroExitCode' },
      ])
        add.run(old);
    });
    const priority = { said: message('waiting.priority'), word: 'Priority' };
    expect(store.jobs.events(runId(1))).toEqual([
      ...told,
      { at: 7, state: 'PENDING', detail: message('waiting.withWord', priority), task: null },
      { at: 8, state: 'PENDING', detail: quoted('job 42'), task: null },
      { at: 9, state: 'PENDING', detail: quoted('{"id":'), task: null },
      { at: 10, state: 'FAILED', detail: null, task: null },
    ]);
  });

  it('refuses a change that would make it invalid, and stays as it was, without the event', () => {
    const store = open();
    store.jobs.insert(jobRecord(1));
    expect(() =>
      store.jobs.update(runId(1), { jobId: '12; rm -rf /' }, { at: 5, state: 'X', detail: null, task: null }),
    ).toThrow();
    expect(store.jobs.get(runId(1))).toEqual(jobRecord(1));
    expect(store.jobs.events(runId(1))).toEqual([]);
  });

  it('cannot be stored twice under one run id or one request id: 5002', () => {
    const store = open();
    store.jobs.insert(jobRecord(1));
    expect(failure(() => store.jobs.insert(jobRecord(1)))).toMatchObject({ name: 'RECORD_FAILED', code: 5002 });
    expect(failure(() => store.jobs.insert(jobRecord(2, { requestId: jobRecord(1).requestId }))).message).toContain(
      'it is there already',
    );
    expect(store.jobs.list({}, 0, 10).total).toBe(1);
  });

  it('that is not there cannot be changed: 5002', () => {
    expect(failure(() => open().jobs.update(runId(9), { name: 'x' })).message).toContain('there is no such job');
  });

  it('is found by the id of the request that made it', () => {
    const store = open();
    store.jobs.insert(jobRecord(1));
    expect(store.jobs.findByRequest('request-1')?.runId).toBe(runId(1));
    expect(store.jobs.findByRequest('request-2')).toBeNull();
  });

  it('goes with its events when it is removed; others stay', () => {
    const store = open();
    for (const n of [1, 2]) {
      store.jobs.insert(jobRecord(n));
      store.jobs.update(runId(n), {}, { at: n, state: 'PENDING', detail: null, task: null });
    }
    expect(store.jobs.remove([runId(1), runId(8)])).toBe(1);
    expect(store.jobs.get(runId(1))).toBeNull();
    expect(store.jobs.events(runId(1))).toEqual([]);
    expect(store.jobs.events(runId(2))).toHaveLength(1);
  });

  it('counts as a use of its template when Slurm has taken it, once, also when it is removed later', () => {
    const store = open();
    for (const n of [1, 2, 3]) store.jobs.insert(jobRecord(n));
    for (const n of [1, 2]) store.jobs.update(runId(n), { phase: 'submitted', jobId: String(n) });
    look(store, 1, { state: 'RUNNING' });
    store.jobs.update(runId(3), { phase: 'rejected' });
    store.jobs.remove([runId(2)]);
    expect(store.templates.usage()).toEqual([
      { source: 'official', id: 'gromacs', uses: 2, lastAt: jobRecord(2).createdAt },
    ]);
  });

  it('that cannot be read any more is reported once, left in the file, and hides no other', () => {
    const damaged: unknown[] = [];
    const store = openStore({ file, onDamage: (row) => damaged.push(row) });
    opened.push(store);
    store.jobs.insert(jobRecord(1));
    store.jobs.insert(jobRecord(2));
    store.jobs.insert(jobRecord(3));
    withDatabase((db) => {
      db.exec(`UPDATE runs SET phase = 'dreaming' WHERE run_id = '${runId(1)}'`);
      db.exec(
        `UPDATE run_inputs SET content = x'00' WHERE run_seq = (SELECT seq FROM runs WHERE run_id = '${runId(3)}')`,
      );
    });
    expect(store.jobs.get(runId(1))).toBeNull();
    expect(store.jobs.get(runId(1))).toBeNull();
    expect(store.jobs.get(runId(3))).toBeNull();
    expect(store.jobs.watched().map((job) => job.runId)).toEqual([runId(2), runId(3)]);
    expect(store.jobs.list({}, 0, 10).rows.map((row) => row.runId)).toEqual([runId(3), runId(2)]);
    for (const n of [1, 3])
      expect(failure(() => store.jobs.update(runId(n), { name: 'x' })).message).toContain('cannot be read');
    expect(damaged).toEqual([
      { table: 'runs', id: runId(1), reason: expect.stringContaining('phase') as string },
      { table: 'run_inputs', id: runId(3), reason: expect.stringMatching(/\S/) as string },
    ]);
    expect(withDatabase((db) => db.prepare('SELECT count(*) FROM runs').pluck().get())).toBe(3);
  });
});

describe('the list of jobs', () => {
  const found = (store: Store, filter: Parameters<Store['jobs']['list']>[0]): string[] =>
    store.jobs.list(filter, 0, 100).rows.map((row) => row.name);

  function filled(): Store {
    const store = open();
    store.jobs.insert(jobRecord(1, { name: 'Relax Größe', phase: 'submitted', state: 'RUNNING', jobId: '4711' }));
    store.jobs.insert(
      jobRecord(2, { name: '100%_done', phase: 'submitted', state: 'FAILED', clusterId: ClusterId.parse('cori') }),
    );
    store.jobs.insert(jobRecord(3, { name: 'third', phase: 'ambiguous', templateId: 'hello' }));
    return store;
  }

  it('shows the newest first, page by page, with the number of all', () => {
    const store = filled();
    expect(found(store, {})).toEqual(['third', '100%_done', 'Relax Größe']);
    expect(store.jobs.list({}, 1, 1)).toMatchObject({ rows: [{ name: '100%_done' }], total: 3 });
  });

  it('filters by state, phase, cluster, template and time', () => {
    const store = filled();
    expect(found(store, { states: ['FAILED', 'RUNNING'] })).toEqual(['100%_done', 'Relax Größe']);
    expect(found(store, { states: ['ambiguous'] })).toEqual(['third']);
    expect(found(store, { states: [] })).toEqual([]);
    expect(found(store, { clusterId: ClusterId.parse('cori') })).toEqual(['100%_done']);
    expect(found(store, { templateId: 'hello' })).toEqual(['third']);
    expect(found(store, { since: 1_795_000_000_002 })).toEqual(['third', '100%_done']);
  });

  it('finds text in any case, all words in any order, and takes wild cards for what they are', () => {
    const store = filled();
    expect(found(store, { text: 'GRÖSSE' })).toEqual([]);
    expect(found(store, { text: 'GRÖßE relax' })).toEqual(['Relax Größe']);
    expect(found(store, { text: '4711' })).toEqual(['Relax Größe']);
    expect(found(store, { text: '%_' })).toEqual(['100%_done']);
    expect(found(store, { text: 'request-2' })).toEqual(['100%_done']);
    expect(found(store, { text: runId(3) })).toEqual(['third']);
    expect(found(store, { text: `x' OR 1=1 --` })).toEqual([]);
  });

  it('follows a job that changes', () => {
    const store = filled();
    store.jobs.update(runId(1), { name: 'renamed' });
    look(store, 1, { state: 'COMPLETED' });
    expect(found(store, { states: ['RUNNING'] })).toEqual([]);
    expect(found(store, { states: ['COMPLETED'], text: 'renamed' })).toEqual(['renamed']);
  });

  it('answers a page of 100 000 jobs from its index alone, so that scripts are never read for it', () => {
    filled();
    const filter = { clusterId: ClusterId.parse('a'), templateId: 'b', states: ['c', 'd'], since: 0 };
    for (const [asked, index] of [
      [filter, 'runs_newest '],
      [{ ...filter, text: 'e' }, 'runs_newest_text '],
    ] as const) {
      const { cut, values } = listQuery(asked);
      const plan = withDatabase((db) =>
        db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${cut}`).all(...values, 200, 0),
      );
      expect(plan[0]?.detail).toContain(`SEARCH runs USING COVERING INDEX ${index}`);
      expect(plan.map((step) => step.detail).join()).not.toMatch(/TEMP B-TREE/);
    }
  });
});

describe('what is still open', () => {
  it('is every run that was not rejected and not at a final state, unknown states included', () => {
    const store = open();
    const cases: Partial<JobRecord>[] = [
      { phase: 'prepared' },
      { phase: 'ambiguous' },
      { phase: 'rejected' },
      { phase: 'submitted', state: null },
      { phase: 'submitted', state: 'PENDING' },
      { phase: 'submitted', state: 'RUNNING', clusterId: ClusterId.parse('cori') },
      { phase: 'submitted', state: 'COMPLETED' },
      { phase: 'submitted', state: 'DREAMING' },
    ];
    cases.forEach((changes, n) => store.jobs.insert(jobRecord(n, changes)));
    expect(store.jobs.watched().map((job) => job.runId)).toEqual([0, 1, 3, 4, 5, 7].map(runId));
    expect(store.jobs.watched(ClusterId.parse('cori')).map((job) => job.runId)).toEqual([runId(5)]);
    expect(store.jobs.counts()).toEqual({ pending: 2, running: 2, submitting: 2 });
    expect(store.jobs.submittedSince(1_795_000_000_006)).toBe(2);
  });

  it('is an end that may not be the last, too, which counts as neither running nor waiting', () => {
    const store = open();
    store.jobs.insert(jobRecord(1, { phase: 'submitted', state: 'PREEMPTED', endWatchedUntil: 1_795_000_600_000 }));
    expect(store.jobs.watched().map((job) => job.runId)).toEqual([runId(1)]);
    expect(store.jobs.counts()).toEqual({ pending: 0, running: 0, submitting: 0 });
    look(store, 1, { state: 'PREEMPTED' });
    expect(store.jobs.watched()).toEqual([]);
  });
});

describe('documents and file handles', () => {
  it('keep any JSON value by collection and key', () => {
    const store = open();
    store.documents.set('drafts', 'official/hello', { a: [1, null, 'ü'] });
    store.documents.set('drafts', 'official/hello', { a: 2 });
    store.documents.set('ui', 'pane', '0.4');
    expect(store.documents.get('drafts', 'official/hello')).toEqual({ a: 2 });
    expect(store.documents.keys('drafts')).toEqual(['official/hello']);
    store.documents.delete('drafts', 'official/hello');
    expect(store.documents.get('drafts', 'official/hello')).toBeUndefined();
    expect(store.documents.get('ui', 'pane')).toBe('0.4');
  });

  it('remember the path behind a handle over a restart', async () => {
    const record = { handle: 'f0123456789abcdef' as never, path: '/home/mia/a b.py', grantedAt: 12 };
    await openAndClose((store) => store.fileHandles.insert(record));
    expect(open().fileHandles.get(record.handle)).toEqual(record);
    expect(open().fileHandles.get('fffffffffffffffff' as never)).toBeNull();
  });
});

describe('opening', () => {
  it('refuses a file of a newer Slipway and leaves it as it is: 5003', async () => {
    await openAndClose(() => undefined);
    withDatabase((db) => db.pragma(`user_version = ${MIGRATIONS.length + 1}`));
    const before = readFileSync(file);
    expect(failure(open)).toMatchObject({
      name: 'STORE_NEWER',
      details: { found: MIGRATIONS.length + 1, known: MIGRATIONS.length },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('says so when the file is no database (5013), or a folder, or of another program, or under a file (5001)', () => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'These are my notes, not a database. '.repeat(50));
    expect(failure(open)).toMatchObject({
      name: 'STORE_DAMAGED',
      message: expect.stringContaining('not a database') as string,
    });
    expect(readFileSync(file, 'utf8')).toContain('my notes');

    rmSync(file);
    withDatabase((db) => db.exec('CREATE TABLE songs (title TEXT)'));
    expect(failure(open).message).toContain('another program');

    expect(failure(() => openStore({ file: folder }))).toMatchObject({ name: 'STORE_UNAVAILABLE' });
    expect(failure(() => openStore({ file: path.join(file, 'below', 'slipway.db') }))).toMatchObject({
      name: 'STORE_UNAVAILABLE',
    });
  });

  it('says so when another program holds the file: 5001', async () => {
    await openAndClose(() => undefined);
    withDatabase((db) => {
      db.pragma('locking_mode = EXCLUSIVE');
      db.exec('BEGIN EXCLUSIVE');
      expect(failure(open).message).toContain('another program holds it');
    });
  });

  it('does not load the native build into a runtime that it would crash', () => {
    expect(runtimeObjection('9', undefined)?.values).toMatchObject({ offered: '9' });
    expect(runtimeObjection(undefined, undefined)?.values).toMatchObject({ offered: 'none' });
    expect(runtimeObjection('10', undefined)).toBeNull();
    expect(runtimeObjection('9', '/somewhere/better_sqlite3.node')).toBeNull();
  });

  it.each(MIGRATIONS.map((_, i) => i + 1))(
    'brings a stored file of version %i to the newest and keeps all of it',
    (version) => {
      mkdirSync(path.dirname(file), { recursive: true });
      withDatabase((db) =>
        db.exec(readFileSync(path.join(import.meta.dirname, '__fixtures__', `v${version}.sql`), 'utf8')),
      );
      const store = open();
      expect(withDatabase((db) => db.pragma('user_version', { simple: true }))).toBe(MIGRATIONS.length);
      const rows = store.jobs.list({}, 0, 10).rows;
      expect(rows.map((row) => [row.name, row.phase, row.state, row.jobId])).toEqual([
        ['resnet-lr4', 'ambiguous', null, null],
        ['resnet-lr3', 'submitted', 'COMPLETED', '4711'],
      ]);
      expect(rows.map((row) => store.jobs.get(row.runId)?.script)).toEqual([
        '#!/bin/bash\ntrue\n',
        '#!/bin/bash\ntrue\n',
      ]);
      expect(store.jobs.events(rows[1]!.runId).map((event) => event.state)).toEqual(['PENDING', 'COMPLETED']);
      expect(store.documents.get('settings', 'settings')).toEqual({ theme: 'dark' });
      expect(store.fileHandles.get('f0123456789abcdef' as never)?.path).toBe('/home/mia/train.py');
      expect(store.templates.usage()).toEqual([
        { source: 'official', id: 'pytorch-training', uses: 1, lastAt: 1_795_000_000_001 },
      ]);
      if (version < 2) return;
      expect(store.templates.indexed('/home/mia/templates', '', 10).entries).toMatchObject([
        { file: 'pytorch.yaml', entry: { id: 'pytorch-training', displayName: 'PyTorch' } },
      ]);
      expect(store.templates.search('"pyt" *', 10).map((found) => found.file)).toEqual(['pytorch.yaml']);
      expect(store.templates.version({ source: 'private', id: 'pytorch-training' }, 'aa')).toBe(
        'template: {id: pytorch-training}\n',
      );
      if (version < 5) return;
      const image = { clusterId: 'demo' as ClusterId, node: null, path: '/opt/apptainers/pytorch.sif' };
      expect(store.images.get(image)).toMatchObject({
        title: 'PyTorch',
        otherPaths: ['/opt/apptainers/latest.sif'],
        digest: 'd'.repeat(64),
        active: true,
      });
      expect(store.images.metadata(image).metadata?.labels).toEqual({ Version: '2.1' });
      expect(store.images.folders(image.clusterId)).toMatchObject([{ folder: '~/images', found: 1 }]);
    },
  );
});

describe('rates of the time when each profile began with some', () => {
  const rates = { currency: 'USD', nodeHour: 0.5, memoryGbHour: 0.01, gpuHour: 0.35, coreHour: 0 };
  const kept = (version: number, stored: Record<string, unknown>): unknown => {
    mkdirSync(path.dirname(file), { recursive: true });
    withDatabase((db) => {
      db.exec(readFileSync(path.join(import.meta.dirname, '__fixtures__', `v${version}.sql`), 'utf8'));
      db.prepare('INSERT INTO documents VALUES (?, ?, ?)').run('clusters', 'mine', JSON.stringify(stored));
      db.prepare('INSERT INTO documents VALUES (?, ?, ?)').run('clusters', 'broken', 'no JSON');
    });
    return open().documents.get('clusters', 'mine');
  };

  it('are not set where they stand as they were put there', () => {
    expect(kept(2, { kind: 'ssh', name: 'Mine', rates })).toEqual({ kind: 'ssh', name: 'Mine', rates: null });
  });

  it.each([
    ['a person set one of them', 2, { kind: 'ssh', rates: { ...rates, gpuHour: 0.36 } }],
    ['a person set the currency', 2, { kind: 'ssh', rates: { ...rates, currency: 'EUR' } }],
    ['they are the demo’s', 2, { kind: 'demo', rates }],
    ['a person has set them since', 3, { kind: 'ssh', rates }],
  ])('stay where %s', (_why, version, stored) => {
    expect(kept(version, stored)).toEqual(stored);
  });
});

describe('a migration step that fails', () => {
  it('leaves the file whole at the step before', () => {
    const db = new SqliteDatabase(':memory:');
    expect(() =>
      migrate(db, [
        { sql: 'CREATE TABLE a (x); INSERT INTO a VALUES (1)' },
        { sql: 'CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)' },
      ]),
    ).toThrow('nowhere');
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(db.prepare(`SELECT group_concat(name) FROM sqlite_master`).pluck().get()).toBe('a');
    expect(db.prepare('SELECT x FROM a').pluck().get()).toBe(1);
    db.close();
  });
});

async function openAndClose(work: (store: Store) => unknown): Promise<void> {
  const store = openStore({ file });
  work(store);
  await store.dispose();
}
