/**
 * The format of a template file as a JSON Schema (draft 2020-12), for editors: every key with a description and examples, the older
 * spellings marked as deprecated. parseTemplate decides what a template is; a test holds the two together.
 */
import { optionFlag, optionWords, ownOptions } from '../../../../shared/domain/request/options.ts';
import { inWords } from '../../../../shared/messages/catalogue.ts';
import { message, type Message } from '../../../../shared/messages/message.ts';
import { PARAMETER_LIMITS, PARAMETER_TYPES, TEMPLATE_CATEGORIES } from '../../../../shared/domain/template/schema.ts';
import { POST_SUBMIT_CHECKS, PRE_SUBMIT_CHECKS } from './siteChecks.ts';

/** The part of JSON Schema that is used here. */
export interface SchemaNode {
  /** What the key is for, said in the language of whoever reads; null where what stands around it says so. */
  readonly description?: Message | null;
  readonly examples?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly deprecated?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly $schema?: string;
  readonly title?: string;
}

const SCALAR = ['string', 'number', 'boolean'] as const;
const NULLABLE = [...SCALAR, 'null'] as const;

/** A text; `1.10` and `true` are read as the texts that they are written as. */
const text = (description: Message | null, ...examples: unknown[]): SchemaNode => ({
  description,
  type: NULLABLE,
  examples,
});
const flag = (description: Message | null): SchemaNode => ({
  description,
  type: ['boolean', 'string', 'null'],
  enum: [true, false, 'yes', 'no', 'on', 'off', null],
  examples: [true, false],
});
const number = (description: Message | null, ...examples: unknown[]): SchemaNode => ({
  description,
  type: ['number', 'null'],
  examples,
});
const choice = (description: Message | null, words: readonly string[], fallback: string): SchemaNode => ({
  description,
  enum: [...words, null],
  default: fallback,
  examples: words,
});
const texts = (description: Message | null, ...examples: unknown[]): SchemaNode => ({
  description,
  anyOf: [{ type: 'array', items: { type: SCALAR } }, { type: NULLABLE }],
  examples,
});
const map = (
  description: Message | null,
  properties: Readonly<Record<string, SchemaNode>>,
  required: readonly string[] = [],
): SchemaNode => ({
  description,
  type: ['object', 'null'],
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const maps = (description: Message | null, items: SchemaNode): SchemaNode => ({
  description,
  type: ['array', 'null'],
  items,
});
const older = (node: SchemaNode, today: string): SchemaNode => ({
  ...node,
  description: message('templateKeys.older', { key: today }),
  deprecated: true,
});

const about = map(
  message('templateKeys.about.map'),
  {
    id: {
      ...text(message('templateKeys.about.id'), 'pytorch-training-v1'),
      type: SCALAR,
    },
    name: text(message('templateKeys.about.name'), 'pytorch_training'),
    display_name: text(message('templateKeys.about.displayName'), 'PyTorch training'),
    description: text(message('templateKeys.about.description'), 'Trains a network on one node with GPUs.'),
    category: choice(message('templateKeys.about.category'), TEMPLATE_CATEGORIES, 'custom'),
    tags: texts(message('templateKeys.about.tags'), ['gpu', 'pytorch']),
    version: text(message('templateKeys.about.version'), '1.0.0'),
    author: text(message('templateKeys.about.author'), 'mia'),
    is_public: flag(message('templateKeys.about.isPublic')),
  },
  ['id'],
);

const EXAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  partition: ['gpu'],
  account: ['ab123'],
  qos: ['normal'],
  nodes: [1, '2-4'],
  ntasks: [1],
  ntasks_per_node: [8],
  cpus_per_task: [8],
  mem: ['32G'],
  mem_per_cpu: ['4G'],
  mem_per_gpu: ['64G'],
  time: ['04:00:00', '1-12:00:00'],
  time_min: ['01:00:00'],
  gres: ['gpu:1', 'gpu:{{gpus}}'],
  gpus: [1, 'a100:2'],
  gpus_per_node: [2],
  gpus_per_task: [1],
  gpus_per_socket: [1],
  cpus_per_gpu: [8],
  constraint: ['gpu_v100|gpu_a100'],
  prefer: ['ssd'],
  array: ['0-9', '1-100%10'],
  dependency: ['afterok:4711'],
  mail_type: ['END,FAIL'],
  mail_user: ['mia@example.org'],
  nodelist: ['cn[01-04]'],
  exclude: ['cn07'],
  exclusive: [true],
  requeue: [true, false],
  nice: [100],
  tmp: ['10G'],
  hint: ['nomultithread'],
  licenses: ['ansys:2'],
  signal: ['B:USR1@60'],
  threads_per_core: [1],
  distribution: ['block:cyclic'],
  comment: ['training'],
};

const image: SchemaNode = {
  description: message('templateKeys.image.rule'),
  anyOf: [
    { type: ['string', 'boolean', 'null'], examples: ['pytorch_cuda.sif', 'none'] },
    map(null, {
      image_name: text(message('templateKeys.image.name'), 'pytorch_cuda.sif'),
      image: older(text(null, 'pytorch_cuda.sif'), 'image_name'),
      mode: choice(message('templateKeys.image.mode'), ['none', 'partition', 'fixed', 'any'], 'any'),
      partition: text(message('templateKeys.image.partition'), 'normal'),
      user_selectable: flag(message('templateKeys.image.userSelectable')),
      allowed_images: texts(message('templateKeys.image.allowed'), ['a.sif', 'pytorch:2.*']),
      app: text(message('templateKeys.image.app'), 'python'),
      wrap: choice(message('templateKeys.image.wrap'), ['script', 'app', 'run', 'none'], 'script'),
      inside: texts(message('templateKeys.image.inside'), ['pre_exec', 'main_exec']),
      gpu: choice(message('templateKeys.image.gpu'), ['nv', 'rocm', 'none'], 'nv'),
      python_user_site: flag(message('templateKeys.image.pythonUserSite')),
      tmpdir: choice(message('templateKeys.image.tmpdir'), ['run', 'site'], 'run'),
      verify: choice(message('templateKeys.image.verify'), ['identity', 'digest'], 'identity'),
      bind: texts(message('templateKeys.image.bind'), ['/shared/datasets:/datasets:ro']),
    }),
  ],
};

const slotKeys: Readonly<Record<string, SchemaNode>> = {
  name: {
    ...text(message('templateKeys.slot.name'), 'training_script'),
    type: SCALAR,
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
  },
  pattern: {
    ...text(message('templateKeys.slot.pattern'), '*.py', '*.{pth,pt}'),
    type: SCALAR,
  },
  description: text(message('templateKeys.slot.description'), 'The training script'),
  type: choice(message('templateKeys.slot.type'), ['data', 'config', 'code', 'model', 'other'], 'data'),
  max_size: {
    description: message('templateKeys.slot.maxSize'),
    type: ['string', 'number', 'null'],
    examples: ['10MB', '2GB'],
  },
  format: choice(message('templateKeys.slot.format'), ['yaml', 'json'], 'yaml'),
  schema: {
    description: message('templateKeys.slot.schema'),
    type: ['object', 'null'],
    examples: [{ type: 'object', required: ['epochs'], properties: { epochs: { type: 'integer', minimum: 1 } } }],
  },
  validation: {
    description: message('templateKeys.slot.validation'),
    type: ['string', 'array', 'object', 'null'],
    examples: ['validate_dat_format', { first_line: '# version [0-9]+' }],
  },
};
const slots = (description: Message | null): SchemaNode =>
  maps(description, map(message('templateKeys.slot.one'), slotKeys, ['name', 'pattern']));
const slotGroup = (what: Message): SchemaNode =>
  map(what, {
    required: slots(message('templateKeys.slots.required')),
    optional: slots(message('templateKeys.slots.optional')),
    required_files: older(slots(null), 'required'),
    optional_files: older(slots(null), 'optional'),
  });
const inputs = slotGroup(message('templateKeys.files.inputs'));
const configs = slotGroup(message('templateKeys.files.configs'));
const output = texts(message('templateKeys.files.output'), 'results/*.csv', ['*.vtk', 'log.*']);

const condition = map(message('templateKeys.condition.map'), {
  field: { ...text(message('templateKeys.condition.field'), 'mode'), type: SCALAR },
  is: { description: message('templateKeys.condition.is'), type: NULLABLE, examples: ['gpu'] },
  not: { description: message('templateKeys.condition.not'), type: NULLABLE, examples: ['none'] },
  in: texts(message('templateKeys.condition.in'), ['gpu', 'mixed']),
});

const limit = (description: Message | null): SchemaNode => ({
  description,
  type: ['number', 'string', 'null'],
  examples: [1, 100],
});

/** Keys of a field that its rules may have as well. */
const ruledKeys: Readonly<Record<string, SchemaNode>> = {
  label: text(message('templateKeys.field.label'), 'Learning rate'),
  help: text(message('templateKeys.field.help'), 'Passes over the data'),
  default: {
    description: message('templateKeys.field.default'),
    type: [...NULLABLE, 'array'],
    items: { type: SCALAR },
    examples: [30, '04:00:00', 'gpu'],
  },
  min: limit(message('templateKeys.field.min')),
  max: limit(message('templateKeys.field.max')),
  step: number(message('templateKeys.field.step'), 0.1),
  options: {
    description: message('templateKeys.field.options'),
    type: ['array', 'null'],
    items: {
      anyOf: [
        { type: SCALAR },
        map(
          null,
          {
            value: { ...text(message('templateKeys.field.optionValue'), 'amp'), type: SCALAR },
            label: text(message('templateKeys.field.optionLabel'), 'Mixed'),
          },
          ['value'],
        ),
      ],
    },
    examples: [['cpu', 'gpu']],
  },
  required: flag(message('templateKeys.field.required')),
};

const conditions = (description: Message | null): SchemaNode => ({
  description,
  anyOf: [condition, { type: 'array', items: condition }, { type: 'null' }],
  examples: [{ field: 'mode', is: 'gpu' }, { mode: 'gpu' }],
});

const optionValue = (key: string, isFlag: boolean, description: Message | null = null): SchemaNode => ({
  description,
  type: isFlag ? NULLABLE : ['string', 'number', 'null'],
  examples: EXAMPLES[key] ?? (isFlag ? [true] : []),
});
const ruledOption = (key: string, isFlag: boolean): SchemaNode => ({
  type: 'object',
  required: ['rules'],
  properties: {
    value: optionValue(key, isFlag, message('templateKeys.slurmValue')),
    rules: maps(
      message('templateKeys.slurmRules'),
      map(
        message('templateKeys.field.rule'),
        {
          when: conditions(message('templateKeys.field.when')),
          value: optionValue(key, isFlag, message('templateKeys.slurmRuled')),
        },
        ['when', 'value'],
      ),
    ),
  },
});
const slurm = map(message('templateKeys.slurm', { placeholder: '{{name}}' }), {
  ...Object.fromEntries(
    optionWords().map(({ key, label, expected, flag: isFlag }): [string, SchemaNode] => [
      key,
      {
        description: message('templateKeys.option', {
          label,
          flag: optionFlag(key),
          expected: expected ?? message('options.expected.flag'),
        }),
        anyOf: [optionValue(key, isFlag), ruledOption(key, isFlag)],
      },
    ]),
  ),
  ...Object.fromEntries(
    ownOptions().map(({ key, reason }): [string, SchemaNode] => [
      key,
      { description: message('templateKeys.hasNoEffect', { reason }), deprecated: true },
    ]),
  ),
});

const parameterKeys: Readonly<Record<string, SchemaNode>> = {
  type: choice(message('templateKeys.field.type'), PARAMETER_TYPES, 'text'),
  ...ruledKeys,
  description: older(text(null, 'Passes over the data'), 'help'),
  unit: text(message('templateKeys.field.unit'), 'K', 'ps'),
  limit: {
    description: message('templateKeys.field.limit'),
    enum: PARAMETER_LIMITS,
    examples: PARAMETER_LIMITS,
  },
  pattern: text(message('templateKeys.field.pattern'), '[a-z]+-[0-9]{1,4}'),
  options_from: {
    description: message('templateKeys.field.optionsFrom'),
    enum: ['partitions', 'accounts', 'qos', 'modules', 'images', 'gpu_types'],
    examples: ['partitions', 'modules'],
  },
  group: text(message('templateKeys.field.group'), 'Training'),
  row: text(message('templateKeys.field.row'), 'cell'),
  advanced: flag(message('templateKeys.field.advanced')),
  visible_when: conditions(message('templateKeys.field.visibleWhen')),
  rules: maps(
    message('templateKeys.field.rules'),
    map(message('templateKeys.field.rule'), { when: conditions(message('templateKeys.field.when')), ...ruledKeys }, [
      'when',
    ]),
  ),
};
const parameterName: SchemaNode = {
  ...text(message('templateKeys.field.name'), 'learning_rate'),
  type: SCALAR,
  pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$',
};

const parameters: SchemaNode = {
  description: message('templateKeys.fields'),
  anyOf: [
    {
      type: ['array', 'null'],
      items: map(message('templateKeys.field.one'), { name: parameterName, ...parameterKeys }, ['name']),
    },
    { type: 'object', additionalProperties: map(message('templateKeys.field.one'), parameterKeys) },
  ],
};

const bash = (what: Message): SchemaNode => ({
  description: message('templateKeys.script.bash', { what }),
  type: NULLABLE,
  examples: ['python "$FILE_TRAINING_SCRIPT" --epochs "$PARAM_EPOCHS"\n'],
});
/** The schema with its descriptions as messages; `jsonSchemaOf` makes the file for other editors of it. */
export const TEMPLATE_SCHEMA: SchemaNode = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Slipway template',
  description: message('templateKeys.file'),
  type: 'object',
  required: ['template', 'script'],
  properties: {
    template: about,
    slurm,
    apptainer: image,
    files: map(message('templateKeys.files.map'), {
      input_schema: inputs,
      config_schema: configs,
      output_pattern: output,
    }),
    parameters,
    generated_files: maps(
      message('templateKeys.files.generated'),
      map(
        message('templateKeys.slot.one'),
        {
          name: { ...text(message('templateKeys.files.generatedName'), 'run.mdp'), type: SCALAR },
          content: {
            ...text(
              message('templateKeys.files.generatedContent', { placeholder: '{{name}}' }),
              'nsteps = {{steps}}\n',
            ),
            type: SCALAR,
          },
        },
        ['name', 'content'],
      ),
    ),
    modules: texts(
      message('templateKeys.modules', { placeholder: '{{name}}' }),
      ['gcc/12.2', 'openmpi/4.1'],
      ['{{program_module}}'],
    ),
    script: map(
      message('templateKeys.script.map'),
      {
        pre_exec: bash(message('templateKeys.script.preExec')),
        main_exec: { ...bash(message('templateKeys.script.mainExec')), type: SCALAR },
        post_exec: bash(message('templateKeys.script.postExec')),
        finally_exec: {
          ...bash(message('templateKeys.script.finallyExec', { variable: '$slipway_status' })),
          examples: ['cp -p ./*.log "$PARAM_RESULTS"/ || true\n'],
        },
        on_signal: {
          ...bash(message('templateKeys.script.onSignal', { function: 'slipway_pass_on SIGNAL' })),
          examples: ['touch STOP\n', 'slipway_pass_on TERM\n'],
        },
      },
      ['main_exec'],
    ),
    validation: map(message('templateKeys.checks.map'), {
      pre_submit: texts(message('templateKeys.checks.preSubmit'), PRE_SUBMIT_CHECKS),
      post_submit: texts(message('templateKeys.checks.postSubmit'), POST_SUBMIT_CHECKS),
    }),
    input_file_schema: older(inputs, 'files.input_schema'),
    option_file_schema: older(configs, 'files.config_schema'),
    output_file_pattern: older(output, 'files.output_pattern'),
  },
};

/** As plain JSON Schema for programs, its descriptions in English. */
export function jsonSchemaOf({ description, ...node }: SchemaNode): Record<string, unknown> {
  const each = (nodes: Readonly<Record<string, SchemaNode>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(nodes).map(([key, value]) => [key, jsonSchemaOf(value)]));
  return {
    ...node,
    ...(description === undefined || description === null ? {} : { description: inWords(description) }),
    ...(node.properties === undefined ? {} : { properties: each(node.properties) }),
    ...(node.additionalProperties === undefined
      ? {}
      : { additionalProperties: jsonSchemaOf(node.additionalProperties) }),
    ...(node.items === undefined ? {} : { items: jsonSchemaOf(node.items) }),
    ...(node.anyOf === undefined ? {} : { anyOf: node.anyOf.map(jsonSchemaOf) }),
  };
}
