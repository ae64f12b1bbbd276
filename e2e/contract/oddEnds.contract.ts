import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterTarget } from '../../main/core/testing/clusterTarget.ts';
import { LOST_REASONS } from '../../shared/domain/job/lostReason.ts';
import { isFinal, type JobRecord } from '../../shared/domain/job/schema.ts';
import { quote } from '../../shared/lib/quote.ts';
import { onEveryTarget } from './clusterUnderTest.ts';
import { openOddCluster, type OddCluster } from './oddities/oddCluster.ts';
import type { Oddity } from './oddities/oddity.ts';
import { otherCluster, SACCT_FAILURES, sacctSays, SQUEUE_EMPTY, SQUEUE_FORGETFUL } from './oddities/watching.ts';

/** The cluster has given the job's number to another one, which works elsewhere. */
const reused = ({ runFolder }: JobRecord): Oddity[] =>
  (['squeue', 'sacct'] as const).map((command) => ({
    command,
    script: `${command} "$@" | sed ${quote(`s|/[^\u001f]*${path.posix.basename(runFolder)}|/home/somebody/else|`)}`,
  }));

/** What becomes of a job's end where Slurm changes its mind, forgets, or is not one cluster alone: stories of several steps. */
function stories(target: () => ClusterTarget): void {
  let cluster: OddCluster;

  beforeAll(async () => {
    cluster = await openOddCluster(target());
  });
  afterEach(() => cluster.calm());
  afterAll(() => cluster.dispose());

  const statesOf = async ({ runId }: JobRecord): Promise<string[]> =>
    (await cluster.core.call('jobs.get', { runId })).events.map(({ state }) => state);

  it('leave nothing of an sacct that hangs on the login node', async () => {
    const job = await cluster.running();
    // the processes of both clusters are in sight where they share a computer
    const seconds = String(10_000 + Math.floor(Math.random() * 80_000));
    await cluster.behave({ command: 'sacct', script: `exec sleep ${seconds}` });
    await cluster.letGo(job);
    await cluster.ended(job);
    await cluster.witness.run(`ps -eo args | grep -q "[s]leep ${seconds}" && exit 1; exit 0`);
  }, 60_000);

  it('that have left the queue end by their own word after a while of silence, and accounting corrects it when it answers', async () => {
    const job = await cluster.running();
    await cluster.behave(SACCT_FAILURES['has no database']!, SQUEUE_FORGETFUL);
    await cluster.letGo(job, 5);
    await cluster.refresh();
    cluster.pass(60_000);
    expect(await cluster.ended(job)).toMatchObject({
      state: 'FAILED',
      exitCode: 5,
      endWatchedUntil: expect.any(Number) as number,
    });
    await cluster.behave(sacctSays('TIMEOUT'), SQUEUE_FORGETFUL);
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'TIMEOUT' });
    // one notice of failure, however often it is corrected
    expect(cluster.notes.filter((note) => note.includes('has failed'))).toHaveLength(1);
  }, 60_000);

  it('that accounting never hears the end of do not run for ever', async () => {
    const job = await cluster.running();
    await cluster.behave(sacctSays('RUNNING'), SQUEUE_FORGETFUL);
    await cluster.letGo(job, 5);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING' });
    cluster.pass(660_000);
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'FAILED', exitCode: 5 });
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'FAILED', exitCode: 5 });
  }, 60_000);

  it('are lost without accounting only after several whole answers and minutes, and are found again', async () => {
    const job = await cluster.running();
    await cluster.behave(SQUEUE_EMPTY, SACCT_FAILURES['is not there']!);
    for (let look = 0; look < 5; look += 1) await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING' });
    cluster.pass(3600_000);
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({
      state: 'UNKNOWN',
      endedAt: null,
      reason: LOST_REASONS.noAccounting,
    });
    await cluster.behave();
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING' });
    await cluster.letGo(job);
    expect(await cluster.ended(job)).toMatchObject({ state: 'COMPLETED' });
  }, 60_000);

  it.each(['PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL'])(
    'that accounting calls %s for a moment run on, and their true end replaces that one',
    async (state) => {
      const job = await cluster.running();
      await cluster.behave(SQUEUE_EMPTY, sacctSays(state));
      expect(await cluster.ended(job)).toMatchObject({ state });
      await cluster.behave();
      await cluster.refresh();
      expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING', endedAt: null, exitCode: null, restarts: 1 });
      // Slurm counts whole seconds, and the history is kept in their order
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await cluster.letGo(job);
      expect(await cluster.ended(job)).toMatchObject({
        state: 'COMPLETED',
        exitCode: 0,
        endedAt: expect.any(Number) as number,
      });
      expect((await statesOf(job)).slice(-3)).toEqual([state, 'RUNNING', 'COMPLETED']);
      expect(cluster.notes.at(-1)).toContain('has finished');
      const { rows } = await cluster.core.call('jobs.list', { filter: { states: ['COMPLETED'] } });
      expect(rows.map(({ runId }) => runId)).toContain(job.runId);
    },
    60_000,
  );

  it('that are requeued long after their end are seen in the queue again', async () => {
    const job = await cluster.running();
    await cluster.letGo(job, 7);
    expect(await cluster.ended(job)).toMatchObject({ state: 'FAILED' });
    cluster.pass(7200_000);
    await cluster.refresh();
    await cluster.asking(job, ({ endWatchedUntil }) => endWatchedUntil == null);
    await cluster.witness.run(`rm ${quote(`${job.runFolder}/go`)}`);
    // another one is followed, so that the cluster is asked
    const other = await cluster.running();
    await cluster.witness.slurm(`scontrol requeue ${job.jobId ?? ''}`);
    expect(await cluster.asking(job, ({ state }) => !isFinal(state))).toMatchObject({ endedAt: null, restarts: 1 });
    await cluster.letGo(job);
    await cluster.letGo(other);
    // Slurm waits for two minutes before it starts a requeued job
    await cluster.witness.slurm(`scancel ${job.jobId ?? ''}`);
    expect(await cluster.ended(job)).toMatchObject({ state: 'CANCELLED' });
  }, 60_000);

  it('are asked for and cancelled on the cluster that took them, never here', async () => {
    const trace = `${cluster.binFolder}.trace`;
    await cluster.witness.run(`: >${quote(trace)}`);
    await cluster.behave(...otherCluster('other', trace));
    const job = await cluster.running();
    expect(job).toMatchObject({ slurmCluster: 'other' });
    await cluster.core.call('jobs.cancel', { runId: job.runId });
    expect(await cluster.ended(job)).toMatchObject({ state: 'CANCELLED' });
    await cluster.witness.run(
      `! grep -E '^(scancel|sacct) - .*\\b${job.jobId ?? ''}\\b' ${quote(trace)} && grep -q '^scancel other ${job.jobId ?? ''}$' ${quote(trace)}`,
    );
    await cluster.witness.run(`rm -f ${quote(trace)}`);
  }, 60_000);

  it('say who cancelled them: you, somebody else by name, or the system', async () => {
    const mine = await cluster.running();
    await cluster.core.call('jobs.cancel', { runId: mine.runId });
    expect(await cluster.asking(mine, ({ state, cancelledBy }) => isFinal(state) && cancelledBy != null)).toMatchObject(
      { state: 'CANCELLED', cancelledBy: { who: 'you', name: null }, exitCode: null, reason: null },
    );
    for (const [by, who] of [
      ['CANCELLED by 1', { who: 'other', name: 'daemon' }],
      ['CANCELLED by 4199999', { who: 'other', name: '4199999' }],
      ['CANCELLED by alice', { who: 'other', name: 'alice' }],
    ] as const) {
      const job = await cluster.running();
      await cluster.behave(SQUEUE_EMPTY, sacctSays(by));
      expect(await cluster.ended(job)).toMatchObject({ state: 'CANCELLED', cancelledBy: who, reason: null });
      await cluster.behave();
      await cluster.witness.slurm(`scancel ${job.jobId ?? ''}`);
    }
  }, 90_000);

  it('are never called finished when they left no word: they are unknown, and looked for on', async () => {
    await cluster.behave(SACCT_FAILURES['belongs to a cluster without accounting']!, SQUEUE_FORGETFUL);
    const job = await cluster.running();
    // SIGKILL skips the trap that would have written its end
    await cluster.letGo(job, 'kill');
    for (let look = 0; look < 4; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await cluster.refresh();
    }
    cluster.pass(7200_000);
    expect(await cluster.asking(job, ({ state }) => state !== 'RUNNING')).toMatchObject({
      state: 'UNKNOWN',
      endedAt: null,
      exitCode: null,
    });
    // the database is back, and knows
    await cluster.behave();
    expect(await cluster.ended(job)).toMatchObject({ state: 'FAILED', signal: 9 });
  }, 60_000);

  it('are not taken for another one that has their number now', async () => {
    const job = await cluster.running();
    await cluster.behave(...reused(job));
    expect(await cluster.asking(job, ({ state }) => state !== 'RUNNING')).toMatchObject({ state: 'UNKNOWN' });
    await cluster.letGo(job, 5);
    // only its own word is left, and that is enough
    expect(await cluster.ended(job)).toMatchObject({ state: 'FAILED', exitCode: 5 });
  }, 60_000);
}

onEveryTarget('jobs where Slurm is as it is somewhere', (target) => {
  describe('and changes', { concurrent: false }, () => stories(target));
});
