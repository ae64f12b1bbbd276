/** Job states by their long and short names, as squeue and sacct take and print them. */
import type { BaseState, Job } from './job.ts';

const SHORT: Readonly<Record<string, string>> = {
  PENDING: 'PD',
  RUNNING: 'R',
  SUSPENDED: 'S',
  COMPLETED: 'CD',
  CANCELLED: 'CA',
  FAILED: 'F',
  TIMEOUT: 'TO',
  NODE_FAIL: 'NF',
  PREEMPTED: 'PR',
  BOOT_FAIL: 'BF',
  DEADLINE: 'DL',
  OUT_OF_MEMORY: 'OOM',
  COMPLETING: 'CG',
  CONFIGURING: 'CF',
  RESIZING: 'RS',
  RESV_DEL_HOLD: 'RD',
  REQUEUED: 'RQ',
  REQUEUE_FED: 'RF',
  REQUEUE_HOLD: 'RH',
  REVOKED: 'RV',
  SIGNALING: 'SI',
  SPECIAL_EXIT: 'SE',
  STAGE_OUT: 'SO',
  STOPPED: 'ST',
};

export const STATE_NAMES = Object.keys(SHORT);

export const shortState = (state: string): string => SHORT[state] ?? state;

/** The long name of a state given by either, in any case; null for none. */
export function stateNamed(text: string): string | null {
  const wanted = text.toUpperCase();
  return STATE_NAMES.find((name) => name === wanted || SHORT[name] === wanted) ?? null;
}

/** Whether a job is in the state: a job being ended is RUNNING as well as COMPLETING. */
export const isIn = (job: Job, state: string): boolean =>
  state === 'COMPLETING' ? job.standing.stopping !== null : job.standing.state === (state as BaseState);

/** sacct's spelling: `CANCELLED by 1001`. */
export const accountedState = (job: Job): string =>
  job.standing.state === 'CANCELLED' && job.standing.cancelledBy !== null
    ? `CANCELLED by ${job.standing.cancelledBy}`
    : job.standing.state;
