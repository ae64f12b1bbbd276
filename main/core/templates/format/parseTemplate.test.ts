import { inEnglish } from '../../../../shared/domain/problem/testing/inEnglish.ts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Template } from '../../../../shared/domain/template/schema.ts';
import { parseTemplate } from './parseTemplate.ts';

const fixture = (name: string): string => readFileSync(path.join(import.meta.dirname, '__fixtures__', name), 'utf8');
const parse = (text: string) => {
  const { template, problems } = parseTemplate(text, 'mine.yaml');
  return { template, problems: inEnglish(problems) };
};
const base = 'template: {id: t}\nscript: {main_exec: hostname}\n';
const rules = (text: string): string[] => parse(text).problems.map((problem) => problem.rule);
const only = (text: string) => {
  const { problems } = parse(text);
  expect(problems.length).toBe(1);
  return problems[0]!;
};

describe('templates in use today', () => {
  test('load: PyTorch', () => {
    const { template, problems } = parse(fixture('pytorch_training.yaml'));
    expect(problems).toEqual([]);
    expect(template).toMatchObject({
      id: 'pytorch-training-v1',
      displayName: 'PyTorch 모델 학습',
      category: 'ml',
      isPublic: true,
      slurm: {
        partition: 'gpu',
        nodes: 1,
        mem: '32G',
        time: '04:00:00',
        gres: 'gpu:1',
        constraint: 'gpu_v100|gpu_a100',
      },
      image: {
        mode: 'fixed',
        allowedImages: ['pytorch_cuda.sif'],
        userSelectable: false,
        app: 'python',
        bind: ['/shared/datasets:/datasets:ro', '/shared/models:/models:rw'],
      },
      outputPattern: 'checkpoints/*.pth',
      validation: {
        preSubmit: ['check_gpu_availability', 'validate_dataset_size'],
        postSubmit: ['notify_user', 'log_submission'],
      },
    });
    expect(
      template?.files.map((slot) => [slot.name, slot.pattern, slot.required, slot.type, slot.maxSize, slot.format]),
    ).toEqual([
      ['training_script', '*.py', true, 'code', 10 * 1024 ** 2, null],
      ['dataset', '*.tar.gz', true, 'data', 10 * 1024 ** 3, null],
      ['pretrained_model', '*.pth', false, 'model', 2 * 1024 ** 3, null],
      ['config', 'config.yaml', true, 'config', 1000 * 1024 ** 2, 'yaml'],
    ]);
    expect(template?.files[3]?.schema).toMatchObject({
      type: 'object',
      required: ['learning_rate', 'batch_size', 'epochs'],
    });
    expect(template?.script.postExec).toContain('cp -r checkpoints /shared/results/$SLURM_JOB_ID/');
  });

  test('load: the older spelling', () => {
    const { template, problems } = parse(fixture('my_simulation_v1.yaml'));
    expect(problems).toEqual([]);
    expect(template?.image).toEqual({
      mode: 'partition',
      partition: 'normal',
      userSelectable: true,
      allowedImages: ['KooSimulationPython313.sif'],
      app: null,
      bind: [],
    });
    expect(template?.files.map((slot) => [slot.name, slot.required, slot.format])).toEqual([
      ['input_file', true, null],
      ['initial_condition', false, null],
      ['parameters', false, 'yaml'],
    ]);
    expect(template?.outputPattern).toBe('results_*.vtk');
  });

  test('load from a Windows editor: byte order mark and CRLF', () => {
    const { template, problems } = parse(`\ufeff${fixture('pytorch_training.yaml').replaceAll('\n', '\r\n')}`);
    expect(problems).toEqual([]);
    expect(template?.script.preExec).not.toContain('\r');
  });
});

