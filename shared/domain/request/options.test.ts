import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directive, isJobName, mendJobName, optionKey, orderOptions, type OptionValue } from './options.ts';

const line = (key: string, value: OptionValue): string => {
  const result = directive(key, value);
  return result.kind === 'line' ? result.text : result.kind;
};
const mended = (key: string, value: OptionValue): string | null => {
  const result = directive(key, value);
  if (result.kind !== 'invalid') throw new Error(`${key}=${String(value)} is ${result.kind}`);
  return result.mended;
};

describe('a value that Slurm understands', () => {
  it.each<[string, OptionValue, string]>([
    ['partition', 'gpu', '--partition=gpu'],
    ['partition', 'gpu,gpu-long', '--partition=gpu,gpu-long'],
    ['nodes', 2, '--nodes=2'],
    ['nodes', '2-4', '--nodes=2-4'],
    ['cpus_per_task', '8', '--cpus-per-task=8'],
    ['mem', '32G', '--mem=32G'],
    ['mem', '32 GiB', '--mem=32G'],
    ['mem', '500mb', '--mem=500M'],
    ['mem', 4096, '--mem=4096'],
    ['mem', 0, '--mem=0'],
    ['time', '04:00:00', '--time=04:00:00'],
    ['time', '1-12', '--time=1-12'],
    ['time', 90, '--time=90'],
    ['time', 'UNLIMITED', '--time=UNLIMITED'],
    ['gres', 'gpu:a100:2,tmp:5', '--gres=gpu:a100:2,tmp:5'],
    ['gpus_per_node', 'a100:2', '--gpus-per-node=a100:2'],
    ['constraint', 'gpu_v100|gpu_a100', '--constraint=gpu_v100|gpu_a100'],
    ['constraint', '[rack1*2&rack2*4]', '--constraint=[rack1*2&rack2*4]'],
    ['constraint', '(knl&snc4)&!down', '--constraint=(knl&snc4)&!down'],
    ['array', '0-9,12%4', '--array=0-9,12%4'],
    ['dependency', 'afterok:4711:4712,afterany:5_3', '--dependency=afterok:4711:4712,afterany:5_3'],
    ['dependency', 'singleton', '--dependency=singleton'],
    ['mail_type', 'END,FAIL', '--mail-type=END,FAIL'],
    ['mail_user', 'mia@example.org', '--mail-user=mia@example.org'],
    ['nodelist', 'cn[01-04],cn07', '--nodelist=cn[01-04],cn07'],
    ['exclusive', true, '--exclusive'],
    ['exclusive', 'user', '--exclusive=user'],
    ['exclusive', false, 'absent'],
    ['requeue', false, '--no-requeue'],
    ['signal', 'B:USR1@120', '--signal=B:USR1@120'],
    ['licenses', 'abaqus:4', '--licenses=abaqus:4'],
    ['account', '', 'absent'],
    ['site_option', 'a.b', '--site-option=a.b'],
  ])('%s %s stands in the script as %s', (key, value, text) => {
    expect(line(key, value)).toBe(text);
  });
});

describe('a value that Slurm would misread', () => {
  it.each<[string, OptionValue, string | null]>([
    ['partition', 'gpu long', null],
    ['partition', 'gpu, long', 'gpu,long'],
    ['nodes', 0, null],
    ['ntasks', '2.5', '3'],
    ['mem', '1.5G', '1536M'],
    ['mem', 'lots', null],
    ['time', '36h', '36:00:00'],
    ['time', '2 days', '2-00:00:00'],
    ['time', '45 min', '45:00'],
    ['time', 'tomorrow', null],
    ['constraint', 'a | b', 'a|b'],
    ['constraint', '(a&b', null],
    ['array', '1, 3', '1,3'],
    ['array', 'all', null],
    ['dependency', 'afterok:$(id)', null],
    ['mem', true, null],
    ['comment', 'two words', null],
    ['__proto__', 'x', null],
    ['Upper', 'x', null],
  ])('%s %s is refused, and %s would do', (key, value, fix) => {
    expect(mended(key, value)).toBe(fix);
  });

  it('never gets its fix refused in turn', () => {
    for (const [key, value] of [
      ['time', '36h'],
      ['time', '2 days'],
      ['time', '45 min'],
      ['mem', '1.5G'],
      ['ntasks', '2.5'],
      ['partition', 'gpu, long'],
    ] as const) {
      expect(directive(key, mended(key, value) ?? '').kind).toBe('line');
    }
  });
});

