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
  readonly features: readonly string[];
  /** Why an administrator has drained it, or null: it takes no jobs then. */
  readonly drained: string | null;
}

export interface DemoPartition {
  readonly name: string;
  readonly isDefault: boolean;
  readonly nodes: readonly string[];
  /** Seconds. */
  readonly maxTime: number;
  /** Seconds. */
  readonly defaultTime: number;
  /** MiB of one job on one node, or null. */
  readonly maxMemoryPerNode: number | null;
  readonly allowQos: readonly string[] | null;
  readonly denyAccounts: readonly string[];
  /** The QOS whose limits hold for every job of the partition. */
  readonly qos: string | null;
  /** Billing units of one CPU, one GiB of memory and one GPU. */
  readonly weights: { readonly cpu: number; readonly gib: number; readonly gpu: number } | null;
}

/** CPUs and GPUs together; what is missing has no limit. */
export interface Amount {
  readonly cpu?: number;
  readonly gpu?: number;
}

/** What a QOS or an account allows. Seconds; null means no limit. */
export interface DemoLimits {
  readonly maxWall: number | null;
  readonly perJob: Amount;
  /** Of one user, which here is everybody. */
  readonly perUser: Amount;
  readonly maxJobs: number | null;
  readonly maxSubmit: number | null;
}

export interface DemoQos extends DemoLimits {
  readonly name: string;
  readonly priority: number;
  readonly usageFactor: number;
  /** A job over a limit is refused, not left waiting. */
  readonly denyOnLimit: boolean;
  /** Whether jobs may name it. */
  readonly forJobs: boolean;
}

export interface DemoAccount extends DemoLimits {
  readonly name: string;
  readonly shares: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const CLUSTER_NAME = 'demo';
export const SLURM_VERSION = '22.05.8';
/** The account that is charged when a job names none. */
export const ACCOUNT = 'demo';
export const DEFAULT_QOS = 'normal';

const cpuNode = { gpuType: null, gpus: 0, drained: null };

export const NODES: readonly DemoNode[] = [
  { ...cpuNode, name: 'demo1', cpus: 8, memory: 16_000, features: ['skylake'] },
  { ...cpuNode, name: 'demo2', cpus: 8, memory: 16_000, features: ['icelake', 'ssd'] },
  { name: 'gpu1', cpus: 16, memory: 64_000, gpuType: 'a100', gpus: 4, features: ['gpu_a100'], drained: null },
  { name: 'gpu2', cpus: 8, memory: 32_000, gpuType: 'l4', gpus: 2, features: ['gpu_l4'], drained: null },
  { ...cpuNode, name: 'big1', cpus: 32, memory: 512_000, features: ['icelake', 'bigmem'] },
  {
    ...cpuNode,
    name: 'big2',
    cpus: 32,
    memory: 512_000,
    features: ['icelake', 'bigmem'],
    drained: 'memory module replaced',
  },
];

const open = {
  maxMemoryPerNode: null,
  allowQos: null,
  denyAccounts: [],
  qos: null,
  weights: { cpu: 1, gib: 0.25, gpu: 0 },
};

export const PARTITIONS: readonly DemoPartition[] = [
  { ...open, name: 'normal', isDefault: true, nodes: ['demo1', 'demo2'], maxTime: DAY, defaultTime: HOUR },
  {
    ...open,
    name: 'long',
    isDefault: false,
    nodes: ['demo1', 'demo2'],
    maxTime: 7 * DAY,
    defaultTime: HOUR,
    denyAccounts: ['thesis'],
    maxMemoryPerNode: 15_000,
  },
  {
    ...open,
    name: 'gpu',
    isDefault: false,
    nodes: ['gpu1'],
    maxTime: DAY,
    defaultTime: HOUR,
    allowQos: ['normal', 'high', 'short'],
    weights: { cpu: 1, gib: 0.25, gpu: 16 },
  },
  {
    ...open,
    name: 'viz',
    isDefault: false,
    nodes: ['gpu2'],
    maxTime: 8 * HOUR,
    defaultTime: HOUR,
    weights: { cpu: 1, gib: 0.25, gpu: 4 },
  },
  {
    ...open,
    name: 'bigmem',
    isDefault: false,
    nodes: ['big1', 'big2'],
    maxTime: 3 * DAY,
    defaultTime: HOUR,
    weights: { cpu: 1, gib: 0.1, gpu: 0 },
  },
  {
    ...open,
    name: 'debug',
    isDefault: false,
    nodes: ['demo1', 'demo2'],
    maxTime: 30 * MINUTE,
    defaultTime: 10 * MINUTE,
    qos: 'part_debug',
    weights: null,
  },
];

const unlimited: DemoLimits = { maxWall: null, perJob: {}, perUser: {}, maxJobs: null, maxSubmit: null };
const plainQos = { ...unlimited, usageFactor: 1, denyOnLimit: false, forJobs: true };

export const QOS: readonly DemoQos[] = [
  { ...plainQos, name: 'normal', priority: 0 },
  { ...plainQos, name: 'high', priority: 1000, usageFactor: 2 },
  {
    ...plainQos,
    name: 'short',
    priority: 2000,
    usageFactor: 0.5,
    maxWall: HOUR,
    perUser: { cpu: 8, gpu: 2 },
    maxJobs: 2,
    maxSubmit: 4,
  },
  { ...plainQos, name: 'express', priority: 3000, maxWall: 30 * MINUTE, perJob: { cpu: 2 }, denyOnLimit: true },
  { ...plainQos, name: 'part_debug', priority: 0, perUser: { cpu: 16 }, forJobs: false },
];

export const ACCOUNTS: readonly DemoAccount[] = [
  { ...unlimited, name: ACCOUNT, shares: 3 },
  { ...unlimited, name: 'thesis', shares: 1, maxWall: 2 * HOUR, perJob: { cpu: 4 }, maxJobs: 1, maxSubmit: 3 },
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

export const partitionNamed = (name: string): DemoPartition | undefined =>
  PARTITIONS.find((each) => each.name === name);
export const qosNamed = (name: string): DemoQos | undefined => QOS.find((each) => each.name === name);
export const accountNamed = (name: string): DemoAccount | undefined => ACCOUNTS.find((each) => each.name === name);
/** QOS that a job may name. */
export const jobQos = (): DemoQos[] => QOS.filter(({ forJobs }) => forJobs);
export const nodesOf = (partition: DemoPartition): DemoNode[] =>
  NODES.filter((node) => partition.nodes.includes(node.name));
export const gresOf = (node: DemoNode): string =>
  node.gpuType === null ? '(null)' : `gpu:${node.gpuType}:${node.gpus}`;

/** Billing units of a job: the weighted sum, whole. Source: slurm.conf(5), TRESBillingWeights. */
export function billingOf(partition: DemoPartition | undefined, cpus: number, mebibytes: number, gpus: number): number {
  const weights = partition?.weights ?? null;
  return weights === null
    ? cpus
    : Math.floor(weights.cpu * cpus + (weights.gib * mebibytes) / 1024 + weights.gpu * gpus);
}
