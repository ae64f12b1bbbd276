/** Every operation on template texts answers, whatever passes its schema: with a designed error, and without holding up the others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationName } from '../../../../shared/contract/index.ts';
import { MAX_TEXT } from '../../../../shared/domain/bounds/limits.ts';
import { createDispatch, type Dispatch } from '../../../hosts/dispatch.ts';
import { randomId } from '../../../hosts/program.ts';
import { startCore, type CoreUnderTest } from '../../testing/coreUnderTest.ts';
import { adviseAt } from './completion.ts';
import { createTemplateWork } from '../library/workThread.ts';

let folder: string;
let app: CoreUnderTest;
let dispatch: Dispatch;
const bugs: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-bounded-'));
  app = await startCore({ dataFolder: path.join(folder, 'data'), hostKeyFingerprint: '' });
  dispatch = createDispatch(
    app.core,
    {
      write: (_level, event, _id, details) => {
        if (event === 'bug') bugs.push(details);
      },
      query: () => Promise.resolve([]),
    },
    randomId,
  );
});
afterAll(async () => {
  await app.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Twice what is promised and more: the machine of a test may be busy. Milliseconds. */
const HELD_UP = 6000;

/** The code of the answer, 0 for a value; the main thread was not held up meanwhile. */
async function answer(name: OperationName, input: unknown): Promise<{ code: number; message: string }> {
  const delay = monitorEventLoopDelay();
  delay.enable();
  const envelope = await dispatch(name, input);
  // a turn of the loop, so that what held it up is counted
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  expect(delay.max / 1e6).toBeLessThan(HELD_UP);
  return envelope.ok ? { code: 0, message: '' } : { code: envelope.error.code, message: envelope.error.message };
}

const good = 'template:\n  id: a\nscript:\n  main_exec: "true"\n';
const upTo = (unit: string): string => good + unit.repeat(Math.floor((MAX_TEXT - good.length) / unit.length));
const TEXTS: readonly [string, string][] = [
  ['nothing', ''],
  ['~', '~'],
  ['keys', Array.from({ length: 90_000 }, (_, i) => `k${String(i)}: 1`).join('\n')],
  ['as many keys as are read', good + Array.from({ length: 8000 }, (_, i) => `k${String(i)}: 1`).join('\n')],
  ['brackets at the end', upTo('[')],
  ['blanks', `${good}x: |\n b${' '.repeat(500_000)}c\n${'   \n'.repeat(100_000)} d\n`],
  ['colons and numbers', `${good}x: "${':#'.repeat(500_000)}"\n`],
  ['keys that do not end', `${good}${'a'.repeat(1000)}${' '.repeat(900_000)}b`],
  ['braces', upTo('{a: ')],
  ['aliases', `${good}a: &a [x]\nb:\n${'  - *a\n'.repeat(3000)}`],
  ['parameters', `${good}parameters:\n${Array.from({ length: 2000 }, (_, i) => `  p${String(i)}: {}\n`).join('')}`],
];
const FIX = { label: '', field: 'slurm.time', value: 'x' };
const OFFER = { name: 'n', label: 'n', value: '1', line: 1, where: 'main_exec:1:1' };

describe.each(TEXTS)('a text of %s', (_, text) => {
  test('is answered by every operation that takes one', async () => {
    const set = (at: (string | number)[], value: unknown) => ({ text, edits: [{ kind: 'set', path: at, value }] });
    const calls: [OperationName, unknown][] = [
      ['templates.validate', { text }],
      ['templates.edit', set(['template', 'name'], 'x')],
      ['templates.edit', set(['zz', 'a'], { deep: [1, { a: 'b\n\n' }] })],
      [
        'templates.edit',
        {
          text,
          edits: [
            { kind: 'move', path: ['parameters'], from: 0, to: 2 },
            { kind: 'remove', path: ['x'] },
          ],
        },
      ],
      ['templates.applyFix', { text, fix: FIX }],
      ['templates.applyFix', { text, fix: { ...FIX, field: 'modules.1e9' } }],
      ['templates.acceptOffer', { text, offer: OFFER }],
      ['templates.tryScript', { text }],
      ['templates.tryFiles', { text, files: [] }],
      ['templates.import', { files: [{ name: 'job.sh', text }] }],
      [
        'templates.import',
        {
          files: [
            { name: 'form.yml', text },
            { name: 'manifest.yml', text },
          ],
        },
      ],
      ['templates.keepUnsaved', { key: 'k', text }],
      ...[1, 5, 5000, MAX_TEXT].flatMap((line) =>
        [1, 400, MAX_TEXT].map((column): [OperationName, unknown] => ['templates.advise', { text, line, column }]),
      ),
    ];
    for (const [name, input] of calls) expect([name, (await answer(name, input)).code]).not.toEqual([name, 9999]);
    expect(bugs).toEqual([]);
  }, 240_000);
});

