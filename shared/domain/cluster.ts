import { z } from 'zod';
import { DEFAULT_IMAGE_FOLDERS, DEFAULT_RATES, DEFAULT_RUN_ROOT } from './clusterDefaults.ts';
import { CostRates } from './cost.ts';
import { ClusterId } from './ids.ts';

export { DEFAULT_IMAGE_FOLDERS } from './clusterDefaults.ts';

/** Ways to log in, in the order in which they are tried. Secrets are never part of a profile. */
export const AuthMethod = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), socket: z.string().nullable() }),
  z.object({ kind: z.literal('key'), path: z.string().min(1) }),
  z.object({ kind: z.literal('password') }),
  z.object({ kind: z.literal('keyboard-interactive') }),
]);
export type AuthMethod = z.infer<typeof AuthMethod>;

export const ClusterProfile = z.object({
  id: ClusterId,
  name: z.string().min(1).max(80),
  /** The built-in demo cluster fills in host, port and key at each start. */
  kind: z.enum(['ssh', 'demo']),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
  user: z.string().min(1).max(64),
  auth: z.array(AuthMethod).min(1),
  /** Folder of run folders on the cluster; `~` is the home folder. */
  runRoot: z.string().min(1).default(DEFAULT_RUN_ROOT),
  imageFolders: z.array(z.string()).default(DEFAULT_IMAGE_FOLDERS),
  /** Folder of sbatch when it is not on the PATH. */
  slurmBin: z.string().nullable().default(null),
  rates: CostRates.default(DEFAULT_RATES),
  /** Least seconds between two polls, as the site asks. */
  pollSeconds: z.int().min(2).max(3600).default(5),
  /** Largest input file, in bytes, that the site accepts. */
  maxFileSize: z.number().min(1).default(50 * 1024 ** 3),
});
export type ClusterProfile = z.infer<typeof ClusterProfile>;

/** What the session of a cluster is doing. `since` and `until` are epoch milliseconds. */
export const ConnectionState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('offline'), since: z.number() }),
  z.object({ phase: z.literal('connecting'), since: z.number(), step: z.string() }),
  z.object({ phase: z.literal('asking'), since: z.number(), promptId: z.string() }),
  z.object({ phase: z.literal('ready'), since: z.number(), roundTripMs: z.number().nullable() }),
  z.object({ phase: z.literal('waiting'), since: z.number(), until: z.number(), attempt: z.int(), reason: z.string() }),
  z.object({ phase: z.literal('failed'), since: z.number(), error: z.object({ code: z.int(), name: z.string(), message: z.string(), hint: z.string() }) }),
]);
export type ConnectionState = z.infer<typeof ConnectionState>;

export const ClusterView = z.object({ profile: ClusterProfile, connection: ConnectionState });
export type ClusterView = z.infer<typeof ClusterView>;

/** One partition. Times in seconds, memory in bytes; `null` means no limit or not known. */
export const Partition = z.object({
  name: z.string(),
  isDefault: z.boolean(),
  /** UP, DOWN, DRAIN, INACT, or whatever else the cluster says. */
  state: z.string(),
  maxTime: z.number().nullable(),
  defaultTime: z.number().nullable(),
  maxNodes: z.number().nullable(),
  totalNodes: z.number(),
  /** Per node: the largest of the partition. */
  cpusPerNode: z.number(),
  memoryPerNode: z.number(),
  cpus: z.object({ allocated: z.number(), idle: z.number(), other: z.number(), total: z.number() }),
  nodesByState: z.record(z.string(), z.number()),
  /** Type to count over the whole partition; the type is empty for untyped GPUs. */
  gpus: z.array(z.object({ type: z.string(), perNode: z.number(), total: z.number() })),
  features: z.array(z.string()),
  allowAccounts: z.array(z.string()).nullable(),
  allowQos: z.array(z.string()).nullable(),
});
export type Partition = z.infer<typeof Partition>;

export const Association = z.object({
  account: z.string(),
  partition: z.string().nullable(),
  qos: z.array(z.string()),
  defaultQos: z.string().nullable(),
});
export type Association = z.infer<typeof Association>;

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
  maxArraySize: z.number().nullable(),
  /** Cluster clock minus ours, in seconds. */
  clockOffset: z.number(),
  /** SBATCH_* variables in the user's environment that would override the script. */
  overridingVariables: z.array(z.string()),
  takenAt: z.number(),
});
export type ClusterFacts = z.infer<typeof ClusterFacts>;

/** A question that a connection attempt puts to the person, with the server's own words. */
export const ConnectionPrompt = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hostKey'),
    promptId: z.string(),
    clusterId: ClusterId,
    host: z.string(),
    port: z.int(),
    algorithm: z.string(),
    /** `SHA256:…`, as ssh prints it. */
    fingerprint: z.string(),
  }),
  z.object({
    kind: z.literal('auth'),
    promptId: z.string(),
    clusterId: ClusterId,
    method: z.enum(['password', 'passphrase', 'keyboard-interactive']),
    title: z.string(),
    instructions: z.string(),
    fields: z.array(z.object({ label: z.string(), echo: z.boolean() })),
  }),
]);
export type ConnectionPrompt = z.infer<typeof ConnectionPrompt>;

/** One line of a connection test. */
export const ConnectionTestStep = z.object({
  step: z.enum(['tcp', 'hostKey', 'login', 'shell', 'sftp', 'slurm', 'accounting', 'runRoot']),
  ok: z.boolean(),
  /** Milliseconds. */
  elapsed: z.number(),
  detail: z.string(),
  hint: z.string(),
});
export type ConnectionTestStep = z.infer<typeof ConnectionTestStep>;
