import { z } from 'zod';
import { StoredMessage } from '../../messages/schema.ts';

/** Resources by the name Slurm gives them (`cpu`, `mem`, `node`, `gres/gpu`, `gres/gpu:a100`, `billing` …); `mem` in bytes. */
export const Tres = z.record(z.string(), z.number());
export type Tres = z.infer<typeof Tres>;

/** One partition. Times in seconds, memory in bytes; `null` means no limit or not known. */
export const Partition = z.object({
  name: z.string(),
  isDefault: z.boolean(),
  /** UP, DOWN, DRAIN, INACT, or whatever else the cluster says. */
  state: z.string(),
  maxTime: z.number().nullable(),
  defaultTime: z.number().nullable(),
  maxNodes: z.number().nullable(),
  minNodes: z.number().nullable().default(null),
  totalNodes: z.number(),
  /** Per node: the largest of the partition. */
  cpusPerNode: z.number(),
  memoryPerNode: z.number(),
  /** Limits of one job on one node (MaxCPUsPerNode, MaxMemPerNode, MaxMemPerCPU) and what it gets unasked (DefMemPerNode, DefMemPerCPU). */
  maxCpusPerNode: z.number().nullable().default(null),
  maxMemoryPerNode: z.number().nullable().default(null),
  maxMemoryPerCpu: z.number().nullable().default(null),
  defaultMemoryPerNode: z.number().nullable().default(null),
  defaultMemoryPerCpu: z.number().nullable().default(null),
  cpus: z.object({ allocated: z.number(), idle: z.number(), other: z.number(), total: z.number() }),
  nodesByState: z.record(z.string(), z.number()),
  /** By type, over the whole partition; the type is empty for untyped GPUs. `free`: on nodes that take jobs and not in use; `null`: not known. */
  gpus: z.array(
    z.object({ type: z.string(), perNode: z.number(), total: z.number(), free: z.number().nullable().default(null) }),
  ),
  features: z.array(z.string()),
  /** Of its nodes, as `uname -m` says it: `x86_64`, `aarch64`. Empty: not known. */
  architectures: z.array(z.string()).default([]),
  allowAccounts: z.array(z.string()).nullable(),
  denyAccounts: z.array(z.string()).default([]),
  allowQos: z.array(z.string()).nullable(),
  denyQos: z.array(z.string()).default([]),
  allowGroups: z.array(z.string()).nullable().default(null),
  /** The QOS whose limits hold for every job of the partition. */
  qos: z.string().nullable().default(null),
  /** TRESBillingWeights: units per hour of one of each; `mem` per byte. `null`: the partition has none. */
  billingWeights: Tres.nullable().default(null),
});
export type Partition = z.infer<typeof Partition>;

/** Limits that an association or a QOS puts. `null`: none here. Times in seconds. */
export const JobLimits = z.object({
  /** One job. */
  maxWall: z.number().nullable().default(null),
  maxTresPerJob: Tres.default({}),
  maxTresPerNode: Tres.default({}),
  minTresPerJob: Tres.default({}),
  /** One user: of this association, or in this QOS. */
  maxTresPerUser: Tres.default({}),
  maxJobs: z.number().nullable().default(null),
  maxSubmit: z.number().nullable().default(null),
  /** Everybody under it together. */
  groupTres: Tres.default({}),
  groupJobs: z.number().nullable().default(null),
  groupSubmit: z.number().nullable().default(null),
  groupWall: z.number().nullable().default(null),
});
export type JobLimits = z.infer<typeof JobLimits>;
export const NO_LIMITS: JobLimits = {
  maxWall: null,
  maxTresPerJob: {},
  maxTresPerNode: {},
  minTresPerJob: {},
  maxTresPerUser: {},
  maxJobs: null,
  maxSubmit: null,
  groupTres: {},
  groupJobs: null,
  groupSubmit: null,
  groupWall: null,
};

/** What the user may charge, with the limits that hold for it (inherited ones included, where Slurm tells). */
export const Association = z.object({
  account: z.string(),
  partition: z.string().nullable(),
  qos: z.array(z.string()),
  defaultQos: z.string().nullable(),
  /** The account that is charged when a job names none. */
  isDefault: z.boolean().default(false),
  limits: JobLimits.default(NO_LIMITS),
});
export type Association = z.infer<typeof Association>;

export const Qos = z.object({
  name: z.string(),
  priority: z.number(),
  flags: z.array(z.string()),
  /** The price is multiplied by it. */
  usageFactor: z.number(),
  limits: JobLimits,
});
export type Qos = z.infer<typeof Qos>;

/** Fair share of the user in one account; factors are from 0 to 1. */
export const FairShare = z.object({
  account: z.string(),
  rawShares: z.number().nullable(),
  normalizedShares: z.number().nullable(),
  /** Seconds of billing, decayed. */
  rawUsage: z.number().nullable(),
  effectiveUsage: z.number().nullable(),
  factor: z.number().nullable(),
});
export type FairShare = z.infer<typeof FairShare>;

