import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { betweenConnections } from '../testing/betweenAdapters.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates } from '../testing/coreUnderTest.ts';
import { startCutProxy } from '../testing/cutProxy.ts';

/** Well over the 60 s after which the demo's server has surely given a silent client up, and under the 90 s of our own patience. */
const OUTAGE_MS = 75_000;
/** What a session says of itself, without what it says twice in a row. */
const runsOf = (phases: readonly string[]): string[] => phases.filter((phase, i) => phase !== phases[i - 1]);

describe.concurrent('jobs that run while the connection is gone for a minute', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-outage-'));
  });

  afterAll(async () => {
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  /** A core on the cluster through a proxy, four running jobs, and what is heard of all of it. */
  async function underWay(name: string) {
    const proxy = await startCutProxy(target.host, target.port);
    const dataFolder = path.join(folder, name);
    await writeTestTemplates(dataFolder);
    let polling = 0;
    let mostPolls = 0;
    const core = await startCore({
      dataFolder,
      hostKeyFingerprint: target.hostKeyFingerprint,
      wrap: ({ store, connector }) => ({
        store,
        connector: betweenConnections(connector, ({ shell, files }) => ({
          files,
          shell: {
            run: async (script, options) => {
              if (options?.purpose !== 'poll') return shell.run(script, options);
              polling += 1;
              mostPolls = Math.max(mostPolls, polling);
              try {
                return await shell.run(script, options);
              } finally {
                polling -= 1;
              }
            },
          },
        })),
      }),
    });
    const profile = profileOf(target, proxy.port, 2);
    await core.call('clusters.save', { profile });
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready' });
    await core.call('clusters.facts', { clusterId: profile.id });
    const draft = await testDraft(core, profile, null, 'patient');
    const submit = async (): Promise<JobRecord> => {
      const { runId } = await core.call('jobs.submit', { draft, wait: true });
      return core.until(runId, ({ state }) => state === 'RUNNING');
    };
    const jobs = { good: await submit(), bad: await submit(), cancelled: await submit(), lasting: await submit() };
    const states: ConnectionState[] = [];
    const changed: string[] = [];
    core.core.events.on(({ name: event, payload }) => {
      if (event === 'clusters.connection') states.push(payload.connection);
      if (event === 'jobs.changed') changed.push(...payload.rows.map(({ state }) => state ?? ''));
    });
    const end = (job: JobRecord, code: number): Promise<void> =>
      witness.run(`echo ${String(code)} >${quote(`${job.runFolder}/go`)}`);
    return {
      core,
      proxy,
      jobs,
      states,
      changed,
      end,
      mostPolls: () => mostPolls,
      phase: async () =>
        (await core.call('clusters.list', {})).find((cluster) => cluster.profile.id === profile.id)?.connection.phase,
      pollsOf: async () =>
        (await core.call('clusters.commands', { clusterId: profile.id })).counts
          .filter(({ program, purpose }) => program === 'squeue' && purpose === 'poll')
          .reduce((sum, { count }) => sum + count, 0),
      dispose: async () => {
        await core.dispose();
        await proxy.dispose();
      },
    };
  }

  for (const how of ['silent', 'refusing'] as const) {
    const what = how === 'silent' ? 'nothing passes and nothing is closed' : 'every connection is refused';
    it(
      `have their true ends when ${what}, and nobody knocks more often than he should`,
      { timeout: 240_000 },
      async () => {
        const here = await underWay(how);
        try {
          const { core, proxy, jobs } = here;
          const loginsBefore = proxy.taken;
          const pollsBefore = await here.pollsOf();
          here.changed.length = 0;

          proxy.fail(how);
          await here.end(jobs.good, 0);
          await here.end(jobs.bad, 3);
          await witness.slurm(`scancel ${jobs.cancelled.jobId ?? ''}`);
          await delay(OUTAGE_MS);
          // nothing was seen of them, so nothing is said of them
          expect(here.changed.filter((state) => isFinal(state) || state === 'UNKNOWN')).toEqual([]);
          expect(here.states.map(({ phase }) => phase)).toContain(how === 'silent' ? 'degraded' : 'waiting');
          const pollsDuring = (await here.pollsOf()) - pollsBefore;
          const loginsDuring = proxy.taken - loginsBefore;

          proxy.restore();
          await expect.poll(here.phase, { timeout: 100_000, interval: 250 }).toBe('ready');
          const ends = await Promise.all(
            [jobs.good, jobs.bad, jobs.cancelled].map(({ runId }) => core.until(runId, ({ state }) => isFinal(state))),
          );
          expect(ends.map(({ state, exitCode }) => [state, state === 'CANCELLED' ? null : exitCode])).toEqual([
            ['COMPLETED', 0],
            ['FAILED', 3],
            ['CANCELLED', null],
          ]);
          expect((await core.call('jobs.get', { runId: jobs.lasting.runId })).job).toMatchObject({
            phase: 'submitted',
            state: 'RUNNING',
            jobId: jobs.lasting.jobId,
          });
          await here.end(jobs.lasting, 0);
          expect(await core.until(jobs.lasting.runId, ({ state }) => isFinal(state))).toMatchObject({
            state: 'COMPLETED',
            exitCode: 0,
          });

          const phases = runsOf(here.states.map(({ phase }) => phase));
          expect(phases.at(-1)).toBe('ready');
          expect(phases).not.toContain('failed');
          expect(here.mostPolls()).toBe(1);
          if (how === 'silent') {
            expect(phases[0]).toBe('degraded');
            expect(loginsDuring).toBe(0);
            // sshd waits for a silent client; the demo's server gives it up after 45 s (ClientAliveInterval 15): then there is one login more
            const logins = proxy.taken - loginsBefore;
            expect(logins).toBe(target.name === 'demo' ? 1 : 0);
            expect(phases.filter((phase) => phase === 'waiting')).toHaveLength(logins);
          } else {
            // waits of 1, 2, 4, 8, 16 and 32 s, each shortened by up to a quarter
            expect(loginsDuring).toBeLessThanOrEqual(8);
            expect(proxy.taken - loginsBefore).toBeLessThanOrEqual(9);
            expect(phases.filter((phase) => phase === 'ready')).toHaveLength(1);
          }
          expect(pollsDuring).toBeLessThanOrEqual(2);
        } finally {
          await here.dispose();
        }
      },
    );
  }
});
