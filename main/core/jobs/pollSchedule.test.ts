import { describe, expect, it } from 'vitest';
import { nextPoll, type PollSituation } from './pollSchedule.ts';

const NOW = 1_000_000_000;
const quiet: PollSituation = { pollSeconds: 5, lastPollAt: NOW, lastNewsAt: null, watched: false, unfinished: 1, missing: 0, errors: 0 };
const seconds = (change: Partial<PollSituation>): number | null => {
  const due = nextPoll({ ...quiet, ...change }, NOW);
  return due === null ? null : (due - NOW) / 1000;
};

describe('how often a cluster is asked', () => {
  it('is every 30 s while jobs wait or run', () => expect(seconds({})).toBe(30));
  it('is every 5 s while one is on screen', () => expect(seconds({ watched: true })).toBe(5));
  it('is every 5 s in the minute after a submission', () => expect(seconds({ lastNewsAt: NOW - 59_000, lastPollAt: NOW })).toBe(5));
  it('is soon after a submission, for the first look', () => expect([20_000, 2000].map((ago) => seconds({ lastPollAt: NOW - ago, lastNewsAt: NOW }))).toEqual([1, 3]));
  it('is at once when it was never asked', () => expect(seconds({ lastPollAt: null })).toBe(0));
  it('is not at all when no job of ours can change', () => expect(seconds({ unfinished: 0 })).toBeNull());
  it('is every two minutes when all that is left has vanished without a trace', () => expect(seconds({ unfinished: 0, missing: 2 })).toBe(120));
  it('doubles with each error, up to five minutes', () => expect([1, 2, 3, 4, 60].map((errors) => seconds({ errors }))).toEqual([60, 120, 240, 300, 300]));
  it('is never more often than the site allows', () => {
    expect(seconds({ pollSeconds: 60, watched: true })).toBe(60);
    expect(seconds({ pollSeconds: 60, lastNewsAt: NOW })).toBe(60);
    expect(seconds({ pollSeconds: 600 })).toBe(600);
  });
});
