/** What is in use on the demo's nodes now. */
import { loadavg } from 'node:os';
import type { Site } from './command.ts';
import { NODES, type DemoNode } from './site.ts';

export interface NodeLoad {
  readonly node: DemoNode;
  readonly cpus: number;
  /** MiB. */
  readonly memory: number;
  readonly gpus: number;
  readonly state: 'idle' | 'mixed' | 'allocated' | 'drained' | 'draining';
  /** GPUs in use, by number. */
  readonly gpuIndexes: readonly number[];
}

export function nodeLoads(site: Site): NodeLoad[] {
  const shares = site.controller.table
    .all()
    .filter((job) => job.standing.state === 'RUNNING')
    .flatMap((job) => job.standing.shares);
  return NODES.map((node) => {
    const here = shares.filter((share) => share.node === node.name);
    const cpus = here.reduce((sum, share) => sum + share.cpus, 0);
    return {
      node,
      cpus,
      memory: here.reduce((sum, share) => sum + share.memory, 0),
      gpus: here.reduce((sum, share) => sum + share.gpus.length, 0),
      state:
        node.drained !== null
          ? cpus === 0
            ? 'drained'
            : 'draining'
          : cpus === 0
            ? 'idle'
            : cpus >= node.cpus
              ? 'allocated'
              : 'mixed',
      gpuIndexes: here.flatMap((share) => share.gpus).sort((a, b) => a - b),
    };
  });
}

/** The computer's load average: what slurmd reports for each node that runs on it. */
export const cpuLoad = (): string => (loadavg()[0] ?? 0).toFixed(2);
