/**
 * A request against what is known of the cluster. Slurm refuses some of what does not fit and lets the rest wait for ever (time
 * over MaxTime, more nodes than there are, an account one does not have: unless the site sets EnforcePartLimits), so it is said
 * here, before anything is sent. Each problem says the limit and what would fit.
 */
import { formatBytes, toSlurmMemory } from '../lib/bytes.ts';
import { formatDuration, toSlurmDuration } from '../lib/duration.ts';
import type { Association, ClusterFacts, Partition } from './cluster.ts';
import { ERRORS } from '../errors/codes.ts';
import { problem, type Problem } from './problem.ts';
import { requestSize, type RequestSize } from './requestSize.ts';
import type { SlurmRequest } from './slurmRequest.ts';

const GIB = 1024 ** 3;

/** One way in which a request does not fit a partition. */
interface Misfit {
  readonly rule: string;
  readonly option: string;
  readonly message: string;
  readonly fix: { readonly label: string; readonly value: string | number } | null;
}

const found = (severity: Problem['severity'], rule: string, option: string, message: string, extra: Partial<Problem> = {}): Problem =>
  problem({ rule, code: ERRORS.REQUEST_INVALID.code, severity, message, field: `resources.${option}`, ...extra });

/** Problems of a request, the gravest first within each subject. Pure; a few microseconds. */
export function checkLimits(request: SlurmRequest, facts: ClusterFacts): Problem[] {
  const size = requestSize(request);
  return [...checkPartition(request, size, facts), ...checkAccount(request, facts), ...checkFeatures(request, facts), ...checkArray(size, facts), ...checkUnsaid(request, size, facts)];
}

/** The partitions that a request may run in: those it names, or the default. Names that the cluster does not have are left out. */
export function requestedPartitions(request: SlurmRequest, facts: ClusterFacts): Partition[] {
  const names = request.partition?.split(',');
  return facts.partitions.filter((partition) => (names === undefined ? partition.isDefault : names.includes(partition.name)));
}

/** The partitions in which the whole request would fit. */
export function fittingPartitions(request: SlurmRequest, facts: ClusterFacts): Partition[] {
  const size = requestSize(request);
  return facts.partitions.filter((partition) => misfits(request, size, partition).length === 0);
}

function checkPartition(request: SlurmRequest, size: RequestSize, facts: ClusterFacts): Problem[] {
  const fitting = facts.partitions.filter((partition) => misfits(request, size, partition).length === 0);
  const move = (partition: Partition | undefined): Problem['fix'] =>
    partition === undefined ? null : { label: `Use ${partition.name}`, field: 'resources.partition', value: partition.name };
  const names = facts.partitions.map((partition) => partition.name);

  const unknown = request.partition?.split(',').find((name) => !names.includes(name));
  if (unknown !== undefined) {
    return [
      found('error', 'partition-unknown', 'partition', `The cluster has no partition “${unknown}”.`, { hint: `It has ${listed(names)}.`, fix: move(fitting[0]) }),
    ];
  }
  const wanted = requestedPartitions(request, facts);
  const [first] = wanted;
  if (first === undefined) {
    return [
      found('error', 'partition-needed', 'partition', 'The cluster has no default partition, so one must be chosen.', {
        hint: `It has ${listed(names)}.`,
        fix: move(fitting[0]),
      }),
    ];
  }
  // of several partitions Slurm takes the one that can run the job first
  if (wanted.some((partition) => fitting.includes(partition))) return [];
  return misfits(request, size, first).map(({ rule, option, message, fix }) =>
    found('error', rule, option, message, {
      hint: fitting.length > 0 ? `The request fits in ${listed(fitting.map((partition) => partition.name))}.` : fix === null ? 'No partition of this cluster fits the request.' : fix.label,
      fix: move(fitting[0]) ?? (fix === null ? null : { label: fix.label, field: `resources.${option}`, value: fix.value }),
    }),
  );
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map((name) => `“${name}”`).join(', '));

