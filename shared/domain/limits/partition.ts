/** A request against one partition: its own limits, and who may use it. */
import { formatBytes, toSlurmMemory } from '../../lib/bytes.ts';
import { toSlurmDuration } from '../../lib/duration.ts';
import { mayExceed, type BillingContext } from '../cost/billingContext.ts';
import type { Partition } from '../cluster/facts.ts';
import { message, type Message } from '../../messages/message.ts';
import { listed, timeText } from './words.ts';
import { gpusAlone, gpuValue } from '../request/gres.ts';
import type { RequestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';

const GIB = 1024 ** 3;

/** One way in which a request does not fit, and the value that would. */
export interface Violation {
  readonly rule: string;
  readonly option: string;
  readonly message: Message;
  /** The time that would have to fit elsewhere, for the sentence that says where: `36 h`; `null` for other violations. */
  readonly asked: string | null;
  readonly fix: { readonly label: Message; readonly value: string | number } | null;
}

const askFor = (amount: string | number | Message): Message => message('words.askFor', { amount });

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
  const add = (
    rule: string,
    option: string,
    what: Message,
    fix: Violation['fix'] = null,
    asked: string | null = null,
  ): void => void all.push({ rule, option, message: what, fix, asked });

  if (partition.state.toUpperCase() !== 'UP')
    add(
      'partition-not-up',
      'partition',
      message('limits.partitionNotUp', { partition: partition.name, state: partition.state }),
    );
  if (
    size.seconds !== null &&
    partition.maxTime !== null &&
    size.seconds > partition.maxTime &&
    !mayExceed(billing, 'PartitionTimeLimit')
  ) {
    const asked = size.seconds === Infinity ? null : timeText(size.seconds);
    const most = timeText(partition.maxTime);
    add(
      'time-over-partition-limit',
      'time',
      message('limits.timeOverPartition', {
        most,
        partition: partition.name,
        asked: asked ?? message('words.noLimitAtAll'),
      }),
      { label: askFor(most), value: toSlurmDuration(partition.maxTime) },
      asked,
    );
  }
  nodeViolations(request, size, partition, billing, add);
  cpuViolations(request, size, partition, add);
  memoryViolations(request, size, partition, add);
  gpuViolations(request, size, partition, add);
  admission(billing, partition, add);
  return all;
}

type Add = (rule: string, option: string, message: Message, fix?: Violation['fix'], asked?: string | null) => void;

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
  const most = mostNodesOf(partition, billing);
  if (size.nodes > most) {
    add(
      'nodes-over-partition-limit',
      'nodes',
      message('limits.nodesOverPartition', {
        most: message('words.nodes', { count: most }),
        partition: partition.name,
        count: size.nodes,
      }),
      most < 1 ? null : { label: askFor(most), value: most },
    );
  }
  const least = mayExceed(billing, 'PartitionMinNodes') ? 0 : (partition.minNodes ?? 0);
  // without --nodes Slurm takes as many as the partition wants. Source: slurm.conf(5), MinNodes.
  if (request.nodes !== undefined && size.maxNodes < least) {
    add(
      'nodes-under-partition-limit',
      'nodes',
      message('limits.nodesUnderPartition', {
        least: message('words.nodes', { count: least }),
        partition: partition.name,
        count: size.maxNodes,
      }),
      { label: askFor(least), value: least },
    );
  }
}

