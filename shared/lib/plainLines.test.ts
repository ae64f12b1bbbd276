import { describe, expect, it } from 'vitest';
import { plainLines } from './plainLines.ts';

describe('the end of a job’s output', () => {
  it('shows no colour codes and of a progress bar only its last state', () => {
    expect(plainLines('\u001b[32mok\u001b[0m\n 10%\r 50%\r100%\nend\r\n')).toBe('ok\n100%\nend\n');
    expect(plainLines('\u001b]0;title\u0007ready')).toBe('ready');
  });
});
