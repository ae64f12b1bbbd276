import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { serve } from '../e2e/hosts.ts';
import { systemClock } from '../main/clock/systemClock.ts';
import { firstTasks } from '../main/core/jobs/firstTasks.ts';
import { createJobRegistry } from '../main/core/jobs/jobRegistry.ts';
import { databaseFile } from '../main/hosts/recovery.ts';
import { openStore } from '../main/store/index.ts';
import { exampleRecord } from '../main/store/testing/exampleRecord.ts';
import { ClusterId, type RunId } from '../shared/domain/ids.ts';
import { JobRow } from '../shared/domain/job/schema.ts';
import type { Task } from '../shared/domain/job/task.ts';
import { median, quantile, type Figure } from './measure.ts';

const TASKS = 2000;
const ROUNDS = 15;
const WARM_UP = 3;
const SHOWN_MS = 250;
const HOLD_MS = 50;
/** Tasks in one event, as the contract bounds it. */
const IN_EVENT = 500;

interface KnownArray {
  readonly runId: RunId;
  readonly row: JobRow;
  readonly tasks: readonly Task[];
}

/** A running array of 2,000 tasks in a data folder, of a cluster that nobody asks. */
async function writeArray(dataFolder: string): Promise<KnownArray> {
  const store = openStore({ file: databaseFile(dataFolder) });
  try {
    const registry = createJobRegistry(store.jobs, systemClock, () => undefined);
    const array = `1-${String(TASKS)}`;
    const made = exampleRecord(1, {
      clusterId: ClusterId.parse('elsewhere'),
      array,
      request: { array },
      phase: 'submitting',
    });
    registry.insert(made);
    const job = registry.recordTasks(made.runId, firstTasks(made, '100', 'RUNNING'), {
      phase: 'submitted',
      jobId: '100',
    });
    return { runId: made.runId, row: JobRow.parse(job), tasks: registry.tasks(made.runId) };
  } finally {
    await store.dispose();
  }
}

/** Every task after one more look: each has moved. */
function tasksAfter({ row, tasks }: KnownArray, round: number): Task[] {
  return tasks.map((task, at) => ({
    ...task,
    state: (at + round) % 9 === 0 ? 'FAILED' : (at + round) % 2 === 0 ? 'RUNNING' : 'COMPLETED',
    progress: (round * 7) % 100,
    nodes: `cn${String(round)}`,
    startedAt: row.createdAt,
  }));
}

/** The events of one look as the host sends them: a part of the tasks, and then the run. */
function eventsOf({ runId, row }: KnownArray, tasks: readonly Task[], round: number): string[] {
  const events: string[] = [];
  for (let from = 0; from < TASKS; from += IN_EVENT) {
    const ended = Math.min(TASKS, from + IN_EVENT);
    const counts = { ...row.tasks, running: TASKS - ended, ok: ended + round };
    events.push(
      JSON.stringify({ name: 'jobs.tasksChanged', payload: { runId, tasks: tasks.slice(from, ended) } }),
      JSON.stringify({ name: 'jobs.changed', payload: { rows: [{ ...row, tasks: counts }] } }),
    );
  }
  return events;
}

interface Seen {
  /** Milliseconds from the first event to the frame that shows the last. */
  readonly shown: number;
  /** The longest time for which the page's main thread did one thing, until well after that. */
  readonly hold: number;
}

/** Hands the events to the page's own socket, each in a turn of its own, and looks at what its main thread does with them. */
function play(page: Page, events: readonly string[], wanted: { node: string; ok: string }): Promise<Seen> {
  return page.evaluate(
    async ([texts, { node, ok }]) => {
      const { socket } = globalThis as unknown as { socket: WebSocket };
      const turns = new MessageChannel();
      const turn = (): Promise<void> =>
        new Promise((resolve) => {
          turns.port1.onmessage = () => resolve();
          turns.port2.postMessage(null);
        });
      const isShown = (): boolean =>
        document.querySelector('[data-testid="jobs-table"] .task-count[data-group="ok"]')?.textContent === ok &&
        [...document.querySelectorAll('[data-testid="jobs-table"] [role="row"][aria-level="2"]')].every((row) =>
          row.textContent.includes(node),
        );
      let hold = 0;
      let before = performance.now();
      const begun = before;
      const look = (): void => {
        const now = performance.now();
        hold = Math.max(hold, now - before);
        before = now;
      };
      for (const data of texts) {
        socket.dispatchEvent(new MessageEvent('message', { data }));
        await turn();
        look();
      }
      let shown = Number.NaN;
      let frame = false;
      // the window asks once more for what is on screen a moment later: that is part of it
      while (Number.isNaN(shown) || performance.now() - begun < shown + 600) {
        await turn();
        look();
        if (performance.now() - begun > 10_000) break;
        if (!Number.isNaN(shown) || frame || !isShown()) continue;
        frame = true;
        requestAnimationFrame(() =>
          setTimeout(() => {
            shown = performance.now() - begun;
          }, 0),
        );
      }
      turns.port1.close();
      return { shown, hold };
    },
    [events, wanted] as const,
  );
}

