import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../shared/domain/cluster/profile.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { betweenConnections } from '../testing/betweenAdapters.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates } from '../testing/coreUnderTest.ts';
import { startCutProxy } from '../testing/cutProxy.ts';
import { MOVED_WORKER, takeTime, type TestTime } from '../testing/movableTime.ts';

/** Well over the 60 s after which the demo's server has surely given a silent client up, and under the 90 s of our own patience. */
const OUTAGE_MS = 75_000;
/** What a session says of itself, without what it says twice in a row. */
const runsOf = (phases: readonly string[]): string[] => phases.filter((phase, i) => phase !== phases[i - 1]);

describe('jobs that run while the connection is gone for a minute', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let time: TestTime;

  beforeAll(async () => {
    time = takeTime();
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target, MOVED_WORKER);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-outage-'));
  });

  afterAll(async () => {
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
    await time.dispose();
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
      time,
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
      /** An attempt takes its own time, whatever time it is. */
      isConnecting: () => states.at(-1)?.phase === 'connecting',
      /** So does a look; and whoever is asked for a sign of life has had time for many answers before he seems silent. */
      isLooking: async () => {
        await witness.run('true');
        return polling > 0 || states.at(-1)?.phase === 'connecting';
      },
      isOver: ({ runId }: JobRecord) => isFinal(core.store.jobs.get(runId)?.state ?? null),
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

  /** The cluster takes its own time to end a job. */
  const hasEnded = ({ jobId }: JobRecord, state: string): Promise<void> =>
    expect.poll(() => witness.stateOf(jobId ?? ''), { timeout: 60_000 }).toBe(state);

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
          await hasEnded(jobs.good, 'COMPLETED');
          await hasEnded(jobs.bad, 'FAILED');
          await hasEnded(jobs.cancelled, 'CANCELLED');
          await time.pass(OUTAGE_MS, here.isConnecting);
          // nothing was seen of them, so nothing is said of them
          expect(here.changed.filter((state) => isFinal(state) || state === 'UNKNOWN')).toEqual([]);
          expect(here.states.map(({ phase }) => phase)).toContain(how === 'silent' ? 'degraded' : 'waiting');
          const pollsDuring = (await here.pollsOf()) - pollsBefore;
          const loginsDuring = proxy.taken - loginsBefore;

          proxy.restore();
          // what was held back comes by itself; the next attempt comes when it is due
          const isReady = (): boolean => here.states.at(-1)?.phase === 'ready';
          if (how === 'silent') await expect.poll(isReady, { timeout: 60_000 }).toBe(true);
          else await time.passUntil(isReady, 100_000, here.isConnecting);
          const over = [jobs.good, jobs.bad, jobs.cancelled];
          await time.passUntil(() => over.every(here.isOver), 300_000, here.isLooking);
          const ends = over.map(({ runId }) => core.store.jobs.get(runId));
          expect(ends.map((end) => [end?.state, end?.state === 'CANCELLED' ? null : end?.exitCode])).toEqual([
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
          await hasEnded(jobs.lasting, 'COMPLETED');
          await time.passUntil(() => here.isOver(jobs.lasting), 300_000, here.isLooking);
          expect(core.store.jobs.get(jobs.lasting.runId)).toMatchObject({
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
            expect(loginsDuring).toBeGreaterThanOrEqual(6);
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
