/** The demo's maintenance: all nodes, on Tuesday of next week. It keeps ahead: on Monday it moves on by a week, so nothing ever stops for it. */
import type { Reservation } from './placement.ts';
import { NODES } from './site.ts';

export interface Maintenance {
  readonly name: string;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
}

const HOURS = 8;

/** Tuesday of next week from 6 to 14 o'clock, by the clock of this computer: at least two days ahead. */
export function maintenanceAhead(now: number): Maintenance {
  const date = new Date(now * 1000);
  const sinceMonday = (date.getDay() + 6) % 7;
  date.setDate(date.getDate() - sinceMonday + 8);
  date.setHours(6, 0, 0, 0);
  const start = Math.floor(date.getTime() / 1000);
  return { name: 'maintenance', start, end: start + HOURS * 3600 };
}

/** What it takes from the scheduler: every node, whole. */
export function claimOf({ start, end }: Maintenance): Reservation {
  return {
    start,
    end,
    shares: NODES.map((node) => ({ node: node.name, tasks: 1, cpus: node.cpus, memory: node.memory, gpus: Array.from({ length: node.gpus }, (_, index) => index) })),
  };
}