describe('apptainer', () => {
  test.each([
    ['', { mode: 'none', userSelectable: false }],
    ['apptainer: tools.sif', { mode: 'fixed', allowedImages: ['tools.sif'], userSelectable: false }],
    [
      'apptainer: {image_name: tools.sif, user_selectable: yes}',
      { mode: 'fixed', allowedImages: ['tools.sif'], userSelectable: true },
    ],
    ['apptainer: {mode: any}', { mode: 'any', allowedImages: [], userSelectable: true }],
    [
      'apptainer: {mode: partition}\nslurm: {partition: gpu}',
      { mode: 'partition', partition: 'gpu', userSelectable: true },
    ],
    [
      'apptainer: {allowed_images: [a.sif, b.sif]}',
      { mode: 'fixed', allowedImages: ['a.sif', 'b.sif'], userSelectable: true },
    ],
    ['apptainer: {mode: none}', { mode: 'none', userSelectable: false }],
  ])('%s', (text, rule) => {
    expect(parse(base + text).template?.image).toMatchObject(rule);
  });

  test('says how a script gets into the image', () => {
    const { template, problems } = parse(
      `${base}apptainer: {mode: any, wrap: app, inside: [post_exec, pre_exec], gpu: rocm, python_user_site: yes, tmpdir: site}`,
    );
    expect(problems).toEqual([]);
    expect(template?.image).toMatchObject({
      wrap: 'app',
      inside: ['pre_exec', 'main_exec', 'post_exec'],
      gpu: 'rocm',
      pythonUserSite: true,
      tmpdir: 'site',
    });
    expect(
      parse(`${base}apptainer: {mode: any, wrap: bash, inside: [main], gpu: cuda}`).problems.map(({ rule, field }) => [
        rule,
        field,
      ]),
    ).toEqual([
      ['template-value', 'apptainer.wrap'],
      ['template-value', 'apptainer.inside[0]'],
      ['template-value', 'apptainer.gpu'],
    ]);
  });

  test('names an image by its file name, and says when a folder is given', () => {
    const { template, problems } = parse(`${base}apptainer: {image_name: /opt/apptainers/tools.sif}`);
    expect(template?.image.allowedImages).toEqual(['tools.sif']);
    expect(problems.map((problem) => problem.rule)).toEqual(['template-image-folder']);
  });
});

