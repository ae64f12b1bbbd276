import { z } from 'zod';
import { FieldText, FormNumber, Line, Name } from '../bounds/schemas.ts';

export { problem } from './defaults.ts';

/** Something a person should know before going on, at the place where it is. */
export const Problem = z.object({
  /** Stable name for tests, translations and fixes, for example `time-over-partition-limit`. */
  rule: z.string(),
  /** The error code of the catalogue when this stops a submission, for example 4007. */
  code: z.int(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  hint: z.string(),
  /** Path of the form field it belongs to: `jobName`, `resources.time`, `parameters.epochs`, `files.dataset`, `image`. */
  field: z.string().nullable(),
  /** A second place where it is shown: the form field of an option that an edited script (`field: "script"`) sets on `line`. */
  alsoAt: z.string().optional(),
  /** Place in a file: template YAML or a config file. Lines and columns count from 1. */
  file: z.string().nullable(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** One click that mends it. */
  fix: z.object({ label: Line, field: Name, value: z.union([FieldText, FormNumber, z.boolean()]) }).nullable(),
});
export type Problem = z.infer<typeof Problem>;
