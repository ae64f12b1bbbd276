/** A request against the reservations of a cluster: maintenance ahead, and the one that the request names. */
import { toSlurmDuration } from '../../lib/duration.ts';
import type { ClusterFacts, Partition, Reservation } from '../cluster/facts.ts';
import { found } from './problem.ts';
import { message } from '../../messages/message.ts';
import { listed, timeWords } from './words.ts';
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
  const time = timeWords(seconds);
  const until = reservation.endAt;
  if (!isWhole) {
    const some = { nodes: reservation.nodeCount ?? 0, from: startAt, time };
    return [
      found(
        'info',
        'maintenance-of-nodes',
        'time',
        until === null
          ? message('limits.nodesInMaintenance', some)
          : message('limits.nodesInMaintenanceUntil', { ...some, until }),
      ),
    ];
  }
  if (startAt <= now) {
    return [
      found(
        'warning',
        'maintenance-now',
        'time',
        until === null ? message('limits.maintenanceNow') : message('limits.maintenanceNowUntil', { until }),
      ),
    ];
  }
  return [
    found(
      'warning',
      'maintenance-ahead',
      'time',
      until === null
        ? message('limits.maintenanceAhead', { from: startAt, time })
        : message('limits.maintenanceAheadUntil', { from: startAt, until, time }),
      longest === null
        ? {}
        : {
            hint: message('limits.finishesBefore', { time: timeWords(longest) }),
            fix: {
              label: message('words.askFor', { amount: timeWords(longest) }),
              field: 'resources.time',
              value: toSlurmDuration(longest),
            },
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
  const mayUse = mine.length === 0 ? null : message('limits.mayUse', { names: listed(mine) });
  const fix: Problem['fix'] = { label: message('limits.leaveItOut'), field: 'resources.reservation', value: '' };
  // facts may be older than the reservation, so Slurm decides
  if (known === undefined) {
    return [
      found('warning', 'reservation-unknown', 'reservation', message('limits.reservationUnknown', { name }), {
        hint: mayUse,
        fix,
      }),
    ];
  }
  if (known.isMine === false)
    return [
      found('warning', 'reservation-not-yours', 'reservation', message('limits.reservationNotYours', { name }), {
        hint: mayUse,
        fix,
      }),
    ];
  if (known.endAt !== null && known.endAt <= now)
    return [found('warning', 'reservation-over', 'reservation', message('limits.reservationOver', { name }), { fix })];
  return [];
}
