import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { PRINTED_ID } from './submittedId.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-printed-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The id that is believed of each output, '' for none, in one process. */
function believed(outputs: readonly string[], shell = '/bin/sh'): string[] {
  outputs.forEach((output, i) => {
    writeFileSync(path.join(folder, String(i)), output);
  });
  const script = `${PRINTED_ID}\ni=0; while [ "$i" -lt ${String(outputs.length)} ]; do printed_id "$0/$i"; printf '%s\\n' "$id"; i=$((i + 1)); done`;
  const { stdout, stderr } = spawnSync(shell, ['-c', script, folder], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').slice(0, -1);
}

const BANNER =
  '\n-----\n  Welcome to the Vista Supercomputer\n-----\n\nNo reservation for this job\n--> Verifying valid submit host (login1)...OK\n';

describe('the id that sbatch printed', () => {
  it.each([
    ['alone', '4711\n', '4711'],
    ['with its cluster', '4711;other-2.site\n', '4711;other-2.site'],
    ['after a banner', `${BANNER}4711\n`, '4711'],
    ['before a notice', '4711\nThis job is charged to ada, 12 hours.\n', '4711'],
    ['with Windows line ends', '4711\r\n', '4711'],
    ['in colours', '\u001b[1;32m4711\u001b[0m\n', '4711'],
    ['in colours, with its cluster and blanks', ' \u001b[32m4711;other\u001b[0m \r\n', '4711;other'],
    ['the highest that there is', '4294967293\n', '4294967293'],
    ['beside a zero', '4711\n0\n', '4711'],
    ['said twice in the same way', 'Submitted batch job 4711\n4711\n', '4711'],
  ])('%s', (_, output, id) => {
    expect([believed([output]), believed([output], 'bash')]).toEqual([[id], [id]]);
  });

  it.each([
    ['a second number', '4711\n37\n'],
    ['a number before it', '37\n4711\n'],
    ['the same number twice', '4711\n4711\n'],
    ['another job beside it', 'Submitted batch job 4711\n37\n'],
    ['half a line', '47'],
    ['half a line after a number', '37\n4711'],
    ['a sentence only', 'Submitted batch job 4711\n'],
    ['a sentence of a federation', 'Submitted batch job 4711 on cluster slaking\n'],
    ['zero', '0\n'],
    ['zeros before it', '007\n'],
    ['too high a number', '4294967294\n'],
    ['a huge number', '99999999999999999999999\n'],
    ['a number with a sign', '-4711\n'],
    ['an array task', '4711_3\n'],
    ['a cluster without a name', '4711;\n'],
    ['two clusters', '4711;a;b\n'],
    ['a price', '4711.50\n'],
    ['a line that a carriage return overwrites', '37\r4711\n'],
    ['nothing', ''],
  ])('is not believed of %s', (_, output) => {
    expect([believed([output]), believed([output], 'bash')]).toEqual([[''], ['']]);
  });

  it('is right or none, whatever stands around it', () => {
    const number = fc.nat(99_999_999).map(String);
    const noise = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\0\n]/g, ' ')),
      number,
      fc.constantFrom(
        '',
        '0',
        BANNER.trim(),
        '--> OK',
        '12;3',
        'Balance: 37',
        '\u001b[31m37\u001b[0m',
        '37\r',
        ' 37 ',
        'Submitted batch job 37',
        '37;beta',
      ),
    );
    const id = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }).map(String);
    const form = fc.constantFrom<(id: string) => string>(
      (x) => x,
      (x) => `${x};alpha`,
      (x) => `\u001b[1m${x}\u001b[0m`,
      (x) => `${x}\r`,
      (x) => `Submitted batch job ${x}`,
    );
    const cases = fc.sample(
      fc.record({
        before: fc.array(noise, { maxLength: 4 }),
        id,
        form,
        after: fc.array(noise, { maxLength: 4 }),
        end: fc.constantFrom('\n', ''),
      }),
      // so many that some hundred are believed: how many are, chance decides
      2000,
    );
    const answers = believed(
      cases.map(
        ({ before, id: jobId, form: made, after, end }) => `${[...before, made(jobId), ...after].join('\n')}${end}`,
      ),
    );
    cases.forEach(({ id: jobId, before, after, form: made }, i) => {
      const printed = (answers[i] ?? '').split(';')[0];
      expect(['', jobId], JSON.stringify({ before, made: made(jobId), after, printed })).toContain(printed);
    });
    expect(answers.filter((answer) => answer !== '').length).toBeGreaterThan(20);
  });
});