function cpuViolations(request: SlurmRequest, size: RequestSize, partition: Partition, add: Add): void {
  const most = mostCpusOf(partition);
  const isShare = most < partition.cpusPerNode;
  if (size.cpusPerTask > most) {
    add(
      'cpus-over-node',
      'cpus_per_task',
      message(isShare ? 'limits.taskCpusOverShare' : 'limits.taskCpusOverNode', {
        cpus: size.cpusPerTask,
        partition: partition.name,
        most,
      }),
      { label: askFor(most), value: most },
    );
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
  add(
    'cpus-over-node',
    option,
    message(isShare ? 'limits.cpusOverShare' : 'limits.cpusOverNode', {
      cpus: size.cpusPerNode,
      partition: partition.name,
      most,
    }),
  );
}

function memoryViolations(request: SlurmRequest, size: RequestSize, partition: Partition, add: Add): void {
  const most = mostMemoryOf(partition);
  if (size.memoryPerNode === null || most <= 0) return;
  const option = optionOf(request, 'memory');
  const fix = (bytes: number): Violation['fix'] =>
    option === 'mem'
      ? { label: askFor(formatBytes(roundMemory(bytes))), value: toSlurmMemory(roundMemory(bytes)) }
      : null;
  const asked = formatBytes(size.memoryPerNode);
  if (size.memoryPerNode > most) {
    const isShare = most < partition.memoryPerNode;
    add(
      'memory-over-node',
      option,
      message(isShare ? 'limits.memoryOverShare' : 'limits.memoryOverNode', {
        asked,
        partition: partition.name,
        most: formatBytes(most),
      }),
      fix(most),
    );
  } else if (
    partition.maxMemoryPerCpu !== null &&
    size.memoryPerNode > partition.maxMemoryPerCpu * mostCpusOf(partition)
  ) {
    // Slurm gives more CPUs for it (see checkMemoryPerCpu), but a node has not that many
    const all = partition.maxMemoryPerCpu * mostCpusOf(partition);
    add(
      'memory-over-node',
      option,
      message('limits.memoryOverCpus', {
        asked,
        partition: partition.name,
        perCpu: formatBytes(partition.maxMemoryPerCpu),
        most: formatBytes(all),
      }),
      fix(all),
    );
  }
}

function gpuViolations(request: SlurmRequest, size: RequestSize, partition: Partition, add: Add): void {
  const option = optionOf(request, 'gpus');
  const where = partition.name;
  for (const [type, total] of size.gpus) {
    if (total === 0) continue;
    const perNode = size.gpusPerNode.get(type) ?? 0;
    const there = partition.gpus.filter((gpu) => type === '' || gpu.type === type);
    if (partition.gpus.length === 0) {
      add('gpu-not-in-partition', option, message('limits.noGpus', { partition: where }));
      continue;
    }
    if (there.length === 0) {
      const types = partition.gpus.map((gpu) => gpu.type).filter(Boolean);
      add(
        'gpu-type-not-in-partition',
        option,
        message('limits.gpuTypeNotThere', { partition: where, type, types: listed(types) }),
      );
      continue;
    }
    const mostOnNode = there.reduce((most, gpu) => Math.max(most, gpu.perNode), 0);
    const all = there.reduce((sum, gpu) => sum + gpu.total, 0);
    const fix =
      option === 'gres' && mostOnNode > 0 && gpusAlone('gres', request.gres) !== null
        ? {
            label: askFor(mostOnNode),
            value: gpuValue('gres', type, mostOnNode),
          }
        : null;
    if (perNode > mostOnNode)
      add(
        'gpus-over-node',
        option,
        message('limits.gpusOverNode', { count: perNode, partition: where, most: mostOnNode }),
        fix,
      );
    else if (total > all)
      add(
        'gpus-over-partition',
        option,
        message('limits.gpusOverPartition', { count: total, partition: where, most: all }),
      );
  }
}

/** Who may use the partition. DenyAccounts and DenyQos hold only where there is no Allow list. Source: slurm.conf(5). */
function admission({ account, qos }: BillingContext, partition: Partition, add: Add): void {
  const where = partition.name;
  const refuses = (name: string, allowed: readonly string[] | null, denied: readonly string[]): boolean =>
    allowed === null ? denied.includes(name) : !allowed.includes(name);
  if (account !== null && refuses(account, partition.allowAccounts, partition.denyAccounts)) {
    add(
      'account-not-in-partition',
      'account',
      partition.allowAccounts === null
        ? message('limits.accountNotTaken', { partition: where, name: account })
        : message('limits.accountNotAmong', {
            partition: where,
            name: account,
            names: listed(partition.allowAccounts),
          }),
    );
  }
  if (qos !== null && refuses(qos, partition.allowQos, partition.denyQos)) {
    add(
      'qos-not-in-partition',
      'qos',
      partition.allowQos === null
        ? message('limits.qosNotTaken', { partition: where, name: qos })
        : message('limits.qosNotAmong', { partition: where, name: qos, names: listed(partition.allowQos) }),
    );
  }
}
