import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchGlob } from '../../lib/glob.ts';
import type { DraftFile } from '../job/draft.ts';
import { classifyFile } from './fileKind.ts';
import {
  belongsToUs,
  fileVariable,
  matchFiles,
  MAX_REMOTE_NAME_BYTES,
  planRunFiles,
  remoteNameOf,
  slotFileName,
} from './fileSlots.ts';
import type { FileSlot } from './schema.ts';

const slot = (name: string, pattern: string, required = true): FileSlot => ({
  name,
  pattern,
  required,
  description: '',
  type: 'data',
  maxSize: 1e9,
  format: null,
  schema: null,
});
let serial = 0;
const file = (name: string, slotName: string | null = null): DraftFile => ({
  handle: `f${String((serial += 1)).padStart(16, '0')}` as DraftFile['handle'],
  name,
  size: 1,
  slot: slotName,
});
const bytes = (text: string): number => Buffer.byteLength(text);

describe('a slot’s file', () => {
  test.each([
    ['training_script', '*.py', 'training_script.py'],
    ['dataset', '*.tar.gz', 'dataset.tar.gz'],
    ['initial_condition', 'init_*.dat', 'initial_condition.dat'],
    ['config', 'config.yaml', 'config.yaml'],
    ['config', '*.{yaml,yml}', 'config.yaml'],
    ['config', 'settings.{json,yaml}', 'settings.json'],
    ['anything', '*', 'anything'],
    ['source', '*.[ch]', 'source'],
    ['table', '*_final.csv', 'table.csv'],
    ['script', 'job.sh', '_job.sh'],
    ['up', '../../etc/passwd', 'passwd'],
  ])('of slot %s with pattern %s is found as %s', (name, pattern, expected) => {
    expect(slotFileName({ name, pattern })).toBe(expected);
  });

  test('is named by its slot in the script', () => {
    expect(fileVariable('training_script')).toBe('FILE_TRAINING_SCRIPT');
  });

  test('is classified by its ending', () => {
    expect([
      classifyFile('a.py'),
      classifyFile('a.YAML'),
      classifyFile('net.pth'),
      classifyFile('d.tar.gz'),
      classifyFile('README'),
    ]).toEqual(['code', 'config', 'model', 'data', 'other']);
    expect([classifyFile('Makefile'), classifyFile('CMakeLists.txt')]).toEqual(['code', 'code']);
  });
});

