import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PlainData } from '../domain/bounds/schemas.ts';
import { MAX_CALL_BYTES, MAX_ITEMS, MAX_LINE, MAX_TEXT, TOO_LONG } from '../domain/bounds/limits.ts';
import { operations } from './index.ts';

type Definition = z.core.$ZodTypes['_zod']['def'];

/** The checks of a schema, its format among them, by their names. */
const checksOf = (definition: Definition): Record<string, unknown>[] => [
  definition as unknown as Record<string, unknown>,
  ...(definition.checks ?? []).map((check) => check._zod.def as unknown as Record<string, unknown>),
];

const has = (definition: Definition, check: string): boolean =>
  checksOf(definition).some((each) => each['check'] === check);

/** An expression that names from its beginning to its end how often everything may stand there. */
const isFinite = (pattern: unknown): boolean =>
  pattern instanceof RegExp &&
  /^\^.*\$$/.test(pattern.source) &&
  !/(?<!\\)[*+]|\{\d+,\}/.test(pattern.source.replaceAll(/\[[^\]]*\]/g, ''));

/** Where a schema takes as much as somebody likes to send. */
function unbounded(schema: z.core.$ZodType, path: string): string[] {
  if (schema === PlainData) return [];
  const { def: definition } = (schema as z.core.$ZodTypes)._zod;
  const hasBoundedKeys = z.globalRegistry.get(schema)?.['maxProperties'] !== undefined;
  switch (definition.type) {
    case 'string':
      return has(definition, 'max_length') ||
        has(definition, 'length_equals') ||
        checksOf(definition).some((check) => isFinite(check['pattern']))
        ? []
        : [`${path}: a text`];
    case 'number':
      return has(definition, 'less_than') && has(definition, 'greater_than') ? [] : [`${path}: a number`];
    case 'boolean':
    case 'literal':
    case 'enum':
    case 'null':
      return [];
    case 'array':
      return [
        ...(has(definition, 'max_length') ? [] : [`${path}: a list`]),
        ...unbounded(definition.element, `${path}[]`),
      ];
    case 'record':
      return [...(hasBoundedKeys ? [] : [`${path}: a record`]), ...unbounded(definition.valueType, `${path}.*`)];
    case 'object':
      return [
        ...Object.entries(definition.shape).flatMap(([key, each]) => unbounded(each, `${path}.${key}`)),
        ...(definition.catchall === undefined
          ? []
          : [...(hasBoundedKeys ? [] : [`${path}: a record`]), ...unbounded(definition.catchall, `${path}.*`)]),
      ];
    case 'union':
      return definition.options.flatMap((each) => unbounded(each, path));
    case 'optional':
    case 'nullable':
    case 'default':
    case 'nonoptional':
      return unbounded(definition.innerType, path);
    default:
      return [`${path}: ${definition.type}, of which no bound is known`];
  }
}

describe('bounds of inputs', () => {
  it.each(Object.entries(operations))('%s takes no text, list, record or number without end', (name, { input }) => {
    expect(unbounded(input, name)).toEqual([]);
  });

  it('finds what has none', () => {
    const open = z.object({
      text: z.string(),
      list: z.array(z.string().max(3)),
      record: z.record(z.string(), z.boolean()),
      number: z.number(),
      whole: z.int().min(0),
      grammar: z.string().regex(/^a+$/),
      any: z.unknown(),
    });
    expect(unbounded(open, 'open').map((each) => each.replace(/:.*/, ''))).toEqual([
      'open.text',
      'open.list',
      'open.record',
      'open.number',
      'open.whole',
      'open.grammar',
      'open.any',
    ]);
  });

  it('says what is too long', () => {
    const said = (name: keyof typeof operations, input: unknown): string | undefined =>
      operations[name].input.safeParse(input).error?.issues[0]?.message;
    expect(said('templates.tryScript', { text: 'a'.repeat(MAX_TEXT) })).toBeUndefined();
    expect(said('templates.tryScript', { text: 'a'.repeat(MAX_TEXT + 1) })).toBe(TOO_LONG);
    expect(said('files.describe', { handles: Array<string>(MAX_ITEMS + 1).fill('f0123456789abcdef') })).toBe(
      `has more than ${MAX_ITEMS} entries`,
    );
    expect(
      said('templates.tryScript', {
        text: '',
        parameters: Object.fromEntries(Array.from({ length: MAX_ITEMS + 1 }, (_, at) => [`p${at}`, 1])),
      }),
    ).toBe(`has more than ${MAX_ITEMS} entries`);
    expect(said('templates.tryScript', { text: '', parameters: { ['k'.repeat(MAX_LINE)]: 1 } })).toMatch(
      /has a key of more than/,
    );
    expect(
      said('templates.edit', {
        text: '',
        edits: [{ kind: 'set', path: ['a'], value: JSON.parse('['.repeat(50) + ']'.repeat(50)) as unknown }],
      }),
    ).toMatch(/nested more than/);
    expect(
      said('templates.edit', { text: '', edits: [{ kind: 'set', path: Array<string>(50).fill('a'), value: 1 }] }),
    ).toMatch(/entries/);
  });

  it('lets the largest import through the HTTP host, in its longest spelling', () => {
    const file = { name: 'script.sbatch', text: '\0'.repeat(MAX_TEXT) };
    expect(operations['templates.import'].input.safeParse({ files: Array(4).fill(file) }).success).toBe(true);
    expect(JSON.stringify({ files: Array(4).fill(file) }).length).toBeLessThanOrEqual(MAX_CALL_BYTES);
  });
});
