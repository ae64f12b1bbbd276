import { describe, expect, it } from 'vitest';
import { nextPoll, type PollSituation } from './pollSchedule.ts';

const NOW = 1_000_000_000;
const quiet: PollSituation = {
  pollSeconds: 5,
  lastPollAt: NOW,
  lastNewsAt: null,
  lastChangeAt: NOW,
  inView: true,
  watched: false,
  active: 1,
  missing: 0,
  ended: 0,
  errors: 0,
};
const seconds = (change: Partial<PollSituation>): number | null => {
  const due = nextPoll({ ...quiet, ...change }, NOW);
  return due === null ? null : (due - NOW) / 1000;
};

describe('how often a cluster is asked', () => {
  it('is every 30 s while jobs wait or run', () => expect(seconds({})).toBe(30));
  it('is every 5 s while one is on screen', () => expect(seconds({ watched: true })).toBe(5));
  it('is every 5 s in the minute after a submission', () =>
    expect(seconds({ lastNewsAt: NOW - 59_000, lastPollAt: NOW })).toBe(5));
  it('is soon after a submission, for the first look', () =>
    expect([20_000, 2000].map((ago) => seconds({ lastPollAt: NOW - ago, lastNewsAt: NOW }))).toEqual([1, 3]));
  it('is every minute with no window in view, and up to every five when nothing has changed for long', () => {
    const quietFor = (minutes: number): number | null =>
      seconds({ inView: false, lastChangeAt: NOW - minutes * 60_000 });
    expect([0, 10, 20, 50, 600].map(quietFor)).toEqual([60, 60, 120, 300, 300]);
  });
  it('is soon after a submission with no window in view too', () =>
    expect(seconds({ inView: false, lastNewsAt: NOW - 30_000 })).toBe(5));
  it('doubles with each error in the background too', () =>
    expect([1, 2, 3].map((errors) => seconds({ inView: false, errors }))).toEqual([120, 240, 300]));
  it('is at once when it was never asked', () => expect(seconds({ lastPollAt: null })).toBe(0));
  it('is not at all when no job of ours can change', () => expect(seconds({ active: 0 })).toBeNull());
  it('is every two minutes when all that is left has vanished without a trace', () =>
    expect(seconds({ active: 0, missing: 2 })).toBe(120));
  it('doubles with each error, up to five minutes', () =>
    expect([1, 2, 3, 4, 60].map((errors) => seconds({ errors }))).toEqual([60, 120, 240, 300, 300]));
  it('is never more often than the site allows', () => {
    expect(seconds({ pollSeconds: 60, watched: true })).toBe(60);
    expect(seconds({ pollSeconds: 60, lastNewsAt: NOW })).toBe(60);
    expect(seconds({ pollSeconds: 600 })).toBe(600);
    expect(seconds({ pollSeconds: 600, inView: false, lastChangeAt: 0 })).toBe(600);
  });
});
