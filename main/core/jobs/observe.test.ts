import { message } from '../../../shared/messages/message.ts';
import { describe, expect, it } from 'vitest';
import type { CancelledBy } from '../../../shared/domain/job/cancelledBy.ts';
import { newTask, type Task, type TaskAttempt } from '../../../shared/domain/job/task.ts';
import type { AccountingRow } from '../../slurm/accounting.ts';
import type { QueueRow } from '../../slurm/queue.ts';
import type { TaskReport } from '../../slurm/taskReports.ts';
import {
  ownWord,
  seenInAccounting,
  seenInQueue,
  seenInRunFolder,
  type TaskObservation,
  type TaskObservations,
} from './observe.ts';
import { taskAfter, type TaskNews } from './taskChanges.ts';

const T = 1_795_000_000;
const ms = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
const NO_WORD = { progress: null, exit: null };
const BEGIN_TIME = message('waiting.withWord', { said: message('waiting.beginTime'), word: 'BeginTime' });

const queueRow = (change: Partial<QueueRow>): QueueRow => ({
  jobId: '7',
  arrayJobId: '7',
  arrayTask: null,
  state: 'RUNNING',
  reason: null,
  elapsed: 10,
  timeLimit: 3600,
  expectedStart: T,
  end: T + 3600,
  submitTime: T - 5,
  nodes: 'cn1',
  workDir: '/home/ada/runs/a-r1',
  partition: 'short',
  name: 'a',
  ...change,
});

const accountingRow = (change: Partial<AccountingRow>): AccountingRow => ({
  jobId: '7',
  jobIdRaw: '7',
  state: 'COMPLETED',
  cancelledBy: null,
  stateDetail: null,
  exitCode: 0,
  signal: 0,
  submitTime: T - 5,
  start: T,
  end: T + 60,
  elapsed: 60,
  timeLimit: 3600,
  requestedMemory: null,
  allocatedTres: null,
  nodes: 'cn1',
  workDir: '/home/ada/runs/a-r1',
  partition: 'short',
  name: 'a',
  ...change,
});

const waiting = (change: Partial<Task> = {}): Task =>
  newTask(null, { jobId: '7', state: 'PENDING', timeLimit: 3600, ...change });

const inQueue = (...changes: Partial<QueueRow>[]): TaskObservation =>
  only(
    seenInQueue(
      changes.map((change) => queueRow(change)),
      ms,
    ).tasks,
  );
const inAccounting = (...rows: AccountingRow[]): TaskObservation => only(seenInAccounting(rows, ms));

function only(tasks: TaskObservations): TaskObservation {
  const [observation] = tasks.values();
  if (observation === undefined || tasks.size !== 1) throw new Error(`${String(tasks.size)} tasks were seen`);
  return observation;
}

/** What an observation makes of a task of a run that was submitted a moment before. */
const after = (
  task: Task,
  seen: TaskObservation,
  own: TaskReport = NO_WORD,
  now = T * 1000,
  cancelledBy: CancelledBy | null = null,
): TaskNews | null => taskAfter(task, seen, own, { submittedAt: (T - 5) * 1000 + 600, now, cancelledBy });