describe('dropped files', () => {
  test('go to the slots whose pattern they fit', () => {
    const slots = [
      slot('training_script', '*.py'),
      slot('dataset', '*.tar.gz'),
      slot('model', '*.pth', false),
      slot('config', 'config.yaml'),
    ];
    const matched = matchFiles(slots, [
      file('train.py'),
      file('images.tar.gz'),
      file('config.yaml'),
      file('notes.txt'),
    ]);
    expect(matched.map((f) => f.slot)).toEqual(['training_script', 'dataset', 'config', null]);
  });

  test('that a person placed stay where they are', () => {
    const matched = matchFiles(
      [slot('a', '*.py'), slot('b', '*.py')],
      [file('x.py'), file('y.py', 'a'), file('z.txt', 'b')],
    );
    expect(matched.map((f) => f.slot)).toEqual([null, 'a', 'b']);
  });

  test('go to the narrow slot even when a wide one comes first', () => {
    expect(
      matchFiles([slot('any', '*'), slot('config', 'config.yaml')], [file('config.yaml'), file('x.dat')]).map(
        (f) => f.slot,
      ),
    ).toEqual(['config', 'any']);
  });

  test('fill a required slot before an optional one', () => {
    expect(matchFiles([slot('extra', '*.csv', false), slot('table', '*')], [file('a.csv')])[0]?.slot).toBe('table');
  });

  test('make room when another arrangement fills more slots', () => {
    const matched = matchFiles([slot('one', '*.a'), slot('two', 'x.*')], [file('x.a'), file('x.b')]);
    expect(new Set(matched.map((f) => f.slot))).toEqual(new Set(['one', 'two']));
    expect(
      matchFiles([slot('first', '*', true), slot('named', 'x.a', false)], [file('x.a'), file('y.a')]).map(
        (f) => f.slot,
      ),
    ).toEqual(['named', 'first']);
  });

  test('are each in at most one slot, each slot holds at most one, and every placement fits its pattern', () => {
    const patterns = fc.constantFrom('*', '*.py', 'a*', 'a.py', '*.{py,txt}', '[ab].*');
    const names = fc.constantFrom('a.py', 'b.py', 'a.txt', 'b.txt', 'c');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(patterns, fc.boolean()), { maxLength: 6 }),
        fc.array(names, { maxLength: 8 }),
        (shapes, fileNames) => {
          const slots = shapes.map(([pattern, required], i) => slot(`s${String(i)}`, pattern, required));
          const matched = matchFiles(
            slots,
            fileNames.map((name) => file(name)),
          );
          const used = matched.flatMap((f) => (f.slot === null ? [] : [f.slot]));
          expect(new Set(used).size).toBe(used.length);
          for (const f of matched)
            if (f.slot !== null) expect(matchGlob(slots.find((s) => s.name === f.slot)!.pattern, f.name)).toBe(true);
          // nothing that fits an empty slot is left over
          const empty = slots.filter((s) => !used.includes(s.name));
          for (const f of matched)
            if (f.slot === null) expect(empty.some((s) => matchGlob(s.pattern, f.name))).toBe(false);
        },
      ),
    );
  });
});

