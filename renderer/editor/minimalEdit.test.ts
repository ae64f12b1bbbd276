import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimalEdit, type TextEdit } from './minimalEdit.ts';

function apply(text: string, edit: TextEdit | null): string {
  return edit === null ? text : text.slice(0, edit.from) + edit.text + text.slice(edit.to);
}

describe('the edit that follows a keystroke', () => {
  it('touches only the value that changed', () => {
    const before = '#SBATCH --nodes=1\n#SBATCH --time=04:00:00\nsrun ./a.out\n';
    const after = '#SBATCH --nodes=1\n#SBATCH --time=05:00:00\nsrun ./a.out\n';
    expect(minimalEdit(before, after)).toEqual({
      from: before.indexOf('4:00:00'),
      to: before.indexOf('4:00:00') + 1,
      text: '5',
    });
  });

  it('is none when nothing changed', () => {
    expect(minimalEdit('echo 1\n', 'echo 1\n')).toBeNull();
  });

  it('inserts a repeated character once', () => {
    expect(apply('aaa', minimalEdit('aaa', 'aaaa'))).toBe('aaaa');
    expect(minimalEdit('aaa', 'aaaa')).toEqual({ from: 3, to: 3, text: 'a' });
  });

  it('never cuts a character that takes two code units', () => {
    const edit = minimalEdit('say 😀', 'say 😁');
    expect(edit).toEqual({ from: 4, to: 6, text: '😁' });
  });

  it('leads from any text to any other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        expect(apply(before, minimalEdit(before, after))).toBe(after);
      }),
    );
  });
});
