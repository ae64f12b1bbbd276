import { describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { AccountingRow } from '../../slurm/accounting.ts';
import type { QueueRow } from '../../slurm/queue.ts';
import { changesFrom, seenInAccounting, seenInQueue, seenInRunFolder } from './observe.ts';

const T = 1_795_000_000;
const ms = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
const NO_WORD = { progress: null, exit: null };

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

const job = (change: Partial<JobRecord> = {}): JobRecord =>
  ({
    phase: 'submitted',
    jobId: '7',
    state: 'PENDING',
    reason: null,
    nodes: null,
    partition: null,
    timeLimit: 3600,
    elapsed: null,
    expectedStart: null,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    progress: null,
    progressText: null,
    submittedAt: (T - 5) * 1000 + 600,
    ...change,
  }) as JobRecord;

const seen = <S>(sighting: S | null): S => {
  if (sighting === null) throw new Error('nothing was seen');
  return sighting;
};

describe('what a sighting of a job changes in its record', () => {
  it('is the partition that Slurm chose, whatever was asked for, and keeps it when a later word does not name it', () => {
    const waiting = changesFrom(
      job({ partition: null }),
      seen(seenInQueue([queueRow({ state: 'PENDING', partition: 'short,long', nodes: null })], ms)),
      NO_WORD,
      T * 1000,
    );
    expect(waiting?.changes.partition).toBe('short,long');
    const running = job({ partition: 'short,long' });
    expect(
      changesFrom(running, seen(seenInQueue([queueRow({ partition: 'long' })], ms)), NO_WORD, T * 1000)?.changes
        .partition,
    ).toBe('long');
    expect(
      changesFrom(running, seen(seenInAccounting([accountingRow({ partition: 'long' })], ms)), NO_WORD, T * 1000)
        ?.changes.partition,
    ).toBe('long');
    expect(
      changesFrom(job({ partition: 'long' }), seen(seenInQueue([queueRow({ partition: null })], ms)), NO_WORD, T * 1000)
        ?.changes.partition,
    ).toBe('long');
  });

  it('is its start, with the node, once it runs', () => {
    const news = changesFrom(job(), seen(seenInQueue([queueRow({})], ms)), NO_WORD, T * 1000);
    expect(news?.changes).toMatchObject({ state: 'RUNNING', startedAt: T * 1000, nodes: 'cn1', endedAt: null });
    expect(news?.events).toEqual([{ at: T * 1000, state: 'RUNNING', detail: 'cn1', task: null }]);
  });

  it('is the reason and the expected start while it waits', () => {
    const news = changesFrom(
      job(),
      seen(seenInQueue([queueRow({ state: 'PENDING', reason: 'Resources', expectedStart: T + 900, nodes: null })], ms)),
      NO_WORD,
      T * 1000,
    );
    expect(news?.changes).toMatchObject({
      state: 'PENDING',
      reason: 'Resources',
      expectedStart: (T + 900) * 1000,
      startedAt: null,
    });
    expect(news?.events).toEqual([]);
  });

  it('is nothing when only the seconds have passed', () => {
    const running = job({ state: 'RUNNING', startedAt: T * 1000, partition: 'short', nodes: 'cn1', elapsed: 5 });
    expect(
      changesFrom(running, seen(seenInQueue([queueRow({ elapsed: 99 })], ms)), NO_WORD, (T + 99) * 1000),
    ).toBeNull();
  });

  it('is its true end and start when both were missed', () => {
    const news = changesFrom(
      job(),
      seen(seenInAccounting([accountingRow({ state: 'FAILED', exitCode: 3 })], ms)),
      NO_WORD,
      (T + 9999) * 1000,
    );
    expect(news?.changes).toMatchObject({
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
    const sighting = seen(seenInQueue([queueRow({ state: 'FAILED', reason: 'NonZeroExitCode', end: T + 30 })], ms));
    expect(changesFrom(job(), sighting, { progress: null, exit: { code: 4, at: T + 30 } }, 0)?.changes).toMatchObject({
      state: 'FAILED',
      exitCode: 4,
      endedAt: (T + 30) * 1000,
    });
  });

  it('keeps an unknown state and goes on', () => {
    const news = changesFrom(job(), seen(seenInQueue([queueRow({ state: 'POWER_UP_NODE' })], ms)), NO_WORD, 0);
    expect(news?.changes).toMatchObject({ state: 'POWER_UP_NODE', endedAt: null });
  });

  it('forgets the start of a job that was requeued', () => {
    const running = job({ state: 'RUNNING', startedAt: T * 1000 });
    expect(
      changesFrom(running, seen(seenInQueue([queueRow({ state: 'PENDING', reason: 'BeginTime' })], ms)), NO_WORD, 0)
        ?.changes,
    ).toMatchObject({ startedAt: null });
  });

  it('shows the progress that the job reports', () => {
    const running = job({ state: 'RUNNING', startedAt: T * 1000, nodes: 'cn1' });
    const news = changesFrom(
      running,
      seen(seenInQueue([queueRow({})], ms)),
      { progress: { percent: 40, text: 'epoch 4' }, exit: null },
      0,
    );
    expect(news?.changes).toMatchObject({ progress: 40, progressText: 'epoch 4' });
  });

  it('never puts a start before the submission because Slurm counts whole seconds', () => {
    const submitted = job({ submittedAt: T * 1000 + 800 });
    expect(changesFrom(submitted, seen(seenInQueue([queueRow({})], ms)), NO_WORD, 0)?.changes.startedAt).toBe(
      T * 1000 + 800,
    );
  });
});

describe('a job that Slurm starts again', () => {
  const ended = job({
    state: 'PREEMPTED',
    startedAt: T * 1000,
    endedAt: (T + 60) * 1000,
    exitCode: 0,
    signal: 15,
    nodes: 'cn1',
    elapsed: 60,
  });

  it('has no end any more, counts the start, and says so in its timeline', () => {
    const news = changesFrom(
      ended,
      seen(seenInQueue([queueRow({ state: 'PENDING', reason: 'BeginTime', nodes: null })], ms)),
      NO_WORD,
      (T + 90) * 1000,
    );
    expect(news?.changes).toMatchObject({
      state: 'PENDING',
      startedAt: null,
      endedAt: null,
      exitCode: null,
      signal: null,
      elapsed: 10,
      restarts: 1,
    });
    expect(news?.events).toEqual([
      { at: (T + 90) * 1000, state: 'PENDING', detail: 'BeginTime, started again by Slurm', task: null },
    ]);
  });

  it('is counted by accounting, which may know of more', () => {
    const rows = [
      accountingRow({ state: 'PREEMPTED' }),
      accountingRow({ state: 'NODE_FAIL', submitTime: T + 70 }),
      accountingRow({ submitTime: T + 100, start: T + 120, end: T + 200 }),
    ];
    expect(changesFrom({ ...ended, restarts: 1 }, seen(seenInAccounting(rows, ms)), NO_WORD, 0)?.changes).toMatchObject(
      { state: 'COMPLETED', restarts: 2 },
    );
  });

  it('is no array of which the next task waits', () => {
    const running = job({ state: 'RUNNING', startedAt: T * 1000 });
    const rows = [
      queueRow({ jobId: '7_1', arrayTask: '1', state: 'COMPLETED' }),
      queueRow({ jobId: '7_[2-9%1]', arrayTask: '2-9%1', state: 'PENDING' }),
    ];
    expect(changesFrom(running, seen(seenInQueue(rows, ms)), NO_WORD, 0)?.changes).not.toHaveProperty('restarts');
  });
});

describe('a job that was cancelled', () => {
  const cancelled = seen(
    seenInAccounting([accountingRow({ state: 'CANCELLED', cancelledBy: '1006', exitCode: 0 })], ms),
  );

  it('says by whom, and has no exit code of success', () => {
    const news = changesFrom(job(), cancelled, NO_WORD, 0, { who: 'other', name: 'alice' });
    expect(news?.changes).toMatchObject({
      state: 'CANCELLED',
      cancelledBy: { who: 'other', name: 'alice' },
      exitCode: null,
      reason: null,
    });
    expect(news?.events.at(-1)?.detail).toBe('by alice');
  });

  it('keeps who asked for it where nobody else knows, and forgets it when the job ended otherwise', () => {
    const asked = job({ cancelledBy: { who: 'you', name: null } });
    expect(changesFrom(asked, { ...cancelled, canceller: null }, NO_WORD, 0)?.events.at(-1)?.detail).toBe('by you');
    expect(changesFrom(asked, seen(seenInAccounting([accountingRow({})], ms)), NO_WORD, 0)?.changes).toMatchObject({
      state: 'COMPLETED',
      cancelledBy: null,
    });
  });
});

describe('an array seen as one job', () => {
  it('runs while any task runs, and began with the first', () => {
    const rows = [
      queueRow({ jobId: '7_1', state: 'COMPLETED', expectedStart: T }),
      queueRow({ jobId: '7_2', expectedStart: T + 50 }),
      queueRow({ jobId: '7_[3-9]', state: 'PENDING', expectedStart: T + 900 }),
    ];
    expect(seenInQueue(rows, ms)).toMatchObject({ state: 'RUNNING', startedAt: T * 1000, endedAt: null });
  });

  it('has failed when one task has, with its exit code, and ended with the last', () => {
    const rows = [
      accountingRow({ jobId: '7_1', end: T + 500 }),
      accountingRow({ jobId: '7_2', state: 'FAILED', exitCode: 9 }),
    ];
    expect(seenInAccounting(rows, ms)).toMatchObject({ state: 'FAILED', exitCode: 9, endedAt: (T + 500) * 1000 });
  });
});

describe('a requeued job in accounting', () => {
  it('is what its newest row says', () => {
    const rows = [
      accountingRow({ state: 'NODE_FAIL', exitCode: 0 }),
      accountingRow({ submitTime: T + 100, start: T + 120, end: T + 200, elapsed: 80 }),
    ];
    expect(seenInAccounting(rows, ms)).toMatchObject({ state: 'COMPLETED', startedAt: (T + 120) * 1000 });
  });
});

describe('a job that only its own folder remembers', () => {
  it('has ended as it wrote there', () => {
    expect(seenInRunFolder({ progress: null, exit: { code: 2, at: T } }, ms)).toMatchObject({
      state: 'FAILED',
      exitCode: 2,
      endedAt: T * 1000,
    });
  });

  it('has not ended when it wrote nothing', () => {
    expect(seenInRunFolder(NO_WORD, ms)).toBeNull();
  });
});
