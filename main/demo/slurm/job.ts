/** One job as the demo's controller knows it: what was asked for, which never changes, and how it stands, which does. */

/** What a job needs. Sizes per node in MiB. */
export interface Demand {
  /** Least number of nodes, or null: as few as the rest allows. */
  readonly minNodes: number | null;
  readonly maxNodes: number | null;
  readonly tasks: number;
  readonly tasksGiven: boolean;
  readonly tasksPerNode: number | null;
  readonly cpusPerTask: number;
  readonly cpusPerTaskGiven: boolean;
  readonly memory: { readonly per: 'node' | 'cpu'; readonly size: number };
  readonly gpusPerNode: number;
  readonly exclusive: boolean;
  readonly nodeList: readonly string[];
  readonly exclude: readonly string[];
  /** `--constraint`; jobs of an older app have none. */
  readonly constraint?: string | null;
}

export type DependencyKind = 'after' | 'afterany' | 'afterok' | 'afternotok' | 'aftercorr' | 'singleton';

export interface Dependency {
  readonly kind: DependencyKind;
  /** Null for `singleton`. */
  readonly jobId: number | null;
  readonly arrayTask: number | null;
}

export interface ArrayRequest {
  readonly tasks: readonly number[];
  /** At most so many at once, or null. */
  readonly limit: number | null;
}

/** What sbatch was told, as it is kept on disk before sbatch answers. */
export interface JobSpec {
  /** The id that sbatch prints; tasks of an array have ids from here on. */
  readonly id: number;
  readonly array: ArrayRequest | null;
  readonly name: string;
  readonly user: string;
  readonly uid: number;
  readonly group: string;
  readonly gid: number;
  readonly account: string;
  readonly qos: string;
  readonly partition: string;
  readonly demand: Demand;
  /** `gres:gpu:a100:1` as squeue's %b prints it, or null. */
  readonly tresPerNode: string | null;
  /** Seconds, or null for none. */
  readonly timeLimit: number | null;
  /** Epoch seconds before which it must not start, or null. */
  readonly begin: number | null;
  /** All must hold (`,`) or one (`?`). */
  readonly dependencies: readonly Dependency[];
  readonly dependencyOnAny: boolean;
  readonly killOnInvalidDependency: boolean;
  readonly held: boolean;
  readonly nice: number;
  readonly requeue: boolean;
  readonly comment: string | null;
  readonly features: string | null;
  /** `--signal`: sent this many seconds before the limit. */
  readonly warning: { readonly signal: NodeJS.Signals; readonly before: number; readonly batchOnly: boolean } | null;
  readonly workDir: string;
  readonly stdin: string | null;
  /** Patterns; stderr null: where stdout goes. */
  readonly stdout: string;
  readonly stderr: string | null;
  readonly append: boolean;
  readonly script: string;
  readonly scriptArguments: readonly string[];
  /** Path of the script as given, or null for --wrap and standard input. */
  readonly command: string | null;
  readonly submitLine: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly submittedAt: number;
}

export type BaseState = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMEOUT' | 'NODE_FAIL';

/** What a job holds on one node. */
export interface NodeShare {
  readonly node: string;
  readonly tasks: number;
  readonly cpus: number;
  readonly memory: number;
  readonly gpus: readonly number[];
}

/** Why a running job is being ended. */
export interface Stopping {
  readonly cause: 'CANCELLED' | 'TIMEOUT' | 'REQUEUE';
  /** Epoch seconds. */
  readonly at: number;
  readonly uid: number;
  /** A requeued job that must not start again by itself. */
  readonly hold?: boolean;
}

/** How a job stands. The whole of it is written at each change. */
export interface JobStanding {
  readonly state: BaseState;
  readonly reason: string;
  /** How many times it was requeued: the number of its attempt. */
  readonly attempt: number;
  readonly held: 'user' | null;
  readonly priority: number;
  readonly timeLimit: number | null;
  readonly name: string;
  readonly submittedAt: number;
  readonly begin: number | null;
  /** Epoch seconds. */
  readonly start: number | null;
  readonly end: number | null;
  readonly shares: readonly NodeShare[];
  readonly exitCode: number;
  readonly signal: number;
  readonly stopping: Stopping | null;
  /** Who cancelled it: `CANCELLED by 1001`. */
  readonly cancelledBy: number | null;
}

/** One schedulable job: a plain one, or one task of an array. */
export interface Job {
  readonly spec: JobSpec;
  readonly id: number;
  readonly arrayTask: number | null;
  standing: JobStanding;
  /** When the scheduler expects it to start, in epoch seconds; not kept. */
  expectedStart: number | null;
}

export const isEnded = (job: Job): boolean => job.standing.state !== 'PENDING' && job.standing.state !== 'RUNNING';

/** `17`, or `17_3` for a task of an array. */
export const displayId = (job: Job): string =>
  job.arrayTask === null ? String(job.id) : `${job.spec.id}_${job.arrayTask}`;

/** What squeue shows: a running job that is being ended is COMPLETING. */
export const shownState = (job: Job): string => (job.standing.stopping === null ? job.standing.state : 'COMPLETING');

export const cpusOf = (shares: readonly NodeShare[]): number => shares.reduce((sum, share) => sum + share.cpus, 0);

/** Seconds that it has run, in its last attempt. */
export function elapsed(job: Job, now: number): number {
  const { start, end, state } = job.standing;
  if (start === null || state === 'PENDING') return 0;
  return Math.max(0, (end ?? now) - start);
}
