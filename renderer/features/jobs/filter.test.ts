import { describe, expect, it } from 'vitest';
import { JobFilter } from '../../../shared/domain/job/schema.ts';
import { JOB_STATES, stateGroup } from '../../../shared/domain/job/state.ts';
import { EVERYTHING, FILTER_GROUPS, filterOf, isEverything, statesOf } from './filter.ts';

const NOW = Date.UTC(2026, 10, 21);

describe('the filter of the job list', () => {
  it('asks for nothing in particular while nothing is chosen', () => {
    expect(filterOf(EVERYTHING, NOW)).toEqual({});
    expect(isEverything(EVERYTHING)).toBe(true);
  });

  it('is one that the core takes', () => {
    const filter = filterOf(
      { text: ' resnet ', group: 'bad', clusterId: 'demo', templateId: 'hello', period: 'week' },
      NOW,
    );
    expect(JobFilter.parse(filter)).toEqual({
      text: 'resnet',
      states: statesOf('bad'),
      clusterId: 'demo',
      templateId: 'hello',
      since: NOW - 7 * 86_400_000,
    });
  });

  it('finds every state of Slurm in exactly one group', () => {
    for (const state of JOB_STATES)
      expect(FILTER_GROUPS.filter((group) => statesOf(group).includes(state))).toEqual([stateGroup(state)]);
  });

  it('finds submissions that are on their way among the pending, and rejected ones among the failed', () => {
    expect(statesOf('pending')).toEqual(expect.arrayContaining(['prepared', 'uploading', 'submitting', 'submitted']));
    expect(statesOf('bad')).toContain('rejected');
    expect(statesOf('ambiguous')).toEqual(['ambiguous']);
  });
});
