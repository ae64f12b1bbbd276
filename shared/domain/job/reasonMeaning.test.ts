import { describe, expect, it } from 'vitest';
import { inWords, say } from '../../messages/catalogue.ts';
import { message } from '../../messages/message.ts';
import { likelyCause } from './endCause.ts';
import { LOST_REASONS } from './lostReason.ts';
import { causeMessages, reasonDetail, reasonMeaning, withWord } from './reasonMeaning.ts';
import { LOST } from './rules.ts';

const pending = (reason: string, dependency?: string): [string, string] => {
  const meaning = reasonMeaning({ state: 'PENDING', reason }, dependency);
  if (meaning === null) throw new Error('nothing is said');
  return [inWords(withWord(meaning)), say('ko', meaning.said)];
};

describe('what Slurm’s reason of a waiting job means', () => {
  it.each([
    ['Priority', 'Other jobs are ahead of it. (Priority)', '다른 작업이 앞에 있습니다.'],
    [
      'QOSMaxCpuPerUserLimit',
      'Your jobs have as much as the QOS lets you have of CPUs; it starts when one of them ends. (QOSMaxCpuPerUserLimit)',
      '해당 QOS가 사용자에게 허용하는 CPU 자원을 모두 쓰고 있습니다. 작업 하나가 끝나면 시작됩니다.',
    ],
    [
      'AssocGrpCPUMinutesLimit',
      'The budget of your account (CPUs) is used up: it starts when the site grants more. (AssocGrpCPUMinutesLimit)',
      '내 계정의 CPU 자원 예산을 모두 썼습니다. 사이트가 더 주어야 시작됩니다.',
    ],
    ['LunarEclipse', '“LunarEclipse”', '“LunarEclipse”'],
  ])('%s', (reason, english, korean) => {
    expect(pending(reason)).toEqual([english, korean]);
  });

  it('names the jobs that are waited for', () => {
    expect(pending('DependencyNeverSatisfied', 'afterok:4')[0]).toBe(
      'Will never start: job 4 did not end as it must. (DependencyNeverSatisfied)',
    );
    expect(pending('Dependency', 'afterany:4:7')).toEqual([
      'It waits for the jobs 4, 7. (Dependency)',
      '작업 4, 7을 기다립니다.',
    ]);
  });
});

describe('what is said of an end', () => {
  it('is nothing where the state says it already, and the site’s own words in quotation marks', () => {
    expect(reasonDetail('FAILED', 'NonZeroExitCode')).toBeNull();
    expect(reasonDetail('CANCELLED', 'by 0')).toBeNull();
    expect(inWords(reasonDetail('FAILED', 'Node cn3 caught fire') ?? message('words.none'))).toBe(
      '“Node cn3 caught fire”',
    );
  });

  it('is who cancelled it', () => {
    const by = (who: 'you' | 'system' | 'other', name: string | null): string =>
      inWords(
        reasonMeaning({ state: 'CANCELLED', reason: null, cancelledBy: { who, name } })?.said ?? message('words.none'),
      );
    expect([by('you', null), by('system', null), by('other', 'alice'), by('other', null)]).toEqual([
      'Cancelled by you',
      'Cancelled by the system or an administrator',
      'Cancelled by alice',
      'Cancelled by another user',
    ]);
  });

  it('is why it is not known, of a job that is lost; a sentence that an older version stored is quoted', () => {
    const said = Object.values(LOST_REASONS).map((reason) => reasonMeaning({ state: LOST, reason })?.said.id);
    expect(said).toEqual(['ends.lost.forgotten', 'ends.lost.noAccounting', 'ends.lost.silentAccounting']);
    expect(reasonMeaning({ state: LOST, reason: 'Nobody knows.' })?.said).toEqual({
      id: 'said.quoted',
      values: { words: 'Nobody knows.' },
    });
  });

  it('names a cause and what to do, in both languages', () => {
    const cause = likelyCause(
      { state: 'FAILED', reason: null, exitCode: 127, signal: null },
      'line 3: gmx: command not found\n',
    );
    if (cause === null) throw new Error('no cause was found');
    const { said, next } = causeMessages(cause);
    expect([inWords(said), say('ko', said), inWords(next)]).toEqual([
      'the command gmx was not found.',
      '명령 gmx을(를) 찾을 수 없습니다.',
      'Check the spelling, and load the module that brings it.',
    ]);
    expect(causeMessages({ code: 'crash', name: '', isSure: true }).said).toEqual(message('ends.crash'));
    expect(inWords(causeMessages({ code: 'pythonError', name: 'ValueError: x', isSure: false }).said)).toBe(
      '“ValueError: x”',
    );
  });
});
