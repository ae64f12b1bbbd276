import { describe, expect, it } from 'vitest';
import type { Demand } from './job.ts';
import { earliest, emptyRoom, place, roomDuring, type Reservation } from './placement.ts';
import { nodesOf, partitionNamed } from './site.ts';

const normal = partitionNamed('normal')!;
const gpu = partitionNamed('gpu')!;
const rooms = nodesOf(normal).map(emptyRoom);

const demand = (changes: Partial<Demand> = {}): Demand => ({
  minNodes: null,
  maxNodes: null,
  tasks: 1,
  tasksGiven: false,
  tasksPerNode: null,
  cpusPerTask: 1,
  cpusPerTaskGiven: false,
  memory: { per: 'cpu', size: 1000 },
  gpusPerNode: 0,
  exclusive: false,
  nodeList: [],
  exclude: [],
  ...changes,
});

const placed = (changes: Partial<Demand>): string[] | null =>
  place(demand(changes), rooms)?.map(({ node, tasks, cpus }) => `${node}:${tasks}:${cpus}`) ?? null;

describe('placing a job', () => {
  it('takes as few nodes as will do, unless told otherwise', () => {
    expect(placed({ tasks: 8 })).toEqual(['demo1:8:8']);
    expect(placed({ tasks: 9 })).toEqual(['demo1:8:8', 'demo2:1:1']);
    expect(placed({ tasks: 2, minNodes: 2, maxNodes: 2 })).toEqual(['demo1:1:1', 'demo2:1:1']);
    expect(placed({ tasks: 4, minNodes: 2, tasksPerNode: 2 })).toEqual(['demo1:2:2', 'demo2:2:2']);
    expect(placed({ exclusive: true })).toEqual(['demo1:1:8']);
    expect(placed({ nodeList: ['demo2'] })).toEqual(['demo2:1:1']);
    expect(placed({ exclude: ['demo1'] })).toEqual(['demo2:1:1']);
  });

  it('refuses what no node holds', () => {
    expect(placed({ tasks: 17 })).toBeNull();
    expect(placed({ tasks: 9, minNodes: 1, maxNodes: 1 })).toBeNull();
    expect(placed({ gpusPerNode: 1 })).toBeNull();
    expect(placed({ memory: { per: 'node', size: 20_000 } })).toBeNull();
    expect(placed({ tasks: 8, cpusPerTask: 2, memory: { per: 'cpu', size: 2500 } })).toBeNull();
  });

  it('counts what others hold at any moment of the time it needs', () => {
    const share = (node: string, cpus: number, gpus: number[] = []): Reservation['shares'][number] => ({
      node,
      tasks: 1,
      cpus,
      memory: cpus * 1000,
      gpus,
    });
    const claims: Reservation[] = [
      { start: 0, end: 100, shares: [share('demo1', 6)] },
      { start: 100, end: 200, shares: [share('demo1', 7)] },
    ];
    expect(roomDuring(normal, claims, 0, 50).map(({ cpus }) => cpus)).toEqual([2, 8]);
    expect(roomDuring(normal, claims, 50, 100).map(({ cpus }) => cpus)).toEqual([1, 8]);
    const busy: Reservation[] = [{ start: 0, end: 100, shares: [share('gpu1', 1, [0, 2])] }];
    expect(place(demand({ gpusPerNode: 2 }), roomDuring(gpu, busy, 0, 50))?.[0]?.gpus).toEqual([1, 3]);
  });

  it('finds the first moment with room, and lets nobody be delayed by it', () => {
    const running: Reservation = {
      start: 0,
      end: 100,
      shares: [{ node: 'demo1', tasks: 1, cpus: 8, memory: 8000, gpus: [] }],
    };
    const both = demand({ tasks: 2, minNodes: 2 });
    const next = earliest(both, normal, [running], 10, 60)!;
    expect(next.start).toBe(100);
    const claims = [running, { start: next.start, end: next.start + 60, shares: next.shares }];
    const whole = demand({ tasks: 8, minNodes: 1, maxNodes: 1 });
    expect(earliest(whole, normal, claims, 10, 90)?.start).toBe(10);
    expect(earliest(whole, normal, claims, 10, 91)?.start).toBe(160);
  });
});
