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
  readonly description?: string;
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

/** The schema is a file for editors, and as such in one language. */
const english = (text: string | Message): string => (typeof text === 'string' ? text : inWords(text));

const SCALAR = ['string', 'number', 'boolean'] as const;
const NULLABLE = [...SCALAR, 'null'] as const;

/** A text; `1.10` and `true` are read as the texts that they are written as. */
const text = (description: string, ...examples: unknown[]): SchemaNode => ({ description, type: NULLABLE, examples });
const flag = (description: string): SchemaNode => ({
  description,
  type: ['boolean', 'string', 'null'],
  enum: [true, false, 'yes', 'no', 'on', 'off', null],
  examples: [true, false],
});
const number = (description: string, ...examples: unknown[]): SchemaNode => ({
  description,
  type: ['number', 'null'],
  examples,
});
const choice = (description: string, words: readonly string[], fallback: string): SchemaNode => ({
  description,
  enum: [...words, null],
  default: fallback,
  examples: words,
});
const texts = (description: string, ...examples: unknown[]): SchemaNode => ({
  description,
  anyOf: [{ type: 'array', items: { type: SCALAR } }, { type: NULLABLE }],
  examples,
});
const map = (
  description: string,
  properties: Readonly<Record<string, SchemaNode>>,
  required: readonly string[] = [],
): SchemaNode => ({
  description,
  type: ['object', 'null'],
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const maps = (description: string, items: SchemaNode): SchemaNode => ({ description, type: ['array', 'null'], items });
const older = (node: SchemaNode, today: string): SchemaNode => ({
  ...node,
  description: `Older spelling of ${today}.`,
  deprecated: true,
});

const about = map(
  'What the template is.',
  {
    id: {
      ...text('Unique: letters, digits, “-”, “_”, “.”, at most 128 characters.', 'pytorch-training-v1'),
      type: SCALAR,
    },
    name: text('A short name; the id where it is absent.', 'pytorch_training'),
    display_name: text('The name shown in lists, in any language; the name where it is absent.', 'PyTorch training'),
    description: text('What a job of it does, in a sentence or two.', 'Trains a network on one node with GPUs.'),
    category: choice('Where it stands in the library.', TEMPLATE_CATEGORIES, 'custom'),
    tags: texts('Words to search by.', ['gpu', 'pytorch']),
    version: text('As you count; 1.10 stays 1.10.', '1.0.0'),
    author: text('Who wrote it.', 'mia'),
    is_public: flag(
      'false: not meant for others. Publishing asks first, and a shared folder shows it to its author alone. true where it is absent.',
    ),
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

const slurm = map(
  'What to ask of Slurm: the starting values of the form. Any long option of sbatch, with “_” or “-”; {{name}} stands for a parameter.',
  {
    ...Object.fromEntries(
      optionWords().map(({ key, label, expected, flag: isFlag }): [string, SchemaNode] => [
        key,
        {
          description: `${english(label)} (${optionFlag(key)}): ${english(expected ?? message('options.expected.flag'))}`,
          type: isFlag ? NULLABLE : ['string', 'number', 'null'],
          examples: EXAMPLES[key] ?? (isFlag ? [true] : []),
        },
      ]),
    ),
    ...Object.fromEntries(
      ownOptions().map(({ key, reason }): [string, SchemaNode] => [
        key,
        { description: `Has no effect: ${english(reason)}.`, deprecated: true },
      ]),
    ),
  },
);

const image: SchemaNode = {
  description: 'The container image. Absent: the job runs without one.',
  anyOf: [
    { type: ['string', 'boolean', 'null'], examples: ['pytorch_cuda.sif', 'none'] },
    map('', {
      image_name: text('One image, by its file name.', 'pytorch_cuda.sif'),
      image: older(text('', 'pytorch_cuda.sif'), 'image_name'),
      mode: choice(
        'Which images may be used: none, those of a partition, the ones listed here (fixed), or any.',
        ['none', 'partition', 'fixed', 'any'],
        'any',
      ),
      partition: text('Whose images, with mode partition; that of slurm: where it is absent.', 'normal'),
      user_selectable: flag('May the person choose? False with a single fixed image, otherwise true.'),
      allowed_images: texts('Images by name, version or digest; with any mode, only these.', ['a.sif', 'pytorch:2.*']),
      app: text('An app inside the image, given to the script as $IMAGE_APP.', 'python'),
      bind: texts('Folders to see inside the image: /on/the/cluster:/in/the/image:ro, whole paths without variables.', [
        '/shared/datasets:/datasets:ro',
      ]),
    }),
  ],
};

const slotKeys: Readonly<Record<string, SchemaNode>> = {
  name: {
    ...text('Letters, digits, “_”; makes $FILE_<NAME>.', 'training_script'),
    type: SCALAR,
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
  },
  pattern: {
    ...text('Of the file’s name: *, ?, [a-z], [!a-z], {a,b}; case counts.', '*.py', '*.{pth,pt}'),
    type: SCALAR,
  },
  description: text('What the file is, for the person who looks for it.', 'The training script'),
  type: choice('What kind of file it is.', ['data', 'config', 'code', 'model', 'other'], 'data'),
  max_size: {
    description: 'The largest file that is accepted; 1000 MB where it is absent.',
    type: ['string', 'number', 'null'],
    examples: ['10MB', '2GB'],
  },
  format: choice('How to read a config file.', ['yaml', 'json'], 'yaml'),
  schema: {
    description: 'A JSON Schema (draft 2020-12) that the file must fit; checked before anything is sent.',
    type: ['object', 'null'],
    examples: [{ type: 'object', required: ['epochs'], properties: { epochs: { type: 'integer', minimum: 1 } } }],
  },
  validation: {
    description:
      'Names of checks that checks.yaml of the template folder defines, or a check itself: magic, magic_text, magic_offset, first_line, columns, separator, min_size, max_size, format, schema, message.',
    type: ['string', 'array', 'object', 'null'],
    examples: ['validate_dat_format', { first_line: '# version [0-9]+' }],
  },
};
const slots = (which: string): SchemaNode =>
  maps(`${which}, in the order of the form.`, map('One file.', slotKeys, ['name', 'pattern']));
const slotGroup = (what: string): SchemaNode =>
  map(what, {
    required: slots('Files without which the job cannot be submitted'),
    optional: slots('Files that may be absent'),
    required_files: older(slots(''), 'required'),
    optional_files: older(slots(''), 'optional'),
  });
const inputs = slotGroup('Input files.');
const configs = slotGroup('Config files: checked against a JSON Schema before the upload.');
const output = texts('Result files within the run folder.', 'results/*.csv', ['*.vtk', 'log.*']);

const condition = map('Holds while another field has, or has not, a value.', {
  field: { ...text('The other parameter.', 'mode'), type: SCALAR },
  is: { description: 'Its value.', type: NULLABLE, examples: ['gpu'] },
  not: { description: 'Not its value.', type: NULLABLE, examples: ['none'] },
  in: texts('One of its values.', ['gpu', 'mixed']),
});

const limit = (description: string): SchemaNode => ({
  description,
  type: ['number', 'string', 'null'],
  examples: [1, 100],
});

/** Keys of a field that its rules may have as well. */
const ruledKeys: Readonly<Record<string, SchemaNode>> = {
  label: text('What the form calls it; made of the name where it is absent.', 'Learning rate'),
  help: text('A sentence below the field.', 'Passes over the data'),
  default: {
    description: 'The value that the form begins with.',
    type: [...NULLABLE, 'array'],
    items: { type: SCALAR },
    examples: [30, '04:00:00', 'gpu'],
  },
  min: limit('The least value; of a duration and a memory size in Slurm’s spelling.'),
  max: limit('The largest value; of a duration and a memory size in Slurm’s spelling.'),
  step: number('Values go up by it.', 0.1),
  options: {
    description: 'The values to choose from: texts, or value and label.',
    type: ['array', 'null'],
    items: {
      anyOf: [
        { type: SCALAR },
        map(
          '',
          { value: { ...text('The value.', 'amp'), type: SCALAR }, label: text('What the form calls it.', 'Mixed') },
          ['value'],
        ),
      ],
    },
    examples: [['cpu', 'gpu']],
  },
  required: flag('Must have a value before the job can be submitted.'),
};

const conditions = (description: string): SchemaNode => ({
  description,
  anyOf: [condition, { type: 'array', items: condition }, { type: 'null' }],
  examples: [{ field: 'mode', is: 'gpu' }, { mode: 'gpu' }],
});

const parameterKeys: Readonly<Record<string, SchemaNode>> = {
  type: choice('What the field takes.', PARAMETER_TYPES, 'text'),
  ...ruledKeys,
  description: older(text('', 'Passes over the data'), 'help'),
  unit: text('Shown behind the field.', 'K', 'ps'),
  limit: {
    description:
      'A largest value that follows the chosen partition: its time limit for a duration, its memory per node for a memory size, the others for an integer.',
    enum: PARAMETER_LIMITS,
    examples: PARAMETER_LIMITS,
  },
  pattern: text(
    'A regular expression that the whole value must fit; of type file, the pattern of its name.',
    '[a-z]+-[0-9]{1,4}',
  ),
  options_from: {
    description: 'The values to choose from, as the cluster has them.',
    enum: ['partitions', 'accounts', 'qos', 'modules', 'images', 'gpu_types'],
    examples: ['partitions', 'modules'],
  },
  group: text('The heading that it stands under.', 'Training'),
  row: text('Fields of one group that say the same row stand beside one another at every width.', 'cell'),
  advanced: flag('Shown only when asked for.'),
  visible_when: conditions(
    'Shown only while all these conditions on other fields hold. A hidden field has its default.',
  ),
  rules: maps(
    'What the field is like instead while other fields have certain values; of the rules that hold, each key counts from the last that has it.',
    map('One rule.', { when: conditions('Holds while all these conditions on other fields do.'), ...ruledKeys }, [
      'when',
    ]),
  ),
};
const parameterName: SchemaNode = {
  ...text('Letters, digits, “_”; makes $PARAM_<NAME>.', 'learning_rate'),
  type: SCALAR,
  pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$',
};

const parameters: SchemaNode = {
  description: 'The fields of the form: a list, or a map from name to the rest.',
  anyOf: [
    { type: ['array', 'null'], items: map('One field.', { name: parameterName, ...parameterKeys }, ['name']) },
    { type: 'object', additionalProperties: map('One field.', parameterKeys) },
  ],
};

const bash = (description: string): SchemaNode => ({
  description: `${description} Bash, run in the run folder; values stand in "$PARAM_NAME" and "$FILE_NAME".`,
  type: NULLABLE,
  examples: ['python "$FILE_TRAINING_SCRIPT" --epochs "$PARAM_EPOCHS"\n'],
});
const checks = (description: string, known: Readonly<Record<string, string>>): SchemaNode => ({
  ...texts(
    `${description} Known: ${Object.entries(known)
      .map(([name, what]) => `${name} (${what})`)
      .join('; ')}.`,
    Object.keys(known),
  ),
});

export const TEMPLATE_SCHEMA: SchemaNode = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Slipway template',
  description: 'A kind of job: what to ask of Slurm, its image, files, form and script.',
  type: 'object',
  required: ['template', 'script'],
  properties: {
    template: about,
    slurm,
    apptainer: image,
    files: map('The files that the job needs, and those that it makes.', {
      input_schema: inputs,
      config_schema: configs,
      output_pattern: output,
    }),
    parameters,
    generated_files: maps(
      'Text files made from the parameters; they lie in the run folder.',
      map(
        'One file.',
        {
          name: { ...text('Its name in the run folder.', 'run.mdp'), type: SCALAR },
          content: {
            ...text('Its text; {{name}} is replaced by the value of a parameter.', 'nsteps = {{steps}}\n'),
            type: SCALAR,
          },
        },
        ['name', 'content'],
      ),
    ),
    modules: texts(
      'Environment modules, loaded before the script; {{name}} stands for a parameter that holds some.',
      ['gcc/12.2', 'openmpi/4.1'],
      ['{{program_module}}'],
    ),
    script: map(
      'The commands of the job.',
      {
        pre_exec: bash('Runs first.'),
        main_exec: { ...bash('The job succeeds when its last command does.'), type: SCALAR },
        post_exec: bash('Runs after a main_exec that succeeded.'),
      },
      ['main_exec'],
    ),
    validation: map('Named checks.', {
      pre_submit: checks('Before the job is submitted.', PRE_SUBMIT_CHECKS),
      post_submit: checks('After it.', POST_SUBMIT_CHECKS),
    }),
    input_file_schema: older(inputs, 'files.input_schema'),
    option_file_schema: older(configs, 'files.config_schema'),
    output_file_pattern: older(output, 'files.output_pattern'),
  },
};
