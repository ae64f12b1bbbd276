/** A request against the reservations of a cluster: maintenance ahead, and the one that the request names. */
import { toSlurmDuration } from '../../lib/duration.ts';
import type { ClusterFacts, Partition, Reservation } from '../cluster/facts.ts';
import { found } from './problem.ts';
import { listed, quoted, timeWords } from './words.ts';
import type { Problem } from '../problem/schema.ts';
import type { RequestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';

const MINUTE = 60_000;
/** Between the end of the job and the beginning of the maintenance, so that it need not start this instant. */
const MARGIN = 10 * MINUTE;
/** A job that fits before a maintenance is not proposed shorter than this. */
const SHORTEST = 15 * MINUTE;

/** A maintenance that stands in the way of a job which could start now. */
export interface MaintenanceAhead {
  readonly reservation: Reservation;
  /** Epoch ms. */
  readonly startAt: number;
  /** It takes every node of the partition; otherwise only some. */
  readonly isWhole: boolean;
  /** Seconds of the longest job that would end before it, rounded down to 5 min; `null`: none worth asking for. */
  readonly longest: number | null;
}

function covers(reservation: Reservation, partition: Partition | null): 'all' | 'some' | 'none' {
  if (partition !== null && reservation.partition !== null && reservation.partition !== partition.name) return 'none';
  const isAll = reservation.nodes === 'ALL' || reservation.flags.some((flag) => flag.toUpperCase() === 'ALL_NODES');
  if (isAll || partition === null || reservation.nodeCount === null || reservation.nodeCount >= partition.totalNodes)
    return 'all';
  return 'some';
}

/**
 * The first maintenance that begins before a job of this many seconds would end, or is under way. Slurm starts no job on reserved
 * nodes that would run into it. `now` in epoch ms. Source: reservations.html.
 */
export function maintenanceAhead(
  facts: ClusterFacts,
  partition: Partition | null,
  seconds: number,
  now: number,
): MaintenanceAhead | null {
  const inTheWay = facts.reservations
    .flatMap((reservation) => {
      const { startAt, endAt, isMaintenance } = reservation;
      const part = covers(reservation, partition);
      if (
        !isMaintenance ||
        startAt === null ||
        part === 'none' ||
        (endAt !== null && endAt <= now) ||
        startAt >= now + seconds * 1000
      )
        return [];
      return [{ reservation, startAt, isWhole: part === 'all' }];
    })
    .sort((a, b) => Number(b.isWhole) - Number(a.isWhole) || a.startAt - b.startAt);
  const [first] = inTheWay;
  if (first === undefined) return null;
  const left = Math.floor((first.startAt - now - MARGIN) / (5 * MINUTE)) * 5 * MINUTE;
  return { ...first, longest: left >= SHORTEST ? left / 1000 : null };
}

/** `22 Nov, 08:00`, in the time zone of this computer. */
function momentWords(at: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

export function checkReservations(
  request: SlurmRequest,
  size: RequestSize,
  partition: Partition | null,
  facts: ClusterFacts,
  now: number,
): Problem[] {
  const { reservation: name } = request;
  if (name !== undefined) return checkNamed(name, facts, now);
  const seconds = size.seconds ?? partition?.defaultTime ?? partition?.maxTime ?? Infinity;
  const ahead = maintenanceAhead(facts, partition, seconds, now);
  if (ahead === null) return [];
  const { reservation, startAt, isWhole, longest } = ahead;
  const until = reservation.endAt === null ? '' : ` until ${momentWords(reservation.endAt)}`;
  if (!isWhole) {
    return [
      found(
        'info',
        'maintenance-of-nodes',
        'time',
        `${String(reservation.nodeCount ?? 0)} nodes are in maintenance from ${momentWords(startAt)}${until}: fewer can take a job of ${timeWords(seconds)}.`,
      ),
    ];
  }
  if (startAt <= now) {
    return [
      found('warning', 'maintenance-now', 'time', `The cluster is in maintenance${until}: the job waits for its end.`),
    ];
  }
  return [
    found(
      'warning',
      'maintenance-ahead',
      'time',
      `The cluster is in maintenance from ${momentWords(startAt)}${until}: a job of ${timeWords(seconds)} would wait for its end.`,
      {
        hint: longest === null ? '' : `With ${timeWords(longest)} it would finish before.`,
        fix:
          longest === null
            ? null
            : { label: `Ask for ${timeWords(longest)}`, field: 'resources.time', value: toSlurmDuration(longest) },
      },
    ),
  ];
}

function checkNamed(name: string, facts: ClusterFacts, now: number): Problem[] {
  if (facts.unknown.some(({ subject }) => subject === 'reservations')) return [];
  const known = facts.reservations.find((reservation) => reservation.name === name);
  const mine = facts.reservations
    .filter((reservation) => reservation.isMine !== false && !reservation.isMaintenance)
    .map((reservation) => reservation.name);
  const fix: Problem['fix'] = { label: 'Leave it out', field: 'resources.reservation', value: '' };
  // facts may be older than the reservation, so Slurm decides
  if (known === undefined) {
    return [
      found(
        'warning',
        'reservation-unknown',
        'reservation',
        `The cluster has no reservation ${quoted(name)} that Slipway knows of; Slurm refuses one that there is not.`,
        { hint: mine.length === 0 ? '' : `You may use ${listed(mine)}.`, fix },
      ),
    ];
  }
  if (known.isMine === false)
    return [
      found(
        'warning',
        'reservation-not-yours',
        'reservation',
        `The reservation ${quoted(name)} is for others; Slurm refuses the job.`,
        { hint: mine.length === 0 ? '' : `You may use ${listed(mine)}.`, fix },
      ),
    ];
  if (known.endAt !== null && known.endAt <= now)
    return [found('warning', 'reservation-over', 'reservation', `The reservation ${quoted(name)} has ended.`, { fix })];
  return [];
}
