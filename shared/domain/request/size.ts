import { parseSlurmMemory } from '../../lib/bytes.ts';
import { parseSlurmDuration } from '../../lib/duration.ts';
import { gpusAskedFor } from './gres.ts';
import type { OptionValue } from './options.ts';
import type { SlurmRequest } from './schema.ts';

/** What a request comes to in numbers. What cannot be read counts as not said. */
export interface RequestSize {
  /** Least and most nodes; `2-4` is both, a number alone is the same twice. */
  readonly nodes: number;
  readonly maxNodes: number;
  readonly tasks: number;
  readonly cpusPerTask: number;
  /** Over all nodes. */
  readonly cpus: number;
  /** The fullest node, when tasks are spread evenly. */
  readonly cpusPerNode: number;
  /** `--mem` as it stands, or what `--mem-per-cpu` and `--mem-per-gpu` come to over the job; bytes, null when nothing is said. */
  readonly memoryOfRequest: number | null;
  /** Bytes on one node; `--mem=0` is null: all that the node has. */
  readonly memoryPerNode: number | null;
  /** Bytes over all nodes, as Slurm counts them against limits; null when nothing is said, or all that the nodes have. */
  readonly memoryOfJob: number | null;
  /** Type (empty for any) to count over all nodes. */
  readonly gpus: ReadonlyMap<string, number>;
  readonly gpusPerNode: ReadonlyMap<string, number>;
  /** Seconds; Infinity for no limit; null when nothing is said. */
  readonly seconds: number | null;
  /** Tasks of the array, or null when it is none; and the largest index. */
  readonly array: { readonly tasks: number; readonly largest: number } | null;
}

function integer(value: OptionValue | undefined): number | null {
  const text = String(value ?? '');
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

const scaled = (counts: ReadonlyMap<string, number>, factor: number): Map<string, number> =>
  new Map([...counts].map(([type, number]) => [type, Math.ceil(number * factor)]));

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, number) => all + number, 0);

function arrayOf(value: OptionValue | undefined): RequestSize['array'] {
  const ranges = String(value ?? '').replace(/%\d+$/, '');
  if (!/^\d/.test(ranges)) return null;
  let tasks = 0;
  let largest = 0;
  for (const range of ranges.split(',')) {
    const [, from = '', to = from, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(range) ?? [];
    if (from === '') return null;
    tasks += Math.max(0, Math.floor((Number(to) - Number(from)) / Math.max(1, Number(step))) + 1);
    largest = Math.max(largest, Number(from), Number(to));
  }
  return { tasks, largest };
}

function nodeRange(value: OptionValue | undefined): [number, number] | null {
  const ends = Array.from(String(value ?? '').matchAll(/\d+/g), ([digits]) => Number(digits));
  return ends.length === 0 ? null : [Math.min(...ends), Math.max(...ends)];
}

function seconds(value: OptionValue | undefined): number | null {
  if (value === undefined) return null;
  const parsed = parseSlurmDuration(String(value));
  // sbatch(1): a time limit of zero asks for none
  return parsed === 0 ? Infinity : parsed;
}

/** Reads a request as sbatch would: what it says, and what follows from that. Source: sbatch(1). */
export function requestSize(request: SlurmRequest): RequestSize {
  const perNode = integer(request['ntasks_per_node']);
  const saidTasks = integer(request.ntasks);
  const range = nodeRange(request.nodes);
  const nodes = range?.[0] ?? (saidTasks !== null && perNode !== null ? Math.ceil(saidTasks / perNode) : 1);
  const tasks = saidTasks ?? nodes * (perNode ?? 1);
  const cpusPerTask = integer(request.cpus_per_task) ?? 1;

  const perNodeGpus = [
    gpusAskedFor('gres', request.gres),
    gpusAskedFor('gpus_per_node', request['gpus_per_node']),
  ].find((counts) => counts.size > 0);
  const perTaskGpus = gpusAskedFor('gpus_per_task', request['gpus_per_task']);
  const gpus = gpusAskedFor('gpus', request['gpus']);
  const allGpus =
    gpus.size > 0
      ? gpus
      : perTaskGpus.size > 0
        ? scaled(perTaskGpus, tasks)
        : scaled(perNodeGpus ?? new Map<string, number>(), nodes);

  const cpus = tasks * cpusPerTask;
  const cpusPerNode = Math.max(perNode ?? 0, Math.ceil(tasks / nodes)) * cpusPerTask;
  const mem = request.mem === undefined ? null : parseSlurmMemory(String(request.mem));
  const perCpu = request.mem_per_cpu === undefined ? null : parseSlurmMemory(String(request.mem_per_cpu));
  const perGpu = request['mem_per_gpu'] === undefined ? null : parseSlurmMemory(String(request['mem_per_gpu']));
  const gpusOnNode = perNodeGpus ?? scaled(allGpus, 1 / nodes);
  const overJob = perCpu !== null ? perCpu * cpus : perGpu !== null ? perGpu * sum(allGpus) : null;
  const onNode = perCpu !== null ? perCpu * cpusPerNode : perGpu !== null ? perGpu * sum(gpusOnNode) : null;
  return {
    nodes,
    maxNodes: range?.[1] ?? nodes,
    tasks,
    cpusPerTask,
    cpus,
    cpusPerNode,
    memoryOfRequest: mem ?? overJob,
    memoryPerNode: mem === 0 ? null : (mem ?? onNode),
    memoryOfJob: mem === 0 ? null : mem !== null ? mem * nodes : overJob,
    gpus: allGpus,
    gpusPerNode: gpusOnNode,
    seconds: seconds(request.time),
    array: arrayOf(request.array),
  };
}
