import { describe, expect, it } from 'vitest';
import { isActive, isWatched, LOST, mayBeCancelled, mayBeRemoved, mayBeResumed } from './rules.ts';
import type { SubmitPhase } from './schema.ts';

const stage = (phase: SubmitPhase, state: string | null = null): { phase: SubmitPhase; state: string | null } => ({
  phase,
  state,
});

describe('what may be done with a run', () => {
  it.each([
    // phase, state, active, cancel, remove
    ['prepared', null, true, true, false],
    ['uploading', null, true, true, false],
    ['submitting', null, true, true, false],
    // what became of it must be known first
    ['ambiguous', null, true, false, false],
    ['rejected', null, false, false, true],
    ['cancelled', null, false, false, true],
    ['abandoned', null, false, false, true],
    ['submitted', null, true, true, false],
    ['submitted', 'PENDING', true, true, false],
    ['submitted', 'RUNNING', true, true, false],
    ['submitted', 'COMPLETED', false, false, true],
    ['submitted', 'FAILED', false, false, true],
    ['submitted', LOST, true, true, true],
    ['submitted', 'DREAMING', true, true, false],
  ] as const)('%s %s: active %s, cancel %s, remove %s', (phase, state, active, cancel, remove) => {
    const job = stage(phase, state);
    expect([isActive(job), mayBeCancelled(job), mayBeRemoved(job)]).toEqual([active, cancel, remove]);
  });

  it('is going on with what was interrupted, and with a rejection that passes', () => {
    const resumed = (phase: SubmitPhase, retry: boolean | null): boolean =>
      mayBeResumed({ ...stage(phase), error: retry === null ? null : { retry } });
    expect(resumed('uploading', null)).toBe(true);
    expect(resumed('ambiguous', false)).toBe(true);
    expect(resumed('rejected', true)).toBe(true);
    expect(resumed('rejected', false)).toBe(false);
    expect(resumed('rejected', null)).toBe(false);
    expect(resumed('cancelled', null)).toBe(true);
    expect(resumed('abandoned', null)).toBe(false);
    expect(resumed('submitted', true)).toBe(false);
  });

  it('is asking its cluster while it is active or its end may not be the last', () => {
    expect(isWatched({ ...stage('submitted', 'FAILED'), endWatchedUntil: 5 })).toBe(true);
    expect(isWatched({ ...stage('submitted', 'FAILED'), endWatchedUntil: null })).toBe(false);
    expect(isWatched({ ...stage('rejected'), endWatchedUntil: 5 })).toBe(false);
  });
});
