/** Why a job counts as lost, in one word each, as Slurm has one for why it waits. The sentences stand in `reasonMeaning.ts`. */
export const LOST_REASONS = {
  /** Queue and accounting answered, and neither named it. */
  forgotten: 'Forgotten',
  /** The queue alone could tell: the cluster has no accounting. */
  noAccounting: 'NoAccounting',
  /** The queue alone did tell: accounting does not answer. */
  silentAccounting: 'SilentAccounting',
} as const;
export type LostReason = (typeof LOST_REASONS)[keyof typeof LOST_REASONS];

/** The word among those that a record holds, or null. */
export function lostReason(word: string | null): LostReason | null {
  return Object.values(LOST_REASONS).find((known) => known === word) ?? null;
}
