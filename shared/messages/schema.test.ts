import { expect, it } from 'vitest';
import { message, quoted } from './message.ts';
import { MessageSchema, StoredMessage } from './schema.ts';

it('reads what an older version stored as a text as words that are quoted, and takes no text where nothing is old', () => {
  const now = message('facts.quotaSlow', { seconds: 10 });
  expect(StoredMessage.parse(JSON.parse(JSON.stringify(now)))).toEqual(now);
  expect(StoredMessage.parse('The cluster did not tell its nodes.')).toEqual(
    quoted('The cluster did not tell its nodes.'),
  );
  expect(MessageSchema.safeParse('The cluster did not tell its nodes.').success).toBe(false);
});
