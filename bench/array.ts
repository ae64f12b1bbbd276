import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../main/clock/systemClock.ts';
import { ClusterMemory } from '../main/core/jobs/clusterMemory.ts';
import { firstTasks } from '../main/core/jobs/firstTasks.ts';
import { createJobRegistry } from '../main/core/jobs/jobRegistry.ts';
import { lookAtJobs } from '../main/core/jobs/look.ts';
import type { RunResult } from '../main/core/ports.ts';
import { SEPARATOR } from '../main/slurm/fields.ts';
import { openStore } from '../main/store/index.ts';
import { exampleRecord } from '../main/store/testing/exampleRecord.ts';
import type { JobRecord } from '../shared/domain/job/schema.ts';
import { longestHold, median, quantile, type Figure } from './measure.ts';

const TASKS = 2000;
const RUNS = 12;
const POLL_MS = 250;
const HOLD_MS = 50;
/** Tasks in one event, as the contract bounds it. */
const IN_EVENT = 500;
const NOW = Math.floor(Date.now() / 1000);

/** A row as squeue and sacct print it: cells, and the first once more. */
const row = (...cells: (string | number)[]): string => [...cells, cells[0]].join(SEPARATOR);

function queue({ jobId, runFolder }: JobRecord, states: (task: number) => string): string {
  const rows: string[] = [];
  const waiting: number[] = [];
  for (let task = 1; task <= TASKS; task += 1) {
    const state = states(task);
    if (state === 'PENDING') waiting.push(task);
    else
      rows.push(
        row(
          `${jobId ?? ''}_${String(task)}`,
          jobId ?? '',
          task,
          state,
          'None',
          '1:00',
          '1:00:00',
          NOW - 60,
          NOW,
          NOW - 90,
          'cn1',
          runFolder,
          'normal',
          'sweep',
        ),
      );
  }
  if (waiting.length > 0) {
    const range = `${String(waiting[0])}-${String(waiting.at(-1))}%1000`;
    rows.push(
      row(
        `${jobId ?? ''}_[${range}]`,
        jobId ?? '',
        range,
        'PENDING',
        'JobArrayTaskLimit',
        '0:00',
        '1:00:00',
        'N/A',
        'N/A',
        NOW - 90,
        '',
        runFolder,
        'normal',
        'sweep',
      ),
    );
  }
  const reports = Array.from(
    { length: TASKS },
    (_, i) => `@slipway progress 0_${String(i + 1)} ${String(i % 100)} step ${String(i)}`,
  );
  return `@slipway queue 0\n${rows.join('\n')}\n\n@slipway end 0\n@slipway reports\n${reports.join('\n')}\n`;
}

function accounting({ jobId, runFolder }: JobRecord): string {
  const rows = Array.from({ length: TASKS }, (_, i) =>
    row(
      `${jobId ?? ''}_${String(i + 1)}`,
      9000 + i,
      i % 9 === 0 ? 'FAILED' : 'COMPLETED',
      i % 9 === 0 ? '3:0' : '0:0',
      NOW - 90,
      NOW - 60,
      NOW,
      60,
      60,
      '1G',
      'cpu=1',
      'cn1',
      runFolder,
      'normal',
      'sweep',
    ),
  );
  return `@slipway accounting\n${rows.join('\n')}\n\n@slipway end 0\n`;
}

/** One look at an array of 2,000 tasks, from Slurm's answer to what every window is told; all of its tasks change in each. */
export async function arrayFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-bench-array-'));
  const store = openStore({ file: path.join(folder, 'slipway.db') });
  const took: number[] = [];
  const held: number[] = [];
  let told = 0;
  try {
    const registry = createJobRegistry(store.jobs, systemClock, (_, payload) => {
      told += JSON.stringify(payload).length;
    });
    registry.onTasks(({ tasks }) => {
      for (let from = 0; from < tasks.length; from += IN_EVENT)
        told += JSON.stringify(tasks.slice(from, from + IN_EVENT)).length;
    });
    for (let run = -1; run < RUNS; run += 1) {
      const jobId = String(100 + run);
      const { runId, clusterId } = exampleRecord(run + 2, {
        array: `1-${String(TASKS)}`,
        request: { array: `1-${String(TASKS)}` },
      });
      registry.insert(
        exampleRecord(run + 2, {
          array: `1-${String(TASKS)}`,
          request: { array: `1-${String(TASKS)}` },
          phase: 'submitting',
        }),
      );
      const job = registry.recordTasks(runId, firstTasks(registry.get(runId), jobId, 'PENDING'), {
        phase: 'submitted',
        jobId,
      });
      const memory = new ClusterMemory();
      let answer = '';
      const parts: Parameters<typeof lookAtJobs>[0] = {
        ports: { clock: systemClock, log: { write: () => undefined, query: () => Promise.resolve([]) } },
        registry,
        sessions: {
          environment: () => ({ user: 'mia' }) as never,
          knownFacts: () => null,
          runSlurm: async (_, script): Promise<RunResult> => {
            await nextTurn();
            const stdout = script.includes('sacct') ? accounting(job) : answer;
            return { exitCode: 0, stdout, stderr: '', elapsedMs: 0 };
          },
        },
        onTransition: () => undefined,
        onAccounting: () => undefined,
      };
      for (const states of [
        (task: number) => (task <= TASKS / 2 ? 'RUNNING' : 'PENDING'),
        () => 'RUNNING',
        (task: number) => (task % 9 === 1 ? 'FAILED' : 'COMPLETED'),
      ]) {
        answer = queue(job, states);
        const begun = performance.now();
        const hold = await longestHold(async () => {
          await lookAtJobs(parts, clusterId, memory, new AbortController().signal);
          await nextTurn();
        });
        if (run < 0) continue;
        took.push(performance.now() - begun);
        held.push(hold);
      }
      if (registry.get(runId).tasks.ok === 0) throw new Error('the array has not ended');
      registry.remove([runId]);
    }
    if (told === 0) throw new Error('nobody was told');
  } finally {
    await store.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  const figure = (name: string, samples: number[], bound: number): Figure => ({
    name,
    unit: 'ms',
    median: median(samples),
    p95: quantile(samples, 0.95),
    samples: samples.length,
    baseline: null,
    goal: `≤ ${String(bound)} ms`,
    met: quantile(samples, 0.95) <= bound,
  });
  return [
    figure('a look at an array of 2,000 tasks, stored and told', took, POLL_MS),
    figure('longest hold of the main thread meanwhile', held, HOLD_MS),
  ];
}