const wantedOf = (look: number): { node: string; ok: string } => ({
  node: `cn${String(look)}`,
  ok: String(TASKS + look),
});

/** Hands the events over as they come from the host, and waits until all that follows from them is done. */
async function tell(page: Page, events: readonly string[]): Promise<void> {
  await page.evaluate((texts) => {
    const { socket } = globalThis as unknown as { socket: WebSocket };
    for (const data of texts) setTimeout(() => socket.dispatchEvent(new MessageEvent('message', { data })), 0);
  }, events);
  await page.waitForTimeout(900);
}

/**
 * The window's half of an array of 2,000 tasks: Jobs with the array unfolded, and its table of tasks open below. The looks are played
 * to the page's own socket, since no host makes them on demand, and what the page asks about tasks then is answered by the same.
 */
export async function arrayInWindow(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-bench-array-window-'));
  const data = path.join(folder, 'data');
  const known = await writeArray(data);
  const server = await serve(data, folder);
  const browser = await chromium.launch({
    executablePath: process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const shown: number[] = [];
  const held: number[] = [];
  const idleHeld: number[] = [];
  const works: number[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(() => {
      const Native = WebSocket;
      globalThis.WebSocket = class extends Native {
        constructor(address: string | URL, protocols?: string | string[]) {
          super(address, protocols);
          Object.assign(globalThis, { socket: this });
        }
      };
    });
    let { tasks } = known;
    await page.route('**/api/jobs.tasks', (route) => {
      const { offset = 0, limit = TASKS } = route.request().postDataJSON() as { offset?: number; limit?: number };
      const value = { tasks: tasks.slice(offset, offset + limit), total: TASKS };
      return route.fulfill({ json: { ok: true, value, requestId: 'bench' } });
    });
    await page.goto(server.url);
    await page.getByTestId('submit').waitFor();
    await page.evaluate((runId) => {
      location.hash = `#/jobs/${runId}`;
    }, known.runId);
    const table = page.getByTestId('jobs-table');
    await table.getByRole('row').nth(1).click();
    await page.getByTestId('job-detail').getByRole('tab', { name: 'Tasks' }).click();
    await table.getByRole('treegrid').press('ArrowRight');
    await table.getByRole('row', { level: 2 }).first().waitFor();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const worked = async (): Promise<number> => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    let look = 0;
    const next = (): string[] => {
      look += 1;
      tasks = tasksAfter(known, look);
      return eventsOf(known, tasks, look);
    };
    for (let round = 1 - WARM_UP; round <= ROUNDS; round += 1) {
      const seen = await play(page, next(), wantedOf(look));
      if (Number.isNaN(seen.shown)) throw new Error('the page does not show what it was told');
      const idle = await play(page, [], wantedOf(look));
      const before = await worked();
      await tell(page, next());
      const work = (await worked()) - before;
      if (round < 1) continue;
      shown.push(seen.shown);
      held.push(seen.hold);
      idleHeld.push(idle.hold);
      works.push(work);
    }
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  const figure = (name: string, samples: number[], bound: number, baseline: Figure['baseline'] = null): Figure => ({
    name,
    unit: 'ms',
    median: median(samples),
    p95: quantile(samples, 0.95),
    samples: samples.length,
    baseline,
    goal: `≤ ${String(bound)} ms`,
    met: quantile(samples, 0.95) <= bound,
  });
  return [
    figure('the same look from its first event to the pixels (Chromium)', shown, SHOWN_MS),
    figure('longest hold of the page’s main thread meanwhile', held, HOLD_MS, {
      name: 'the same page told nothing',
      median: median(idleHeld),
    }),
    // what other programs take is not in it; all that it did in many turns, of which none is longer
    {
      ...figure('processor time of the page’s main thread for all of a look, in many turns', works, HOLD_MS),
      goal: `≤ ${String(HOLD_MS)} ms in all, which proves that no turn is longer`,
    },
  ];
}
