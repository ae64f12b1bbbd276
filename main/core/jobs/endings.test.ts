import { describe, expect, it } from 'vitest';
import { newTask, type Task } from '../../../shared/domain/job/task.ts';
import { AccountingWatch } from './accountingWatch.ts';
import { endWatchedUntil, isLost } from './endings.ts';

const NOW = Date.UTC(2026, 10, 21);
const MINUTE = 60_000;
const job = (change: Partial<Task>): Task => newTask(null, { state: 'RUNNING', ...change });

describe('an end', () => {
  const until = (state: string, confirmed: boolean, endedAt = NOW) =>
    endWatchedUntil(job({}), job({ state, endedAt }), confirmed, NOW);

  it('after which Slurm starts a job again is watched for ten minutes, another failure for two, and any other is the last', () => {
    expect(['PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL'].map((state) => until(state, true))).toEqual([
      NOW + 10 * MINUTE,
      NOW + 10 * MINUTE,
      NOW + 10 * MINUTE,
    ]);
    expect(['FAILED', 'TIMEOUT'].map((state) => until(state, true))).toEqual([NOW + 2 * MINUTE, NOW + 2 * MINUTE]);
    expect(
      ['COMPLETED', 'CANCELLED', 'OUT_OF_MEMORY', 'DEADLINE', 'RUNNING', 'PENDING'].map((state) => until(state, true)),
    ).toEqual([null, null, null, null, null, null]);
  });

  it('that was long ago when it became known is the last', () =>
    expect(until('PREEMPTED', true, NOW - 11 * MINUTE)).toBeNull());

  it('that accounting has not confirmed is watched for an hour, or until it does', () => {
    const end = NOW + 60 * MINUTE;
    expect(until('COMPLETED', false)).toBe(end);
    const known = job({ state: 'COMPLETED', endedAt: NOW, endWatchedUntil: end });
    expect(endWatchedUntil(known, known, false, NOW + 59 * MINUTE)).toBe(end);
    expect(endWatchedUntil(known, known, false, end)).toBeNull();
    expect(endWatchedUntil(known, known, true, NOW + MINUTE)).toBeNull();
  });

  it('that counted as the last is not watched again, another one is', () => {
    const last = job({ state: 'FAILED', endedAt: NOW, endWatchedUntil: null });
    expect(endWatchedUntil(last, last, false, NOW + 1)).toBeNull();
    expect(endWatchedUntil(last, job({ state: 'PREEMPTED', endedAt: NOW }), true, NOW + 1)).toBe(NOW + 10 * MINUTE);
    expect(endWatchedUntil(last, job({ state: 'RUNNING' }), true, NOW + 1)).toBeNull();
  });
});

describe('a job that nobody names', () => {
  const after = (minutes: number, looks: number, confirmed: number, minJobAge: number | null = null) =>
    isLost({ since: NOW, looks, confirmed }, minJobAge, NOW + minutes * MINUTE);

  it('is lost after three whole answers of queue and accounting', () =>
    expect([1, 2, 3].map((looks) => after(0, looks, looks))).toEqual([false, false, true]));
  it('is lost without accounting after some looks and minutes, not after one of both', () =>
    expect([after(0, 9, 0), after(2, 9, 2), after(60, 2, 2), after(3, 3, 0)]).toEqual([false, false, false, true]));
  it('is waited for as long as the cluster keeps ended jobs in its queue, for an hour at most', () => {
    expect([after(4, 9, 0, 300), after(5, 9, 0, 300), after(59, 9, 0, 86_400), after(60, 9, 0, 86_400)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('accounting that fails', () => {
  const silent = { kind: 'silent', said: 'Connection refused' } as const;

  it('is asked ever less, and at once when a person asks', () => {
    const watch = new AccountingWatch();
    const pauses: number[] = [];
    let now = NOW;
    for (let failure = 0; failure < 8; failure += 1) {
      watch.heard(silent, now);
      const from = now;
      while (!watch.mayAsk(now)) now += 1000;
      pauses.push((now - from) / 1000);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
    watch.heard(silent, now);
    watch.askSoon();
    expect(watch.mayAsk(now)).toBe(true);
  });

  it('has a chance of a quarter of a minute, and none where there is none', () => {
    const watch = new AccountingWatch();
    expect(watch.heard(silent, NOW)).toBe(true);
    expect(watch.heard(silent, NOW + 14_999)).toBe(false);
    expect(watch.state).toEqual({ kind: 'silent', since: NOW, said: 'Connection refused' });
    expect([14_999, 15_000].map((ms) => watch.givenUp(NOW + ms))).toEqual([false, true]);
    expect(watch.heard({ kind: 'whole' }, NOW + 20_000)).toBe(true);
    expect(watch.givenUp(NOW + 99_000)).toBe(false);
    watch.heard({ kind: 'absent', said: 'sacct: command not found' }, NOW);
    expect(watch.givenUp(NOW)).toBe(true);
  });
});
