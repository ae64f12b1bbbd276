import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formLines } from './formLines.ts';
import type { Parameter } from './schema.ts';
import { parameter } from './testing/parameter.ts';

const shown = (parameters: Parameter[]): string[] =>
  formLines(parameters).map((line) =>
    line.kind === 'field' ? line.parameter.name : `${line.kind}: ${line.parameters.map(({ name }) => name).join(' ')}`,
  );

describe('the lines of a form', () => {
  it('keep the fields of a row together, where the first of them stands', () => {
    expect(
      shown([
        parameter('periodic', 'boolean'),
        parameter('x', 'number', { row: 'cell' }),
        parameter('y', 'number', { row: 'cell' }),
        parameter('margin', 'number'),
        parameter('z', 'number', { row: 'cell' }),
      ]),
    ).toEqual(['toggles: periodic', 'row: x y z', 'margin']);
  });

  it('give yes-or-no fields that follow one another a line of their own', () => {
    expect(
      shown([
        parameter('a', 'text'),
        parameter('b', 'boolean'),
        parameter('c', 'boolean'),
        parameter('d', 'integer'),
        parameter('e', 'boolean', { row: 'end' }),
        parameter('f', 'text', { row: 'end' }),
      ]),
    ).toEqual(['a', 'toggles: b c', 'd', 'row: e f']);
  });

  it('make no row of one field: what belonged to it is hidden', () => {
    expect(shown([parameter('x', 'number', { row: 'cell' })])).toEqual(['x']);
  });

  it('hold each field exactly once', () => {
    const some = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,3}$/),
        type: fc.constantFrom('text' as const, 'boolean' as const),
        row: fc.constantFrom(null, 'one', 'two'),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(some, (given) => {
        const parameters = given.map(({ name, type, row }) => parameter(name, type, { row }));
        const names = formLines(parameters).flatMap((line) =>
          line.kind === 'field' ? [line.parameter.name] : line.parameters.map(({ name }) => name),
        );
        expect(names.sort()).toEqual(given.map(({ name }) => name).sort());
      }),
    );
  });
});
