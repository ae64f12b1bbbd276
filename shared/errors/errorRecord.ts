import { z } from 'zod';
import { MessageSchema } from '../messages/schema.ts';

/**
 * An error as it is kept and told of something that failed: a connection, a submission. `message` and `hint` are in English, for programs;
 * a person is told what `name`, `details` and `ownHint` say in their language. `ownHint` is missing in what versions before it have stored.
 */
export const ErrorRecord = z.object({
  code: z.int(),
  name: z.string(),
  message: z.string(),
  hint: z.string(),
  ownHint: MessageSchema.nullable().optional(),
  /** The reason passes by itself: the same may succeed later. */
  retry: z.boolean().default(false),
  details: z.record(z.string(), z.unknown()),
});
export type ErrorRecord = z.infer<typeof ErrorRecord>;
