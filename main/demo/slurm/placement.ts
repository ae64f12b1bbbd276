/** Who fits where, and when: the demo's scheduler as arithmetic. Nothing here runs or waits. */
import { hasFeatures } from './features.ts';
import type { Demand, NodeShare } from './job.ts';
import { nodesOf, type DemoNode, type DemoPartition } from './site.ts';

/** What is free on one node. */
export interface Room {
  readonly node: DemoNode;
  readonly cpus: number;
  readonly memory: number;
  readonly gpus: readonly number[];
}

/** A claim on nodes for a stretch of time: a running job, or the plan for a waiting one. Epoch seconds; `end` may be Infinity. */
export interface Reservation {
  readonly start: number;
  readonly end: number;
  readonly shares: readonly NodeShare[];
}

/** A node with nothing on it. */
export const emptyRoom = (node: DemoNode): Room => ({
  node,
  cpus: node.cpus,
  memory: node.memory,
  gpus: Array.from({ length: node.gpus }, (_, index) => index),
});

const memoryFor = (demand: Demand, cpus: number): number =>
  demand.memory.per === 'node' ? demand.memory.size : demand.memory.size * cpus;

/** How many of the job's tasks fit into this room. */
function capacity(demand: Demand, room: Room): number {
  if (room.gpus.length < demand.gpusPerNode) return 0;
  if (demand.exclusive && room.cpus < room.node.cpus) return 0;
  let tasks = Math.min(Math.floor(room.cpus / demand.cpusPerTask), demand.tasksPerNode ?? Infinity);
  while (tasks > 0 && memoryFor(demand, tasks * demand.cpusPerTask) > room.memory) tasks -= 1;
  return tasks;
}

function spread(demand: Demand, rooms: readonly { room: Room; tasks: number }[]): NodeShare[] {
  let left = demand.tasks - rooms.length;
  return rooms.map(({ room, tasks: most }) => {
    const more = Math.max(0, Math.min(most - 1, left));
    left -= more;
    const tasks = 1 + more;
    const cpus = demand.exclusive ? room.node.cpus : tasks * demand.cpusPerTask;
    return {
      node: room.node.name,
      tasks,
      cpus,
      memory: memoryFor(demand, cpus),
      gpus: room.gpus.slice(0, demand.gpusPerNode),
    };
  });
}

/** The nodes a job would get in these rooms, as few as its request allows, or null when it does not fit. */
export function place(demand: Demand, rooms: readonly Room[]): NodeShare[] | null {
  const usable = rooms
    .filter((room) => !demand.exclude.includes(room.node.name) && hasFeatures(room.node, demand.constraint ?? null))
    .map((room) => ({ room, tasks: capacity(demand, room), wanted: demand.nodeList.includes(room.node.name) }))
    .filter(({ tasks }) => tasks > 0);
  if (!demand.nodeList.every((name) => usable.some(({ room }) => room.node.name === name))) return null;
  const least = Math.max(1, demand.minNodes ?? 1, demand.nodeList.length);
  const most = Math.min(usable.length, demand.maxNodes ?? usable.length, Math.max(least, demand.tasks));
  for (let count = least; count <= most; count += 1) {
    for (const order of [usable, [...usable].sort((a, b) => b.tasks - a.tasks)]) {
      const chosen = [...order.filter(({ wanted }) => wanted), ...order.filter(({ wanted }) => !wanted)].slice(
        0,
        count,
      );
      if (chosen.length === count && chosen.reduce((sum, { tasks }) => sum + tasks, 0) >= demand.tasks)
        return spread(demand, chosen);
    }
  }
  return null;
}

/** What is free on each node of the partition from `at` for `seconds`, with these claims standing. */
export function roomDuring(
  partition: DemoPartition,
  claims: readonly Reservation[],
  at: number,
  seconds: number,
): Room[] {
  const until = at + seconds;
  const overlapping = claims.filter((claim) => claim.start < until && claim.end > at);
  const instants = [at, ...overlapping.map((claim) => claim.start).filter((start) => start > at)];
  return nodesOf(partition)
    .filter(({ drained }) => drained === null)
    .map((node) => {
      const empty = emptyRoom(node);
      let { cpus, memory } = empty;
      const taken = new Set<number>();
      for (const instant of instants) {
        let usedCpus = 0;
        let usedMemory = 0;
        for (const claim of overlapping) {
          if (claim.start > instant || claim.end <= instant) continue;
          for (const share of claim.shares) {
            if (share.node !== node.name) continue;
            usedCpus += share.cpus;
            usedMemory += share.memory;
            for (const gpu of share.gpus) taken.add(gpu);
          }
        }
        cpus = Math.min(cpus, node.cpus - usedCpus);
        memory = Math.min(memory, node.memory - usedMemory);
      }
      return { node, cpus, memory, gpus: empty.gpus.filter((gpu) => !taken.has(gpu)) };
    });
}

/**
 * The first moment from `now` on at which the job fits for `seconds`, and where. Null when no claim's end makes room.
 * Jobs planned one after the other this way never delay one another: that is conservative backfill.
 */
export function earliest(
  demand: Demand,
  partition: DemoPartition,
  claims: readonly Reservation[],
  now: number,
  seconds: number,
): { start: number; shares: NodeShare[] } | null {
  const moments = [
    now,
    ...new Set(claims.map((claim) => claim.end).filter((end) => end > now && Number.isFinite(end))),
  ].sort((a, b) => a - b);
  for (const start of moments) {
    const shares = place(demand, roomDuring(partition, claims, start, seconds));
    if (shares !== null) return { start, shares };
  }
  return null;
}
