import { inWords } from '../../../shared/messages/catalogue.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { checkConfig } from './configFile.ts';
import { checkAgainstSchema } from './jsonSchema.ts';

const schema = {
  type: 'object',
  properties: {
    learning_rate: { type: 'number', minimum: 0.0001, maximum: 1 },
    batch_size: { type: 'integer', minimum: 1 },
    optimizer: { type: 'string', enum: ['adam', 'sgd'] },
    started: { type: 'string', format: 'date' },
    layers: {
      type: 'array',
      items: { type: 'object', properties: { size: { type: 'integer' } }, additionalProperties: false },
    },
  },
  required: ['learning_rate', 'batch_size'],
};
const check = (text: string, format: FileSlot['format'] = 'yaml', given: Record<string, unknown> | null = schema) =>
  checkConfig(text, { name: 'config', format, schema: given }, 'config.yaml', checkAgainstSchema).map((problem) => [
    problem.rule,
    problem.line,
    inWords(problem.message),
  ]);

describe('a config file', () => {
  test('that satisfies its schema is fine, in both formats', () => {
    expect(check('learning_rate: 0.01\nbatch_size: 32\n')).toEqual([]);
    expect(check('{\n\t"learning_rate": 0.01,\n\t"batch_size": 32\n}', 'json')).toEqual([]);
  });

  test('is told each error with its line', () => {
    expect(
      check(
        'learning_rate: fast\nbatch_size: 0\noptimizer: rmsprop\nstarted: yesterday\nlayers:\n  - size: 1\n  - sise: 2\n',
      ),
    ).toEqual([
      ['config-schema', 1, 'config.yaml, line 1: learning_rate must be number.'],
      ['config-schema', 2, 'config.yaml, line 2: batch_size must be >= 1.'],
      ['config-schema', 3, 'config.yaml, line 3: optimizer must be one of adam, sgd.'],
      ['config-schema', 4, 'config.yaml, line 4: started must match format "date".'],
      ['config-schema', 7, 'config.yaml, line 7: layers.1 “sise” is not a key that is known here.'],
    ]);
    expect(check('{\n  "learning_rate": 0.01,\n  "batch_size": "many"\n}', 'json')).toEqual([
      ['config-schema', 3, 'config.yaml, line 3: batch_size must be integer.'],
    ]);
  });

  test('is told what is missing', () => {
    expect(check('optimizer: adam\n')).toEqual([
      ['config-schema', 1, 'config.yaml, line 1: “learning_rate” is missing.'],
      ['config-schema', 1, 'config.yaml, line 1: “batch_size” is missing.'],
    ]);
  });

  test('that is not YAML, or not JSON, is told where', () => {
    expect(check('a: 1\nb: [1, 2\nc: 3')[0]?.slice(0, 2)).toEqual(['config-syntax', 3]);
    expect(check('a: 1\na: 2')[0]?.slice(0, 2)).toEqual(['config-syntax', 2]);
    expect(check('{\n  "a": 1,\n}', 'json')[0]?.slice(0, 2)).toEqual(['config-syntax', 3]);
    expect(check('a: 1', 'json')[0]?.[0]).toBe('config-syntax');
    expect(check('', 'yaml')[0]?.[0]).toBe('config-syntax');
  });

  test('without a schema must still be readable', () => {
    expect(check('a: 1', 'yaml', null)).toEqual([]);
    expect(check('a: [', 'yaml', null)[0]?.[0]).toBe('config-syntax');
    expect(checkConfig('a: [', { name: 'c', format: null, schema: null }, 'x', checkAgainstSchema)).toEqual([]);
  });

  test('is held against patterns that would keep a backtracking engine busy for ever', () => {
    for (const pattern of ['^(a+)+$', '(a|a)*b$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(?:x|x|a)*$^']) {
      expect(check(`a: ${'a'.repeat(5000)}!`, 'yaml', { properties: { a: { pattern } } })).toEqual([
        ['config-schema', 1, `config.yaml, line 1: a must match pattern "${pattern}".`],
      ]);
    }
  });

  test('has its patterns looked for anywhere in the value, and kept apart', () => {
    const properties = {
      a: { pattern: 'b+' },
      c: { pattern: '^b|d$' },
      e: { pattern: '^\\p{Lu}' },
      f: { pattern: 'b+' },
    };
    expect(check('a: abba\nc: xd\ne: Émile\nf: b', 'yaml', { properties })).toEqual([]);
    expect(check('a: acca\nc: dx\ne: émile\nf: ""', 'yaml', { properties }).map(([, line]) => line)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test('is not called wrong for a schema that cannot tell', () => {
    expect(check('a: 1', 'yaml', { $ref: '#' })).toEqual([
      [
        'config-not-checked',
        null,
        'config.yaml could not be checked: the template’s schema refers to itself without end.',
      ],
    ]);
    expect(check('a: 1', 'yaml', { $ref: 'https://example.org/schema.json' })[0]?.[2]).toContain(
      'only references within the schema are followed',
    );
  });

  test('under a schema with an older $schema, or an $id seen before, is checked', () => {
    const old = { $schema: 'http://json-schema.org/draft-07/schema#', $id: 'https://example.org/s', type: 'array' };
    expect(check('a: 1', 'yaml', old)[0]?.[2]).toContain('must be array');
    expect(check('a: 1', 'yaml', { ...old })[0]?.[2]).toContain('must be array');
    expect(check('a: 1', 'yaml', { $id: 'https://json-schema.org/draft/2020-12/schema' })[0]?.[2]).toContain(
      'schema is not valid',
    );
    expect(check('a: 1', 'yaml', { type: 'array' })[0]?.[2]).toContain('must be array');
  });

  test.each(['!!omap [a: 1]', '!!pairs [a: 1]', '!!set {a}', '!!binary aGVsbG8=', '!!timestamp 2001-01-01', '!mine 1'])(
    'with the tag of %s is wrong there',
    (value) => {
      expect(check(`a: 1\nb: ${value}\n`, 'yaml', {}).map(([rule]) => rule)).toEqual(['config-syntax']);
      expect(check(`a: 1\nb: ${value}\n`, 'yaml', {})[0]?.[2]).toContain('line 2');
    },
  );

  test('may hold anything: there is an answer', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        fc.constantFrom<FileSlot['format']>('yaml', 'json'),
        (text, format) => {
          for (const [rule] of check(text, format)) expect(rule).toMatch(/^config-/);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of any JSON value is accepted by a schema that asks nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(
          check(JSON.stringify(value, null, 1), 'json', {}).filter(([rule]) => rule !== 'config-not-checked'),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
