import { describe, expect, test } from 'vitest';
import { decodeStrictly, decodeText } from './decodeText.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('the text of a file', () => {
  test.each<[string, Buffer, string | null]>([
    ['UTF-8', Buffer.from('안녕\n'), '안녕\n'],
    ['UTF-8 with its mark', Buffer.from('\ufeffa'), 'a'],
    ['UTF-16 with its mark', Buffer.from('\ufeff안녕', 'utf16le'), '안녕'],
    ['UTF-16 the other way round', utf16be('\ufeffabc'), 'abc'],
    ['UTF-16 without a mark', Buffer.from('hello world', 'utf16le'), 'hello world'],
    ['the other UTF-16 without a mark', utf16be('hello world'), 'hello world'],
    ['a character cut off at the end', Buffer.from('ab한').subarray(0, 4), 'ab'],
    ['Latin-1, as far as it goes', Buffer.from('caf\xe9!', 'latin1'), 'caf\ufffd!'],
    ['colours of a terminal', Buffer.from('\u001b[31mred\u001b[0m'), '\u001b[31mred\u001b[0m'],
    ['nothing', Buffer.alloc(0), ''],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 3, 0, 62]), null],
    ['random bytes', Buffer.from([1, 2, 3, 4, 5, 6, 200, 201]), null],
  ])('%s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  test('that must be right throughout is refused when it is not', () => {
    expect(decodeStrictly(Buffer.from('안녕'))).toBe('안녕');
    expect(decodeStrictly(Buffer.from('caf\xe9', 'latin1'))).toBeNull();
  });
});
