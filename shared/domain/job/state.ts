/** Slurm's job states that we give a picture; any other text is kept and shown as unknown. Source: squeue(1), JOB STATE CODES. */
export const JOB_STATES = [
  'PENDING',
  'RUNNING',
  'SUSPENDED',
  'COMPLETING',
  'CONFIGURING',
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'REQUEUED',
  'REQUEUE_HOLD',
  'RESIZING',
  'REVOKED',
  'SIGNALING',
  'SPECIAL_EXIT',
  'STAGE_OUT',
  'STOPPED',
] as const;

/** The groups in which a person thinks of states. */
export type StateGroup = 'pending' | 'running' | 'ok' | 'bad' | 'cancelled' | 'unknown';

const GROUPS: Record<string, StateGroup> = {
  PENDING: 'pending',
  CONFIGURING: 'pending',
  REQUEUED: 'pending',
  REQUEUE_HOLD: 'pending',
  SPECIAL_EXIT: 'pending',
  SUSPENDED: 'running',
  RUNNING: 'running',
  COMPLETING: 'running',
  RESIZING: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  STOPPED: 'running',
  COMPLETED: 'ok',
  FAILED: 'bad',
  TIMEOUT: 'bad',
  OUT_OF_MEMORY: 'bad',
  NODE_FAIL: 'bad',
  BOOT_FAIL: 'bad',
  DEADLINE: 'bad',
  PREEMPTED: 'bad',
  REVOKED: 'cancelled',
  CANCELLED: 'cancelled',
};

/** The group of a Slurm state; a state that nobody knows is `unknown` and is polled on. */
export function stateGroup(state: string | null): StateGroup {
  return state === null ? 'unknown' : (GROUPS[state] ?? 'unknown');
}

/** True when Slurm will not change this job any more. */
export function isFinal(state: string | null): boolean {
  const group = stateGroup(state);
  return group === 'ok' || group === 'bad' || group === 'cancelled';
}
