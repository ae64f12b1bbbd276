import { z } from 'zod';
import { quoted, type Message, type MessageId } from './message.ts';

// Apart from message.ts: the page says messages without the schema library.

/** A message as it crosses and is stored: which sentence of the catalogue, and what fills it. */
export const MessageSchema: z.ZodType<Message> = z.object({
  id: z.string() as unknown as z.ZodType<MessageId>,
  values: z.record(z.string(), z.union([z.string(), z.number(), z.lazy((): z.ZodType<Message> => MessageSchema)])),
});

/** The same of what is stored and may be older than messages: a text of then is words that are quoted. */
export const StoredMessage: z.ZodType<Message> = z.union([
  MessageSchema,
  z.string().transform((words): Message => quoted(words)),
]);
