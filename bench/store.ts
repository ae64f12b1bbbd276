import { mkdtemp, readdir, readFile, rm, stat, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobFilter } from '../shared/domain/job/schema.ts';
import { ClusterId } from '../shared/domain/ids.ts';
import { newTask, type Task } from '../shared/domain/job/task.ts';
import { message } from '../shared/messages/message.ts';
import type { RunChanges, Store } from '../main/core/ports.ts';
import { runProtocolLines } from '../main/slurm/runProtocol.ts';
import { openStore } from '../main/store/index.ts';
import { makeOldStore } from '../main/store/testing/oldStore.ts';
import { upgradeStore } from '../main/store/upgrade.ts';
import { longestHold, median, quantile, time, type Figure } from './measure.ts';

const RUNS = 100_000;
const TASKS = 200_000;
/** Of the arrays, which are a fortieth of the runs of an old store. */
const TASKS_OF_ARRAY = 1 + Math.round((TASKS - RUNS) / (RUNS / 40));
const TRANSITIONS = 500;

/** What people look for: alone, together, and nothing that is there. */
const FILTERS: readonly JobFilter[] = [
  {},
  { states: ['FAILED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL', 'BOOT_FAIL', 'DEADLINE', 'PREEMPTED', 'rejected'] },
  { states: ['COMPLETED'] },
  { states: ['RUNNING', 'COMPLETING'] },
  { clusterId: ClusterId.parse('cori') },
  { templateId: 'gromacs', states: ['CANCELLED'] },
  { since: Date.parse('2025-10-01T00:00:00Z'), clusterId: ClusterId.parse('demo') },
  { text: 'relax' },
  { text: 'größe' },
  { text: 'gpu7 completed' },
  { text: 'relax-lr-99999' },
  { text: 'nothing of this kind' },
  { text: 'namd cori', states: ['FAILED'] },
];

/** Scripts of the shipped templates, each with the run protocol, which the golden ones only name. */
async function shippedScripts(root: string): Promise<string[]> {
  const { begin, end } = runProtocolLines();
  const shipped = path.join(root, 'templates/official');
  const files = (await readdir(shipped, { recursive: true })).filter((file) => /\.golden\/.*\.sh$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => [...begin, await readFile(path.join(shipped, file), 'utf8'), ...end].join('\n')),
  );
}

/** Gives the arrays of an old store their tasks. */
function unfoldArrays(store: Store): void {
  let offset = 0;
  for (;;) {
    const { rows } = store.jobs.list({}, offset, 1000);
    if (rows.length === 0) return;
    offset += rows.length;
    const changes = rows
      .filter(({ array, phase }) => array !== null && phase === 'submitted')
      .map(({ runId, state, startedAt, endedAt }): RunChanges => {
        const tasks = Array.from({ length: TASKS_OF_ARRAY }, (_, index) =>
          newTask(index, {
            state,
            startedAt,
            endedAt,
            exitCode: 0,
            nodes: `node${String(index)}`,
            partition: 'normal',
          }),
        );
        return { runId, tasks, events: [] };
      });
    store.jobs.recordLook(changes);
  }
}

/** Pages of every filter: the first, some in the middle, the last; each filter after a write, when nothing is known of its total. */
async function pages(store: Store): Promise<Record<'all' | 'text' | 'cpu', number[]>> {
  const samples: Record<'all' | 'text' | 'cpu', number[]> = { all: [], text: [], cpu: [] };
  const [someRun] = store.jobs.list({}, 0, 1).rows;
  for (let round = 0; round < 5; round += 1) {
    for (const filter of FILTERS) {
      const { total } = store.jobs.list(filter, 0, 1);
      for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
        if (someRun !== undefined) store.jobs.recordLook([{ runId: someRun.runId, tasks: [], events: [] }]);
        const list = (): unknown => store.jobs.list(filter, Math.floor(total * share), 200);
        let took = 0;
        samples.cpu.push(await cpuOf(async () => ([took = 0] = await time(1, 0, list))));
        samples.all.push(took);
        if (filter.text !== undefined) samples.text.push(took);
      }
    }
  }
  return samples;
}

