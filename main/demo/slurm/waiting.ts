/** Why a job waits, apart from room: holds, begin times, dependencies, array throttles and limits of the partition. */
import { assertNever } from '../../../shared/lib/assertNever.ts';
import { isEnded, type Dependency, type Job } from './job.ts';
import type { JobTable } from './jobTable.ts';
import { keptOut, waitsForLimit } from './limits.ts';
import { emptyRoom, place } from './placement.ts';
import { NODES, nodesOf, partitionNamed } from './site.ts';

type Fulfilment = 'fulfilled' | 'unfulfilled' | 'never';

const completed = (job: Job): boolean => job.standing.state === 'COMPLETED';

function fulfilment(dependency: Dependency, job: Job, table: JobTable): Fulfilment {
  const { kind, jobId } = dependency;
  if (kind === 'singleton' || jobId === null) {
    const earlier = table
      .all()
      .some((each) => each.id < job.id && !isEnded(each) && each.standing.name === job.standing.name);
    return earlier ? 'unfulfilled' : 'fulfilled';
  }
  const task = kind === 'aftercorr' ? job.arrayTask : dependency.arrayTask;
  const one = task === null ? undefined : table.task(jobId, task);
  const awaited = task === null ? table.ofSubmission(jobId) : one === undefined ? [] : [one];
  // a job that the controller no longer knows counts as done [seen on 22.05.8, also for afterok]
  if (awaited.length === 0) return 'fulfilled';
  switch (kind) {
    case 'after':
      return awaited.every((each) => each.standing.state !== 'PENDING') ? 'fulfilled' : 'unfulfilled';
    case 'afterany':
      return awaited.every(isEnded) ? 'fulfilled' : 'unfulfilled';
    case 'afterok':
    case 'aftercorr':
      if (awaited.some((each) => isEnded(each) && !completed(each))) return 'never';
      return awaited.every(completed) ? 'fulfilled' : 'unfulfilled';
    case 'afternotok':
      if (!awaited.every(isEnded)) return 'unfulfilled';
      return awaited.every(completed) ? 'never' : 'fulfilled';
    default:
      return assertNever(kind);
  }
}

/** How a job's dependencies stand together. */
export function dependencyState(job: Job, table: JobTable): Fulfilment {
  const each = job.spec.dependencies.map((dependency) => fulfilment(dependency, job, table));
  if (each.length === 0) return 'fulfilled';
  if (job.spec.dependencyOnAny) {
    if (each.includes('fulfilled')) return 'fulfilled';
    return each.every((state) => state === 'never') ? 'never' : 'unfulfilled';
  }
  if (each.includes('never')) return 'never';
  return each.every((state) => state === 'fulfilled') ? 'fulfilled' : 'unfulfilled';
}

/** Dependencies as squeue's %E shows them: `afterok:41(unfulfilled)`, those that are met left out. */
export function dependencyText(job: Job, table: JobTable): string {
  if (isEnded(job) || job.standing.state === 'RUNNING') return '';
  return job.spec.dependencies
    .map((dependency) => ({ dependency, state: fulfilment(dependency, job, table) }))
    .filter(({ state }) => state !== 'fulfilled')
    .map(({ dependency: { kind, jobId, arrayTask }, state }) => {
      const on = jobId === null ? '' : `:${jobId}${arrayTask === null ? '' : `_${arrayTask}`}`;
      return `${kind}${on}(${state === 'never' ? 'failed' : 'unfulfilled'})`;
    })
    .join(job.spec.dependencyOnAny ? '?' : ',');
}

/** MiB on the node with most of it, at least. */
const memoryPerNode = ({ memory, cpusPerTask }: Job['spec']['demand']): number =>
  memory.per === 'node' ? memory.size : memory.size * cpusPerTask;

/** The reason, in Slurm's word, why a pending job may not be considered now, or null when only room decides. */
export function reasonToWait(job: Job, table: JobTable, now: number): string | null {
  const { spec, standing } = job;
  if (standing.held !== null) return 'JobHeldUser';
  const dependency = dependencyState(job, table);
  if (dependency === 'never') return 'DependencyNeverSatisfied';
  if (dependency === 'unfulfilled') return 'Dependency';
  if (standing.begin !== null && standing.begin > now) return 'BeginTime';
  const partition = partitionNamed(spec.partition);
  if (partition === undefined) return 'PartitionDown';
  const barred = keptOut(partition, spec.account, spec.qos);
  if (barred !== null) return barred;
  if ((spec.demand.minNodes ?? 1) > partition.nodes.length) return 'PartitionNodeLimit';
  if (standing.timeLimit === null || standing.timeLimit > partition.maxTime) return 'PartitionTimeLimit';
  if (memoryPerNode(spec.demand) > (partition.maxMemoryPerNode ?? Infinity)) return 'MaxMemPerLimit';
  if (place(spec.demand, nodesOf(partition).map(emptyRoom)) === null) return 'PartitionConfig';
  const limit = spec.array?.limit ?? null;
  if (limit !== null && table.ofSubmission(spec.id).filter((each) => each.standing.state === 'RUNNING').length >= limit)
    return 'JobArrayTaskLimit';
  const gone = NODES.filter(({ name, drained }) => drained !== null && spec.demand.nodeList.includes(name));
  if (gone.length > 0) return `ReqNodeNotAvail, UnavailableNodes:${gone.map(({ name }) => name).join(',')}`;
  return waitsForLimit(job, table);
}