/** Nodes that are set aside for a time. Epoch ms of our clock. */
export const Reservation = z.object({
  name: z.string(),
  startAt: z.number().nullable(),
  endAt: z.number().nullable(),
  /** As Slurm writes it: `cn[1-4]`. */
  nodes: z.string(),
  nodeCount: z.number().nullable(),
  partition: z.string().nullable(),
  users: z.array(z.string()),
  accounts: z.array(z.string()),
  flags: z.array(z.string()),
  isMaintenance: z.boolean(),
  /** The user may name it in a job. `null`: not known. */
  isMine: z.boolean().nullable(),
});
export type Reservation = z.infer<typeof Reservation>;

/** Space in one place. Bytes and numbers of files; `null`: not known or no limit. */
export const Quota = z.object({
  /** `home`, `scratch`, or the file system as the site's command names it. */
  name: z.string(),
  path: z.string(),
  used: z.number().nullable(),
  soft: z.number().nullable(),
  hard: z.number().nullable(),
  files: z.number().nullable(),
  filesHard: z.number().nullable(),
  /** `quota`: a limit of the person; `filesystem`: what the whole file system has, where no quota is told. */
  kind: z.enum(['quota', 'filesystem']),
});
export type Quota = z.infer<typeof Quota>;

/** Something that could not be learnt, and why. */
export const Unknown = z.object({
  subject: z.enum([
    'accounting',
    'qos',
    'fairShare',
    'reservations',
    'quota',
    'gpusInUse',
    'modules',
    'partitions',
    'configuration',
    'ends',
  ]),
  reason: StoredMessage,
  /** Epoch milliseconds of the first failure in a row, where that is known. */
  since: z.number().optional(),
});
export type Unknown = z.infer<typeof Unknown>;

/** What is known about a cluster, as of `takenAt` (epoch ms). */
export const ClusterFacts = z.object({
  clusterName: z.string(),
  slurmVersion: z.string(),
  user: z.string(),
  home: z.string(),
  loginHost: z.string(),
  partitions: z.array(Partition),
  /** `null`: this cluster keeps no accounting, or does not answer about it. */
  associations: z.array(Association).nullable(),
  qos: z.array(Qos).nullable().default(null),
  fairShare: z.array(FairShare).nullable().default(null),
  reservations: z.array(Reservation).default([]),
  quotas: z.array(Quota).default([]),
  /** `$SCRATCH` and its like in the login's environment: where large files belong. */
  scratch: z.string().nullable().default(null),
  maxArraySize: z.number().nullable(),
  /** Jobs the controller keeps at all, and for how many seconds it remembers an ended one. */
  maxJobCount: z.number().nullable().default(null),
  minJobAge: z.number().nullable().default(null),
  /** EnforcePartLimits, AccountingStorageEnforce and PriorityType as they stand: what is refused at once and what decides the order. */
  enforcePartLimits: z.string().nullable().default(null),
  accountingEnforce: z.array(z.string()).default([]),
  priorityType: z.string().nullable().default(null),
  /** PriorityFlags MAX_TRES: the billing is the largest part, not the sum. */
  billingIsLargest: z.boolean().default(false),
  /** Cluster clock minus ours, in seconds. */
  clockOffset: z.number(),
  /** SBATCH_* variables in the user's environment. They would override the script, and are not passed on to sbatch. */
  overridingVariables: z.array(z.string()),
  unknown: z.array(Unknown).default([]),
  /** What the cluster is still being asked for: it is neither known nor unknown yet. Absent when that is nothing. */
  asking: z.array(Unknown.shape.subject).optional(),
  takenAt: z.number(),
});
export type ClusterFacts = z.infer<typeof ClusterFacts>;

/** What happens on a cluster now: a cheap look, taken often. As of `takenAt` (epoch ms). */
export const ClusterUsage = z.object({
  takenAt: z.number(),
  partitions: z.array(Partition.pick({ name: true, state: true, cpus: true, nodesByState: true, gpus: true })),
  /** The user's own jobs, wherever they were submitted from, summed by state (`RUNNING`, `PENDING` …), partition, account and QOS. */
  mine: z.array(
    z.object({
      state: z.string(),
      partition: z.string(),
      account: z.string(),
      qos: z.string(),
      jobs: z.int(),
      cpus: z.number(),
      nodes: z.number(),
      memory: z.number(),
      gpus: z.number(),
    }),
  ),
  /** All jobs of the partition that wait, of everybody; `null`: the cluster does not show other people's jobs. */
  waiting: z.record(z.string(), z.int()).nullable(),
});
export type ClusterUsage = z.infer<typeof ClusterUsage>;

/** One module with its versions, newest last as the site sorts them. */
export const ClusterModule = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  defaultVersion: z.string().nullable(),
});
export type ClusterModule = z.infer<typeof ClusterModule>;

export const ClusterModules = z.object({
  /** `none`: the cluster has no `module` command. */
  system: z.enum(['lmod', 'tcl', 'none']),
  version: z.string().nullable(),
  modules: z.array(ClusterModule),
  takenAt: z.number(),
});
export type ClusterModules = z.infer<typeof ClusterModules>;