describe('parameters', () => {
  const parameters = (text: string) =>
    parse(`template: {id: t}\nscript: {main_exec: "env | grep ^PARAM_"}\nparameters:\n${text}`);

  test('of every kind become typed fields', () => {
    const { template, problems } = parameters(`
  - {name: epochs, type: integer, default: 3, min: 1, max: 9, unit: rounds, required: true, group: Training, row: pace}
  - {name: mode, type: select, options: [cpu, {value: gpu, label: "On a GPU"}], default: cpu}
  - {name: walltime, type: duration, default: "01:00:00", max: 1-00:00:00, advanced: true}
  - {name: memory, type: memory, default: 4G, min: 1024}
  - {name: account, type: select, options_from: accounts}
  - {name: version, default: 1.10}
  - name: gpu_type
    visible_when: [{field: mode, is: gpu}, {field: epochs, in: [3, 4]}]
  - {name: cores, type: integer, visible_when: {mode: cpu}}
`);
    expect(problems).toEqual([]);
    expect(template?.parameters.map((p) => [p.name, p.type, p.default, p.min, p.max])).toEqual([
      ['epochs', 'integer', 3, 1, 9],
      ['mode', 'select', 'cpu', null, null],
      ['walltime', 'duration', '01:00:00', null, 86_400],
      ['memory', 'memory', '4G', 1024 ** 3, null],
      ['account', 'select', null, null, null],
      ['version', 'text', '1.10', null, null],
      ['gpu_type', 'text', null, null, null],
      ['cores', 'integer', null, null, null],
    ]);
    expect(template?.parameters[1]?.options[1]).toEqual({ value: 'gpu', label: 'On a GPU' });
    expect(template?.parameters[6]?.visibleWhen).toEqual([
      { field: 'mode', is: 'gpu' },
      { field: 'epochs', in: ['3', '4'] },
    ]);
    expect(template?.parameters[7]?.visibleWhen).toEqual([{ field: 'mode', is: 'cpu' }]);
    expect(template?.parameters[6]?.label).toBe('Gpu type');
    expect(template?.parameters[0]).toMatchObject({ group: 'Training', row: 'pace' });
    expect(template?.parameters[1]?.row).toBeNull();
  });

  test('may be a map by name', () => {
    expect(
      parameters('  epochs: {type: integer}\n  lr: {type: number}').template?.parameters.map((p) => p.name),
    ).toEqual(['epochs', 'lr']);
  });

  test('of type file are file slots', () => {
    const { template } = parameters('  - {name: mesh, type: file, pattern: "*.msh", required: true, help: The mesh}');
    expect(template?.parameters).toEqual([]);
    expect(template?.files[0]).toMatchObject({
      name: 'mesh',
      pattern: '*.msh',
      required: true,
      description: 'The mesh',
    });
  });

  test('may follow a limit of the chosen partition', () => {
    const { template, problems } = parameters(
      '  - {name: walltime, type: duration, limit: partition.max_time}\n  - {name: ranks, type: integer, max: 64, limit: partition.cpus_per_node}\n  - {name: ram, type: memory, limit: partition.memory_per_node}\n  - {name: epochs, type: integer}',
    );
    expect(problems).toEqual([]);
    expect(template?.parameters.map((p) => p.limit)).toEqual([
      'partition.max_time',
      'partition.cpus_per_node',
      'partition.memory_per_node',
      null,
    ]);
  });

  test('may follow other fields', () => {
    const { template, problems } = parameters(`
  - {name: queue, type: select, options: [small, large], default: small}
  - name: cores
    type: integer
    default: 4
    max: 8
    rules:
      - {when: {queue: large}, max: 64, default: 32, label: Cores per node, help: "", step: 2, required: yes}
      - when: [{field: queue, not: small}, {field: nodes, in: [2, 4]}]
        min: 2
  - {name: nodes, type: integer, default: 1}
  - {name: walltime, type: duration, rules: [{when: {queue: small}, max: "01:00:00"}]}
  - {name: mode, type: select, options: [a, b], rules: [{when: {queue: large}, options: [{value: c, label: C}, d], default: d}]}
`);
    expect(problems).toEqual([]);
    expect(template?.parameters[1]?.rules).toEqual([
      {
        when: [{ field: 'queue', is: 'large' }],
        max: 64,
        default: 32,
        label: 'Cores per node',
        help: '',
        step: 2,
        required: true,
      },
      {
        when: [
          { field: 'queue', not: 'small' },
          { field: 'nodes', in: ['2', '4'] },
        ],
        min: 2,
      },
    ]);
    expect(template?.parameters[0]?.rules).toEqual([]);
    expect(template?.parameters[3]?.rules).toEqual([{ when: [{ field: 'queue', is: 'small' }], max: 3600 }]);
    expect(template?.parameters[4]?.rules[0]).toMatchObject({
      options: [
        { value: 'c', label: 'C' },
        { value: 'd', label: 'd' },
      ],
      default: 'd',
    });
  });

  test('that follow others wrongly are told where', () => {
    const told = (rule: string): unknown =>
      parameters(
        `  - {name: q}\n  - name: a\n    type: integer\n    max: 8\n    rules:\n      - ${rule}\n`,
      ).problems.map(({ rule: kind, field, line }) => [kind, field, line]);
    expect(told('{when: {nobody: 1}, max: 4}')).toContainEqual([
      'template-visible-when',
      'parameters[1].rules[0].when',
      9,
    ]);
    expect(told('{max: 4}')).toContainEqual(['template-missing-key', 'parameters[1].rules[0].when', 9]);
    expect(told('{when: {q: 1}}')).toContainEqual(['template-missing-key', 'parameters[1].rules[0]', 9]);
    expect(told('{when: {q: 1}, min: 9}')).toContainEqual(['template-value', 'parameters[1].rules[0].max', 9]);
    expect(told('{when: {q: 1}, default: 9}')).toContainEqual([
      'template-default',
      'parameters[1].rules[0].default',
      9,
    ]);
    expect(told('{when: {q: 1}, max: 16, default: 9}')).toEqual([]);
    expect(told('{when: {q: 1}, maximum: 9, max: 2}')).toContainEqual([
      'template-unknown-key',
      'parameters[1].rules[0].maximum',
      9,
    ]);
  });

  test.each([
    ['  - {name: a, rules: {when: {a: 1}, label: A}}', 'template-value'],
    ['  - {name: a, type: integer, default: x}', 'template-default'],
    ['  - {name: a, type: integer, default: 7, max: 3}', 'template-default'],
    ['  - {name: a, type: select}', 'template-missing-key'],
    ['  - {name: a, pattern: "(a"}', 'template-pattern'],
    ['  - {name: a, min: 3, max: 1, type: number}', 'template-value'],
    ['  - {name: a}\n  - {name: A}', 'template-duplicate-name'],
    ['  - {name: 1a}', 'template-value'],
    ['  - {name: a, visible_when: {field: nobody, is: 1}}', 'template-visible-when'],
    ['  - {name: a, visible_when: {field: a}}', 'template-missing-key'],
    ['  - {name: a, type: int}', 'template-value'],
    ['  - {name: a, type: integer, limit: partition.max_memory}', 'template-value'],
    ['  - {name: a, type: integer, limit: partition.max_time}', 'template-limit'],
    ['  - {name: a, type: file, limit: partition.max_nodes}', 'template-limit'],
    ['  - nonsense', 'template-value'],
  ])('that make no sense are told: %s', (text, rule) => {
    expect(parameters(text).problems.map((problem) => problem.rule)).toContain(rule);
    expect(parameters(text).template).toBeNull();
  });
});

