import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  complaint,
  parseList,
  parsePieces,
  parseStat,
  piecesOf,
  saysMissing,
  scriptError,
  statKindOf,
} from './fileScripts.ts';
import { message, quoted } from '../../../shared/messages/message.ts';

const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('/'));

describe('what a server’s programs say about files', () => {
  it('is a list of names that may hold anything but a slash', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.nat(), fc.nat())), (entries) => {
        const answer = entries
          .map(([each, size, time]) => `81a4 ${String(size)} ${String(time)} ./${each}/\n`)
          .join('');
        expect(parseList(answer)).toEqual(
          entries.map(([each, size, modifiedAt]) => ({ name: each, kind: 'file', size, modifiedAt, mode: 0o644 })),
        );
      }),
    );
  });

  it('never ends in a crash, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseList(text);
        parseStat(text);
        statKindOf(text);
        expect(complaint(text)).not.toBe('');
        expect(['REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED']).toContain(scriptError('/x', text).name);
      }),
    );
  });

  it('is the pieces that were asked for, or nothing of an answer that is another one', () => {
    const answer = (text: string): Buffer => Buffer.from(text, 'latin1');
    expect(parsePieces(answer('3\na\nbx\n0\n2\nx\n'), 4)).toEqual([
      new Uint8Array(Buffer.from('a\nb')),
      null,
      new Uint8Array(),
      new Uint8Array(Buffer.from('x\n')),
    ]);
    for (const odd of ['3\nab', '3\nabcd', '-1\n', '1\na1\nb', '', '99999999999999999999999999\n', 'x'])
      expect(parsePieces(answer(odd), 1)).toBeNull();
  });

  it('is asked for in groups of so many bytes', () => {
    const piece = (length: number) => ({ path: '/x', offset: 0, length });
    expect(piecesOf(10, [4, 6, 1, 20, 3].map(piece)).map((some) => some.map(({ length }) => length))).toEqual([
      [4, 6],
      [1],
      [20],
      [3],
    ]);
    expect(piecesOf(10, [])).toEqual([]);
  });

  it('tells a folder, a link, a device, a file with the sticky bit and a time before 1970', () => {
    expect(parseStat('41ed 4096 1700000000 /tmp/\n')).toEqual({
      kind: 'folder',
      size: 4096,
      modifiedAt: 1_700_000_000,
      mode: 0o755,
    });
    expect(parseStat('a1ff 7 -5 x/\n')).toMatchObject({ kind: 'link', modifiedAt: -5 });
    expect(parseStat('21b6 0 0 /dev/null/\n')).toMatchObject({ kind: 'other', mode: 0o666 });
    expect(parseStat('83ff 1 0 x/\n')).toMatchObject({ kind: 'file', mode: 0o1777 });
    expect(parseStat('')).toBeNull();
  });

  it.each([
    ["stat: cannot statx '/x': No such file or directory\n", true],
    ['sh: 5: cannot create /none/x: Directory nonexistent\n', true],
    ["sh: can't create /none/x: nonexistent directory\n", true],
    ['sh: 3: cannot open /x: No such file\n', true],
    ['ksh: /none/x: cannot create [No such file or directory]\n', true],
    ["cat: 'a/b': Not a directory\n", true],
    ["head: error reading 'No such file or directory': Permission denied\n", false],
    ['', false],
  ])('names what is missing: %j', (stderr, missing) => {
    expect(saysMissing(stderr)).toBe(missing);
  });

  it('is shortened to the reason', () => {
    expect(complaint("head: error writing 'standard output': No space left on device\n")).toEqual(
      quoted('No space left on device'),
    );
    expect(complaint('')).toEqual(message('remoteFiles.noReason'));
  });
});
