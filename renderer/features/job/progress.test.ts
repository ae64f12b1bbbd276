import { describe, expect, it } from 'vitest';
import { shownProgress } from './progress.ts';

const at = (state: string | null, progress: number | null, progressText: string | null = null) =>
  shownProgress({ state, progress, progressText });

describe('how far a job is', () => {
  it('is what its script said last', () => {
    expect(at('RUNNING', 41.6, 'epoch 5')).toEqual({ value: 41.6, percent: '42 %', said: 'epoch 5', tone: 'accent' });
    expect(at('FAILED', 50, 'half of it')).toEqual({ value: 50, percent: '50 %', said: 'half of it', tone: 'bad' });
    expect(at('CANCELLED', 50)).toEqual({ value: 50, percent: '50 %', said: '', tone: 'muted' });
    expect(at(null, 0)).toEqual({ value: 0, percent: '0 %', said: '', tone: 'accent' });
  });

  it('is all of it once the job has completed, whatever the script said before', () => {
    expect(at('COMPLETED', 50, 'half of it')).toEqual({ value: 100, percent: '100 %', said: '', tone: 'ok' });
    expect(at('COMPLETED', 100, '30 of 30')).toEqual({ value: 100, percent: '100 %', said: '30 of 30', tone: 'ok' });
  });

  it('is not known of a script that says nothing of it', () => {
    expect(at('RUNNING', null)).toBeNull();
    expect(at('COMPLETED', null)).toBeNull();
  });
});