describe('what a sighting of a job changes in its record', () => {
  it('is the partition that Slurm chose, whatever was asked for, and keeps it when a later word does not name it', () => {
    const queued = after(
      waiting({ partition: null }),
      inQueue({ state: 'PENDING', partition: 'short,long', nodes: null }),
      NO_WORD,
      T * 1000,
    );
    expect(queued?.task.partition).toBe('short,long');
    const running = waiting({ partition: 'short,long' });
    expect(after(running, inQueue({ partition: 'long' }), NO_WORD, T * 1000)?.task.partition).toBe('long');
    expect(after(running, inAccounting(accountingRow({ partition: 'long' })), NO_WORD, T * 1000)?.task.partition).toBe(
      'long',
    );
    expect(after(waiting({ partition: 'long' }), inQueue({ partition: null }), NO_WORD, T * 1000)?.task.partition).toBe(
      'long',
    );
  });

  it('is its start, with the node, once it runs', () => {
    const news = after(waiting(), inQueue({}), NO_WORD, T * 1000);
    expect(news?.task).toMatchObject({ state: 'RUNNING', startedAt: T * 1000, nodes: 'cn1', endedAt: null });
    expect(news?.events).toEqual([
      { at: T * 1000, state: 'RUNNING', detail: message('events.on', { nodes: 'cn1' }), task: null },
    ]);
  });

  it('is the reason and the expected start while it waits', () => {
    const news = after(
      waiting(),
      inQueue({ state: 'PENDING', reason: 'Resources', expectedStart: T + 900, nodes: null }),
      NO_WORD,
      T * 1000,
    );
    expect(news?.task).toMatchObject({
      state: 'PENDING',
      reason: 'Resources',
      expectedStart: (T + 900) * 1000,
      startedAt: null,
    });
    expect(news?.events).toEqual([]);
  });

  it('is nothing when only the seconds have passed', () => {
    const running = waiting({ state: 'RUNNING', startedAt: T * 1000, partition: 'short', nodes: 'cn1', elapsed: 5 });
    expect(after(running, inQueue({ elapsed: 99 }), NO_WORD, (T + 99) * 1000)).toBeNull();
  });

  it('is its true end and start when both were missed', () => {
    const news = after(
      waiting(),
      inAccounting(accountingRow({ state: 'FAILED', exitCode: 3 })),
      NO_WORD,
      (T + 9999) * 1000,
    );
    expect(news?.task).toMatchObject({
      state: 'FAILED',
      exitCode: 3,
      startedAt: T * 1000,
      endedAt: (T + 60) * 1000,
      elapsed: 60,
    });
    expect(news?.events.map(({ state, at }) => [state, at / 1000 - T])).toEqual([
      ['RUNNING', 0],
      ['FAILED', 60],
    ]);
  });

  it('takes the exit code from the run folder when the queue alone knows the end', () => {
    const sighting = inQueue({ state: 'FAILED', reason: 'NonZeroExitCode', end: T + 30 });
    expect(
      after(waiting(), sighting, { progress: null, exit: { code: 4, at: T + 30, restarts: 0 } }, 0)?.task,
    ).toMatchObject({
      state: 'FAILED',
      exitCode: 4,
      endedAt: (T + 30) * 1000,
    });
  });

  it('keeps the exit code of an end that is only seen once more, by a witness who does not tell it', () => {
    const end = { state: 'FAILED', reason: 'NonZeroExitCode', end: T + 30 };
    const first = after(waiting(), inQueue(end), { progress: null, exit: { code: 4, at: T + 30, restarts: 0 } });
    expect(first?.task.exitCode).toBe(4);
    expect(after(first?.task ?? waiting(), inQueue(end))).toBeNull();
    expect(after(first?.task ?? waiting(), inQueue({ ...end, state: 'TIMEOUT' }))?.task.exitCode).toBeNull();
  });

  it('keeps an unknown state and goes on', () => {
    const news = after(waiting(), inQueue({ state: 'POWER_UP_NODE' }), NO_WORD, 0);
    expect(news?.task).toMatchObject({ state: 'POWER_UP_NODE', endedAt: null });
  });

  it('forgets the start of a job that was requeued', () => {
    const running = waiting({ state: 'RUNNING', startedAt: T * 1000 });
    expect(after(running, inQueue({ state: 'PENDING', reason: 'BeginTime' }), NO_WORD, 0)?.task).toMatchObject({
      startedAt: null,
    });
  });

  it('shows the progress that the job reports', () => {
    const running = waiting({ state: 'RUNNING', startedAt: T * 1000, nodes: 'cn1' });
    const news = after(running, inQueue({}), { progress: { percent: 40, text: 'epoch 4' }, exit: null }, 0);
    expect(news?.task).toMatchObject({ progress: 40, progressText: 'epoch 4' });
  });

  it('never puts a start before the submission because Slurm counts whole seconds', () => {
    const news = taskAfter(waiting(), inQueue({}), NO_WORD, { submittedAt: T * 1000 + 800, now: 0 });
    expect(news?.task.startedAt).toBe(T * 1000 + 800);
  });
});

const attempt: TaskAttempt = {
  state: 'FAILED',
  reason: null,
  exitCode: null,
  signal: null,
  nodes: null,
  startedAt: null,
  endedAt: null,
};

