import { describe, expect, it } from 'vitest';
import { readableMemory, readableTime, spellMemory, spellTime } from './spelling.ts';

describe('a time limit as somebody types it', () => {
  it.each([
    ['4h', '04:00:00'],
    ['4 hours', '04:00:00'],
    ['90 min', '01:30:00'],
    ['1d 12h', '1-12:00:00'],
    ['2 days', '2-00:00:00'],
    ['1.5 h', '01:30:00'],
    ['45s', '00:00:45'],
  ])('%s is %s to Slurm', (typed, spelled) => {
    expect(spellTime(typed)).toBe(spelled);
  });

  it.each(['04:00:00', '1-12', '30', 'UNLIMITED', '{{walltime}}', 'soon', '', '4h?'])(
    '%s is left as it is',
    (typed) => {
      expect(spellTime(typed)).toBe(typed);
    },
  );

  it('is read back in words, so that 30 is seen to be minutes', () => {
    expect(readableTime('30')).toBe('30 min');
    expect(readableTime('1-12')).toBe('1 d 12 h');
    expect(readableTime('UNLIMITED')).toBe('∞');
    expect(readableTime('soon')).toBeNull();
  });
});

describe('a memory size as somebody types it', () => {
  it.each([
    ['32 GB', '32G'],
    ['32gib', '32G'],
    ['500m', '500M'],
    ['1.5 T', '1536G'],
    ['0.5 GB', '512M'],
  ])('%s is %s to Slurm', (typed, spelled) => {
    expect(spellMemory(typed)).toBe(spelled);
  });

  it.each(['4000', '{{mem}}', 'much', '', '3 GB of it'])('%s is left as it is', (typed) => {
    expect(spellMemory(typed)).toBe(typed);
  });

  it('is read back in words, so that 4000 is seen to be MiB', () => {
    expect(readableMemory('4000')).toBe('3.9 GiB');
    expect(readableMemory('much')).toBeNull();
  });
});
