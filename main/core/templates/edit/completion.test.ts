import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { message, type Message } from '../../../../shared/messages/message.ts';
import { adviseAt } from './completion.ts';

/** What is offered where `|` stands. */
function offered(text: string): string[] {
  const at = text.indexOf('|');
  const before = text.slice(0, at).split('\n');
  return adviseAt(text.slice(0, at) + text.slice(at + 1), before.length, (before.at(-1)?.length ?? 0) + 1).items.map(
    ({ label }) => label,
  );
}
const explained = (text: string): Message | undefined => {
  const at = text.indexOf('|');
  const before = text.slice(0, at).split('\n');
  return adviseAt(text.slice(0, at) + text.slice(at + 1), before.length, (before.at(-1)?.length ?? 0) + 1).hover?.text;
};

describe('the editor offers', () => {
  test.each<[string, string, string[], string[]]>([
    ['sections in an empty file', '|', ['template', 'slurm', 'script'], ['input_file_schema']],
    ['sections that are not there yet', 'template:\n  id: t\n|', ['slurm', 'script'], ['template']],
    [
      'keys of a section',
      'template:\n  id: t\n  |\nscript:\n  main_exec: x\n',
      ['display_name', 'tags'],
      ['id', 'slurm'],
    ],
    ['keys while one is half written', 'template:\n  disp|\n', ['display_name'], []],
    ['words of a choice', 'template:\n  category: |\n', ['ml', 'cfd', 'custom'], []],
    ['options of Slurm', 'slurm:\n  partition: gpu\n  |', ['time', 'cpus_per_task', 'gres'], ['partition', 'output']],
    ['options of Slurm in braces', 'slurm: {partition: gpu, |', ['time'], ['partition']],
    ['an example of a value', 'slurm:\n  time: |', ['04:00:00'], []],
    ['keys of a value with rules', 'slurm:\n  nodes:\n    |', ['value', 'rules'], ['when']],
    ['parts of a script', 'script:\n  main_exec: date\n  |', ['finally_exec', 'on_signal'], ['main_exec']],
    ['keys of a parameter', 'parameters:\n  - name: a\n    |', ['type', 'visible_when'], ['name', 'epochs']],
    ['keys of a parameter in a list at the column of its key', 'parameters:\n- name: a\n  |', ['type'], ['name']],
    ['keys of the second parameter', 'parameters:\n  - name: a\n    type: text\n  - |', ['name', 'type'], []],
    ['keys of a parameter in braces', 'parameters:\n  - {name: a, ty|', ['type', 'label'], ['name']],
    ['keys of a parameter in a map', 'parameters:\n  epochs:\n    |', ['type', 'label'], ['name']],
    ['types', 'parameters:\n  - {name: a, type: |', ['integer', 'file'], []],
    ['fields in a condition', 'parameters:\n  - name: mode\n  - {name: b, visible_when: {field: |', ['mode', 'b'], []],
    [
      'keys of a rule',
      'parameters:\n  - name: a\n    rules:\n      - when: {b: 1}\n        |',
      ['max', 'default', 'options', 'label'],
      ['when', 'visible_when'],
    ],
    [
      'fields in the condition of a rule',
      'parameters:\n  - name: mode\n  - {name: b, rules: [{when: {field: |',
      ['mode', 'b'],
      [],
    ],
    [
      'keys of a slot in today’s spelling',
      'files:\n  input_schema:\n    required:\n      - |',
      ['name', 'pattern'],
      [],
    ],
    [
      'keys of a slot in the older one',
      'input_file_schema:\n  required_files:\n    - name: a\n      |',
      ['pattern'],
      ['name'],
    ],
    ['parameters after {{', 'parameters:\n  - name: gpus\nslurm:\n  gres: "gpu:{{|', ['gpus'], []],
  ])('%s', (_, text, some, none) => {
    const found = offered(text);
    expect(found).toEqual(expect.arrayContaining(some));
    for (const each of none) expect(found).not.toContain(each);
  });

  test('variables in a script, and nothing else there', () => {
    const text =
      'parameters:\n  - name: lr\nfiles:\n  input_schema:\n    required:\n      - { name: data, pattern: "*" }\nscript:\n  main_exec: |\n    python "$P';
    const { items } = adviseAt(text, 9, 16);
    expect(items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['PARAM_LR', 'FILE_DATA', 'SLIPWAY_RUN_DIR']),
    );
    expect(items[0]?.replace).toBe(1);
    expect(adviseAt(text.replace('"$P', 'na'), 9, 14).items).toEqual([]);
  });
});

describe('the editor explains', () => {
  test('the key under the pointer', () => {
    expect(explained('slurm:\n  cpus_per|_task: 4\n')).toEqual(
      message('templateKeys.option', {
        label: message('options.name.cpus_per_task'),
        flag: '--cpus-per-task',
        expected: message('options.expected.count'),
      }),
    );
    expect(explained('slurm: {cpus-per|-task: 4}\n')).toMatchObject({
      id: 'templateKeys.option',
      values: { flag: '--cpus-per-task' },
    });
    expect(explained('slurm:\n  outp|ut: x\n')).toMatchObject({ id: 'templateKeys.hasNoEffect' });
    expect(explained('slurm:\n  nodes: { value: 4, ru|les: [] }\n')).toEqual(message('templateKeys.slurmRules'));
    expect(explained('slurm:\n  nodes:\n    rules:\n      - when: {mode: smp}\n        val|ue: 1\n')).toEqual(
      message('templateKeys.slurmRuled'),
    );
    expect(explained('parameters:\n  - name: a\n    visible|_when: {field: b, is: 1}\n')).toEqual(
      message('templateKeys.field.visibleWhen'),
    );
    expect(explained('input_file|_schema: {}\n')).toEqual(message('templateKeys.older', { key: 'files.input_schema' }));
    expect(explained('script:\n  main_exec: >\n    na|me: x\n')).toBeUndefined();
  });
});

test('there is an answer at every place of any text', () => {
  const unit = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '-',
    '{',
    '}',
    '[',
    ']',
    '"',
    '#',
    '|',
    ',',
    'slurm',
    'name',
    'parameters',
    '\t',
    '$',
    '{{',
    '\r\n',
    '한',
  );
  fc.assert(
    fc.property(
      fc.string({ unit, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 40 }),
      (text, line, column) => {
        expect(Array.isArray(adviseAt(text, line, column).items)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
