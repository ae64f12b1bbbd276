import { beforeAll, describe, expect, it } from 'vitest';
import { loadLaterTexts } from '../../i18n/index.ts';
import { reasonWords } from './reasonWords.ts';

beforeAll(loadLaterTexts);

describe('Slurm’s reason as a person reads it', () => {
  it.each([
    ['PENDING', 'Priority', 'Other jobs are ahead of it.'],
    [
      'PENDING',
      'QOSMaxCpuPerUserLimit',
      'Your jobs have as much as the QOS lets you have of CPUs; it starts when one of them ends.',
    ],
    [
      'PENDING',
      'AssocGrpCPUMinutesLimit',
      'The budget of your account (CPUs) is used up: it starts when the site grants more.',
    ],
    ['PENDING', 'LunarEclipse', '“LunarEclipse”'],
    ['RUNNING', 'None', undefined],
    ['CANCELLED', 'by 0', undefined],
    ['FAILED', 'NonZeroExitCode', undefined],
    ['FAILED', 'Node cn3 caught fire', '“Node cn3 caught fire”'],
  ])('%s for %s: %s', (state, reason, text) => {
    expect(reasonWords({ state, reason })?.text).toBe(text);
  });

  it('names who cancelled a job', () => {
    const words = (cancelledBy: { who: 'you' | 'system' | 'other'; name: string | null }) =>
      reasonWords({ state: 'CANCELLED', reason: null, cancelledBy })?.text;
    expect([
      words({ who: 'you', name: null }),
      words({ who: 'system', name: null }),
      words({ who: 'other', name: 'alice' }),
    ]).toEqual(['Cancelled by you', 'Cancelled by the system or an administrator', 'Cancelled by alice']);
    expect(reasonWords({ state: 'COMPLETED', reason: null, cancelledBy: { who: 'you', name: null } })).toBeNull();
  });

  it('names the jobs that are waited for, and keeps Slurm’s word', () => {
    expect(reasonWords({ state: 'PENDING', reason: 'DependencyNeverSatisfied' }, 'afterok:4')).toEqual({
      text: 'Will never start: job 4 did not end as it must.',
      word: 'DependencyNeverSatisfied',
    });
    expect(reasonWords({ state: 'PENDING', reason: 'Dependency' }, 'afterany:4:7')?.text).toBe(
      'It waits for the jobs 4, 7.',
    );
  });
});
