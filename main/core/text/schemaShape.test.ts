import { inWords } from '../../../shared/messages/catalogue.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFault } from '../files/jsonSchema.ts';
import { schemaFault as faultOf } from './schemaShape.ts';

/** In English. */
const schemaFault = (schema: Record<string, unknown>): string | null => {
  const fault = faultOf(schema);
  return fault === null ? null : inWords(fault);
};

const WORDS = [
  'type',
  'properties',
  'items',
  'allOf',
  'required',
  'enum',
  'minimum',
  'minLength',
  'multipleOf',
  'pattern',
  'patternProperties',
  'uniqueItems',
  '$ref',
  'additionalProperties',
  'dependentRequired',
  'title',
  '$defs',
  'mine',
];
const schemaLike = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('object', 'string', '^a+$', '(', '#', ''),
    fc.integer({ min: -2, max: 3 }),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(['a', 'b'], ['a', 'a'], ['string', 'null'], [], [1]),
    fc.array(tie('map'), { maxLength: 2 }),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom(...WORDS), tie('value'), { maxKeys: 4 }),
})).map;

describe('what makes a map a JSON Schema', () => {
  test('is what compiling it says', () => {
    fc.assert(
      fc.property(schemaLike, (schema) => {
        expect([schemaFault(schema) === null, schema]).toEqual([compileFault(schema) === null, schema]);
      }),
      { numRuns: 500 },
    );
  });

  test('is told with its place', () => {
    expect(schemaFault({ properties: { a: { type: 'text' } } })).toBe(
      '#/properties/a/type must be one or some of array, boolean, integer, null, number, object, string.',
    );
    expect(schemaFault({ patternProperties: { '(': {} } })).toBe('#/patternProperties: “(” is no regular expression.');
    expect(schemaFault({ $async: true })).toBe('“$async” is not supported.');
  });

  test('includes that its references lead somewhere within it', () => {
    const $defs = { a: { type: 'string' }, 'x/y%': { $anchor: 'here' }, list: { allOf: [true] } };
    for (const $ref of ['#', '#/$defs/a', '#/$defs/x~1y%25', '#here', '#/$defs/list/allOf/0']) {
      expect([$ref, schemaFault({ $defs, $ref })]).toEqual([$ref, null]);
      expect([$ref, compileFault({ $defs, $ref })]).toEqual([$ref, null]);
    }
    expect(schemaFault({ $defs, $ref: '#/$defs/constructor' })).not.toBeNull();
    for (const $ref of [
      '#/$defs/b',
      '#gone',
      'https://example.org/s.json',
      'file:///etc/passwd',
      'other.json',
      '#/$defs/%',
    ]) {
      expect(schemaFault({ $defs, $ref })).toMatch(
        /^can’t resolve reference .*; only references within the schema are followed\.$/,
      );
      expect(compileFault({ $defs, $ref })).not.toBeNull();
    }
  });

  test('is seen in no time, whatever compiling it would take', () => {
    const wide = {
      properties: Object.fromEntries(
        Array.from({ length: 20_000 }, (_, n) => [`k${String(n)}`, { pattern: '^(a+)+$' }]),
      ),
      required: Array.from({ length: 20_000 }, (_, n) => `k${String(n)}`),
    };
    const began = performance.now();
    expect(schemaFault(wide)).toBeNull();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