describe('placeholders', () => {
  test('in slurm: and in generated files name parameters', () => {
    const text = `${base}parameters: [{name: gpus, type: integer}]\nslurm: {gres: "gpu:{{gpus}}"}\ngenerated_files: [{name: run.mdp, content: "n = {{gpus}}"}]`;
    expect(parse(text)).toMatchObject({
      problems: [],
      template: { slurm: { gres: 'gpu:{{gpus}}' }, generatedFiles: [{ name: 'run.mdp', content: 'n = {{gpus}}' }] },
    });
  });

  test('that name nothing are errors, and those in a script are warned of', () => {
    expect(rules(`${base}slurm: {gres: "gpu:{{gpus}}"}`)).toEqual(['template-placeholder']);
    expect(rules(`${base}generated_files: [{name: a, content: "{{x}}"}]`)).toEqual(['template-placeholder']);
    expect(only('template: {id: t}\nparameters: [{name: lr}]\nscript: {main_exec: "echo {{lr}}"}')).toMatchObject({
      severity: 'warning',
      rule: 'template-placeholder-in-script',
      hint: 'Use "$PARAM_LR".',
    });
  });
});

describe('a wrong template', () => {
  test('is told with file, line, column, key, what was expected and what was found', () => {
    expect(
      only('template:\n  id: t\n  tags: [a]\nslurm:\n  nodes: 1\n  time: soon\nscript: {main_exec: x}\n'),
    ).toMatchObject({
      file: 'mine.yaml',
      line: 6,
      column: 9,
      field: 'slurm.time',
      code: 1003,
      severity: 'error',
      message: expect.stringMatching(/^slurm\.time: .*Found “soon”\.$/) as string,
    });
  });

  test('is told in all its faults at once', () => {
    const { template, problems } = parse(
      'template:\n  id: ../../etc/passwd\n  category: biology\n  is_public: maybe\nslurm: [1]\nfiles: {input_schema: {required: [{name: a-b, pattern: "*"}, {pattern: "*.py"}]}}\nscript: {}\n',
    );
    expect(template).toBeNull();
    expect(problems.map((problem) => problem.field)).toEqual([
      'template.id',
      'template.category',
      'template.is_public',
      'slurm',
      'files.input_schema.required[0].name',
      'files.input_schema.required[1].name',
      'script.main_exec',
    ]);
  });

  test('with a slip in a key is warned, kept, and told what was meant', () => {
    const { template, problems } = parse(`${base}scirpt: {}\nmodule: [gcc]\nslurm: {patition: gpu}\nx_site: 1`);
    expect(template).not.toBeNull();
    expect(problems.map((problem) => [problem.severity, problem.field, problem.hint])).toEqual([
      ['warning', 'slurm.patition', 'Did you mean “partition”?'],
      ['warning', 'scirpt', 'Did you mean “script”?'],
      ['warning', 'module', 'Did you mean “modules”?'],
      ['warning', 'x_site', ''],
    ]);
  });

  test.each([
    ['an empty file', '', 'template-empty'],
    ['only comments', '# nothing\n', 'template-empty'],
    ['a list', '- a\n', 'template-value'],
    ['a word', 'hello', 'template-value'],
    ['a tab as indentation', 'template:\n\tid: x', 'template-syntax'],
    ['a key twice', 'template: {id: a, id: b}\nscript: {main_exec: x}', 'template-duplicate-key'],
    ['a function', `${base}x: !!js/function "function () { return 1 }"`, 'template-tag'],
    ['an ordered map', `${base}x: !!omap [a: 1]`, 'template-tag'],
    ['pairs', `${base}x: !!pairs [a: 1]`, 'template-tag'],
    ['a set', `${base}x: !!set {a, b}`, 'template-tag'],
    ['bytes', `${base}x: !!binary aGVsbG8=`, 'template-tag'],
    ['a date', `${base}x: !!timestamp 2001-01-01`, 'template-tag'],
    ['a tag of one’s own', `${base}x: [{a: !mine b}]`, 'template-tag'],
    ['a tag on a key', `${base}!!binary aGVsbG8=: 1`, 'template-tag'],
    ['an ordered map of an older YAML', `%YAML 1.1\n---\n${base}x: !!omap [a: 1]`, 'template-tag'],
    ['half a million wrong escapes', `"${'\\q'.repeat(500_000)}"`, 'template-syntax'],
    ['half of a character', `${base}x: \ud800`, 'template-control-character'],
    [
      'half of a character by escape',
      'template: {id: t, name: "a\\ud800"}\nscript: {main_exec: x}',
      'template-control-character',
    ],
    ['a number that is none', `${base}parameters: [{name: a, type: number, default: .nan}]`, 'template-default'],
    ['two documents', `${base}---\n${base}`, 'template-documents'],
    ['a NUL', `${base}\0`, 'template-control-character'],
    [
      'a control character by escape',
      'template: {id: t, name: "a\\u0007"}\nscript: {main_exec: x}',
      'template-control-character',
    ],
    ['a NUL in the script by escape', 'template: {id: t}\nscript: {main_exec: "a\\0b"}', 'template-control-character'],
    ['something binary', '\u007fELF\u0002\u0001', 'template-control-character'],
    ['ten megabytes', `${base}x: ${'a'.repeat(10_000_000)}`, 'template-too-large'],
    ['a million keys', Array.from({ length: 100_000 }, (_, i) => `k${String(i)}: 1`).join('\n'), 'template-too-large'],
    ['ten thousand brackets', '['.repeat(10_000), 'template-too-deep'],
    ['five thousand maps', '{a: '.repeat(5000) + '}'.repeat(5000), 'template-too-deep'],
    ['an alias of itself', 'a: &a [*a]', 'template-too-deep'],
    ['a merge of itself', 'a: &a\n  <<: *a\n  b: 1', 'template-too-deep'],
    ['an alias of nothing', 'a: *b', 'template-alias'],
    [
      'an anchors bomb',
      Array.from(
        { length: 12 },
        (_, i) =>
          `a${String(i)}: &a${String(i)} [${
            i === 0
              ? 'x'
              : Array(9)
                  .fill(`*a${String(i - 1)}`)
                  .join(',')
          }]`,
      ).join('\n'),
      'template-alias',
    ],
    ['a template id that is a path', 'template: {id: ../x}\nscript: {main_exec: x}', 'template-value'],
    [
      'a slot with the name of a path',
      `${base}files: {input_schema: {required: [{name: a, pattern: "../*"}]}}`,
      'template-value',
    ],
    ['an output outside the run folder', `${base}files: {output_pattern: "../*"}`, 'template-value'],
    ['an output outside by a choice', `${base}files: {output_pattern: "{..,x}/y"}`, 'template-value'],
    ['outputs outside when they are joined', `${base}files: {output_pattern: ["x,..", "../../etc"]}`, 'template-value'],
    ['outputs that leave only together', `${base}files: {output_pattern: ["a", "b,/etc"]}`, 'template-value'],
    ['a generated file outside the run folder', `${base}generated_files: [{name: ../x, content: a}]`, 'template-value'],
    ['a generated job script', `${base}generated_files: [{name: job.sh, content: a}]`, 'template-value'],
    ['an injected directive', `${base}slurm: {partition: "gpu\\n#SBATCH --wrap=x"}`, 'template-value'],
    ['a module that is a command', `${base}modules: ["gcc; rm -rf ~"]`, 'template-value'],
    [
      'a wrong schema',
      `${base}files: {config_schema: {required: [{name: c, pattern: c.yaml, schema: {type: thing}}]}}`,
      'template-schema',
    ],
    [
      'a schema from elsewhere',
      `${base}files: {config_schema: {required: [{name: c, pattern: c.yaml, schema: {$ref: "https://example.org/s"}}]}}`,
      'template-schema',
    ],
    [
      'two files of one variable',
      `${base}files: {input_schema: {required: [{name: a, pattern: "*"}, {name: A, pattern: "*"}]}}`,
      'template-duplicate-name',
    ],
  ])('%s is refused', (_, text, rule) => {
    const { template, problems } = parse(text);
    expect(template).toBeNull();
    expect(problems[0]?.rule).toBe(rule);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  test('with tags that say what is so anyway is read', () => {
    const { template } = parse(
      'template: !!map {id: !!str t, tags: !!seq [!!int 1]}\nscript:\n  main_exec: !!str |\n    x\n',
    );
    expect(template?.tags).toEqual(['1']);
  });

  test('in which a text looks like a wrong escape is read', () => {
    expect(parse('template: {id: t}\nscript:\n  main_exec: |\n    "a\\q"\n').template?.script.mainExec).toBe(
      '"a\\q"\n',
    );
    expect(parse('template: {id: t}\nscript: {main_exec: "a\\\\q\\x41\\u0042\\\n  c"}').template?.script.mainExec).toBe(
      'a\\qABc',
    );
  });

  test('with keys like __proto__ changes nothing but itself', () => {
    const { template } = parse(
      `${base}__proto__: {polluted: 1}\nslurm: {constructor: 1, __proto__: x}\nfiles: {config_schema: {optional: [{name: c, pattern: c.yaml, schema: {__proto__: {type: string}}}]}}`,
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(template === null || Object.getPrototypeOf(template.slurm) === Object.prototype).toBe(true);
  });
});

describe('parts that do not meet', () => {
  const told = (text: string) =>
    parse(text).problems.map(({ severity, rule, field, line, column, hint }) => ({
      severity,
      rule: rule.replace('template-', ''),
      field,
      at: [line, column],
      hint,
    }));

  test('a parameter that is never used', () => {
    const text =
      'template: {id: t}\nparameters:\n  - {name: a}\n  - name: b\n    label: B\nscript:\n  main_exec: |\n    echo "$PARAM_A"\n';
    expect(told(text)).toEqual([
      {
        severity: 'warning',
        rule: 'unused-parameter',
        field: 'parameters[1]',
        at: [4, 11],
        hint: expect.stringContaining('Use "$PARAM_B" in the script') as string,
      },
    ]);
    for (const use of [
      'slurm: {nodes: "{{b}}"}',
      'modules: ["{{b}}"]',
      'generated_files: [{name: x, content: "{{b}}"}]',
    ])
      expect(told(`${text}${use}\n`)).toEqual([]);
    expect(
      told(
        text
          .replace('label: B', 'label: B\n  - {name: c, visible_when: {b: x}}')
          .replace('"$PARAM_A"', '$PARAM_A ${PARAM_C:-1}'),
      ),
    ).toEqual([]);
    expect(told(text.replace('echo "$PARAM_A"', 'env | grep ^PARAM_'))).toEqual([]);
    expect(told('template: {id: t}\nparameters: {a: {}}\nscript: {main_exec: x}')).toMatchObject([
      { field: 'parameters.a', at: [2, 14] },
    ]);
  });

  test('a variable of the script that nobody sets, with the name that was meant', () => {
    const text =
      'template: {id: t}\nparameters: [{name: epochs}]\nfiles: {input_schema: {required: [{name: data, pattern: "*"}]}}\nscript:\n  pre_exec: echo $PARAM_EPOCHS\n  main_exec: |\n    # not $PARAM_THIS\n    run "$FILE_DATA" \\\n      "${PARAM_EPOCH}" $FILE_EPOCHS $FILE_OTHER $INPUT_FILE_0\n';
    expect(told(text)).toEqual([
      {
        severity: 'warning',
        rule: 'undefined-variable',
        field: 'script.main_exec',
        at: [9, 8],
        hint: 'Did you mean “$PARAM_EPOCHS”?',
      },
      {
        severity: 'warning',
        rule: 'undefined-variable',
        field: 'script.main_exec',
        at: [9, 24],
        hint: 'Did you mean “$PARAM_EPOCHS”?',
      },
      { severity: 'warning', rule: 'undefined-variable', field: 'script.main_exec', at: [9, 37], hint: '' },
    ]);
    expect(
      told(text.replace('PARAM_EPOCH}', 'PARAM_X}').replace('run', 'PARAM_X=1 FILE_OTHER=2 FILE_EPOCHS=3 run')),
    ).toEqual([]);
  });

  test('a script that counts its files from 1, as Slipway once did', () => {
    const text = (main: string): string => `template: {id: t}\nscript:\n  main_exec: |\n    ${main}\n`;
    expect(told(text('cat "$INPUT_FILE_1" ${INPUT_FILE_2}'))).toEqual([
      {
        severity: 'warning',
        rule: 'file-numbers',
        field: 'script.main_exec',
        at: [4, 10],
        hint: expect.stringContaining('The first file is $INPUT_FILE_0') as string,
      },
    ]);
    for (const main of [
      'cat "$INPUT_FILE_0" "$INPUT_FILE_1"',
      'for ((i = 0; i < INPUT_FILE_COUNT; i++)); do name=INPUT_FILE_$i; cat "${!name}"; done; cat "$INPUT_FILE_1"',
      'cat "$FILE_X_1"; FILE_X_1=1',
      'true',
    ]) {
      expect(told(text(main)).filter(({ rule }) => rule === 'file-numbers')).toEqual([]);
    }
  });

  test('conditions in a circle', () => {
    const text = (last: string): string =>
      `${base}parameters:\n  - {name: a, visible_when: {b: 1}}\n  - {name: b, visible_when: [{field: c, is: 1}]}\n  - {name: c, visible_when: {${last}: 1}}\n  - {name: d, visible_when: {a: 1}}\n`;
    const { template, problems } = parse(text('a'));
    expect(template).toBeNull();
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        rule: 'template-circle',
        field: 'parameters[2].visible_when',
        line: 6,
        message: 'parameters[2].visible_when: the conditions go in a circle: a → b → c → a.',
      },
    ]);
    expect(parse(text('c')).problems.find(({ severity }) => severity === 'error')?.message).toContain('c → c.');
    // a default that follows a default goes in a circle; a range that follows a range does not
    const ruled = (key: string): string =>
      `${base}parameters:\n  - {name: a, type: integer, rules: [{when: {b: 1}, ${key}: 2}]}\n  - {name: b, type: integer, rules: [{when: {a: 1}, ${key}: 2}]}\n`;
    expect(parse(ruled('default')).problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        rule: 'template-circle',
        field: 'parameters[1].rules',
        line: 5,
        message: 'parameters[1].rules: the conditions go in a circle: a → b → a.',
      },
    ]);
    expect(parse(ruled('max')).template).not.toBeNull();
    expect(
      parse(`${base}parameters: [{name: a, visible_when: {b: 1, c: 1}}, {name: b, visible_when: {c: 1}}, {name: c}]`)
        .template,
    ).not.toBeNull();
  });

  test('a generated file with the name of a slot’s file', () => {
    expect(
      told(
        `${base}files: {input_schema: {required: [{name: run, pattern: "*.conf"}]}}\ngenerated_files:\n  - name: run.conf\n    content: x\n`,
      ),
    ).toMatchObject([{ severity: 'warning', rule: 'slot-file-name', field: 'generated_files[0].name', at: [5, 11] }]);
  });

  test('a check that Slipway does not know', () => {
    expect(
      told(`${base}validation: {pre_submit: [check_gpu_availability, check_gpu_availabilty], post_submit: [our_own]}`),
    ).toEqual([
      {
        severity: 'warning',
        rule: 'unknown-check',
        field: 'validation.pre_submit[1]',
        at: [3, 51],
        hint: 'Did you mean “check_gpu_availability”?',
      },
      {
        severity: 'warning',
        rule: 'unknown-check',
        field: 'validation.post_submit[0]',
        at: [3, 89],
        hint: 'Known here: notify_user, log_submission.',
      },
    ]);
  });
});

