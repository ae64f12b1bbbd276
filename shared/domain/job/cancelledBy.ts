import { z } from 'zod';

/** Who cancelled a job, as far as the cluster tells. `system` is root: Slurm itself or an administrator. `name` is that of another user. */
export const CancelledBy = z.object({ who: z.enum(['you', 'system', 'other']), name: z.string().nullable() });
export type CancelledBy = z.infer<typeof CancelledBy>;

/** Who cancelled a job, in English, for texts outside of the window. */
export function cancellerText({ who, name }: CancelledBy): string {
  return who === 'you' ? 'you' : who === 'system' ? 'the system or an administrator' : (name ?? 'another user');
}