describe('a job that Slurm starts again', () => {
  const ended = waiting({
    state: 'PREEMPTED',
    startedAt: T * 1000,
    endedAt: (T + 60) * 1000,
    exitCode: 0,
    signal: 15,
    nodes: 'cn1',
    elapsed: 60,
  });

  it('has no end any more, counts the start, and says so in its timeline', () => {
    const news = after(
      ended,
      inQueue({ state: 'PENDING', reason: 'BeginTime', nodes: null }),
      NO_WORD,
      (T + 90) * 1000,
    );
    expect(news?.task).toMatchObject({
      state: 'PENDING',
      startedAt: null,
      endedAt: null,
      exitCode: null,
      signal: null,
      elapsed: 10,
      restarts: 1,
    });
    expect(news?.events).toEqual([
      {
        at: (T + 90) * 1000,
        state: 'PENDING',
        detail: message('events.and', { first: BEGIN_TIME, second: message('events.startedAgain') }),
        task: null,
      },
    ]);
  });

  it('is counted by accounting, which may know of more', () => {
    const rows = [
      accountingRow({ state: 'PREEMPTED' }),
      accountingRow({ state: 'NODE_FAIL', submitTime: T + 70 }),
      accountingRow({ submitTime: T + 100, start: T + 120, end: T + 200 }),
    ];
    expect(after({ ...ended, restarts: 1 }, inAccounting(...rows), NO_WORD, 0)?.task).toMatchObject({
      state: 'COMPLETED',
      restarts: 2,
    });
  });

  it('keeps what its starts before came to, as they were seen', () => {
    const running = waiting({
      state: 'RUNNING',
      startedAt: T * 1000,
      nodes: 'cn2',
      progress: 70,
      progressText: 'late',
    });
    const queued = after(running, inQueue({ state: 'PENDING', nodes: null }), {
      progress: { percent: 70, text: 'late' },
      exit: null,
    });
    expect(queued?.task).toMatchObject({
      restarts: 1,
      // that was the start before
      progress: null,
      progressText: null,
      attempts: [{ state: 'REQUEUED', nodes: 'cn2', startedAt: T * 1000, endedAt: null }],
    });
    expect(after(ended, inQueue({ state: 'PENDING' }))?.task.attempts).toEqual([
      {
        state: 'PREEMPTED',
        reason: null,
        exitCode: 0,
        signal: 15,
        nodes: 'cn1',
        startedAt: T * 1000,
        endedAt: (T + 60) * 1000,
      },
    ]);
  });

  it('has them as accounting keeps them, once it tells', () => {
    const again = waiting({ state: 'RUNNING', restarts: 1, attempts: [{ ...attempt, state: 'REQUEUED' }] });
    const rows = [
      accountingRow({ state: 'NODE_FAIL', exitCode: 1, nodes: 'cn3' }),
      accountingRow({ submitTime: T + 100, start: T + 120, end: T + 200 }),
    ];
    expect(after(again, inAccounting(...rows))?.task).toMatchObject({
      state: 'COMPLETED',
      restarts: 1,
      attempts: [{ state: 'NODE_FAIL', exitCode: 1, nodes: 'cn3', startedAt: T * 1000, endedAt: (T + 60) * 1000 }],
    });
  });
});

describe('a job that was cancelled', () => {
  const cancelled = inAccounting(accountingRow({ state: 'CANCELLED', cancelledBy: '1006', exitCode: 0 }));

  it('says by whom, and has no exit code of success', () => {
    const news = after(waiting(), cancelled, NO_WORD, 0, { who: 'other', name: 'alice' });
    expect(news?.task).toMatchObject({
      state: 'CANCELLED',
      cancelledBy: { who: 'other', name: 'alice' },
      exitCode: null,
      reason: null,
    });
    expect(news?.events.at(-1)?.detail).toEqual(message('events.by', { who: 'alice' }));
  });

  it('has no start when it waited until then, whatever time Slurm gives as one', () => {
    const times = { state: 'CANCELLED', nodes: null, elapsed: 0 };
    expect(inQueue({ ...times, expectedStart: T + 9, end: T + 9 }).startedAt).toBeNull();
    expect(inAccounting(accountingRow({ ...times, start: T + 9, end: T + 9 })).startedAt).toBeNull();
    expect(inAccounting(accountingRow({ ...times, nodes: 'cn1' })).startedAt).toBe(T * 1000);
  });

  it('keeps who asked for it where nobody else knows, and forgets it when the job ended otherwise', () => {
    const asked = waiting({ cancelledBy: { who: 'you', name: null } });
    expect(after(asked, { ...cancelled, canceller: null }, NO_WORD, 0)?.events.at(-1)?.detail).toEqual(
      message('events.by', { who: message('notifications.who.you') }),
    );
    expect(after(asked, inAccounting(accountingRow({})), NO_WORD, 0)?.task).toMatchObject({
      state: 'COMPLETED',
      cancelledBy: null,
    });
  });
});