describe('merge keys', () => {
  test('bring in what is not said', () => {
    const { template } = parse(
      'defaults: &d {partition: gpu, nodes: 1}\ntemplate: {id: t}\nslurm: {<<: *d, nodes: 2}\nscript: {main_exec: x}',
    );
    expect(template?.slurm).toEqual({ partition: 'gpu', nodes: 2 });
  });
});

describe('whatever a file holds', () => {
  const checkAnswer = (text: string): void => {
    const { template, problems } = parse(text);
    expect(template === null).toBe(problems.some((problem) => problem.severity === 'error'));
    if (template !== null) expect(Template.safeParse(template).success).toBe(true);
    for (const problem of problems)
      expect([problem.file, (problem.line ?? 0) > 0, (problem.column ?? 0) > 0]).toEqual(['mine.yaml', true, true]);
  };

  test('there is an answer, and a template that loads is one of the contract', () => {
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
      '&',
      '*',
      '!',
      '|',
      '>',
      '"',
      "'",
      '#',
      '<<',
      '? ',
      '\t',
      '\r',
      '%',
      '@',
      '한',
      '\\',
      '---\n',
      '\ufeff',
    );
    fc.assert(fc.property(fc.string({ unit, maxLength: 60 }), checkAnswer), { numRuns: 600 });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), checkAnswer), { numRuns: 200 });
  });

  test('of the right keys with the wrong values, too', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const keys = [
      'template',
      'slurm',
      'apptainer',
      'files',
      'script',
      'parameters',
      'generated_files',
      'modules',
      'validation',
      'input_file_schema',
      'option_file_schema',
      'output_file_pattern',
    ];
    const inner = [
      'id',
      'name',
      'type',
      'default',
      'options',
      'visible_when',
      'pattern',
      'schema',
      'required',
      'optional',
      'input_schema',
      'config_schema',
      'max_size',
      'image_name',
      'mode',
      'bind',
      'main_exec',
      'time',
      'min',
      'field',
      'content',
    ];
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        value,
        fc.dictionary(fc.constantFrom(...inner), tie('node'), { maxKeys: 5 }),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), tree), (data) =>
        checkAnswer(JSON.stringify({ template: { id: 't' }, script: { main_exec: 'x' }, ...data })),
      ),
      { numRuns: 250 },
    );
  });

  test('of a good template with one line broken, the rest is still read', () => {
    const lines = fixture('pytorch_training.yaml').split('\n');
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.constantFrom('', '  x: [', 'a: b: c', '- ', '\tx', '    name: 3', '  }'),
        (at, line) => checkAnswer(lines.with(at, line).join('\n')),
      ),
      { numRuns: 120 },
    );
  });
});

