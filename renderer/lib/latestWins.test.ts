import { describe, expect, it } from 'vitest';
import { latestWins } from './latestWins.ts';

/** Work whose every run ends when the test says so. */
function heldWork(): { work: (input: string) => Promise<void>; begun: string[]; finish: () => Promise<void> } {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    work: (input) => {
      begun.push(input);
      return new Promise((resolve) => ends.push(resolve));
    },
    finish: async () => {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the preview while somebody types', () => {
  it('is asked at once, and never twice at the same time', async () => {
    const { work, begun, finish } = heldWork();
    const ask = latestWins(work);
    ask('a');
    ask('ab');
    expect(begun).toEqual(['a']);
    await finish();
    expect(begun).toEqual(['a', 'ab']);
  });

  it('leaves out what was typed over before its turn came', async () => {
    const { work, begun, finish } = heldWork();
    const ask = latestWins(work);
    for (const text of ['a', 'ab', 'abc', 'abcd']) ask(text);
    await finish();
    await finish();
    expect(begun).toEqual(['a', 'abcd']);
  });

  it('is asked again after a pause', async () => {
    const { work, begun, finish } = heldWork();
    const ask = latestWins(work);
    ask('a');
    await finish();
    ask('b');
    expect(begun).toEqual(['a', 'b']);
  });
});
