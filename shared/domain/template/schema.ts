import { z } from 'zod';
import { said } from '../bounds/complaint.ts';
import { formatBytes } from '../../lib/bytes.ts';
import { message } from '../../messages/message.ts';
import { MAX_TEXT } from '../bounds/limits.ts';
import { FieldText, FormNumber, list, withBoundedKeys } from '../bounds/schemas.ts';
import { FileCheck } from './fileCheck.ts';
import { TemplateId } from '../ids.ts';
import { SlurmRequest } from '../request/schema.ts';

export const TEMPLATE_CATEGORIES = ['ml', 'cfd', 'structural', 'molecular', 'data', 'custom'] as const;
export const TEMPLATE_SOURCES = ['official', 'community', 'private', 'archived'] as const;
export const TemplateSource = z.enum(TEMPLATE_SOURCES);
export type TemplateSource = z.infer<typeof TemplateSource>;

const ParameterValue = z.union([FieldText, FormNumber, z.boolean(), list(FieldText)]);
export type ParameterValue = z.infer<typeof ParameterValue>;
export const ParameterValues = withBoundedKeys(
  z
    .record(z.string(), ParameterValue)
    .refine(
      (values) =>
        Object.values(values).reduce<number>(
          (sum, value) =>
            sum + (typeof value === 'string' ? value.length : Array.isArray(value) ? value.join().length : 0),
          0,
        ) <= MAX_TEXT,
      said(message('complaints.valuesTogether', { most: formatBytes(MAX_TEXT) })),
    ),
);
export type ParameterValues = z.infer<typeof ParameterValues>;

export const PARAMETER_TYPES = [
  'text',
  'integer',
  'number',
  'boolean',
  'select',
  'multiselect',
  'duration',
  'memory',
  'path',
  'file',
] as const;

/** What the chosen partition lets a parameter have at most. */
export const PARAMETER_LIMITS = [
  'partition.max_time',
  'partition.max_nodes',
  'partition.cpus_per_node',
  'partition.gpus_per_node',
  'partition.memory_per_node',
] as const;

/** `{ field, is | in | not }`: declarative, no expressions. All conditions must hold. */
export const VisibleWhen = z.object({
  field: z.string(),
  is: z.union([z.string(), z.number(), z.boolean()]).optional(),
  in: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  not: z.union([z.string(), z.number(), z.boolean()]).optional(),
});
export type VisibleWhen = z.infer<typeof VisibleWhen>;

const ParameterOptions = z.array(z.object({ value: z.string(), label: z.string() }));

/** What a field is like instead, while other fields have the values of `when`; an absent key is as without the rule. */
export const ParameterRule = z.object({
  /** All must hold. */
  when: z.array(VisibleWhen),
  label: z.string().optional(),
  help: z.string().optional(),
  default: ParameterValue.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  options: ParameterOptions.optional(),
  required: z.boolean().optional(),
});
export type ParameterRule = z.infer<typeof ParameterRule>;

/** What an option of `slurm:` is instead while fields of the form have the values of `when`; null: it is not asked for. */
export const SlurmRule = z.object({
  option: z.string(),
  when: z.array(VisibleWhen),
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
});
export type SlurmRule = z.infer<typeof SlurmRule>;

/** A typed field of the form. Reaches the script as `PARAM_<NAME>`, shell-quoted; a `slurm:` value may say `{{name}}`. */
export const Parameter = z.object({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
  type: z.enum(PARAMETER_TYPES),
  label: z.string(),
  help: z.string(),
  default: ParameterValue.nullable(),
  unit: z.string().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable(),
  /** A largest value that follows the partition, besides `max`. */
  limit: z.enum(PARAMETER_LIMITS).nullable().default(null),
  pattern: z.string().nullable(),
  options: ParameterOptions,
  optionsFrom: z.enum(['partitions', 'accounts', 'qos', 'modules', 'images', 'gpu_types']).nullable(),
  group: z.string().nullable(),
  /** Fields of one group that say the same stand beside one another, where the first of them stands. */
  row: z.string().nullable().default(null),
  advanced: z.boolean(),
  required: z.boolean(),
  visibleWhen: z.array(VisibleWhen),
  /** Of the rules that hold, each key is taken from the last that has it. */
  rules: z.array(ParameterRule).default([]),
});
export type Parameter = z.infer<typeof Parameter>;

