import { z } from 'zod';
import { Count, FieldText, Line, list, Name, PlainData } from '../bounds/schemas.ts';
import { PLAIN_DATA_LIMITS } from '../bounds/limits.ts';
import { ClusterId } from '../ids.ts';
import { MessageSchema } from '../../messages/schema.ts';
import { Problem } from '../problem/schema.ts';
import { FileSlot } from './schema.ts';

/** A place in a template file: keys and indexes from its root. */
export const TemplatePath = list(z.union([Name, Count]), PLAIN_DATA_LIMITS.depth).min(1);

/** One change of a template's text. */
export const TemplateEdit = z.discriminatedUnion('kind', [
  /** Sets a value, making the maps on the way. `value` is plain data. */
  z.object({ kind: z.literal('set'), path: TemplatePath, value: PlainData }),
  z.object({ kind: z.literal('remove'), path: TemplatePath }),
  /** Puts an item of a list at another place of it. */
  z.object({ kind: z.literal('move'), path: TemplatePath, from: Count, to: Count }),
  z.object({ kind: z.literal('insert'), path: TemplatePath, at: Count, value: PlainData }),
]);
export type TemplateEdit = z.infer<typeof TemplateEdit>;

/** A text that a template file once had. */
export const TemplateVersion = z.object({
  hash: z.string(),
  /** `template.version` of that text, or empty. */
  version: z.string(),
  /** Epoch ms at which it was first seen. */
  at: z.number(),
  /** `saved`: by Slipway; `found`: another program wrote it. */
  by: z.enum(['saved', 'found']),
  bytes: z.int(),
});
export type TemplateVersion = z.infer<typeof TemplateVersion>;

/** What becomes of a file that is dropped on a template. */
/** `type`: the slot's, or what the file's name makes of it where it fits none. */
export const SlotPreview = z.object({
  name: z.string(),
  size: z.number(),
  slot: z.string().nullable(),
  type: FileSlot.shape.type,
  problems: z.array(Problem),
});
export type SlotPreview = z.infer<typeof SlotPreview>;

export const ImportNote = z.object({
  kind: z.enum(['taken', 'changed', 'unsupported']),
  /** What it is about: a directive, a key, a widget as it stood, or our words for what has none, such as the line ends. */
  what: z.union([z.string(), MessageSchema]),
  file: z.string(),
  line: z.int().nullable(),
  /** What became of it, or why nothing could; null where it was simply taken. */
  reason: MessageSchema.nullable(),
});
export type ImportNote = z.infer<typeof ImportNote>;

/** A literal value of an imported script that could be a field of the form. */
export const ParameterOffer = z.object({
  name: Name,
  label: Line,
  value: FieldText,
  line: Count.nullable(),
  where: Line,
});
export type ParameterOffer = z.infer<typeof ParameterOffer>;

export const ImportReport = z.object({
  format: z.enum(['slipway', 'sbatch', 'open-composer', 'open-ondemand', 'batch-connect', 'flat']),
  /** The template file that came out of it. */
  text: z.string(),
  notes: z.array(ImportNote),
  offers: z.array(ParameterOffer),
  problems: z.array(Problem),
  /** The templates after the first, of a list of them. */
  more: z.array(z.object({ name: z.string(), text: z.string(), problems: z.array(Problem) })).optional(),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** A template against one cluster. `runs`: as it is; `change`: with the fixes of its problems; `unknown`: too little is known of the cluster. */
export const FitReport = z.object({
  clusterId: ClusterId,
  verdict: z.enum(['runs', 'change', 'cannot', 'unknown']),
  problems: z.array(Problem),
  /** Epoch ms of the facts that it was held against. */
  factsAt: z.number().nullable(),
});
export type FitReport = z.infer<typeof FitReport>;

/** Something that can be written at the cursor. */
export const EditorItem = z.object({
  label: z.string(),
  insert: z.string(),
  kind: z.enum(['key', 'value', 'parameter', 'variable']),
  /** What a key is for. */
  documentation: MessageSchema.nullable(),
  /** Characters before the cursor that it takes the place of. */
  replace: z.int(),
});
export type EditorItem = z.infer<typeof EditorItem>;

/** What an editor offers and explains at a place of a template's text. Lines and columns from 1. */
export const EditorAdvice = z.object({
  items: z.array(EditorItem),
  hover: z
    .object({
      key: z.string(),
      text: MessageSchema,
      examples: z.array(z.string()),
      line: z.int(),
      from: z.int(),
      to: z.int(),
    })
    .nullable(),
});
export type EditorAdvice = z.infer<typeof EditorAdvice>;