function misfits(request: SlurmRequest, size: RequestSize, partition: Partition): Misfit[] {
  const all: Misfit[] = [];
  const where = `“${partition.name}”`;
  const add = (rule: string, option: string, message: string, fix: Misfit['fix'] = null): void => void all.push({ rule, option, message, fix });

  if (partition.state.toUpperCase() !== 'UP') add('partition-not-up', 'partition', `The partition ${where} takes no jobs now: it is ${partition.state}.`);
  if (size.seconds !== null && partition.maxTime !== null && size.seconds > partition.maxTime) {
    const asked = size.seconds === Infinity ? 'No time limit' : formatDuration(size.seconds);
    add('time-over-partition-limit', 'time', `${asked} is over the limit of ${where}, ${formatDuration(partition.maxTime)}.`, {
      label: `Ask for ${formatDuration(partition.maxTime)}`,
      value: toSlurmDuration(partition.maxTime),
    });
  }
  const mostNodes = Math.min(partition.maxNodes ?? Infinity, partition.totalNodes);
  if (size.nodes > mostNodes) {
    add('nodes-over-partition-limit', 'nodes', `${String(size.nodes)} nodes are more than ${where} gives one job, ${String(mostNodes)}.`, mostNodes < 1 ? null : { label: `Ask for ${String(mostNodes)}`, value: mostNodes });
  }
  if (size.cpusPerTask > partition.cpusPerNode) {
    add('cpus-over-node', 'cpus_per_task', `${String(size.cpusPerTask)} CPUs per task are more than a node of ${where} has, ${String(partition.cpusPerNode)}.`, {
      label: `Ask for ${String(partition.cpusPerNode)}`,
      value: partition.cpusPerNode,
    });
  } else if (size.cpusPerNode > partition.cpusPerNode) {
    const needed = Math.ceil(size.tasks / Math.max(1, Math.floor(partition.cpusPerNode / size.cpusPerTask)));
    const spread = request['ntasks_per_node'] === undefined && needed <= mostNodes;
    // without --nodes Slurm spreads the tasks by itself
    if (request.nodes !== undefined || !spread) {
      add(
        'cpus-over-node',
        request['ntasks_per_node'] === undefined ? 'ntasks' : 'ntasks_per_node',
        `${String(size.cpusPerNode)} CPUs on one node are more than a node of ${where} has, ${String(partition.cpusPerNode)}.`,
        null,
      );
    }
  }
  if (size.memoryPerNode !== null && partition.memoryPerNode > 0 && size.memoryPerNode > partition.memoryPerNode) {
    const fits = partition.memoryPerNode >= GIB ? Math.floor(partition.memoryPerNode / GIB) * GIB : partition.memoryPerNode;
    const option = request.mem !== undefined ? 'mem' : request.mem_per_cpu !== undefined ? 'mem_per_cpu' : 'mem_per_gpu';
    add(
      'memory-over-node',
      option,
      `${formatBytes(size.memoryPerNode)} on one node are more than a node of ${where} has, ${formatBytes(partition.memoryPerNode)}.`,
      option === 'mem' ? { label: `Ask for ${formatBytes(fits)}`, value: toSlurmMemory(fits) } : null,
    );
  }
  all.push(...gpuMisfits(request, size, partition));
  if (request.account !== undefined && partition.allowAccounts !== null && !partition.allowAccounts.includes(request.account)) {
    add('account-not-in-partition', 'account', `The partition ${where} does not take the account “${request.account}”.`);
  }
  if (request.qos !== undefined && partition.allowQos !== null && !partition.allowQos.includes(request.qos)) {
    add('qos-not-in-partition', 'qos', `The partition ${where} does not take the QOS “${request.qos}”.`);
  }
  return all;
}

function gpuMisfits(request: SlurmRequest, size: RequestSize, partition: Partition): Misfit[] {
  const option = ['gres', 'gpus', 'gpus_per_node', 'gpus_per_task'].find((key) => request[key] !== undefined) ?? 'gres';
  const where = `“${partition.name}”`;
  const types = partition.gpus.map((gpu) => gpu.type).filter(Boolean);
  return [...size.gpus].flatMap(([type, total]): Misfit[] => {
    const perNode = size.gpusPerNode.get(type) ?? 0;
    if (total === 0) return [];
    const there = partition.gpus.filter((gpu) => type === '' || gpu.type === type);
    const misfit = (rule: string, message: string): Misfit[] => [{ rule, option, message, fix: null }];
    if (partition.gpus.length === 0) return misfit('gpu-not-in-partition', `The partition ${where} has no GPUs.`);
    if (there.length === 0) return misfit('gpu-type-not-in-partition', `The partition ${where} has no GPU “${type}”, but ${listed(types)}.`);
    const mostOnNode = there.reduce((most, gpu) => Math.max(most, gpu.perNode), 0);
    const all = there.reduce((sum, gpu) => sum + gpu.total, 0);
    if (perNode > mostOnNode) return misfit('gpus-over-node', `${String(perNode)} GPUs on one node are more than a node of ${where} has, ${String(mostOnNode)}.`);
    if (total > all) return misfit('gpus-over-partition', `${String(total)} GPUs are more than ${where} has, ${String(all)}.`);
    return [];
  });
}

