/** What the page draws of a cluster, from its facts and the latest look at it. Pure; times in epoch ms. */
import type {
  ClusterFacts,
  ClusterUsage,
  Partition,
  Reservation,
  Unknown,
} from '../../../shared/domain/cluster/profile.ts';
import { stateGroup } from '../../../shared/domain/job/state.ts';
import type { LimitUse } from '../../../shared/domain/limits/use.ts';
import { sayMessage, t } from '../../i18n/index.ts';

/** Partitions with what the look says of them, where that is newer than the facts. The facts say which there are. */
export function presentPartitions(facts: ClusterFacts, usage: ClusterUsage | null): Partition[] {
  if (usage === null || usage.takenAt <= facts.takenAt) return facts.partitions;
  const now = new Map(usage.partitions.map((partition) => [partition.name, partition]));
  return facts.partitions.map((partition) => {
    const look = now.get(partition.name);
    // a look that names no GPUs of a partition that has some did not see them
    return look ? { ...partition, ...look, gpus: look.gpus.length === 0 ? partition.gpus : look.gpus } : partition;
  });
}

export interface GpuLine {
  type: string;
  partition: string;
  total: number;
  /** `null`: not known. */
  free: number | null;
  perNode: number;
}

/**
 * GPUs by type, then by partition. They are not added up over partitions: a node may stand in several, and its GPUs would count
 * twice.
 */
export function gpuLines(partitions: readonly Partition[]): GpuLine[] {
  return partitions
    .flatMap(({ name, gpus }) =>
      gpus
        .filter(({ total }) => total > 0)
        .map(({ type, total, free, perNode }) => ({ type, partition: name, total, free, perNode })),
    )
    .sort((a, b) => Number(a.type === '') - Number(b.type === '') || a.type.localeCompare(b.type));
}

type MineRow = ClusterUsage['mine'][number];
export type MineGroup = 'running' | 'pending' | 'other';
export interface MineLine {
  group: MineGroup;
  /** As Slurm writes it: `a,b` waits for either. */
  partition: string;
  jobs: number;
  cpus: number;
  gpus: number;
  memory: number;
}

/** The user's jobs that are not over, by partition and running or pending; states nobody knows are `other`. */
export function myJobs(mine: readonly MineRow[]): MineLine[] {
  const lines = new Map<string, MineLine>();
  for (const row of mine) {
    const group = stateGroup(row.state);
    if (group === 'ok' || group === 'bad' || group === 'cancelled') continue;
    const kind: MineGroup = group === 'unknown' ? 'other' : group;
    const key = `${kind} ${row.partition}`;
    const line = lines.get(key) ?? { group: kind, partition: row.partition, jobs: 0, cpus: 0, gpus: 0, memory: 0 };
    lines.set(key, {
      ...line,
      jobs: line.jobs + row.jobs,
      cpus: line.cpus + row.cpus,
      gpus: line.gpus + row.gpus,
      memory: line.memory + row.memory,
    });
  }
  const order: readonly MineGroup[] = ['running', 'pending', 'other'];
  return [...lines.values()].sort(
    (a, b) => order.indexOf(a.group) - order.indexOf(b.group) || a.partition.localeCompare(b.partition),
  );
}

export function sumOfJobs(lines: readonly MineLine[], group: MineGroup): Omit<MineLine, 'group' | 'partition'> {
  return lines
    .filter((line) => line.group === group)
    .reduce(
      (sum, { jobs, cpus, gpus, memory }) => ({
        jobs: sum.jobs + jobs,
        cpus: sum.cpus + cpus,
        gpus: sum.gpus + gpus,
        memory: sum.memory + memory,
      }),
      { jobs: 0, cpus: 0, gpus: 0, memory: 0 },
    );
}

/** How near a limit is: `full` from all of it on, `near` from four fifths. */
export function fullness(used: number | null, limit: number): 'unknown' | 'low' | 'near' | 'full' {
  if (used === null) return 'unknown';
  if (used >= limit) return 'full';
  return used >= limit * 0.8 ? 'near' : 'low';
}

/** Limits in the order in which they matter: those nearest to being used up first, then as they came. */
export function sortedLimits(limits: readonly LimitUse[]): LimitUse[] {
  const share = ({ used, limit }: LimitUse): number =>
    used === null ? -1 : limit === 0 ? (used > 0 ? 1 : 0) : used / limit;
  return [...limits].sort((a, b) => share(b) - share(a));
}

const DAY_MS = 86_400_000;
const LEAST_SPAN_MS = 14 * DAY_MS;
const MOST_SPAN_MS = 56 * DAY_MS;

export interface TimelineBar {
  reservation: Reservation;
  /** Percent of the timeline. */
  from: number;
  to: number;
}

export interface Timeline {
  startAt: number;
  endAt: number;
  bars: TimelineBar[];
  /** Days to mark, by their place in percent. */
  ticks: { at: number; place: number }[];
}

/** Reservations from now on, on a line of two to eight weeks; those over and those beyond it are left out. */
export function timelineOf(reservations: readonly Reservation[], now: number): Timeline {
  const coming = reservations.filter(
    ({ startAt, endAt }) => (endAt === null || endAt > now) && (startAt === null || startAt < now + MOST_SPAN_MS),
  );
  const last = Math.max(...coming.map(({ startAt, endAt }) => endAt ?? (startAt ?? now) + DAY_MS), now + LEAST_SPAN_MS);
  const span = Math.min(last - now, MOST_SPAN_MS);
  const place = (at: number): number => Math.max(0, Math.min(100, ((at - now) / span) * 100));
  const bars = coming
    .map((reservation) => ({
      reservation,
      from: place(reservation.startAt ?? now),
      to: reservation.endAt === null ? 100 : place(reservation.endAt),
    }))
    .sort((a, b) => a.from - b.from || Number(b.reservation.isMaintenance) - Number(a.reservation.isMaintenance));
  const step = span > 28 * DAY_MS ? 14 : 7;
  const ticks: Timeline['ticks'] = [];
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  // by calendar days: a day with a clock change has not 24 hours
  for (day.setDate(day.getDate() + step); day.getTime() < now + span; day.setDate(day.getDate() + step))
    ticks.push({ at: day.getTime(), place: place(day.getTime()) });
  return { startAt: now, endAt: now + span, bars, ticks };
}

/** The reason why a subject is not known, or not yet; null when it is. */
export function whyUnknown(facts: ClusterFacts, subject: Unknown['subject']): string | null {
  if (facts.asking?.includes(subject)) return t('clusters.stillAsked');
  const found = facts.unknown.find((one) => one.subject === subject);
  return found === undefined ? null : sayMessage(found.reason);
}
