import type { Session } from './sessions.ts';

/** Milliseconds without a change after which Slurm is asked. */
export const STILL_MS = 2000;

/**
 * Whether Slurm is asked about a form by itself: nothing stands against a submission, and this script was not asked about. One that
 * could not be asked about is not tried again until it changes.
 */
export function isWorthAsking({ draft, preview, submission, startTest }: Pick<Session, 'draft' | 'preview' | 'submission' | 'startTest'>): boolean {
  if (preview === null || submission.kind !== 'editing' || preview.problems.some(({ severity }) => severity === 'error')) return false;
  const { phase, answer } = startTest;
  if (phase.kind === 'asking' || (phase.kind === 'failed' && phase.script === preview.text)) return false;
  return answer === null || answer.script !== preview.text || answer.clusterId !== draft.clusterId;
}

/** Whether an answer is about the form as it is now. */
export function isCurrent({ draft, preview }: Pick<Session, 'draft' | 'preview'>, about: { clusterId: string; script: string }): boolean {
  return about.clusterId === draft.clusterId && about.script === preview?.text;
}
