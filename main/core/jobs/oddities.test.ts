import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { otherCluster, SACCT_FAILURES, SACCT_WITHOUT_COLUMN, sacctSays, SQUEUE_BROKEN, SQUEUE_CHATTY, SQUEUE_EMPTY, SQUEUE_FORGETFUL } from '../../../e2e/contract/oddities/watching.ts';
import { isFinal, type JobRecord } from '../../../shared/domain/job.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { openOddCluster, type OddCluster } from '../testing/oddCluster.ts';

/** Wrappers before one Slurm command each, seen by the whole core over a real connection. */
describe('jobs where Slurm is as it is somewhere', () => {
  let cluster: OddCluster;

  beforeAll(async () => {
    cluster = await openOddCluster();
  });
  afterEach(() => cluster.calm());
  afterAll(() => cluster.dispose());

  const statesOf = async ({ runId }: JobRecord): Promise<string[]> => (await cluster.core.call('jobs.get', { runId })).events.map(({ state }) => state);
  const whyEnds = async () => (await cluster.core.call('clusters.facts', { clusterId: cluster.profile.id })).unknown.find(({ subject }) => subject === 'ends');

  describe.each(Object.entries(SACCT_FAILURES))('when sacct %s', (_, oddity) => {
    it('go on as the queue says, end as they wrote themselves, and the cluster’s page says why', async () => {
      const [first, second] = [await cluster.submit(), await cluster.submit()];
      await cluster.behave(oddity);
      for (const job of [first, second]) await cluster.asking(job, ({ state }) => state === 'RUNNING');
      await cluster.letGo(first, 7);
      expect(await cluster.ended(first)).toMatchObject({ state: 'FAILED', exitCode: 7 });
      expect(await cluster.now(second)).toMatchObject({ state: 'RUNNING', endedAt: null });
      expect(await whyEnds()).toMatchObject({ reason: expect.stringMatching(oddity.words) as string, since: expect.any(Number) as number });
      // it answers again, and confirms
      await cluster.behave();
      await cluster.refresh();
      expect(await whyEnds()).toBeUndefined();
      expect(await cluster.now(first)).toMatchObject({ state: 'FAILED', exitCode: 7 });
      await cluster.letGo(second);
      expect(await cluster.ended(second)).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    }, 90_000);
  });

  it('leave nothing of an sacct that hangs on the login node', async () => {
    const job = await cluster.running();
    await cluster.behave({ command: 'sacct', script: 'exec sleep 983' });
    await cluster.letGo(job);
    await cluster.ended(job);
    await cluster.witness.run('ps -eo args | grep -q "[s]leep 983" && exit 1; exit 0');
  }, 60_000);

  it('that have left the queue end by their own word after a while of silence, and accounting corrects it when it answers', async () => {
    const job = await cluster.running();
    await cluster.behave(SACCT_FAILURES['has no database']!, SQUEUE_FORGETFUL);
    await cluster.letGo(job, 5);
    expect(await cluster.ended(job)).toMatchObject({ state: 'FAILED', exitCode: 5, endWatchedUntil: expect.any(Number) as number });
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

  it('are read from an sacct that lacks a column', async () => {
    const job = await cluster.running();
    await cluster.behave(SACCT_WITHOUT_COLUMN);
    await cluster.letGo(job, 'kill');
    expect(await cluster.asking(job, ({ signal }) => signal === 9)).toMatchObject({ state: 'FAILED' });
    expect(await whyEnds()).toBeUndefined();
  }, 60_000);

  it.each(Object.entries(SQUEUE_BROKEN))('are not believed to be gone when squeue %s, whatever accounting does', async (_, oddity) => {
    const job = await cluster.running();
    await cluster.behave(oddity, SACCT_FAILURES['is cut']!);
    cluster.polls.length = 0;
    cluster.pass(3600_000);
    for (let look = 0; look < 5; look += 1) await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING', endedAt: null });
    expect(cluster.polls.filter((error) => error === null)).toEqual([]);
    await cluster.behave();
    await cluster.letGo(job);
    expect(await cluster.ended(job)).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
  }, 60_000);

  it('are followed where start-up files talk among the rows', async () => {
    await cluster.behave(SQUEUE_CHATTY);
    cluster.polls.length = 0;
    const job = await cluster.running();
    await cluster.letGo(job);
    expect(await cluster.ended(job)).toMatchObject({ state: 'COMPLETED' });
    expect(cluster.polls.filter((error) => error !== null)).toEqual([]);
  }, 60_000);

  it('are lost without accounting only after several whole answers and minutes, and are found again', async () => {
    const job = await cluster.running();
    await cluster.behave(SQUEUE_EMPTY, SACCT_FAILURES['is not there']!);
    for (let look = 0; look < 5; look += 1) await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING' });
    cluster.pass(3600_000);
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'UNKNOWN', endedAt: null, reason: expect.stringContaining('no accounting') as string });
    await cluster.behave();
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING' });
    await cluster.letGo(job);
    expect(await cluster.ended(job)).toMatchObject({ state: 'COMPLETED' });
  }, 60_000);

  it.each(['PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL'])('that accounting calls %s for a moment run on, and their true end replaces that one', async (state) => {
    const job = await cluster.running();
    await cluster.behave(SQUEUE_EMPTY, sacctSays(state));
    expect(await cluster.ended(job)).toMatchObject({ state });
    await cluster.behave();
    await cluster.refresh();
    expect(await cluster.now(job)).toMatchObject({ state: 'RUNNING', endedAt: null, exitCode: null, restarts: 1 });
    // Slurm counts whole seconds, and the history is kept in their order
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await cluster.letGo(job);
    expect(await cluster.ended(job)).toMatchObject({ state: 'COMPLETED', exitCode: 0, endedAt: expect.any(Number) as number });
    expect((await statesOf(job)).slice(-3)).toEqual([state, 'RUNNING', 'COMPLETED']);
    expect(cluster.notes.at(-1)).toContain('has finished');
    const { rows } = await cluster.core.call('jobs.list', { filter: { states: ['COMPLETED'] } });
    expect(rows.map(({ runId }) => runId)).toContain(job.runId);
  }, 60_000);

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
    await cluster.witness.run(`! grep -E '^(scancel|sacct) - .*\\b${job.jobId ?? ''}\\b' ${quote(trace)} && grep -q '^scancel other ${job.jobId ?? ''}$' ${quote(trace)}`);
    await cluster.witness.run(`rm -f ${quote(trace)}`);
  }, 60_000);

  it('say who cancelled them: you, somebody else by name, or the system', async () => {
    const mine = await cluster.running();
    await cluster.core.call('jobs.cancel', { runId: mine.runId });
    expect(await cluster.asking(mine, ({ state, cancelledBy }) => isFinal(state) && cancelledBy != null)).toMatchObject({ state: 'CANCELLED', cancelledBy: { who: 'you', name: null }, exitCode: null, reason: null });
    for (const [by, who] of [['CANCELLED by 1', { who: 'other', name: 'daemon' }], ['CANCELLED by 4199999', { who: 'other', name: '4199999' }], ['CANCELLED by alice', { who: 'other', name: 'alice' }]] as const) {
      const job = await cluster.running();
      await cluster.behave(SQUEUE_EMPTY, sacctSays(by));
      expect(await cluster.ended(job)).toMatchObject({ state: 'CANCELLED', cancelledBy: who, reason: null });
      await cluster.behave();
      await cluster.witness.slurm(`scancel ${job.jobId ?? ''}`);
    }
  }, 90_000);
});