describe('names in the run folder', () => {
  test.each([
    ['train.py', 'train.py'],
    ['my data (1).csv', 'my data (1).csv'],
    ['it\'s $(rm -rf ~) `x` "y".txt', 'it\'s $(rm -rf ~) `x` "y".txt'],
    ['데이터.csv', '데이터.csv'],
    ['e\u0301.csv', 'é.csv'],
    ['-rf', '_-rf'],
    ['--help.txt', '_--help.txt'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['C:\\data\\x.csv', 'C:_data_x.csv'],
    ['two\nlines\u0000.txt', 'two_lines_.txt'],
    ['gnp\u202Eexe.txt', 'gnp_exe.txt'],
    ['\ud800.txt', '_.txt'],
    ['.', '_.'],
    ['..', '_..'],
    ['', 'file'],
    ['   ', 'file'],
    ['.slipway', '_.slipway'],
    ['job.sh', '_job.sh'],
    ['JOB.SH', '_JOB.SH'],
    ['slurm-4711.out', '_slurm-4711.out'],
    ['slurm-4711.err', '_slurm-4711.err'],
  ])('%j becomes %j', (name, expected) => {
    expect(remoteNameOf(name)).toBe(expected);
  });

  test('are cut between characters and keep their ending', () => {
    const name = remoteNameOf(`${'한'.repeat(200)}.tar.gz`);
    expect(bytes(name)).toBeLessThanOrEqual(MAX_REMOTE_NAME_BYTES);
    expect(name).toMatch(/^한+\.tar\.gz$/);
  });

  const plan = (slots: FileSlot[], files: DraftFile[], generated: string[] = []) =>
    planRunFiles({ files: slots, generatedFiles: generated.map((name) => ({ name, content: '' })) }, files);

  test('follow the order of the slots, then that of the other files', () => {
    const planned = plan(
      [slot('script', '*.py'), slot('config', 'config.yaml')],
      [file('notes.txt'), file('config.yaml', 'config'), file('train.py', 'script')],
    );
    expect(planned.map(({ slot: s, index, remoteName, linkName }) => [s, index, remoteName, linkName])).toEqual([
      ['script', 0, 'train.py', 'script.py'],
      ['config', 1, 'config.yaml', null],
      [null, 2, 'notes.txt', null],
    ]);
  });

  test('of two files with the same name are numbered', () => {
    expect(plan([], [file('a.tar.gz'), file('A.tar.gz'), file('a.tar.gz')]).map((f) => f.remoteName)).toEqual([
      'a.tar.gz',
      'A_2.tar.gz',
      'a_3.tar.gz',
    ]);
    expect(plan([], [file('slurm.out'), file('slurm.out')]).some((f) => belongsToUs(f.remoteName))).toBe(false);
  });

  test('leave the name of every slot to that slot, filled or not', () => {
    const planned = plan(
      [slot('script', '*.py'), slot('model', '*.pth', false)],
      [file('model.pth'), file('a.py', 'script'), file('script.py')],
    );
    expect(planned.map((f) => f.remoteName)).toEqual(['a.py', 'model_2.pth', 'script_2.py']);
  });

  test('leave the names of generated files to those', () => {
    expect(plan([], [file('run.mdp')], ['run.mdp'])[0]?.remoteName).toBe('run_2.mdp');
  });

  test('take the slot’s own spelling where only the case differs', () => {
    expect(plan([slot('config', 'config.yaml')], [file('Config.yaml', 'config')])[0]).toMatchObject({
      remoteName: 'config.yaml',
      linkName: null,
    });
  });

  test('of a file never meet the temporary name of another’s upload', () => {
    expect(plan([], [file('a.part'), file('a')]).map((f) => f.remoteName)).toEqual(['a.part', 'a_2']);
    expect(plan([], [file('a'), file('a.part')]).map((f) => f.remoteName)).toEqual(['a', 'a_2.part']);
  });

  test('of a second file for a slot make it an extra one', () => {
    expect(
      plan([slot('script', '*.py')], [file('a.py', 'script'), file('b.py', 'script')]).map((f) => [
        f.slot,
        f.remoteName,
      ]),
    ).toEqual([
      ['script', 'a.py'],
      [null, 'b.py'],
    ]);
  });

  test('are unique, harmless, short and repeatable for whatever names people have', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom('a', 'A', '.', '/', '\\', '-', ' ', '\n', '\0', '$', "'", '한', '\u202e', 'é', 'e\u0301'),
        maxLength: 12,
      }),
      fc.constantFrom('job.sh', '.slipway', 'slurm-1.out', 's0.py', 's1', 'config.yaml', 'a.part', 'a', 'A'),
    );
    const patterns = fc.constantFrom('*.py', '*', 'config.yaml', 'job.sh', '../x', 's0.py', 'slurm-*.out');
    fc.assert(
      fc.property(
        fc.array(patterns, { maxLength: 4 }),
        fc.array(fc.tuple(hostile, fc.option(fc.nat(4))), { maxLength: 12 }),
        (shapes, given) => {
          const slots = shapes.map((pattern, i) => slot(`s${String(i)}`, pattern));
          const files = given.map(([name, s]) => file(name, s === null ? null : `s${String(s)}`));
          const planned = plan(slots, files, ['run.mdp']);
          expect(planned.length).toBe(files.length);
          expect(planned.map((f) => f.index)).toEqual(files.map((_, i) => i));
          const names = planned.flatMap((f) => (f.linkName === null ? [f.remoteName] : [f.remoteName, f.linkName]));
          const keys = [...names, 'run.mdp'].map((name) => name.normalize('NFC').toLowerCase().normalize('NFC'));
          expect(new Set(keys).size).toBe(keys.length);
          for (const name of names) {
            expect(bytes(name)).toBeLessThanOrEqual(MAX_REMOTE_NAME_BYTES);
            expect(name).not.toMatch(/[/\\\p{Cc}]|^-|^\.{0,2}$|^\s|\s$/u);
            expect(belongsToUs(name)).toBe(false);
            expect(name).not.toMatch(/\p{Cs}/u);
          }
          expect(plan(slots, files, ['run.mdp'])).toEqual(planned);
        },
      ),
      { numRuns: 400 },
    );
  });
});