test('options that exclude each other are told at the one to leave out', () => {
  expect(only(`${base}slurm:\n  mem: 4G\n  mem_per_cpu: 1G\n`)).toMatchObject({
    rule: 'template-option-excluded',
    severity: 'warning',
    field: 'slurm.mem',
    line: 4,
  });
});

describe('the end of a job', () => {
  const withScript = (script: string, slurm = ''): ReturnType<typeof parse> =>
    parse(`template: {id: t}\n${slurm}script:\n${script.replace(/^/gm, '  ')}\n`);

  test('has a last part and an answer to a signal', () => {
    const { template, problems } = withScript(
      'main_exec: run\nfinally_exec: cp *.log /data\non_signal: touch STOP',
      'slurm: { signal: "B:USR1@300" }\n',
    );
    expect(problems).toEqual([]);
    expect(template?.script).toMatchObject({ finallyExec: 'cp *.log /data', onSignal: 'touch STOP' });
    expect(withScript('main_exec: run\nfinally_exec: ""').template?.script).not.toHaveProperty('finallyExec');
  });

  test('is told of where a line would take it away, with that line', () => {
    const { problems } = withScript(
      'pre_exec: |\n  trap "rm -rf $d" EXIT\nmain_exec: |\n  date\n  exec ./run\nfinally_exec: date',
    );
    expect(problems).toMatchObject([
      { rule: 'template-end-taken', severity: 'warning', field: 'script.pre_exec', line: 4, column: 5 },
      { rule: 'template-end-taken', severity: 'warning', field: 'script.main_exec', line: 7, column: 5 },
    ]);
    expect(withScript('main_exec: |\n  trap - EXIT\n  exec 3>log\n  trap : USR1\nfinally_exec: date').problems).toEqual(
      [],
    );
    expect(withScript('main_exec: exec ./run').problems).toEqual([]);
  });

  test('is told of where no signal is asked for', () => {
    const { problems } = withScript('main_exec: run\non_signal: touch STOP', 'slurm: { signal: USR1@300 }\n');
    expect(problems).toMatchObject([{ rule: 'template-no-effect', field: 'script.on_signal', line: 5 }]);
    expect(problems[0]?.hint).toContain('signal: B:USR1@300');
  });
});

