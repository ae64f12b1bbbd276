import { z } from 'zod';
import { Problem } from '../problem/schema.ts';

/** A template file as it was when it was last read: what lists show of it, without its scripts. */
export const IndexedTemplate = z.object({
  /** Size in bytes and change time in epoch milliseconds: the file is read again when one of them is different. */
  size: z.number(),
  modifiedAt: z.number(),
  /** Which parser read it; another one reads it again. */
  parser: z.string(),
  id: z.string(),
  /** SHA-256 of the file, empty when it could not be read; and of the last good text, or the same. */
  fileHash: z.string(),
  hash: z.string(),
  /** There is a good text: the file, or a version of that `hash`. */
  usable: z.boolean(),
  displayName: z.string(),
  description: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  version: z.string(),
  author: z.string(),
  isPublic: z.boolean().default(true),
  problems: z.array(Problem),
});
export type IndexedTemplate = z.infer<typeof IndexedTemplate>;