/** Milliseconds of CPU of this process, all threads, for one piece of work: what a machine with other work on it does not blur as much. */
async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What a poll finds of plain jobs that all went on: one transaction. */
function transitions(store: Store, round: number): RunChanges[] {
  const { rows } = store.jobs.list({ templateId: 'gromacs' }, round * TRANSITIONS, TRANSITIONS);
  return rows.map(({ runId, startedAt }): RunChanges => {
    const state = round % 2 === 0 ? 'RUNNING' : 'COMPLETED';
    const task: Task = newTask(null, { state, startedAt, nodes: `gpu${String(round)}`, partition: 'gpu' });
    return {
      runId,
      tasks: [task],
      events: [{ at: Date.now(), state, detail: message('events.on', { nodes: 'gpu1' }), task: null }],
    };
  });
}

const figure = (
  name: string,
  samples: readonly number[],
  limit: number,
  goal: string,
  of: 'median' | 'p95',
): Figure => {
  const p95 = quantile(samples, 0.95);
  const middle = median(samples);
  return {
    name,
    unit: 'ms',
    median: middle,
    p95,
    samples: samples.length,
    baseline: null,
    goal: `≤ ${String(limit)} ms ${goal}`,
    met: (of === 'p95' ? p95 : middle) <= limit,
  };
};

/** The store with 100,000 runs and 200,000 tasks: made by the update of a database that an older version left. */
export async function storeFigures(root: string): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-store-'));
  const file = path.join(folder, 'slipway.db');
  const onDamage = (): never => {
    throw new Error('something could not be read');
  };
  try {
    makeOldStore({ file, jobs: RUNS, scripts: await shippedScripts(root) });
    const oldBytes = (await stat(file)).size;
    const copied = await time(1, 0, () => copyFile(file, `${file}.baseline`));
    await rm(`${file}.baseline`);
    let told = 0;
    let updated: number[] = [];
    let updatedCpu = 0;
    const held = await longestHold(async () => {
      const update = (): Promise<void> => upgradeStore({ file, onProgress: () => (told += 1), onDamage });
      updatedCpu = await cpuOf(async () => (updated = await time(1, 0, update)));
    });
    if (told < 10) throw new Error('the update told nothing of itself');
    const bytes = (await stat(file)).size / RUNS;

    const opened: Store[] = [];
    let store = openStore({ file, onDamage });
    unfoldArrays(store);
    await store.dispose();
    const opening = await time(10, 1, () => opened.push(openStore({ file, onDamage })));
    for (const each of opened) await each.dispose();

    store = openStore({ file, onDamage });
    const counting = await time(20, 2, () => store.jobs.counts());
    const listed = await pages(store);
    const stored: number[] = [];
    const storedCpu: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const changes = transitions(store, round);
      if (changes.length !== TRANSITIONS) throw new Error('too few jobs to change');
      storedCpu.push(await cpuOf(async () => stored.push(...(await time(1, 0, () => store.jobs.recordLook(changes))))));
    }
    await store.dispose();
    return [
      {
        ...figure('update of 100,000 old jobs', updated, 20_000, '', 'median'),
        baseline: { name: `cp of its ${String(Math.round(oldBytes / 1e6))} MB`, median: median(copied) },
      },
      figure('… its CPU time, of two cores', [updatedCpu], 40_000, 'on two cores', 'median'),
      figure('longest hold of the main thread meanwhile', [held], 20, '', 'median'),
      {
        ...figure('a run in the store', [bytes / 1000], 3, 'kB', 'median'),
        unit: 'kB',
        goal: '≤ 3 kB',
        baseline: { name: 'version 3', median: oldBytes / RUNS / 1000 },
      },
      figure('open, 100,000 runs, 200,000 tasks', opening, 300, '', 'median'),
      figure('a page of any filter', listed.all, 30, 'at p95', 'p95'),
      figure('… of those, with a text', listed.text, 30, 'at p95', 'p95'),
      figure('… of all, its CPU time', listed.cpu, 30, 'at p95', 'p95'),
      figure('counts of the status bar', counting, 5, '', 'median'),
      figure('500 transitions of one poll', stored, 50, '', 'median'),
      figure('… its CPU time', storedCpu, 50, '', 'median'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
