import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { directiveWords } from '../../../../shared/domain/request/directiveWords.ts';
import { readSbatchLines } from '../../../slurm/sbatchLines.ts';
import { sampleDraft, sampleProfile } from '../../scripts/testing/samples.ts';
import { createScriptMaker } from '../../scripts/scriptMaker.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { importTemplate } from './importTemplate.ts';
import { hasSbatch, openRealSbatch } from './testing/realSbatch.ts';

/** The script that the imported template makes. */
function again(script: string): string {
  const report = importTemplate([{ name: 'job.sh', text: script }]);
  const { template, problems } = parseTemplate(report.text, 'job.yaml');
  if (template === null) throw new Error(problems.map(({ rule }) => rule).join('\n'));
  return createScriptMaker().make({
    template,
    draft: sampleDraft({ jobName: template.name }),
    profile: sampleProfile,
    facts: null,
    runId: null,
  }).text;
}

/** What Slipway sets itself, which is not the script's any more. */
const OURS = ['job-name', 'output', 'error', 'open-mode', 'chdir'];
const TWINS: Readonly<Record<string, string>> = { oversubscribe: 'exclusive', 'no-requeue': 'requeue' };
const foreign = (options: ReadonlyMap<string, string>): Record<string, string> =>
  // two names of one field of sbatch's, which holds what was said last
  Object.fromEntries(
    [...options].filter(([name]) => !OURS.includes(name)).map(([name, value]) => [TWINS[name] ?? name, value]),
  );

/** Options with values that have their grammar, under their long and short names. */
const OPTIONS: readonly (readonly [long: string, short: string | null, values: readonly string[]])[] = [
  ['partition', 'p', ['gpu', 'short,long', 'a-b.c']],
  ['nodes', 'N', ['1', '2-4', '16']],
  ['ntasks', 'n', ['1', '48']],
  ['cpus-per-task', 'c', ['4']],
  ['ntasks-per-node', null, ['12']],
  ['mem', null, ['4G', '500M', '0', '4GB']],
  ['mem-per-cpu', null, ['2G']],
  ['time', 't', ['30', '04:00:00', '1-12', '1-12:30:00']],
  ['gres', null, ['gpu:2', 'gpu:a100:1,shard:4']],
  ['gpus', 'G', ['2', 'a100:1']],
  ['constraint', 'C', ['a100|v100', '[x*2&y*1]']],
  ['array', 'a', ['0-9', '1,3,5%2', '1-100:10']],
  ['dependency', 'd', ['afterok:4711', 'singleton']],
  ['account', 'A', ['chem']],
  ['qos', 'q', ['high']],
  ['mail-type', null, ['END,FAIL', 'ALL']],
  ['mail-user', null, ['mia@example.org']],
  ['exclude', 'x', ['n[1-3],n7']],
  // not from now on: two runs of sbatch would count from different seconds
  ['begin', 'b', ['tomorrow', '2037-05-06T07:08:09']],
  ['licenses', 'L', ['fluent:2']],
  ['signal', null, ['B:USR1@60']],
  ['output', 'o', ['out-%j.txt']],
  ['job-name', 'J', ['water']],
];
const FLAGS: readonly (readonly [string, string | null])[] = [
  ['exclusive', null],
  ['hold', 'H'],
  ['requeue', null],
  ['no-requeue', null],
  ['overcommit', 'O'],
  ['oversubscribe', 's'],
  ['contiguous', null],
  ['spread-job', null],
];

const quoted = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(text, `"${text}"`, `'${text}'`, `${text.slice(0, 1)}"${text.slice(1)}"`);
const option = fc
  .constantFrom(...OPTIONS)
  .chain(([long, short, values]) =>
    fc
      .constantFrom(...values)
      .chain((value) =>
        quoted(value).chain((spelled) =>
          fc.constantFrom(
            `--${long}=${spelled}`,
            `--${long} ${spelled}`,
            ...(short === null ? [] : [`-${short} ${spelled}`, `-${short}${spelled}`]),
          ),
        ),
      ),
  );
const flag = fc.constantFrom(
  ...FLAGS.flatMap(([long, short]) => [`--${long}`, ...(short === null ? [] : [`-${short}`])]),
);
const directiveLine = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: option }, { weight: 1, arbitrary: flag }), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.constantFrom(' ', '\t', '  '),
    fc.constantFrom('', ' # why', '#why', '   '),
  )
  .map(([options, blank, tail]) => `#SBATCH${blank}${options.join(blank)}${tail}`);
