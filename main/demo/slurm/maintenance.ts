/** The demo's maintenance: all nodes, on a Tuesday. It keeps ahead: two days before, it is put off by a week, so nothing ever stops for it. */
import type { Reservation } from './placement.ts';
import { NODES } from './site.ts';

export interface Maintenance {
  readonly name: string;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
}

const HOURS = 8;

/** Tuesday from 6 to 14 o'clock by the clock of this computer: the first one that is two days ahead or more. */
export function maintenanceAhead(now: number): Maintenance {
  const date = new Date(now * 1000);
  date.setDate(date.getDate() + ((2 - date.getDay() + 7) % 7));
  date.setHours(6, 0, 0, 0);
  if (date.getTime() / 1000 < now + 2 * 86_400) date.setDate(date.getDate() + 7);
  const start = Math.floor(date.getTime() / 1000);
  return { name: 'maintenance', start, end: start + HOURS * 3600 };
}

/** What it takes from the scheduler: every node, whole. */
export function claimOf({ start, end }: Maintenance): Reservation {
  return {
    start,
    end,
    shares: NODES.map((node) => ({
      node: node.name,
      tasks: 1,
      cpus: node.cpus,
      memory: node.memory,
      gpus: Array.from({ length: node.gpus }, (_, index) => index),
    })),
  };
}
