import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterProfile } from '../../../shared/domain/cluster.ts';
import type { JobRecord } from '../../../shared/domain/job.ts';
import { isFinal } from '../../../shared/domain/jobState.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { betweenConnections } from '../testing/betweenAdapters.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';

/** Shell functions that stand before Slurm's own commands. */
const NO_ACCOUNTING = `sacct() { echo 'Slurm accounting storage is disabled' >&2; return 1; }`;
const DATABASE_DOWN = `sacct() { echo 'sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:localhost:6819: Connection refused' >&2; return 1; }`;
/** Ended jobs are gone from the queue, as after MinJobAge. */
const FORGETFUL = `squeue() { command squeue "$@" >"\${TMPDIR:-/tmp}/q.$$" || return; grep -v -e COMPLETED -e FAILED -e CANCELLED "\${TMPDIR:-/tmp}/q.$$"; rm -f "\${TMPDIR:-/tmp}/q.$$"; }`;
const renamed = (from: string, to: string): string => `squeue() { command squeue "$@" | sed 's/${from}/${to}/'; }`;
/** The cluster has given the job's number to another one, which works elsewhere. */
const reused = ({ runFolder }: JobRecord): string => ['squeue', 'sacct'].map((command) => `${command}() { command ${command} "$@" | sed ${quote(`s|/[^\u001f]*${path.posix.basename(runFolder)}|/home/somebody/else|`)}; }`).join('\n');

describe('jobs on a cluster that is not as one would like', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let oddity = '';

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-odd-'));
    profile = profileOf(target, target.port, 2);
    await writeTestTemplates(path.join(folder, 'data'));
    core = await startCore({
      dataFolder: path.join(folder, 'data'),
      hostKeyFingerprint: target.hostKeyFingerprint,
      wrap: ({ store, connector }) => ({
        store,
        connector: betweenConnections(connector, ({ shell, files }) => ({ files, shell: { run: (script, options) => shell.run(`${oddity}\n${script}`, options) } })),
      }),
    });
    await core.call('clusters.save', { profile });
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
    await core.connect(profile.id);
  });

  afterEach(() => {
    oddity = '';
  });

  afterAll(async () => {
    await core.dispose();
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  const submit = async (templateId: 'held' | 'failing' | 'patient'): Promise<JobRecord> => core.call('jobs.submit', { draft: await testDraft(core, profile, null, templateId), wait: true });
  const until = ({ runId }: JobRecord, ...states: string[]): Promise<JobRecord> => core.until(runId, ({ state }) => states.includes(state ?? ''));
  const ended = ({ runId }: JobRecord): Promise<JobRecord> => core.until(runId, ({ state }) => isFinal(state));
  const letGo = (job: JobRecord, code: number | 'kill' = 0): Promise<void> => witness.run(`echo ${String(code)} >${quote(`${job.runFolder}/go`)}`);

  it.each([['no accounting', NO_ACCOUNTING], ['a database that is down', DATABASE_DOWN]])('end as they said themselves where there is %s and the queue has forgotten them', async (_, without) => {
    oddity = `${without}\n${FORGETFUL}`;
    const [good, bad] = [await submit('patient'), await submit('patient')];
    await Promise.all([good, bad].map((job) => until(job, 'RUNNING')));
    await letGo(good);
    await letGo(bad, 7);
    expect(await ended(good)).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    expect(await ended(bad)).toMatchObject({ state: 'FAILED', exitCode: 7 });
  });

  it('are never called finished when they left no word: they are unknown, and looked for on', async () => {
    oddity = `${NO_ACCOUNTING}\n${FORGETFUL}`;
    const job = await submit('patient');
    await until(job, 'RUNNING');
    // SIGKILL skips the trap that would have written its end
    await letGo(job, 'kill');
    expect(await until(job, 'UNKNOWN', 'CANCELLED', 'COMPLETED', 'FAILED')).toMatchObject({ state: 'UNKNOWN', endedAt: null, exitCode: null });
    // the database is back, and knows
    oddity = '';
    await core.call('jobs.refresh', { clusterId: profile.id });
    expect(await ended(job)).toMatchObject({ state: 'FAILED', signal: 9 });
  });

  it('are not taken for another one that has their number now', async () => {
    const job = await submit('patient');
    await until(job, 'RUNNING');
    oddity = reused(job);
    expect(await until(job, 'UNKNOWN', 'COMPLETED', 'FAILED', 'CANCELLED')).toMatchObject({ state: 'UNKNOWN' });
    await letGo(job, 5);
    // only its own word is left, and that is enough; what has vanished is looked for without hurry
    const look = async (): Promise<string | null> => {
      await core.call('jobs.refresh', { clusterId: profile.id });
      return (await core.call('jobs.get', { runId: job.runId })).job.state;
    };
    await expect.poll(look, { timeout: 15_000, interval: 500 }).not.toBe('UNKNOWN');
    expect(await ended(job)).toMatchObject({ state: 'FAILED', exitCode: 5 });
  });

  it('show a state that nobody has heard of, and are watched on', async () => {
    oddity = renamed('RUNNING', 'HIBERNATING');
    const job = await submit('patient');
    expect(await until(job, 'HIBERNATING')).toMatchObject({ endedAt: null });
    await letGo(job);
    expect(await ended(job)).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    const { events } = await core.call('jobs.get', { runId: job.runId });
    expect(events.map(({ state }) => state)).toContain('HIBERNATING');
  });
});