it('options that Slipway must set itself are not passed on', () => {
  for (const key of ['output', 'error', 'chdir', 'parsable', 'wrap', 'open_mode', 'job_name', 'clusters'])
    expect(line(key, 'x')).toBe('ours');
});

it('what belongs to Slipway is refused by every beginning of its name, and no beginning is written', () => {
  for (const key of [
    'cluster',
    'clusters',
    'job_nam',
    'outp',
    'erro',
    'chd',
    'wra',
    'open_m',
    'pars',
    'autoc',
    'exter',
    'workdir',
  ])
    expect([key, directive(key, 'x').kind]).toEqual([key, 'ours']);
  for (const key of ['part', 'o', 'ntasks_per', 'accoun', 'clus'])
    expect([key, directive(key, 'x').kind]).toEqual([key, 'invalid']);
  expect(directive('mystery', 'x')).toEqual({ kind: 'line', text: '--mystery=x', known: false });
});

it('an option gets a value where sbatch wants one, and none where it refuses one', () => {
  expect(directive('contiguous', 'yes').kind).toBe('invalid');
  expect(directive('oversubscribe', 'yes').kind).toBe('invalid');
  expect(directive('wckey', true).kind).toBe('invalid');
  expect(directive('resv_ports', true)).toMatchObject({ kind: 'line', text: '--resv-ports' });
  expect(directive('no_kill', 'off')).toMatchObject({ kind: 'line', text: '--no-kill=off' });
});

it('whatever is given, a line of the script stays one line, without anything that sbatch or a shell would interpret', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '$(touch x)',
      '`id`',
      "a' --wrap='id",
      'a" b',
      'a\n#SBATCH --wrap=id',
      'a\r\nb',
      'a #b',
      'a\\',
      '-x',
      '--',
      '\u202egpu',
      'a\u2028b',
      'gpu;id',
      '*',
    ),
    fc
      .tuple(fc.constantFrom('gpu', '32G', '1-2', 'afterok:1'), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([start, end]) => start + end),
  );
  const key = fc.oneof(
    fc.constantFrom(
      'partition',
      'mem',
      'time',
      'gres',
      'constraint',
      'array',
      'dependency',
      'mail_user',
      'nodelist',
      'comment',
      'nodes',
      'begin',
    ),
    hostile,
  );
  fc.assert(
    fc.property(key, hostile, (option, value) => {
      const result = directive(option, value);
      if (result.kind === 'line') expect(result.text).toMatch(/^--[a-z][a-z0-9-]*(?:=[^\s'"\\#$`;<>\p{Cc}\p{Cf}]+)?$/u);
    }),
    { numRuns: 2000 },
  );
});

it('keys are spelled with hyphens or underscores, and stand in one order', () => {
  expect(optionKey('cpus-per-task')).toBe('cpus_per_task');
  expect(orderOptions(['zeta', 'time', 'alpha', 'partition'])).toEqual(['partition', 'time', 'alpha', 'zeta']);
});

describe('a job name', () => {
  it.each(['resnet-lr3', '계산_1', 'Größe.v2', 'a+b@c:d', 'x'.repeat(128)])('may be %s', (name) => {
    expect(isJobName(name)).toBe(true);
  });

  it.each<[string, string]>([
    ['my job', 'my-job'],
    ['', ''],
    ['$(id)', 'id'],
    ['a\nb', 'a-b'],
    ['\u202eabc', 'abc'],
    ['🙂', ''],
    ['x'.repeat(200), 'x'.repeat(128)],
    ['../../etc', '..-..-etc'],
  ])('may not be %j, but %j', (name, near) => {
    expect(isJobName(name)).toBe(false);
    expect(mendJobName(name)).toBe(near);
  });

  it('that was mended is always a good one, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const name = mendJobName(text);
        expect(name === '' || isJobName(name)).toBe(true);
      }),
    );
  });
});
