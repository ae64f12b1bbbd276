import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterTarget } from '../../main/core/testing/clusterTarget.ts';
import { testDraft } from '../../main/core/testing/coreUnderTest.ts';
import { isFinal, type JobRecord } from '../../shared/domain/job/schema.ts';
import type { Task } from '../../shared/domain/job/task.ts';
import { quote } from '../../shared/lib/quote.ts';
import { onEveryTargetAndWithoutAccounting } from './clusterUnderTest.ts';
import { openOddCluster, type OddCluster } from './oddities/oddCluster.ts';

/** One array, of which all that can happen to a task happens to some task. */
function arrays(target: () => ClusterTarget): void {
  let cluster: OddCluster;
  beforeAll(async () => {
    cluster = await openOddCluster(target());
  }, 240_000);
  afterAll(() => cluster.dispose());

  const submit = async (array: string): Promise<JobRecord> =>
    cluster.core.call('jobs.submit', {
      draft: await testDraft(cluster.core, cluster.profile, null, 'array', { array }),
      wait: true,
    });
  const tasksOf = async ({ runId }: JobRecord): Promise<Task[]> =>
    (await cluster.core.call('jobs.tasks', { runId })).tasks;
  const taskOf = async (job: JobRecord, index: number): Promise<Task> => {
    const task = (await tasksOf(job)).find((each) => each.index === index);
    if (task === undefined) throw new Error(`there is no task ${String(index)}`);
    return task;
  };
  const askingTask = async (job: JobRecord, index: number, is: (task: Task) => boolean): Promise<Task> => {
    for (;;) {
      const task = await taskOf(job, index);
      if (is(task)) return task;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await cluster.refresh();
    }
  };
  const logOf = async ({ runId }: JobRecord, task: number | null): Promise<string> =>
    (await cluster.core.call('jobs.readLog', { runId, task, stream: 'stdout' })).text;

  it('tell of each task its state, exit, progress and output, whatever becomes of it', async () => {
    const job = await submit('1-12%3');
    expect(job).toMatchObject({ phase: 'submitted', state: 'PENDING', array: '1-12%3' });
    expect(job.tasks).toEqual({ total: 12, pending: 12, running: 0, ok: 0, bad: 0, cancelled: 0, unknown: 0 });
    const jobId = job.jobId ?? '';

    // alone, while it waits with others in one row of the queue
    await cluster.core.call('jobs.cancel', { runId: job.runId, tasks: [11] });
    expect(await taskOf(job, 11)).toMatchObject({ state: 'CANCELLED', startedAt: null });
    expect((await taskOf(job, 12)).state).not.toBe('CANCELLED');

    // alone, while it runs
    expect(await askingTask(job, 5, ({ state, progress }) => state === 'RUNNING' && progress !== null)).toMatchObject({
      progress: 40,
      progressText: 'item 5',
      exitCode: null,
    });
    await cluster.core.call('jobs.cancel', { runId: job.runId, tasks: [5] });
    expect(await askingTask(job, 5, ({ state }) => isFinal(state))).toMatchObject({
      state: 'CANCELLED',
      cancelledBy: { who: 'you' },
    });

    await askingTask(job, 7, ({ state, progress }) => state === 'RUNNING' && progress !== null);
    await cluster.witness.slurm(`scontrol requeue ${jobId}_7`);
    const again = await askingTask(job, 7, ({ restarts }) => restarts > 0);
    expect(again.attempts).toHaveLength(1);
    // a controller that starts it again before it has heard of the end of the first start may take that for the end of the second
    const exit = quote(`${job.runFolder}/.slipway/exit-7`);
    await cluster.witness.run(`until [ -s ${exit} ]; do sleep 0.1; done; sleep 1`);
    // Slurm waits for two minutes before it starts a requeued job, unless it is told otherwise
    await cluster.witness.slurm(`scontrol update JobId=${jobId}_7 StartTime=now`);

    const ended = await cluster.ended(job);
    // first, since it names the task that is otherwise
    const tasks = await tasksOf(job);
    expect(tasks.map(({ index, state }) => [index, state])).toEqual(
      Array.from({ length: 12 }, (_, i) => [
        i + 1,
        [3, 9].includes(i + 1) ? 'FAILED' : [5, 11].includes(i + 1) ? 'CANCELLED' : 'COMPLETED',
      ]),
    );
    expect(ended).toMatchObject({
      state: 'FAILED',
      tasks: { total: 12, pending: 0, running: 0, ok: 8, bad: 2, cancelled: 2, unknown: 0 },
      restarts: 1,
    });
    for (const task of tasks.filter(({ state }) => state === 'COMPLETED'))
      expect(task).toMatchObject({ exitCode: 0, progress: 40, endedAt: expect.any(Number) as number });
    expect(await taskOf(job, 3)).toMatchObject({ exitCode: 7, progress: 40 });
    // without accounting nobody tells how it was killed, and a killed task writes nothing; with it, that may be told after the end
    if (cluster.hasAccounting)
      expect(await askingTask(job, 9, ({ signal }) => signal !== null)).toMatchObject({ signal: 9 });
    else expect(await taskOf(job, 9)).toMatchObject({ exitCode: null, signal: null });
    expect(await taskOf(job, 7)).toMatchObject({
      restarts: 1,
      attempts: [{ startedAt: expect.any(Number) as number }],
    });

    for (const { index, startedAt } of tasks.filter((task) => task.index !== 7 && task.startedAt !== null))
      expect([startedAt === null, await logOf(job, index)]).toEqual([
        false,
        `task ${String(index)} begins\n${[3, 5, 9].includes(index ?? 0) ? '' : `task ${String(index)} ends\n`}`,
      ]);
    expect(await logOf(job, 7)).toContain('task 7 ends');
    await expect(logOf(job, null)).rejects.toMatchObject({ name: 'INPUT_INVALID' });
    await expect(logOf(job, 13)).rejects.toMatchObject({ name: 'INPUT_INVALID' });

    const { events } = await cluster.core.call('jobs.get', { runId: job.runId });
    const told = (task: number | null): string[] =>
      events.filter((event) => event.task === task).map(({ state }) => state);
    expect([told(3), told(9), told(11), told(1)]).toEqual([['FAILED'], ['FAILED'], ['CANCELLED'], []]);
    expect(told(null).at(-1)).toBe('FAILED');
    expect(cluster.notes.filter((note) => note.includes('has failed'))).toHaveLength(1);
  }, 240_000);
}

onEveryTargetAndWithoutAccounting('arrays', (target) =>
  describe('one after the other', { concurrent: false }, () => arrays(target)),
);
