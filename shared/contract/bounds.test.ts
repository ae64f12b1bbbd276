import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PlainData } from '../domain/bounds/schemas.ts';
import { message, type Message } from '../messages/message.ts';
import { complaintOf, said } from '../domain/bounds/complaint.ts';
import { MAX_CALL_BYTES, MAX_ITEMS, MAX_LINE, MAX_NAME, MAX_TEXT, PLAIN_DATA_LIMITS } from '../domain/bounds/limits.ts';
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

/** Where a schema says in words of its own, which are of one language, what it refuses. */
function worded(schema: z.core.$ZodType, path: string, seen = new Set<unknown>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const found = [schema, ...(schema._zod.def.checks ?? [])].filter(
    ({ _zod: { def } }) => 'error' in def && def.error !== undefined,
  );
  const within = (value: unknown, at: string): string[] =>
    value instanceof z.core.$ZodType
      ? worded(value, at, seen)
      : typeof value === 'object' && value !== null && !(value instanceof RegExp)
        ? Object.entries(value).flatMap(([key, each]) => within(each, `${at}.${key}`))
        : [];
  const {
    innerType,
    element,
    keyType,
    valueType,
    options,
    shape,
    items,
    in: before,
    out,
  } = {
    ...schema._zod.def,
  } as Record<string, unknown>;
  return [
    ...found.map(() => path),
    ...within({ innerType, element, keyType, valueType, options, shape, items, before, out }, path),
  ];
}

describe('what inputs are refused for', () => {
  it.each(Object.entries(operations))('%s says it in messages, in every language', (name, { input }) => {
    expect(worded(input, name)).toEqual([]);
  });

  it('finds words of one language', () => {
    const some = z.object({
      a: z.string().max(3, 'too long'),
      b: z.array(z.string({ error: 'a text' })).optional(),
      c: z.union([z.string(), z.int().refine((n) => n > 1, 'one')]),
      d: z.int().refine((n) => n > 1, said(message('complaints.notValid'))),
    });
    expect(worded(some, 'some')).toEqual(['some.shape.a', 'some.shape.b.innerType.element', 'some.shape.c.options.1']);
  });
});

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
    const saidOf = (name: keyof typeof operations, input: unknown): Message | undefined => {
      const issue = operations[name].input.safeParse(input).error?.issues[0];
      return issue === undefined ? undefined : complaintOf(issue, input);
    };
    expect(saidOf('templates.tryScript', { text: 'a'.repeat(MAX_TEXT) })).toBeUndefined();
    expect(saidOf('templates.tryScript', { text: 'a'.repeat(MAX_TEXT + 1) })).toEqual(
      message('complaints.muchText', { most: '1 MiB' }),
    );
    expect(saidOf('files.describe', { handles: Array<string>(MAX_ITEMS + 1).fill('f0123456789abcdef') })).toEqual(
      message('complaints.manyEntries', { most: MAX_ITEMS }),
    );
    expect(
      saidOf('templates.tryScript', {
        text: '',
        parameters: Object.fromEntries(Array.from({ length: MAX_ITEMS + 1 }, (_, at) => [`p${at}`, 1])),
      }),
    ).toEqual(message('complaints.manyEntries', { most: MAX_ITEMS }));
    expect(saidOf('templates.tryScript', { text: '', parameters: { ['k'.repeat(MAX_LINE)]: 1 } })).toEqual(
      message('complaints.longKey', { most: MAX_NAME }),
    );
    expect(
      saidOf('templates.edit', {
        text: '',
        edits: [{ kind: 'set', path: ['a'], value: JSON.parse('['.repeat(50) + ']'.repeat(50)) as unknown }],
      }),
    ).toEqual(message('complaints.deep', { most: PLAIN_DATA_LIMITS.depth }));
    expect(
      saidOf('templates.edit', { text: '', edits: [{ kind: 'set', path: Array<string>(50).fill('a'), value: 1 }] }),
    ).toEqual(message('complaints.manyEntries', { most: PLAIN_DATA_LIMITS.depth }));
  });

  it('lets the largest import through the HTTP host, in its longest spelling', () => {
    const file = { name: 'script.sbatch', text: '\0'.repeat(MAX_TEXT) };
    expect(operations['templates.import'].input.safeParse({ files: Array(4).fill(file) }).success).toBe(true);
    expect(JSON.stringify({ files: Array(4).fill(file) }).length).toBeLessThanOrEqual(MAX_CALL_BYTES);
  });
});
