/** A request against one partition: its own limits, and who may use it. */
import { formatBytes, toSlurmMemory } from '../../lib/bytes.ts';
import { toSlurmDuration } from '../../lib/duration.ts';
import { mayExceed, type BillingContext } from '../cost/billingContext.ts';
import type { Partition } from '../cluster/facts.ts';
import { counted, isOrAre, listed, quoted, timeWords } from './words.ts';
import { gpusAlone, gpuValue } from '../request/gres.ts';
import type { RequestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';

const GIB = 1024 ** 3;

/** One way in which a request does not fit, and the value that would. */
export interface Violation {
  readonly rule: string;
  readonly option: string;
  readonly message: string;
  /** The time that would have to fit elsewhere, for the sentence that says where: `36 h`; `null` for other violations. */
  readonly asked: string | null;
  readonly fix: { readonly label: string; readonly value: string | number } | null;
}

/** Memory that a form would ask for: whole GiB where there is one. */
export const roundMemory = (bytes: number): number => (bytes >= GIB ? Math.floor(bytes / GIB) * GIB : bytes);

/** The option with which a request asks for memory, GPUs or CPUs; where a problem about them is shown. */
export function optionOf(request: SlurmRequest, subject: 'memory' | 'gpus'): string {
  const options =
    subject === 'memory' ? ['mem', 'mem_per_cpu', 'mem_per_gpu'] : ['gres', 'gpus', 'gpus_per_node', 'gpus_per_task'];
  return options.find((key) => request[key] !== undefined) ?? (subject === 'memory' ? 'mem' : 'gres');
}

/** Why a request does not fit a partition, the gravest first. Empty: it does. */
export function partitionViolations(
  request: SlurmRequest,
  size: RequestSize,
  partition: Partition,
  billing: BillingContext,
): Violation[] {
  const all: Violation[] = [];
  const where = quoted(partition.name);
  const add = (
    rule: string,
    option: string,
    message: string,
    fix: Violation['fix'] = null,
    asked: string | null = null,
  ): void => void all.push({ rule, option, message, fix, asked });

  if (partition.state.toUpperCase() !== 'UP')
    add('partition-not-up', 'partition', `The partition ${where} takes no jobs now: it is ${partition.state}.`);
  if (
    size.seconds !== null &&
    partition.maxTime !== null &&
    size.seconds > partition.maxTime &&
    !mayExceed(billing, 'PartitionTimeLimit')
  ) {
    const asked = timeWords(size.seconds);
    add(
      'time-over-partition-limit',
      'time',
      `At most ${timeWords(partition.maxTime)} in ${where}; ${size.seconds === Infinity ? 'no limit at all' : asked} is asked for.`,
      { label: `Ask for ${timeWords(partition.maxTime)}`, value: toSlurmDuration(partition.maxTime) },
      size.seconds === Infinity ? null : asked,
    );
  }
  nodeViolations(request, size, partition, billing, add);
  cpuViolations(request, size, partition, add);
  memoryViolations(request, size, partition, add);
  gpuViolations(request, size, partition, add);
  admission(billing, partition, add);
  return all;
}

type Add = (rule: string, option: string, message: string, fix?: Violation['fix'], asked?: string | null) => void;

/** The longest that one job may run, in seconds; Infinity for no limit. */
export const mostTimeOf = (partition: Partition, billing: BillingContext): number =>
  mayExceed(billing, 'PartitionTimeLimit') ? Infinity : (partition.maxTime ?? Infinity);

/** The most nodes of one job. */
export function mostNodesOf(partition: Partition, billing: BillingContext): number {
  return Math.min(
    mayExceed(billing, 'PartitionMaxNodes') ? Infinity : (partition.maxNodes ?? Infinity),
    partition.totalNodes,
  );
}

/** The most CPUs of one job on one node. */
export const mostCpusOf = (partition: Partition): number =>
  Math.min(partition.cpusPerNode, partition.maxCpusPerNode ?? Infinity);

/** The most memory of one job on one node, in bytes; 0 where it is not known. */
export const mostMemoryOf = (partition: Partition): number =>
  Math.min(partition.memoryPerNode, partition.maxMemoryPerNode ?? Infinity);

function nodeViolations(
  request: SlurmRequest,
  size: RequestSize,
  partition: Partition,
  billing: BillingContext,
  add: Add,
): void {
  const where = quoted(partition.name);
  const most = mostNodesOf(partition, billing);
  if (size.nodes > most) {
    add(
      'nodes-over-partition-limit',
      'nodes',
      `At most ${counted(most, 'node', 'nodes')} for one job in ${where}; ${String(size.nodes)} ${isOrAre(size.nodes)} asked for.`,
      most < 1 ? null : { label: `Ask for ${String(most)}`, value: most },
    );
  }
  const least = mayExceed(billing, 'PartitionMinNodes') ? 0 : (partition.minNodes ?? 0);
  // without --nodes Slurm takes as many as the partition wants. Source: slurm.conf(5), MinNodes.
  if (request.nodes !== undefined && size.maxNodes < least) {
    add(
      'nodes-under-partition-limit',
      'nodes',
      `At least ${counted(least, 'node', 'nodes')} for one job in ${where}; ${String(size.maxNodes)} ${isOrAre(size.maxNodes)} asked for.`,
      { label: `Ask for ${String(least)}`, value: least },
    );
  }
}

function cpuViolations(request: SlurmRequest, size: RequestSize, partition: Partition, add: Add): void {
  const where = quoted(partition.name);
  const most = mostCpusOf(partition);
  const why =
    most < partition.cpusPerNode ? `gives one job at most ${String(most)} on a node` : `has ${String(most)} on a node`;
  if (size.cpusPerTask > most) {
    add('cpus-over-node', 'cpus_per_task', `${String(size.cpusPerTask)} CPUs per task are too many: ${where} ${why}.`, {
      label: `Ask for ${String(most)}`,
      value: most,
    });
    return;
  }
  if (size.cpusPerNode <= most) return;
  const needed = Math.ceil(size.tasks / Math.max(1, Math.floor(most / size.cpusPerTask)));
  const canSpread =
    request['ntasks_per_node'] === undefined &&
    needed <= Math.min(partition.maxNodes ?? Infinity, partition.totalNodes);
  // without --nodes Slurm spreads the tasks by itself
  if (request.nodes === undefined && canSpread) return;
  const option = request['ntasks_per_node'] === undefined ? 'ntasks' : 'ntasks_per_node';
  add('cpus-over-node', option, `${String(size.cpusPerNode)} CPUs on one node are too many: ${where} ${why}.`);
}

function memoryViolations(request: SlurmRequest, size: RequestSize, partition: Partition, add: Add): void {
  const most = mostMemoryOf(partition);
  if (size.memoryPerNode === null || most <= 0) return;
  const where = quoted(partition.name);
  const option = optionOf(request, 'memory');
  const fix = (bytes: number): Violation['fix'] =>
    option === 'mem'
      ? { label: `Ask for ${formatBytes(roundMemory(bytes))}`, value: toSlurmMemory(roundMemory(bytes)) }
      : null;
  // an amount of memory is one thing, however much: “64 GiB is”
  const asked = `${formatBytes(size.memoryPerNode)} on one node is more than`;
  if (size.memoryPerNode > most) {
    const there = most < partition.memoryPerNode ? `one job gets on a node of ${where}` : `a node of ${where} has`;
    add('memory-over-node', option, `${asked} ${there}, ${formatBytes(most)}.`, fix(most));
  } else if (
    partition.maxMemoryPerCpu !== null &&
    size.memoryPerNode > partition.maxMemoryPerCpu * mostCpusOf(partition)
  ) {
    // Slurm gives more CPUs for it (see checkMemoryPerCpu), but a node has not that many
    const all = partition.maxMemoryPerCpu * mostCpusOf(partition);
    add(
      'memory-over-node',
      option,
      `${asked} ${where} gives: ${formatBytes(partition.maxMemoryPerCpu)} per CPU, ${formatBytes(all)} on a whole node.`,
      fix(all),
    );
  }
}

function gpuViolations(request: SlurmRequest, size: RequestSize, partition: Partition, add: Add): void {
  const option = optionOf(request, 'gpus');
  const where = quoted(partition.name);
  for (const [type, total] of size.gpus) {
    if (total === 0) continue;
    const perNode = size.gpusPerNode.get(type) ?? 0;
    const there = partition.gpus.filter((gpu) => type === '' || gpu.type === type);
    if (partition.gpus.length === 0) {
      add('gpu-not-in-partition', option, `The partition ${where} has no GPUs.`);
      continue;
    }
    if (there.length === 0) {
      const types = partition.gpus.map((gpu) => gpu.type).filter(Boolean);
      add('gpu-type-not-in-partition', option, `The partition ${where} has no GPU “${type}”, but ${listed(types)}.`);
      continue;
    }
    const mostOnNode = there.reduce((most, gpu) => Math.max(most, gpu.perNode), 0);
    const all = there.reduce((sum, gpu) => sum + gpu.total, 0);
    const fix =
      option === 'gres' && mostOnNode > 0 && gpusAlone('gres', request.gres) !== null
        ? {
            label: `Ask for ${String(mostOnNode)}`,
            value: gpuValue('gres', type, mostOnNode),
          }
        : null;
    if (perNode > mostOnNode)
      add(
        'gpus-over-node',
        option,
        `${counted(perNode, 'GPU', 'GPUs')} on one node ${isOrAre(perNode)} more than a node of ${where} has, ${String(mostOnNode)}.`,
        fix,
      );
    else if (total > all)
      add(
        'gpus-over-partition',
        option,
        `${counted(total, 'GPU', 'GPUs')} ${isOrAre(total)} more than ${where} has, ${String(all)}.`,
      );
  }
}

/** Who may use the partition. DenyAccounts and DenyQos hold only where there is no Allow list. Source: slurm.conf(5). */
function admission({ account, qos }: BillingContext, partition: Partition, add: Add): void {
  const where = quoted(partition.name);
  const refuses = (name: string, allowed: readonly string[] | null, denied: readonly string[]): boolean =>
    allowed === null ? denied.includes(name) : !allowed.includes(name);
  if (account !== null && refuses(account, partition.allowAccounts, partition.denyAccounts)) {
    add(
      'account-not-in-partition',
      'account',
      `The partition ${where} does not take the account ${quoted(account)}${partition.allowAccounts === null ? '' : `, but ${listed(partition.allowAccounts)}`}.`,
    );
  }
  if (qos !== null && refuses(qos, partition.allowQos, partition.denyQos)) {
    add(
      'qos-not-in-partition',
      'qos',
      `The partition ${where} does not take the QOS ${quoted(qos)}${partition.allowQos === null ? '' : `, but ${listed(partition.allowQos)}`}.`,
    );
  }
}