/** A file the job needs. `maxSize` in bytes; the site's limit applies on top. */
export const FileSlot = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/),
  pattern: z.string(),
  description: z.string(),
  type: z.enum(['data', 'config', 'code', 'model', 'other']),
  maxSize: z.number(),
  required: z.boolean(),
  /** Set for config files: how to read it and the JSON Schema (draft 2020-12) it must satisfy. */
  format: z.enum(['yaml', 'json']).nullable(),
  schema: z.record(z.string(), z.unknown()).nullable(),
  /** `validation:` of the slot; none where it is absent. */
  checks: z.array(FileCheck).optional(),
});
export type FileSlot = z.infer<typeof FileSlot>;

/** A text file written beside the script, with `{{parameter}}` filled in. */
export const GeneratedFile = z.object({ name: z.string(), content: z.string() });
export type GeneratedFile = z.infer<typeof GeneratedFile>;

/** Which images a job may use; every spelling of `apptainer:` is normalised to this. */
export const ImageRule = z.object({
  /** `none`: no container at all. `fixed`: one of `allowedImages`. `partition`: those of `partition`. `any`: all. */
  mode: z.enum(['none', 'partition', 'fixed', 'any']),
  partition: z.string().nullable(),
  userSelectable: z.boolean(),
  /** File names, for example `pytorch_cuda.sif`. Empty means no restriction within the mode. */
  allowedImages: z.array(z.string()),
  app: z.string().nullable(),
  bind: z.array(z.string()),
  /**
   * How a script that does not start the image itself gets into it. `script`: bash of the image runs it; `app`, `run`: the app, or the image's
   * own program, is started with the script's words as arguments; `none`: it is not wrapped. Absent: as the script is.
   */
  wrap: z.enum(['script', 'app', 'run', 'none']).optional(),
  /** Parts of a wrapped script that run inside; absent: `main_exec` alone. */
  inside: z.array(z.enum(['pre_exec', 'main_exec', 'post_exec', 'finally_exec'])).optional(),
  /** Which vendor's libraries and devices a job with GPUs is given; absent: as GPU and image say. */
  gpu: z.enum(['nv', 'rocm', 'none']).optional(),
  /** Packages of `~/.local` count inside the image. Absent: no. */
  pythonUserSite: z.boolean().optional(),
  /** Where temporary files go: `run`, a folder of the run (absent), or where the site puts them. */
  tmpdir: z.enum(['run', 'site']).optional(),
  /** What the job compares of its image before it begins: size and time, or its SHA-256. Absent: nothing. */
  verify: z.enum(['identity', 'digest']).optional(),
});
export type ImageRule = z.infer<typeof ImageRule>;

export const Template = z.object({
  id: TemplateId,
  name: z.string(),
  displayName: z.string(),
  description: z.string(),
  category: z.enum(TEMPLATE_CATEGORIES),
  tags: z.array(z.string()),
  version: z.string(),
  author: z.string(),
  isPublic: z.boolean(),
  slurm: SlurmRequest,
  /** Of the rules of an option that hold, the last counts. */
  slurmRules: z.array(SlurmRule).optional(),
  image: ImageRule,
  modules: z.array(z.string()),
  parameters: z.array(Parameter),
  files: z.array(FileSlot),
  generatedFiles: z.array(GeneratedFile),
  /** Glob of result files within the run folder. */
  outputPattern: z.string().nullable(),
  script: z.object({
    preExec: z.string(),
    mainExec: z.string(),
    postExec: z.string(),
    /** Runs at the end, whatever the others came to. */
    finallyExec: z.string().optional(),
    /** What is done at the signal of `--signal=B:…` while the main part runs; absent: it is passed on to the programs. */
    onSignal: z.string().optional(),
  }),
  validation: z.object({ preSubmit: z.array(z.string()), postSubmit: z.array(z.string()) }),
});
export type Template = z.infer<typeof Template>;
