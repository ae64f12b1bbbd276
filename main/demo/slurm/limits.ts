/** What accounts and QOS allow, and in whose words a job over a limit waits or is refused. Reasons as 22.05.8 gives them. */
import { isEnded, type Demand, type Job } from './job.ts';
import type { JobTable } from './jobTable.ts';
import { accountNamed, partitionNamed, qosNamed, type Amount, type DemoLimits, type DemoPartition } from './site.ts';

/** What a job's request counts for, before it is known where it runs. */
export const amountOf = (demand: Demand): Required<Amount> => ({
  cpu: demand.tasks * demand.cpusPerTask,
  gpu: demand.gpusPerNode * (demand.minNodes ?? 1),
});

const held = (job: Job): Required<Amount> => ({
  cpu: job.standing.shares.reduce((sum, share) => sum + share.cpus, 0),
  gpu: job.standing.shares.reduce((sum, share) => sum + share.gpus.length, 0),
});

/** One set of limits that a job is under: its QOS, the QOS of its partition, or its account. */
interface Scope {
  readonly prefix: 'QOS' | 'Assoc';
  readonly limits: DemoLimits;
  readonly counts: (job: Job) => boolean;
}

interface Request {
  readonly account: string;
  readonly qos: string;
  readonly partition: string;
  readonly demand: Demand;
  /** Seconds, or null for none. */
  readonly timeLimit: number | null;
}

function scopesOf(request: Request): Scope[] {
  const scopes: Scope[] = [];
  const partitionQos = partitionNamed(request.partition)?.qos ?? null;
  if (partitionQos !== null) {
    const limits = qosNamed(partitionQos);
    if (limits !== undefined)
      scopes.push({ prefix: 'QOS', limits, counts: (job) => job.spec.partition === request.partition });
  }
  const qos = qosNamed(request.qos);
  if (qos !== undefined) scopes.push({ prefix: 'QOS', limits: qos, counts: (job) => job.spec.qos === request.qos });
  const account = accountNamed(request.account);
  if (account !== undefined)
    scopes.push({ prefix: 'Assoc', limits: account, counts: (job) => job.spec.account === request.account });
  return scopes;
}

const TRES_WORDS = {
  QOS: { cpu: 'QOSMaxCpuPerJobLimit', gpu: 'QOSMaxGRESPerJob' },
  Assoc: { cpu: 'AssocMaxCpuPerJobLimit', gpu: 'AssocMaxGRESPerJob' },
} as const;

/** Limits that this one job breaks by itself, whatever else runs. */
function brokenAlone({ prefix, limits }: Scope, request: Request): string | null {
  const asked = amountOf(request.demand);
  if (limits.maxWall !== null && (request.timeLimit ?? Infinity) > limits.maxWall)
    return `${prefix}MaxWallDurationPerJobLimit`;
  for (const resource of ['cpu', 'gpu'] as const)
    if (asked[resource] > (limits.perJob[resource] ?? Infinity)) return TRES_WORDS[prefix][resource];
  return null;
}

/** Why sbatch refuses at once: too many jobs, or over a limit of a QOS with DenyOnLimit. */
export function refusedByLimits(request: Request, tasks: number, table: JobTable): string | null {
  for (const scope of scopesOf(request)) {
    const { maxSubmit } = scope.limits;
    if (maxSubmit !== null) {
      const waitingOrRunning = table.all().filter((job) => !isEnded(job) && scope.counts(job)).length;
      if (waitingOrRunning + tasks > maxSubmit)
        return scope.prefix === 'QOS' ? 'QOSMaxSubmitJobPerUserLimit' : 'AssocMaxSubmitJobLimit';
    }
  }
  const scopes = scopesOf(request).filter(({ prefix }) => prefix === 'QOS');
  return qosNamed(request.qos)?.denyOnLimit === true
    ? (scopes.map((scope) => brokenAlone(scope, request)).find((reason) => reason !== null) ?? null)
    : null;
}

/** The limit that a waiting job is under now, in Slurm's word, or null. */
export function waitsForLimit(job: Job, table: JobTable): string | null {
  const { account, qos, partition, demand } = job.spec;
  const request: Request = { account, qos, partition, demand, timeLimit: job.standing.timeLimit };
  const asked = amountOf(demand);
  for (const scope of scopesOf(request)) {
    const alone = brokenAlone(scope, request);
    if (alone !== null) return alone;
    const { maxJobs, perUser } = scope.limits;
    if (maxJobs === null && perUser.cpu === undefined && perUser.gpu === undefined) continue;
    const running = table.all().filter((each) => each.standing.state === 'RUNNING' && scope.counts(each));
    if (maxJobs !== null && running.length >= maxJobs)
      return scope.prefix === 'QOS' ? 'QOSMaxJobsPerUserLimit' : 'AssocMaxJobsLimit';
    const used = running.map(held);
    if (used.reduce((sum, { cpu }) => sum + cpu, asked.cpu) > (perUser.cpu ?? Infinity)) return 'QOSMaxCpuPerUserLimit';
    if (used.reduce((sum, { gpu }) => sum + gpu, asked.gpu) > (perUser.gpu ?? Infinity)) return 'QOSMaxGRESPerUser';
  }
  return null;
}

/** Why a job of this account or QOS never runs in the partition; sbatch takes it all the same, unless the site enforces its limits. */
export function keptOut(partition: DemoPartition, account: string, qos: string): string | null {
  if (partition.denyAccounts.includes(account)) {
    return `Job's account not permitted to use this partition (${partition.name} denies ${partition.denyAccounts.join(',')} including ${account})`;
  }
  if (partition.allowQos !== null && !partition.allowQos.includes(qos)) {
    return `Job's QOS not permitted to use this partition (${partition.name} allows ${partition.allowQos.join(',')} not ${qos})`;
  }
  return null;
}
