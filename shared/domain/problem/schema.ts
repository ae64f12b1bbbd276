import { z } from 'zod';
import { FieldText, FormNumber, Name } from '../bounds/schemas.ts';
import { MessageSchema } from '../../messages/schema.ts';

export { problem } from './defaults.ts';

/** A form field and the value that it should have. */
export const Change = z.object({ field: Name, value: z.union([FieldText, FormNumber, z.boolean()]) });
export type Change = z.infer<typeof Change>;

/** Something a person should know before going on, at the place where it is. */
export const Problem = z.object({
  /** Stable name for tests, programs and fixes, for example `time-over-partition-limit`. */
  rule: z.string(),
  /** The error code of the catalogue when this stops a submission, for example 4007. */
  code: z.int(),
  severity: z.enum(['error', 'warning', 'info']),
  /** What is wrong, and what to do about it: said in the language of whoever reads. */
  message: MessageSchema,
  hint: MessageSchema.nullable(),
  /** Path of the form field it belongs to: `jobName`, `resources.time`, `parameters.epochs`, `files.dataset`, `image`. */
  field: z.string().nullable(),
  /** A second place where it is shown: the form field of an option that an edited script (`field: "script"`) sets on `line`. */
  alsoAt: z.string().optional(),
  /** Place in a file: template YAML or a config file. Lines and columns count from 1. */
  file: z.string().nullable(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** One click that mends it. */
  fix: Change.extend({ label: MessageSchema }).nullable(),
});
export type Problem = z.infer<typeof Problem>;
