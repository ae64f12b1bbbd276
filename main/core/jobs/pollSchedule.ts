/** What decides how soon a cluster is asked again. Times are epoch milliseconds. */
export interface PollSituation {
  /** Least seconds between two polls: the profile's, 5 by default. */
  readonly pollSeconds: number;
  readonly lastPollAt: number | null;
  /** When something was submitted or cancelled, or the connection was made: jobs may have changed. */
  readonly lastNewsAt: number | null;
  /** When a poll last found something changed, or the first one was made. */
  readonly lastChangeAt: number | null;
  /** A job of this cluster that has not ended is on screen. */
  readonly watched: boolean;
  /** Some window is in view: somebody may be looking at counts and lists. */
  readonly inView: boolean;
  /** Jobs of ours that Slurm may still change. */
  readonly active: number;
  /** Jobs that vanished without a trace: looked for, but not in a hurry. */
  readonly missing: number;
  /** Jobs that have ended, as far as is known, and whose end may not be the last. */
  readonly ended: number;
  /** Polls that failed since the last good one. */
  readonly errors: number;
}

const NORMAL_MS = 30_000;
/** With no window in view: this, and longer the longer nothing has changed. */
const BACKGROUND_MS = 60_000;
/** In the background a tenth of the quiet time is waited: after ten minutes a minute, after fifty minutes five. */
const QUIET_PART = 10;
const IDLE_MS = 120_000;
const LONGEST_MS = 300_000;
const JUST_ENDED_MS = 180_000;
/** After news, more follows soon. */
const RECENT_MS = 60_000;
/** The first look after news, unless the profile's minimum forbids it. */
const FIRST_LOOK_MS = 1000;

/** When to ask next, or null when there is nothing to ask about. Sites ban those who ask too often. */
export function nextPoll(situation: PollSituation, now: number): number | null {
  const { pollSeconds, lastPollAt, lastNewsAt, watched, inView, active, missing, ended, errors } = situation;
  if (active + missing + ended === 0) return null;
  const least = pollSeconds * 1000;
  const recent = lastNewsAt !== null && now - lastNewsAt < RECENT_MS;
  const wanted =
    active === 0
      ? ended > 0 && justEnded(situation)
        ? NORMAL_MS
        : IDLE_MS
      : watched || recent
        ? least
        : inView
          ? NORMAL_MS
          : inBackground(situation);
  const interval = Math.max(least, Math.min(LONGEST_MS, Math.max(least, wanted) * 2 ** Math.min(errors, 10)));
  if (lastPollAt === null) return now;
  const due = lastPollAt + interval;
  const unseen = errors === 0 && lastNewsAt !== null && lastNewsAt >= lastPollAt;
  return Math.max(now, lastPollAt + least, unseen ? lastNewsAt + FIRST_LOOK_MS : due);
}

/** Slurm starts a job again soon, or not; and accounting is late by seconds. Measured as below. */
function justEnded({ lastPollAt, lastChangeAt }: PollSituation): boolean {
  return lastPollAt !== null && lastChangeAt !== null && lastPollAt - lastChangeAt < JUST_ENDED_MS;
}

/** Measured up to the last poll, so that it is the same whenever it is asked. */
function inBackground({ lastPollAt, lastChangeAt }: PollSituation): number {
  const quiet = lastPollAt === null || lastChangeAt === null ? 0 : lastPollAt - lastChangeAt;
  return Math.min(LONGEST_MS, Math.max(BACKGROUND_MS, quiet / QUIET_PART));
}