const within = (associations: readonly Association[], partition: string | undefined): readonly Association[] =>
  associations.filter((association) => association.partition === null || partition === undefined || association.partition === partition);

function checkAccount(request: SlurmRequest, facts: ClusterFacts): Problem[] {
  // no accounting, or a user that it does not know: the cluster does not check accounts either
  if (facts.associations === null || facts.associations.length === 0) return [];
  const usable = within(facts.associations, request.partition);
  const accounts = [...new Set(usable.map((association) => association.account))];
  if (request.account !== undefined && !accounts.includes(request.account)) {
    const [other] = accounts;
    return [
      found('error', 'account-not-yours', 'account', `You have no account “${request.account}” here${request.partition === undefined ? '' : ` for “${request.partition}”`}.`, {
        hint: `Yours: ${listed(accounts)}.`,
        fix: other === undefined ? null : { label: `Use ${other}`, field: 'resources.account', value: other },
      }),
    ];
  }
  const { qos } = request;
  if (qos === undefined) return [];
  const allowed = [...new Set(usable.filter(({ account }) => request.account === undefined || account === request.account).flatMap((association) => association.qos))];
  if (allowed.length === 0 || allowed.includes(qos)) return [];
  const [other] = allowed;
  return [
    found('error', 'qos-not-yours', 'qos', `You may not use the QOS “${qos}” here.`, {
      hint: `Yours: ${listed(allowed)}.`,
      fix: other === undefined ? null : { label: `Use ${other}`, field: 'resources.qos', value: other },
    }),
  ];
}

function checkFeatures(request: SlurmRequest, facts: ClusterFacts): Problem[] {
  if (request.constraint === undefined) return [];
  const known = new Set(facts.partitions.flatMap((partition) => partition.features));
  const missing = (request.constraint.match(/[A-Za-z_][\w.:=+-]*/g) ?? []).filter((feature) => !known.has(feature));
  if (missing.length === 0) return [];
  return [
    found('warning', 'feature-unknown', 'constraint', `No node of the cluster has the feature ${listed(missing)}; Slurm may refuse the job.`, {
      hint: known.size === 0 ? 'Its nodes name no features.' : `They have ${listed([...known])}.`,
      fix: { label: 'Leave the constraint out', field: 'resources.constraint', value: '' },
    }),
  ];
}

function checkArray({ array }: RequestSize, facts: ClusterFacts): Problem[] {
  // MaxArraySize is one more than the largest index. Source: slurm.conf(5).
  if (array === null || facts.maxArraySize === null || array.largest < facts.maxArraySize) return [];
  return [
    found('error', 'array-over-limit', 'array', `The array index ${String(array.largest)} is over the cluster’s largest, ${String(facts.maxArraySize - 1)}.`, {
      hint: 'Split the array, or let each task do several items.',
    }),
  ];
}

/** What a request leaves to the cluster, where that seldom is what was meant. */
function checkUnsaid(request: SlurmRequest, size: RequestSize, facts: ClusterFacts): Problem[] {
  const all: Problem[] = [];
  const [partition] = requestedPartitions(request, facts);
  if (request.mem === undefined && size.memoryOfRequest === null) {
    const fair = partition === undefined || partition.cpusPerNode < 1 ? 0 : Math.floor((partition.memoryPerNode * Math.min(1, size.cpusPerNode / partition.cpusPerNode)) / GIB);
    all.push(
      found('warning', 'memory-not-said', 'mem', 'No memory is asked for: the job may get a whole node’s, or very little.', {
        hint: 'Ask for what the program needs.',
        fix: fair < 1 ? null : { label: `Ask for ${String(fair)} GiB`, field: 'resources.mem', value: `${String(fair)}G` },
      }),
    );
  }
  if (size.seconds === null && partition !== undefined) {
    const given = partition.defaultTime ?? partition.maxTime;
    all.push(
      found('info', 'time-not-said', 'time', `No time limit is asked for: “${partition.name}” gives ${given === null ? 'no limit' : formatDuration(given)}.`, {
        hint: 'A shorter limit often starts sooner.',
      }),
    );
  }
  return all;
}
