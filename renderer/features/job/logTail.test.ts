import { describe, expect, it } from 'vitest';
import { logTail, plainLines } from './logTail.ts';

describe('the end of a job’s output', () => {
  it('grows until there is enough, then loses whole lines from its beginning', () => {
    expect(logTail('one\n', 'two\n', 100)).toBe('one\ntwo\n');
    expect(logTail('aaaa\nbbbb\n', 'cccc\n', 12)).toBe('bbbb\ncccc\n');
  });

  it('keeps the end of a line that is longer than all that is kept', () => {
    expect(logTail('', 'x'.repeat(50), 10)).toBe('x'.repeat(10));
  });

  it('shows no colour codes and of a progress bar only its last state', () => {
    expect(plainLines('\u001b[32mok\u001b[0m\n 10%\r 50%\r100%\nend\r\n')).toBe('ok\n100%\nend\n');
    expect(plainLines('\u001b]0;title\u0007ready')).toBe('ready');
  });
});
