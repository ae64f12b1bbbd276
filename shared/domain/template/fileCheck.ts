import { z } from 'zod';
import { MessageSchema } from '../../messages/schema.ts';

/** Bytes that are looked at from a file's beginning: `magic` has to lie within. */
export const CHECKED_BYTES = 64 * 1024;
/** The largest file, in bytes, that a slot takes where its template is silent; the site's own limit counts besides. */
export const DEFAULT_MAX_FILE_SIZE = 1000 * 1024 ** 2;

/** What a file must be like, said without a program. Everything that is not null must hold. Sizes in bytes. */
export const FileRule = z.object({
  /** Why the file is asked to be so, in the site's words; said with the fault. */
  message: z.string().nullable(),
  /** Bytes in hexadecimal that stand at `offset`. */
  magic: z.object({ hex: z.string(), offset: z.int() }).nullable(),
  /** A pattern that the whole first line fits (`shared/lib/linearPattern.ts`). */
  firstLine: z.string().nullable(),
  /** Columns of a table: their names, which stand in its first line, or how many each line has. */
  columns: z
    .object({
      names: z.array(z.string()),
      count: z.int().nullable(),
      separator: z.enum(['comma', 'semicolon', 'tab', 'blank']).nullable(),
    })
    .nullable(),
  minSize: z.number().nullable(),
  maxSize: z.number().nullable(),
  format: z.enum(['yaml', 'json']),
  schema: z.record(z.string(), z.unknown()).nullable(),
});
export type FileRule = z.infer<typeof FileRule>;

/** A check that a slot names. `rule` null: nobody defines it, or its definition has a fault, which is then said. */
export const FileCheck = z.object({
  name: z.string(),
  rule: FileRule.nullable(),
  fault: z.object({ file: z.string(), line: z.int(), fault: MessageSchema }).nullable(),
});
export type FileCheck = z.infer<typeof FileCheck>;
