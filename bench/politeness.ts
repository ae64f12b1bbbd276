import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { betweenConnections } from '../main/core/testing/betweenAdapters.ts';
import { openTarget, profileOf } from '../main/core/testing/clusterTarget.ts';
import { startCore, type CoreUnderTest } from '../main/core/testing/coreUnderTest.ts';
import { VirtualClock } from '../main/core/testing/virtualClock.ts';
import { Draft } from '../shared/domain/job/draft.ts';
import type { ClusterProfile } from '../shared/domain/cluster/profile.ts';
import type { RunId } from '../shared/domain/ids.ts';
import type { Figure } from './measure.ts';

const JOBS = 50;
const HOUR = 3600_000;
/** A person with a terminal: `watch squeue --me`, every two seconds. */
const WATCH_SQUEUE = 1800;
/** How often a window says what is on screen, in milliseconds. */
const RENEWED = 60_000;

const TEMPLATE = `template: { id: waits, name: waits, display_name: Waits, description: Runs for as long as the bench looks, category: custom, version: "1.0.0", author: bench }
slurm: { time: "01:00:00", mem: 100M }
script: { main_exec: "sleep 3000" }
`;

/** Submits the jobs that are then watched, in real time. */
async function submitJobs(dataFolder: string, fingerprint: string, profile: ClusterProfile): Promise<RunId[]> {
  const core = await startCore({ dataFolder, hostKeyFingerprint: fingerprint });
  try {
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
    await core.call('clusters.save', { profile });
    await core.connect(profile.id);
    const draft = Draft.parse({
      clusterId: profile.id,
      templateId: 'waits',
      templateSource: 'private',
      jobName: 'waits',
      parameters: {},
      resources: {},
      imagePath: null,
      files: [],
    });
    const runs: RunId[] = [];
    for (let job = 0; job < JOBS; job += 1) runs.push((await core.call('jobs.submit', { draft, wait: true })).runId);
    return runs;
  } finally {
    await core.dispose();
  }
}

/**
 * What Slipway runs on the cluster within an hour by its own count, over real SSH: only the clock is put forward, and stands still while
 * a command runs.
 */
async function anHour(
  dataFolder: string,
  fingerprint: string,
  profile: ClusterProfile,
  look: (core: CoreUnderTest) => Promise<unknown>,
): Promise<number> {
  const clock = new VirtualClock(Date.now());
  let underWay = 0;
  const core = await startCore({
    dataFolder,
    hostKeyFingerprint: fingerprint,
    overrides: { clock, host: 'http' },
    wrap: ({ store, connector }) => ({
      store,
      connector: betweenConnections(connector, ({ shell, files }) => ({
        files,
        shell: {
          run: async (script, options) => {
            underWay += 1;
            try {
              return await shell.run(script, options);
            } finally {
              underWay -= 1;
            }
          },
        },
      })),
    }),
  });
  try {
    await core.connect(profile.id);
    for (let now = 0; now < HOUR; now += 1000) {
      if (now % RENEWED === 0) await look(core);
      await clock.advance(1000);
      do await pause(2);
      while (underWay > 0);
    }
    const { counts } = await core.call('clusters.commands', { clusterId: profile.id });
    return counts.reduce((sum, { count }) => sum + count, 0);
  } finally {
    await core.dispose();
  }
}

/** Commands an hour with 50 jobs watched, in view and in the background, against a terminal that shows the queue. */
export async function politeness(): Promise<Figure[]> {
  const { target, dispose } = await openTarget();
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-polite-'));
  const dataFolder = path.join(folder, 'data');
  try {
    const templates = path.join(dataFolder, 'templates', 'private');
    await mkdir(templates, { recursive: true });
    await writeFile(path.join(templates, 'waits.yaml'), TEMPLATE);
    const profile = profileOf(target, target.port, 5);
    const runIds = await submitJobs(dataFolder, target.hostKeyFingerprint, profile);
    const inView = await anHour(dataFolder, target.hostKeyFingerprint, profile, (core) =>
      core.call('jobs.watch', { runIds }),
    );
    const elsewhere = await anHour(dataFolder, target.hostKeyFingerprint, profile, (core) =>
      core.call('jobs.watch', { runIds: [] }),
    );
    const background = await anHour(dataFolder, target.hostKeyFingerprint, profile, (core) =>
      core.call('jobs.watch', { runIds: [], visible: false }),
    );
    const baseline = { name: 'watch -n 2 squeue', median: WATCH_SQUEUE };
    const figure = (name: string, count: number, most: number): Figure => ({
      name,
      unit: '/h',
      median: count,
      p95: count,
      samples: 1,
      baseline,
      goal: `≤ ${String(most)} an hour`,
      met: count <= most,
    });
    return [
      figure(`commands on the cluster, ${String(JOBS)} jobs on screen`, inView, 750),
      figure('… window in view, another screen', elsewhere, 150),
      figure('… window in the background', background, 60),
    ];
  } finally {
    await dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