describe('a value of slurm: with rules', () => {
  const withNodes = (nodes: string, more = ''): ReturnType<typeof parse> =>
    parse(
      `${base}parameters:\n  - { name: mode, type: select, options: [smp, mpi] }\n  - { name: nodes, type: integer }\nslurm:\n  nodes: ${nodes}\n${more}`,
    );

  test('is read with its conditions, long and short', () => {
    const { template, problems } = withNodes(
      '{ value: "{{nodes}}", rules: [{ when: {mode: smp}, value: 1 }, { when: { field: nodes, in: [3, 5] }, value: "{{nodes}}-6" }] }',
      '  mem-per-cpu: { rules: [{ when: {mode: mpi}, value: 2G }] }\n  mem: { value: 8G, rules: [{ when: {mode: mpi}, value: null }] }\n',
    );
    expect(problems).toEqual([]);
    expect(template).toMatchObject({
      slurm: { nodes: '{{nodes}}', mem: '8G' },
      slurmRules: [
        { option: 'nodes', when: [{ field: 'mode', is: 'smp' }], value: 1 },
        { option: 'nodes', when: [{ field: 'nodes', in: ['3', '5'] }], value: '{{nodes}}-6' },
        { option: 'mem_per_cpu', when: [{ field: 'mode', is: 'mpi' }], value: '2G' },
        { option: 'mem', when: [{ field: 'mode', is: 'mpi' }], value: null },
      ],
    });
    expect(parse(`${base}slurm: {nodes: 1}`).template).not.toHaveProperty('slurmRules');
  });

  test.each([
    [
      'a value without its grammar',
      '{ rules: [{ when: {mode: smp}, value: many }] }',
      'template-value',
      'slurm.nodes.rules[0].value',
    ],
    [
      'a rule without a value',
      '{ rules: [{ when: {mode: smp} }] }',
      'template-missing-key',
      'slurm.nodes.rules[0].value',
    ],
    ['a rule without a condition', '{ rules: [{ value: 1 }] }', 'template-missing-key', 'slurm.nodes.rules[0].when'],
    [
      'a condition on no field',
      '{ rules: [{ when: {mod: smp}, value: 1 }] }',
      'template-visible-when',
      'slurm.nodes.rules[0].when',
    ],
    [
      'a placeholder of no field',
      '{ rules: [{ when: {mode: smp}, value: "{{n}}" }] }',
      'template-placeholder',
      'slurm.nodes.rules[0].value',
    ],
    ['no rules', '{ value: 1 }', 'template-missing-key', 'slurm.nodes.rules'],
    ['a list', '[1, 2]', 'template-value', 'slurm.nodes'],
  ])('is an error with %s, at its place', (_name, nodes, rule, field) => {
    expect(withNodes(nodes).problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { rule, field, line: 7 },
    ]);
  });
});
