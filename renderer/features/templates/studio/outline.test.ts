import { describe, expect, it } from 'vitest';
import { freeName, moveSlot, outlineOf, requireSlot } from './outline.ts';

const TEXT = `
template: { id: t }
files:
  input_schema:
    required:
      - { name: a, pattern: "*.a" }
      - { name: b, pattern: "*.b" }
    optional:
      - { name: c, pattern: "*.c" }
`;
const slots = outlineOf(TEXT)?.slots ?? [];

describe('the outline of a template text', () => {
  it('finds slots and parameters where they stand', () => {
    expect(slots.map(({ list, index, data }) => [list, index, data['name']])).toEqual([
      ['required', 0, 'a'],
      ['required', 1, 'b'],
      ['optional', 0, 'c'],
    ]);
  });

  it('reads the older spellings and parameters in a map under today’s names', () => {
    const outline = outlineOf(
      'option_file_schema: { required_files: [{ name: x }] }\nparameters: { n: { type: integer } }',
    );
    expect(outline?.slots).toEqual([{ group: 'config_schema', list: 'required', index: 0, data: { name: 'x' } }]);
    expect(outline?.parameters).toEqual([{ index: 0, data: { name: 'n', type: 'integer' } }]);
  });

  it('is nothing for a text that is no YAML map, and for references that grow without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map(
        (name, i) =>
          `${name}: &${name} [${Array<string>(9)
            .fill(`*${'abcdefg'.charAt(i)}`)
            .join()}]`,
      ),
    ].join('\n');
    expect([outlineOf('a: [b'), outlineOf('- a'), outlineOf(bomb)]).toEqual([null, null, null]);
  });

  it('is empty for an empty text', () => {
    expect(outlineOf('')).toMatchObject({ slots: [], parameters: [] });
  });
});

describe('moving a file slot', () => {
  it('changes its place in its list', () => {
    expect(moveSlot(slots, 'input_schema', 0, 1)).toEqual([
      { kind: 'move', path: ['files', 'input_schema', 'required'], from: 0, to: 1 },
    ]);
  });

  it('makes it optional when it is put among the optional ones', () => {
    expect(moveSlot(slots, 'input_schema', 1, 2)).toEqual([
      { kind: 'insert', path: ['files', 'input_schema', 'optional'], at: 1, value: { name: 'b', pattern: '*.b' } },
      { kind: 'remove', path: ['files', 'input_schema', 'required', 1] },
    ]);
  });

  it('makes it required when it is put among the required ones', () => {
    expect(moveSlot(slots, 'input_schema', 2, 0)[0]).toMatchObject({
      kind: 'insert',
      path: ['files', 'input_schema', 'required'],
      at: 0,
    });
  });

  it('does nothing when it stays where it is', () => {
    expect(moveSlot(slots, 'input_schema', 1, 1)).toEqual([]);
  });

  it('goes to the border of the other list when it is only said to be required or not', () => {
    expect(requireSlot(slots, slots[2]!, 'required')[0]).toMatchObject({ kind: 'insert', at: 2 });
    expect(requireSlot(slots, slots[0]!, 'optional')[0]).toMatchObject({ kind: 'insert', at: 0 });
  });
});

it('gives a new item a name of its own', () => {
  expect(freeName(['file', 'file_2'], 'file')).toBe('file_3');
});
