/**
 * The demo site: what it has and what it allows. Sizes are those of a small cluster, not of this computer; jobs run here
 * whatever they ask for, and the numbers decide who waits.
 */
export interface DemoNode {
  readonly name: string;
  readonly cpus: number;
  /** MiB, as Slurm counts. */
  readonly memory: number;
  readonly gpuType: string | null;
  readonly gpus: number;
}

export interface DemoPartition {
  readonly name: string;
  readonly isDefault: boolean;
  readonly nodes: readonly string[];
  /** Seconds. */
  readonly maxTime: number;
  /** Seconds. */
  readonly defaultTime: number;
}

export interface DemoQos {
  readonly name: string;
  readonly priority: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const CLUSTER_NAME = 'demo';
export const SLURM_VERSION = '22.05.8';
export const ACCOUNT = 'demo';
export const DEFAULT_QOS = 'normal';

export const NODES: readonly DemoNode[] = [
  { name: 'demo1', cpus: 8, memory: 16_000, gpuType: null, gpus: 0 },
  { name: 'demo2', cpus: 8, memory: 16_000, gpuType: null, gpus: 0 },
  { name: 'gpu1', cpus: 16, memory: 64_000, gpuType: 'a100', gpus: 4 },
];

export const PARTITIONS: readonly DemoPartition[] = [
  { name: 'normal', isDefault: true, nodes: ['demo1', 'demo2'], maxTime: DAY, defaultTime: HOUR },
  { name: 'long', isDefault: false, nodes: ['demo1', 'demo2'], maxTime: 7 * DAY, defaultTime: HOUR },
  { name: 'gpu', isDefault: false, nodes: ['gpu1'], maxTime: DAY, defaultTime: HOUR },
  { name: 'debug', isDefault: false, nodes: ['demo1', 'demo2'], maxTime: 30 * MINUTE, defaultTime: 10 * MINUTE },
];

export const QOS: readonly DemoQos[] = [
  { name: 'normal', priority: 0 },
  { name: 'high', priority: 1000 },
];

/** MiB of memory a job gets per CPU when it asks for none. */
export const DEFAULT_MEMORY_PER_CPU = 2000;
export const MAX_ARRAY_SIZE = 1001;
/** Seconds that an ended job stays in squeue; it stays in sacct. */
export const MIN_JOB_AGE = 300;
/** Seconds between SIGTERM and SIGKILL. */
export const KILL_WAIT = 10;
/** Seconds a requeued job waits before it is eligible again. Slurm's own default is two minutes; nobody watches a demo that long. */
export const REQUEUE_DELAY = 3;

export const partitionNamed = (name: string): DemoPartition | undefined => PARTITIONS.find((each) => each.name === name);
export const nodesOf = (partition: DemoPartition): DemoNode[] => NODES.filter((node) => partition.nodes.includes(node.name));
export const gresOf = (node: DemoNode): string => (node.gpuType === null ? '(null)' : `gpu:${node.gpuType}:${node.gpus}`);
