import type { FormSession } from '../form/session/index.ts';

/** Milliseconds without a change after which Slurm is asked. */
export const STILL_MS = 2000;

/**
 * Whether Slurm is asked about a form by itself: nothing stands against a submission, and this script was not asked about. One that
 * could not be asked about is not tried again until it changes.
 */
export function isWorthAsking({
  draft,
  preview,
  submission,
  startTest,
}: Pick<FormSession, 'draft' | 'preview' | 'submission' | 'startTest'>): boolean {
  if (
    preview === null ||
    submission.kind !== 'editing' ||
    preview.problems.some(({ severity }) => severity === 'error')
  )
    return false;
  const { phase, answer } = startTest;
  if (phase.kind === 'asking' || (phase.kind === 'failed' && phase.script === preview.text)) return false;
  return answer === null || answer.script !== preview.text || answer.clusterId !== draft.clusterId;
}

/** After so long, in milliseconds, an answer is what was known then. */
const FRESH_MS = 10 * 60_000;

/**
 * How an answer stands to the form: there is `none`; the checks have an error, so that nothing would start (`blocked`); it is about
 * the form and the cluster as they are (`current`), about the form before it was `changed`, or it was true then (`past`): the cluster
 * is not connected, or some time has gone by. `now` in epoch milliseconds.
 */
export function standingOf(
  session: Pick<FormSession, 'draft' | 'preview' | 'startTest'>,
  isReady: boolean,
  now: number,
): 'none' | 'blocked' | 'current' | 'changed' | 'past' {
  const { answer } = session.startTest;
  if (session.preview?.problems.some(({ severity }) => severity === 'error') === true) return 'blocked';
  if (answer === null || answer.clusterId !== session.draft.clusterId) return 'none';
  if (!isCurrent(session, answer)) return 'changed';
  return isReady && now - answer.askedAt < FRESH_MS ? 'current' : 'past';
}

/** Whether an answer is about the form as it is now. */
export function isCurrent(
  { draft, preview }: Pick<FormSession, 'draft' | 'preview'>,
  about: { clusterId: string; script: string },
): boolean {
  return about.clusterId === draft.clusterId && about.script === preview?.text;
}