describe('what is beyond the bounds', () => {
  test.each<[string, OperationName, unknown, string]>([
    [
      'a text over a megabyte',
      'templates.edit',
      { text: 'a'.repeat(MAX_TEXT + 1), edits: [{ kind: 'remove', path: ['a'] }] },
      'has more than 1 MiB of text',
    ],
    [
      'nineteen megabytes of brackets',
      'templates.applyFix',
      { text: '['.repeat(19_000_000), fix: FIX },
      'has more than 1 MiB of text',
    ],
    ['a line nobody has', 'templates.advise', { text: '', line: 2 ** 53 - 1, column: 1 }, 'line'],
    [
      'a path of five thousand steps',
      'templates.edit',
      { text: good, edits: [{ kind: 'remove', path: Array(5000).fill('a') }] },
      'path',
    ],
    ['a step before the first', 'templates.edit', { text: good, edits: [{ kind: 'remove', path: ['a', -1] }] }, 'path'],
    [
      'a value nested without end',
      'templates.edit',
      {
        text: good,
        edits: [{ kind: 'set', path: ['a'], value: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown }],
      },
      'nested more than 32 deep',
    ],
    [
      'a date',
      'templates.edit',
      { text: good, edits: [{ kind: 'set', path: ['a'], value: new Date(0) }] },
      'plain data',
    ],
    [
      'a map',
      'templates.edit',
      { text: good, edits: [{ kind: 'set', path: ['a'], value: { b: new Map([[1, 2]]) } }] },
      'plain data',
    ],
    ['a big integer', 'templates.edit', { text: good, edits: [{ kind: 'set', path: ['a'], value: 10n }] }, 'bigint'],
    ['infinity', 'templates.edit', { text: good, edits: [{ kind: 'set', path: ['a'], value: Infinity }] }, 'Infinity'],
    [
      'fifty scripts of a megabyte',
      'templates.import',
      { files: Array(50).fill({ name: 'a.sh', text: 'a'.repeat(MAX_TEXT) }) },
      'more than 4 MiB together',
    ],
  ])('%s is refused with its reason', async (_, name, input, reason) => {
    const { code, message } = await answer(name, input);
    expect(code).toBe(9001);
    expect(message).toContain(reason);
  });
});

describe('advice', () => {
  test('takes no longer for a place beyond the text, or for a deep line', () => {
    expect(adviseAt(good, 1_000_000_000, 1)).toEqual({ items: [], hover: null });
    expect(adviseAt('{a: '.repeat(200_000), 1, 800_000)).toEqual({ items: [], hover: null });
    const time = (size: number): number => {
      const text = `${good}parameters:${' '.repeat(size)}\n${'  a:\n'.repeat(size / 5)}`;
      const began = performance.now();
      adviseAt(text, 8, 3);
      return performance.now() - began;
    };
    time(10_000);
    const once = Math.max(2, Math.min(time(100_000), time(100_000)));
    expect(time(400_000)).toBeLessThan(once * 4 * 4);
  });
});

describe('work that takes too long', () => {
  test('is ended and told, and costs the next nothing', async () => {
    const work = createTemplateWork(1);
    const long = good + Array.from({ length: 5000 }, (_, i) => `k${String(i)}: 1`).join('\n');
    const input = { text: long, edits: [{ kind: 'set' as const, path: ['k1'], value: 2 }] };
    await expect(work.do('edit', input)).rejects.toMatchObject({ name: 'TEMPLATE_INVALID' });
    await work.dispose();
    const patient = createTemplateWork(60_000);
    const [first, second] = await Promise.all([
      patient.do('edit', input),
      patient.do('edit', { ...input, edits: [{ kind: 'set' as const, path: ['k2'], value: 3 }] }),
    ]);
    expect([first.text.includes('k1: 2'), second.text.includes('k2: 3')]).toEqual([true, true]);
    await patient.dispose();
  });
});
