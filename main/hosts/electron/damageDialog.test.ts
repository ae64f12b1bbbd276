import { describe, expect, it } from 'vitest';
import { damageDialog } from './damageDialog.ts';

const at = Date.parse('2026-11-26T12:00:00Z');

describe('the question about a damaged database', () => {
  it('offers the copy first, and says of when it is', () => {
    const { buttons, choices, detail } = damageDialog('the file is damaged', at, 'en-US');
    expect(buttons).toEqual(['Go on with the copy', 'Start with an empty database', 'Quit']);
    expect(choices).toEqual(['restore', 'start-fresh', null]);
    expect(detail).toMatch(/copy of 2[67] Nov 2026[^]*is kept[^]*5013: the file is damaged/);
  });

  it('offers no copy where there is none', () => {
    expect(damageDialog('x', null, 'de').choices).toEqual(['start-fresh', null]);
  });

  it('asks in Korean where the system is Korean', () => {
    expect(damageDialog('x', at, 'ko-KR').buttons).toEqual(['사본으로 계속', '빈 데이터베이스로 시작', '종료']);
  });
});
