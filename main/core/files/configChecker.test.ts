import { inEnglish } from '../../../shared/domain/problem/testing/inEnglish.ts';
import { afterEach, describe, expect, test } from 'vitest';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { createConfigChecker, type ConfigChecker } from './configChecker.ts';

let checker: ConfigChecker;
afterEach(() => checker.dispose());

const slot = (
  schema: Record<string, unknown> | null,
  name = 'config',
): Pick<FileSlot, 'name' | 'format' | 'schema'> => ({ name, format: 'yaml', schema });
const told = async (answer: ReturnType<ConfigChecker['check']>): Promise<unknown[]> =>
  inEnglish(await answer).map(({ rule, severity, code, message }) => [rule, severity, code, message]);

/** Look-ahead is beyond the linear matcher: this one keeps the engine of the language busy for ever. */
const PATTERN = { properties: { a: { pattern: '^(?=a)(a+)+$' } } };
const TEXT = `a: ${'a'.repeat(60)}!\n`;
/** 2^40 ways through references that each are looked at twice. */
const doubled = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [
    `d${String(n)}`,
    { allOf: [{ $ref: `#/$defs/d${String(n + 1)}` }, { $ref: `#/$defs/d${String(n + 1)}` }] },
  ]),
);
const REFERENCES = { $ref: '#/$defs/d0', $defs: { ...doubled, d40: { type: 'object', minProperties: 1 } } };
const deep = (levels: number): Record<string, unknown> =>
  levels === 0 ? { type: 'object' } : { allOf: [deep(levels - 1)] };
const wide = (marker: string): Record<string, unknown> => ({
  title: marker,
  properties: Object.fromEntries(
    Array.from({ length: 16_000 }, (_, n) => [`k${String(n)}`, { type: 'string', minLength: n }]),
  ),
});

const SLOW = 'could not be checked: the template’s schema took longer than 0.5 s.';

/** The longest that the main thread was not to be had, in milliseconds. */
function holds(): () => number {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}

describe('a schema that would run for ever', () => {
  test.each([
    ['by its pattern', PATTERN, TEXT],
    ['by its references', REFERENCES, 'a: 1\n'],
    ['by its size', wide('size'), 'k3: x\n'],
  ])('%s costs its file a warning, once; other files are checked as ever', async (_, schema, text) => {
    checker = createConfigChecker({ limitMs: 500 });
    const fine = slot({ properties: { n: { type: 'integer' } } });
    const [first, good, second] = await Promise.all([
      checker.check(text, slot(schema), 'one.yaml'),
      checker.check('n: x\n', fine, 'two.yaml'),
      checker.check(text, slot({ ...schema }), 'three.yaml'),
    ]);
    expect(inEnglish(first)).toMatchObject([
      { rule: 'config-not-checked', severity: 'warning', code: 1003, message: `one.yaml ${SLOW}` },
    ]);
    expect(inEnglish(second)).toMatchObject([{ message: `three.yaml ${SLOW}` }]);
    expect(inEnglish(good)).toMatchObject([
      { rule: 'config-schema', line: 1, message: 'two.yaml, line 1: n must be integer.' },
    ]);
  });

  test('costs twelve files that wait together one limit, and the main thread nothing', async () => {
    checker = createConfigChecker({ limitMs: 1000 });
    await checker.check('n: 1\n', slot({}), 'first.yaml');
    const longest = holds();
    const began = performance.now();
    const files = Array.from({ length: 12 }, (_, n) =>
      checker.check(`${TEXT}n: ${String(n)}\n`, slot({ ...PATTERN }), `f${String(n)}.yaml`),
    );
    const answers = await Promise.all(files);
    const elapsed = performance.now() - began;
    expect(answers.flat().map(({ rule }) => rule)).toEqual(Array.from({ length: 12 }, () => 'config-not-checked'));
    expect(elapsed).toBeGreaterThan(900);
    expect(elapsed).toBeLessThan(6000);
    // 20 ms is meant; the rest is room for a computer with other things to do
    expect(longest()).toBeLessThan(100);
  });

  test('is not one that is merely deep; one that refers to itself or to elsewhere is told as what it is', async () => {
    checker = createConfigChecker();
    expect(await told(checker.check('a: 1\n', slot(deep(40)), 'c.yaml'))).toEqual([]);
    expect(await told(checker.check('a: 1\n', slot({ $ref: '#' }), 'c.yaml'))).toEqual([
      [
        'config-not-checked',
        'warning',
        1003,
        'c.yaml could not be checked: the template’s schema refers to itself without end.',
      ],
    ]);
    expect(await told(checker.check('a: 1\n', slot({ $ref: 'http://127.0.0.1:9/s.json' }), 'c.yaml'))).toEqual([
      [
        'config-not-checked',
        'warning',
        1003,
        expect.stringContaining('only references within the schema are followed'),
      ],
    ]);
    expect(await told(checker.check('a: 1\n', slot({ type: 'object' }), 'c.yaml'))).toEqual([]);
  });
});

describe('checking', () => {
  test('of a megabyte happens beside the main thread', async () => {
    checker = createConfigChecker({ limitMs: 20_000 });
    await checker.check('n: 1\n', slot({}), 'first.yaml');
    const text = Array.from({ length: 4000 }, (_, n) => `key_${String(n)}: ${'x'.repeat(200)}\n`).join('');
    const longest = holds();
    expect(await checker.check(text, slot({ additionalProperties: { type: 'string' } }), 'large.yaml')).toEqual([]);
    expect(longest()).toBeLessThan(100);
  });

  test('ends for who gives it up, and goes on for the others', async () => {
    checker = createConfigChecker({ limitMs: 500 });
    const stop = new AbortController();
    const given = checker.check(TEXT, slot(PATTERN), 'a.yaml', stop.signal);
    const waiting = checker.check('n: 1\n', slot(null), 'b.yaml', stop.signal);
    const other = checker.check('n: 1\n', slot(null), 'c.yaml');
    stop.abort();
    await expect(given).rejects.toMatchObject({ name: 'CANCELLED' });
    await expect(waiting).rejects.toMatchObject({ name: 'CANCELLED' });
    expect(await other).toEqual([]);
    await expect(checker.check('n: 1\n', slot(null), 'd.yaml', stop.signal)).rejects.toMatchObject({
      name: 'CANCELLED',
    });
  });

  test('tells who writes a template what only compiling shows', async () => {
    checker = createConfigChecker({ limitMs: 500 });
    expect(await checker.schemaFault({ type: 'object' })).toBeNull();
    expect(await checker.schemaFault({ $id: 'https://example.org/a', $ref: 'b' })).toMatchObject({ tooMuch: false });
    expect(await checker.schemaFault(wide('fault'))).toEqual({
      reason: { id: 'files.gaveUp.schemaTooLong', values: { seconds: 0.5 } },
      tooMuch: true,
    });
  });

  test('that is over when the program ends is cancelled', async () => {
    checker = createConfigChecker();
    const open = expect(checker.check(TEXT, slot(PATTERN), 'a.yaml')).rejects.toMatchObject({ name: 'CANCELLED' });
    await checker.dispose();
    await open;
  });
});
