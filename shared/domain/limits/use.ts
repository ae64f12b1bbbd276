/** How much of the limits that hold for a person is in use: rows for gauges, and what the checks count with. */
import type { ClusterFacts, ClusterUsage, JobLimits } from '../cluster/facts.ts';
import { gpuTypeOfTres } from '../request/gres.ts';

/** A Slurm resource as a gauge names it; what has no name of its own keeps Slurm's (`license/ansys`). */
export type LimitSubject = 'jobs' | 'submit' | 'cpus' | 'gpus' | 'memory' | 'nodes' | 'billing' | (string & {});

/** One limit over several jobs, and how much of it is taken. */
export interface LimitUse {
  /** Who puts it: a QOS, an account that can be charged, or a partition through its own QOS. */
  readonly scope: 'qos' | 'account' | 'partition';
  /** The QOS, the account or the partition. */
  readonly name: string;
  /** `jobs`: running at once; `submit`: running and waiting; the others: of running jobs together. */
  readonly what: LimitSubject;
  /** Type of GPU; empty where any counts, and for what is no GPU. */
  readonly gpuType: string;
  readonly limit: number;
  /** What the person's own jobs take of it; `null`: not known. */
  readonly used: number | null;
  /** Others draw on it too, so what is left is not known: a limit of the whole account or QOS. */
  readonly isShared: boolean;
  readonly unit: 'count' | 'bytes';
}

type Mine = ClusterUsage['mine'][number];

/** States of jobs that hold nothing yet. Source: squeue(1), JOB STATE CODES. */
const WAITING = new Set(['PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'SPECIAL_EXIT', 'RESV_DEL_HOLD']);
/** Jobs that have ended but are still listed. */
const ENDED = new Set([
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'TIMEOUT',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'OUT_OF_MEMORY',
  'REVOKED',
]);

const isRunning = ({ state }: Mine): boolean => !WAITING.has(state) && !ENDED.has(state);

const SUBJECTS: Readonly<Record<string, LimitSubject>> = { cpu: 'cpus', mem: 'memory', node: 'nodes' };

/** The name of a TRES for people, and the type where it is a GPU: `gres/gpu:a100` is `gpus`, `a100`. */
export function subjectOf(tres: string): { what: LimitSubject; gpuType: string } {
  const gpuType = gpuTypeOfTres(tres);
  return gpuType === null ? { what: SUBJECTS[tres] ?? tres, gpuType: '' } : { what: 'gpus', gpuType };
}

/** What jobs take of a resource; `null` for what the look at the cluster does not tell, such as the type of their GPUs. */
export function takenOf(jobs: readonly Mine[], what: LimitSubject, gpuType = ''): number | null {
  const running = jobs.filter(isRunning);
  const sum = (of: (row: Mine) => number, rows: readonly Mine[] = running): number =>
    rows.reduce((all, row) => all + of(row), 0);
  switch (what) {
    case 'jobs':
      return sum((row) => row.jobs);
    case 'submit':
      return sum(
        (row) => row.jobs,
        jobs.filter((row) => !ENDED.has(row.state)),
      );
    case 'cpus':
      return sum((row) => row.cpus);
    case 'nodes':
      return sum((row) => row.nodes);
    case 'memory':
      return sum((row) => row.memory);
    case 'gpus': {
      const all = sum((row) => row.gpus);
      // nothing in use is nothing of any type
      return gpuType === '' || all === 0 ? all : null;
    }
    default:
      return null;
  }
}

/** The rows of one set of limits; `jobs` are those that count against it. */
export function usesOf(
  scope: LimitUse['scope'],
  name: string,
  limits: JobLimits,
  jobs: readonly Mine[] | null,
): LimitUse[] {
  const row = (what: LimitSubject, limit: number, isShared: boolean, gpuType = ''): LimitUse => ({
    scope,
    name,
    what,
    gpuType,
    limit,
    used: jobs === null ? null : takenOf(jobs, what, gpuType),
    isShared,
    unit: what === 'memory' ? 'bytes' : 'count',
  });
  const count = (what: LimitSubject, limit: number | null, isShared: boolean): LimitUse[] =>
    limit === null ? [] : [row(what, limit, isShared)];
  const resources = (tres: JobLimits['groupTres'], isShared: boolean): LimitUse[] =>
    Object.entries(tres).map(([key, limit]) => {
      const { what, gpuType } = subjectOf(key);
      return row(what, limit, isShared, gpuType);
    });
  return [
    ...count('jobs', limits.maxJobs, false),
    ...count('submit', limits.maxSubmit, false),
    ...resources(limits.maxTresPerUser, false),
    ...count('jobs', limits.groupJobs, true),
    ...count('submit', limits.groupSubmit, true),
    ...resources(limits.groupTres, true),
  ];
}

/**
 * Every limit over several jobs that holds for the person: of the QOS that they may use, of their accounts, of the partitions that
 * have a QOS of their own. Without `usage` nothing is known of use. Pure.
 */
export function limitUse(facts: ClusterFacts, usage: ClusterUsage | null): LimitUse[] {
  const mine = usage?.mine ?? null;
  const among = (test: (row: Mine) => boolean): Mine[] | null => mine?.filter(test) ?? null;
  const known = facts.qos ?? [];
  const usable =
    facts.associations === null || facts.associations.length === 0
      ? null
      : new Set(facts.associations.flatMap(({ qos }) => qos));
  return [
    ...known
      .filter(({ name }) => usable?.has(name) ?? true)
      .flatMap(({ name, limits }) =>
        usesOf(
          'qos',
          name,
          limits,
          among((row) => row.qos === name),
        ),
      ),
    ...(facts.associations ?? []).flatMap(({ account, partition, limits }) =>
      usesOf(
        'account',
        account,
        limits,
        among((row) => row.account === account && (partition === null || row.partition.split(',').includes(partition))),
      ),
    ),
    ...facts.partitions.flatMap((partition) => {
      const own = partition.qos === null ? undefined : known.find(({ name }) => name === partition.qos);
      return own === undefined
        ? []
        : usesOf(
            'partition',
            partition.name,
            own.limits,
            among((row) => row.partition.split(',').includes(partition.name)),
          );
    }),
  ];
}