describe('the tasks of an array', () => {
  const states = (tasks: TaskObservations): unknown[] =>
    [...tasks].map(([index, { state }]) => [index, state]).sort(([a], [b]) => Number(a) - Number(b));

  it('stand in squeue one by one, or together while they wait', () => {
    const { tasks, whole } = seenInQueue(
      [
        queueRow({ jobId: '7_1', arrayTask: '1', state: 'COMPLETED', expectedStart: T }),
        queueRow({ jobId: '7_4', arrayTask: '4', expectedStart: T + 50 }),
        queueRow({ jobId: '7_[7-13:3%2]', arrayTask: '7-13:3%2', state: 'PENDING', expectedStart: T + 900 }),
      ],
      ms,
    );
    expect(whole).toBe(true);
    expect(states(tasks)).toEqual([
      [1, 'COMPLETED'],
      [4, 'RUNNING'],
      [7, 'PENDING'],
      [10, 'PENDING'],
      [13, 'PENDING'],
    ]);
    expect(tasks.get(4)).toMatchObject({ startedAt: (T + 50) * 1000, jobId: null });
    expect(tasks.get(10)).toMatchObject({ startedAt: null, expectedStart: (T + 900) * 1000 });
  });

  it('are not all of them where squeue cut their list', () => {
    const { tasks, whole } = seenInQueue(
      [queueRow({ jobId: '7_[1,3,...]', arrayTask: '1,3,...', state: 'PENDING' })],
      ms,
    );
    expect([[...tasks.keys()], whole]).toEqual([[1, 3], false]);
  });

  it('that were put back are what they are now, whichever row comes first', () => {
    const rows = [
      queueRow({ jobId: '7_2', arrayTask: '2', state: 'CANCELLED' }),
      queueRow({ jobId: '7_[2-3]', arrayTask: '2-3', state: 'PENDING' }),
    ];
    for (const some of [rows, [...rows].reverse()])
      expect(states(seenInQueue(some, ms).tasks)).toEqual([
        [2, 'PENDING'],
        [3, 'PENDING'],
      ]);
  });

  it('stand in accounting with their own numbers, exits and starts, and those that never began together', () => {
    const tasks = seenInAccounting(
      [
        accountingRow({ jobId: '7_1', jobIdRaw: '8', end: T + 500 }),
        accountingRow({ jobId: '7_2', jobIdRaw: '9', state: 'FAILED', exitCode: 9 }),
        accountingRow({ jobId: '7_2', jobIdRaw: '9', submitTime: T + 70, start: T + 80, state: 'COMPLETED' }),
        accountingRow({ jobId: '7_[3-4%1]', jobIdRaw: '7', state: 'CANCELLED', start: null, cancelledBy: '1006' }),
      ],
      ms,
    );
    expect(states(tasks)).toEqual([
      [1, 'COMPLETED'],
      [2, 'COMPLETED'],
      [3, 'CANCELLED'],
      [4, 'CANCELLED'],
    ]);
    expect(tasks.get(1)).toMatchObject({ jobId: '8', attempts: [], endedAt: (T + 500) * 1000 });
    expect(tasks.get(2)).toMatchObject({ jobId: '9', attempts: [{ state: 'FAILED', exitCode: 9 }] });
    expect(tasks.get(4)).toMatchObject({ canceller: '1006', startedAt: null });
  });

  it('have lines of their own in the timeline only for what is out of the ordinary', () => {
    const task = newTask(4, { state: 'RUNNING', startedAt: T * 1000 });
    const eventsAfter = (state: string): unknown => after(task, inAccounting(accountingRow({ state })))?.events;
    expect(eventsAfter('COMPLETED')).toEqual([]);
    expect(eventsAfter('TIMEOUT')).toMatchObject([{ state: 'TIMEOUT', task: 4 }]);
    expect(after(task, inQueue({ state: 'PENDING', reason: 'BeginTime' }))?.events).toMatchObject([
      {
        state: 'PENDING',
        detail: message('events.and', { first: BEGIN_TIME, second: message('events.startedAgain') }),
        task: 4,
      },
    ]);
  });
});

describe('a requeued job in accounting', () => {
  it('is what its newest row says', () => {
    const rows = [
      accountingRow({ state: 'NODE_FAIL', exitCode: 0 }),
      accountingRow({ submitTime: T + 100, start: T + 120, end: T + 200, elapsed: 80 }),
    ];
    expect(inAccounting(...rows)).toMatchObject({ state: 'COMPLETED', startedAt: (T + 120) * 1000 });
  });
});

describe('a job that only its own folder remembers', () => {
  it('has ended as it wrote there', () => {
    expect(seenInRunFolder({ progress: null, exit: { code: 2, at: T, restarts: 0 } }, ms)).toMatchObject({
      state: 'FAILED',
      exitCode: 2,
      endedAt: T * 1000,
    });
  });

  it('has not ended where what it wrote is of a start before this one', () => {
    const wrote = (restarts: number | null) => ({ progress: null, exit: { code: 143, at: T, restarts } });
    const again = newTask(7, { state: 'PENDING', restarts: 1 });
    expect(ownWord(again, wrote(0)).exit).toBeNull();
    expect(ownWord(again, wrote(1))).toEqual(wrote(1));
    // put back more often than was seen, and a script of before, which does not say
    expect(ownWord(again, wrote(2))).toEqual(wrote(2));
    expect(ownWord(again, wrote(null))).toEqual(wrote(null));
  });

  it('has not ended when it wrote nothing', () => {
    expect(seenInRunFolder(NO_WORD, ms)).toBeNull();
  });
});
