/** When an end is believed, and for how long it is looked at again. Pure. */
import type { Task } from '../../../shared/domain/job/task.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';

const MINUTE_MS = 60_000;

/**
 * Ends after which Slurm itself may start a job again, and for how long that is watched for, in milliseconds. A preempted job or one
 * whose node was lost goes back to the queue unless the site or the job forbids it (slurm.conf(5): JobRequeue, PreemptMode); other
 * failures do where the site says so (RequeueExit, RequeueExitHold) or somebody calls `scontrol requeue`. In between, the job may for a
 * moment be in neither the queue nor the newest record of accounting.
 */
const AGAIN_WITHIN: Readonly<Record<string, number>> = {
  PREEMPTED: 10 * MINUTE_MS,
  NODE_FAIL: 10 * MINUTE_MS,
  BOOT_FAIL: 10 * MINUTE_MS,
  REVOKED: 10 * MINUTE_MS,
  FAILED: 2 * MINUTE_MS,
  TIMEOUT: 2 * MINUTE_MS,
};
/** An end that accounting has not confirmed although the cluster has one: so long its word is waited for. */
const UNCONFIRMED_MS = 60 * MINUTE_MS;

type Ending = Pick<Task, 'state' | 'endedAt' | 'endWatchedUntil'>;

/** Until when the end that a task has now (`after`) is to be watched, epoch milliseconds; null for an end that is the last, and for no end. */
export function endWatchedUntil(before: Ending, after: Ending, confirmed: boolean, now: number): number | null {
  const { state, endedAt } = after;
  if (state === null || !isFinal(state)) return null;
  const again = (endedAt ?? now) + (AGAIN_WITHIN[state] ?? 0);
  const isNew = before.state !== state || before.endedAt === null;
  const known = before.endWatchedUntil;
  const until = confirmed ? again : isNew ? Math.max(again, now + UNCONFIRMED_MS) : known;
  // an end that was the last is watched again only when it is another one
  return until === null || until <= now || (!isNew && known === null) ? null : until;
}

/** Whole answers in a row in which a job did not stand. */
export interface Missed {
  /** Epoch milliseconds of the first. */
  readonly since: number;
  /** Answers of the queue. */
  readonly looks: number;
  /** How many of these accounting confirmed by a whole answer of its own. */
  readonly confirmed: number;
}

const LOOKS = 3;
/** Without accounting, at least this long; at most an hour, however long the cluster keeps ended jobs in its queue. */
const LEAST_MS = 3 * MINUTE_MS;
const MOST_MS = 60 * MINUTE_MS;

/**
 * True when a job counts as lost: several whole answers of both queue and accounting, or of the queue alone over the time for which the
 * cluster keeps an ended job there (`minJobAge`, seconds).
 */
export function isLost({ since, looks, confirmed }: Missed, minJobAge: number | null, now: number): boolean {
  if (confirmed >= LOOKS) return true;
  return looks >= LOOKS && now - since >= Math.min(MOST_MS, Math.max(LEAST_MS, (minJobAge ?? 0) * 1000));
}