const otherLine = fc.constantFrom('', '# about', '##SBATCH --mem=1T', ' #SBATCH --mem=1T', '#sbatch -n 9', '\t');
const body = fc.constantFrom(
  '',
  'echo done\n',
  'module load gcc/12\n./run 3\n',
  'echo a \\\n  b\n#SBATCH --mem=7T\n',
  "cat <<'E'\n#SBATCH -n 3\nE\n",
);
const script = fc
  .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: directiveLine }, otherLine), { maxLength: 8 }), body)
  .map(([lines, rest]) => ['#!/bin/bash', ...lines, rest].join('\n'));

describe('an imported script asks Slurm for the same as before', () => {
  test('by our own reading of its lines, whatever their spelling', () => {
    fc.assert(
      fc.property(script, (text) => {
        const optionsOf = (source: string): Map<string, string> =>
          new Map(
            readSbatchLines(source.split('\n'))
              .components.flat()
              .filter(({ key }) => !OURS.includes(key.replaceAll('_', '-')))
              .map(({ key, value }) => [key, String(value).replace(/^4GB$/, '4G')]),
          );
        const before = optionsOf(text);
        const after = optionsOf(again(text));
        if (before.has('mail_type')) for (const map of [before, after]) map.delete('mail_type');
        // sbatch refuses both of these, and the later one is taken
        if (before.has('mem') && before.has('mem_per_cpu'))
          for (const map of [before, after]) for (const key of ['mem', 'mem_per_cpu']) map.delete(key);
        // mail types add up, and of two that say the opposite the last is taken, which the other test has sbatch itself judge
        for (const pair of [
          ['requeue', 'no_requeue'],
          ['exclusive', 'oversubscribe'],
        ])
          if (pair.every((key) => before.has(key)))
            for (const map of [before, after]) for (const key of pair) map.delete(key);
        expect(Object.fromEntries(after)).toEqual(Object.fromEntries(before));
      }),
      { numRuns: 200 },
    );
  });

  test('never throws and always makes a valid template, whatever the bytes', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        directiveLine,
        fc.constantFrom(
          '#SBATCH "',
          '#SBATCH :',
          '#SBATCH hetjob',
          '#SBATCH packjob',
          '#SBATCH -',
          '#SBATCH --=',
          '#SBATCH --__proto__=x',
          '#SBATCH -J \u0007',
          '#PBS -l nodes=1',
          '#!/usr/bin/env python3',
          'x="$(',
          "'",
          '<<E',
          '{{a}}',
          '---',
          ': |',
          '\t- x',
          '\r',
          '\u0085',
          '\u2028',
          '\ud800',
          ' ',
        ),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('job.sh', '\u0000.sbatch', 'ünï.sh', '…'),
        (lines, end, name) => {
          const report = importTemplate([{ name, text: lines.join(end) }]);
          expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('an import takes nothing that belongs to Slipway, in whatever spelling, and says what other schedulers’ lines mean', () => {
  const lines = [
    '#SLURM -J water',
    '#SBATCH --outp=x.out -Hey.err',
    '#SBATCH --cluster other --chd=/tmp',
    '#SBATCH --part=gpu',
    '#PBS -q long',
    'cat <<END >job.pbs',
    '#PBS -N kept',
    'END',
  ];
  const { text, notes } = importTemplate([{ name: 'job.sh', text: ['#!/bin/bash', ...lines, ''].join('\n') }]);
  const { template } = parseTemplate(text, 'job.yaml');
  expect(template?.slurm).toEqual({ hold: true, partition: 'gpu' });
  expect(template?.name).toBe('water');
  expect(template?.script.mainExec).toBe('cat <<END >job.pbs\n#PBS -N kept\nEND\n');
  for (const line of [3, 4, 6])
    expect([line, notes.some((note) => note.line === line && note.kind !== 'taken')]).toEqual([line, true]);
  expect(notes.find(({ line }) => line === 6)?.reason?.values['option']).toBe('--partition=long');
});

describe.skipIf(!hasSbatch)('as the real sbatch reads it', () => {
  const sbatch = openRealSbatch();
  afterAll(() => sbatch.dispose());

  test('the words of a directive are the same', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', '=', '-', '"', "'", '\\', '#', ' ', ':', 'é'),
      minLength: 1,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(word, async (text) => {
        // a value that anything may stand in
        const { words, fault } = directiveWords(` --comment=${text}`);
        const real = await sbatch.read(`#!/bin/bash\n#SBATCH --comment=${text}\n`);
        if (fault === null) expect(words).toEqual(real.words);
        else expect(real.options).toBeNull();
      }),
      { numRuns: 150 },
    );
  });

  test('the script made from the template has the same options', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (text) => {
        const before = await sbatch.read(text);
        // it refuses the whole script: there is nothing to keep
        fc.pre(before.options !== null);
        const after = await sbatch.read(again(text));
        expect(after.options).not.toBeNull();
        expect(foreign(after.options ?? new Map())).toEqual(foreign(before.options));
      }),
      { numRuns: 120 },
    );
  }, 60_000);
});
