import { describe, expect, it } from 'vitest';
import { damageDialog } from './damageDialog.ts';
import { message, quoted } from '../../../shared/messages/message.ts';

const at = Date.parse('2026-11-26T12:00:00Z');

describe('the question about a damaged database', () => {
  it('offers the copy first, and says of when it is', () => {
    const { buttons, choices, detail } = damageDialog(quoted('malformed'), at, 'en');
    expect(buttons).toEqual(['Go on with the copy', 'Start with an empty database', 'Quit']);
    expect(choices).toEqual(['restore', 'start-fresh', null]);
    expect(detail).toMatch(/copy of 2[67] Nov 2026[^]*is kept[^]*5013: “malformed”/);
  });

  it('offers no copy where there is none', () => {
    expect(damageDialog(quoted('x'), null, 'en').choices).toEqual(['start-fresh', null]);
  });

  it('asks in Korean, its reason included', () => {
    const { buttons, detail } = damageDialog(message('store.otherProgram'), at, 'ko');
    expect(buttons).toEqual(['사본으로 계속', '빈 데이터베이스로 시작', '종료']);
    expect(detail).toContain('(5013: 다른 프로그램의 데이터베이스입니다)');
  });
});
