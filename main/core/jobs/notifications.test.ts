import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../shared/contract/program.ts';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import { say } from '../../../shared/messages/catalogue.ts';
import { createNotifications } from './notifications.ts';

const job = (changes: Partial<JobSummary>): JobSummary =>
  ({
    runId: 'r1',
    name: 'train',
    jobId: '42',
    state: 'PENDING',
    nodes: null,
    elapsed: null,
    exitCode: null,
    cancelledBy: null,
    ...changes,
  }) as JobSummary;

/** What is told of a change, in both languages. */
function told(before: Partial<JobSummary>, after: Partial<JobSummary>, notifications = true): string[] {
  const notes: string[] = [];
  const notify = createNotifications(
    {
      notify: ({ title, body }) =>
        void notes.push(`${say('en', title)} | ${say('en', body)}`, `${say('ko', title)} | ${say('ko', body)}`),
    },
    { current: () => ({ ...DEFAULT_SETTINGS, notifications }) },
  );
  notify(job(before), job(after));
  return notes;
}

describe('a notification', () => {
  it.each<[string, Partial<JobSummary>, Partial<JobSummary>, string[]]>([
    [
      'a start',
      {},
      { state: 'RUNNING', nodes: 'cn1' },
      ['train has started | job 42 on cn1', 'train 작업이 시작되었습니다 | 작업 42, 노드 cn1'],
    ],
    [
      'an end',
      { state: 'RUNNING' },
      { state: 'COMPLETED', elapsed: 90 },
      ['train has finished | job 42 after 1:30', 'train 작업이 끝났습니다 | 작업 42, 1:30 실행 후'],
    ],
    [
      'a failure',
      { state: 'RUNNING' },
      { state: 'FAILED', exitCode: 2 },
      ['train has failed | job 42: exit code 2', 'train 작업이 실패했습니다 | 작업 42: 종료 코드 2'],
    ],
    [
      'a cancelling',
      { state: 'RUNNING' },
      { state: 'CANCELLED', cancelledBy: { who: 'system', name: null } },
      [
        'train was cancelled | job 42, by the system or an administrator',
        'train 작업이 취소되었습니다 | 작업 42, 취소한 사람: 시스템 또는 관리자',
      ],
    ],
  ])('tells of %s in the language of whoever reads it', (_, before, after, expected) => {
    expect(told(before, after)).toEqual(expected);
  });

  it('is not sent twice for one end, nor to who does not want any', () => {
    expect(told({ state: 'COMPLETED' }, { state: 'COMPLETED', elapsed: 3 })).toEqual([]);
    expect(told({}, { state: 'RUNNING' }, false)).toEqual([]);
  });
});
