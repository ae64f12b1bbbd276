import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Oddity } from '../../../e2e/contract/oddities/oddity.ts';
import { SACCT_FAILURES, SQUEUE_FORGETFUL } from '../../../e2e/contract/oddities/watching.ts';
import { isFinal, type JobRecord } from '../../../shared/domain/job.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { openOddCluster, type OddCluster } from '../testing/oddCluster.ts';

const renamed = (from: string, to: string): Oddity => ({ command: 'squeue', script: `squeue "$@" | sed 's/${from}/${to}/'` });
/** The cluster has given the job's number to another one, which works elsewhere. */
const reused = ({ runFolder }: JobRecord): Oddity[] =>
  (['squeue', 'sacct'] as const).map((command) => ({ command, script: `${command} "$@" | sed ${quote(`s|/[^\u001f]*${path.posix.basename(runFolder)}|/home/somebody/else|`)}` }));

describe('jobs on a cluster that is not as one would like', () => {
  let cluster: OddCluster;

  beforeAll(async () => {
    cluster = await openOddCluster();
  });
  afterEach(() => cluster.calm());
  afterAll(() => cluster.dispose());

  it.each(['belongs to a cluster without accounting', 'has no database'])('end as they said themselves where sacct %s and the queue has forgotten them', async (name) => {
    await cluster.behave(SACCT_FAILURES[name]!, SQUEUE_FORGETFUL);
    const [good, bad] = [await cluster.running(), await cluster.running()];
    await cluster.letGo(good);
    await cluster.letGo(bad, 7);
    expect(await cluster.ended(good)).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    expect(await cluster.ended(bad)).toMatchObject({ state: 'FAILED', exitCode: 7 });
  }, 60_000);

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
    expect(await cluster.asking(job, ({ state }) => state !== 'RUNNING')).toMatchObject({ state: 'UNKNOWN', endedAt: null, exitCode: null });
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

  it('show a state that nobody has heard of, and are watched on', async () => {
    await cluster.behave(renamed('RUNNING', 'HIBERNATING'));
    const job = await cluster.submit();
    expect(await cluster.asking(job, ({ state }) => state === 'HIBERNATING')).toMatchObject({ endedAt: null });
    await cluster.letGo(job);
    expect(await cluster.asking(job, ({ state }) => isFinal(state))).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    const { events } = await cluster.core.call('jobs.get', { runId: job.runId });
    expect(events.map(({ state }) => state)).toContain('HIBERNATING');
  }, 60_000);
});
