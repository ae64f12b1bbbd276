import { z } from 'zod';
import { message, type Message } from '../../messages/message.ts';

/** Who cancelled a job, as far as the cluster tells. `system` is root: Slurm itself or an administrator. `name` is that of another user. */
export const CancelledBy = z.object({ who: z.enum(['you', 'system', 'other']), name: z.string().nullable() });
export type CancelledBy = z.infer<typeof CancelledBy>;

const WHO = {
  you: 'notifications.who.you',
  system: 'notifications.who.system',
  other: 'notifications.who.other',
} as const satisfies Readonly<Record<CancelledBy['who'], string>>;

/** Who cancelled a job: a person's name, or words for the others. */
export function cancellerMessage({ who, name }: CancelledBy): string | Message {
  return who === 'other' && name !== null ? name : message(WHO[who]);
}
