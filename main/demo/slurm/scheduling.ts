/** Who starts now, who waits and why: the demo's scheduler over its table of jobs. It decides; the controller acts. */
import type { Job, JobSpec, NodeShare } from './job.ts';
import type { JobTable } from './jobTable.ts';
import { claimOf, maintenanceAhead } from './maintenance.ts';
import { earliest, type Reservation } from './placement.ts';
import { partitionNamed } from './site.ts';
import { reasonToWait } from './waiting.ts';

/** Waiting jobs that are planned ahead; those behind them are not started out of turn. */
const PLANNED = 50;
const FOR_MAINTENANCE = 'ReqNodeNotAvail, Reserved for maintenance';

/** What the controller does when the scheduler has decided. */
export interface Decisions {
  start(job: Job, shares: readonly NodeShare[]): void;
  /** It waits for what cannot happen any more, and was told to end then. */
  giveUp(job: Job, reason: string): void;
}

/** Waiting jobs in the order in which they are looked at. */
function queueOf(table: JobTable): Job[] {
  return table
    .all()
    .filter((job) => job.standing.state === 'PENDING')
    .sort((a, b) => b.standing.priority - a.standing.priority || a.id - b.id);
}

function claimsOf(table: JobTable, now: number): Reservation[] {
  return table
    .all()
    .filter((job) => job.standing.state === 'RUNNING')
    .map(({ standing: { start, timeLimit, shares } }) => ({
      start: start ?? now,
      end: Math.max(now + 1, (start ?? now) + (timeLimit ?? Infinity)),
      shares,
    }));
}

/** When and where a job like this would start, in epoch seconds; null when it never fits. Nothing is taken. */
export function forecast(table: JobTable, spec: JobSpec, now: number): { start: number; shares: NodeShare[] } | null {
  const partition = partitionNamed(spec.partition);
  if (partition === undefined) return null;
  const claims = [claimOf(maintenanceAhead(now)), ...claimsOf(table, now)];
  for (const job of queueOf(table).slice(0, PLANNED)) {
    if (job.standing.reason !== 'Resources' && job.standing.reason !== 'Priority') continue;
    const seconds = job.standing.timeLimit ?? Infinity;
    const there = partitionNamed(job.spec.partition);
    const plan = there === undefined ? null : earliest(job.spec.demand, there, claims, now, seconds);
    if (plan !== null) claims.push({ start: plan.start, end: plan.start + seconds, shares: plan.shares });
  }
  return earliest(
    spec.demand,
    partition,
    claims,
    now,
    Math.min(spec.timeLimit ?? partition.maxTime, partition.maxTime),
  );
}

/** Goes through the queue once. Jobs that may not be considered hold no place for themselves. */
export function schedule(table: JobTable, now: number, decisions: Decisions): void {
  const maintenance = maintenanceAhead(now);
  const running = claimsOf(table, now);
  const claims = [claimOf(maintenance), ...running];
  const crowded = new Set<string>();
  let planned = 0;
  for (const job of queueOf(table)) {
    job.expectedStart = null;
    const reason = reasonToWait(job, table, now);
    if (reason === 'DependencyNeverSatisfied' && job.spec.killOnInvalidDependency) {
      decisions.giveUp(job, reason);
      continue;
    }
    if (reason !== null) {
      job.expectedStart = reason === 'BeginTime' ? job.standing.begin : null;
      job.standing = { ...job.standing, reason };
      continue;
    }
    const partition = partitionNamed(job.spec.partition);
    const seconds = job.standing.timeLimit ?? Infinity;
    const plan =
      partition === undefined || planned >= PLANNED ? null : earliest(job.spec.demand, partition, claims, now, seconds);
    if (plan?.start === now) {
      decisions.start(job, plan.shares);
    } else {
      planned += 1;
      job.expectedStart = plan?.start ?? null;
      const inTheWay =
        partition !== undefined &&
        now + seconds > maintenance.start &&
        earliest(job.spec.demand, partition, claims.slice(1), now, seconds)?.start === now;
      job.standing = {
        ...job.standing,
        reason: inTheWay ? FOR_MAINTENANCE : crowded.has(job.spec.partition) ? 'Priority' : 'Resources',
      };
      if (!inTheWay) crowded.add(job.spec.partition);
    }
    if (plan !== null) claims.push({ start: plan.start, end: plan.start + seconds, shares: plan.shares });
  }
}
