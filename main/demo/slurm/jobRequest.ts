/** From sbatch's options to what a job asks for. Refusals in sbatch's words, with its exit codes. */
import { constants } from 'node:os';
import path from 'node:path';
import { parseSlurmMemory } from '../../../shared/lib/bytes.ts';
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { lastOf, given } from './command.ts';
import { expandHostList, parseRanges } from './formats.ts';
import type { ArrayRequest, Demand, Dependency, DependencyKind, JobSpec } from './job.ts';
import type { ParsedOption } from './options.ts';
import { DEFAULT_MEMORY_PER_CPU, MAX_ARRAY_SIZE, nodesOf, type DemoPartition } from './site.ts';

/** A request that sbatch, or the controller behind it, does not take. */
export class Refusal extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const invalid = (option: string): Refusal => new Refusal(`sbatch: error: Invalid --${option} specification\n`, 255);

function count(options: readonly ParsedOption[], name: string): number | null {
  const text = lastOf(options, name);
  if (text === undefined) return null;
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new Refusal(`sbatch: error: Invalid numeric value "${text}" for --${name}.\n`);
  return Number(text);
}

/** MiB. */
function mebibytes(options: readonly ParsedOption[], name: string): number | null {
  const text = lastOf(options, name);
  if (text === undefined) return null;
  const bytes = parseSlurmMemory(text);
  if (bytes === null) throw invalid(name);
  return Math.ceil(bytes / 1024 ** 2);
}

function nodeRange(text: string | undefined): { min: number; max: number } | null {
  if (text === undefined) return null;
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!match || Number(match[1]) < 1) throw new Refusal(`sbatch: error: "${text}" is not a valid node count\n`, 255);
  return { min: Number(match[1]), max: Number(match[2] ?? match[1]) };
}

/** `gpu`, `gpu:2`, `gpu:a100:2`, `a100:2`, `2`: number and type of GPUs. */
function gpuRequest(text: string): { count: number; type: string | null } | null {
  const match = /^(?:gpu(?=$|[:=])[:=]?)?(?:([A-Za-z][\w-]*)(?:[:=]|$))?(\d+)?$/.exec(text);
  if (!match || text === '') return null;
  return { count: match[2] === undefined ? 1 : Number(match[2]), type: match[1] ?? null };
}

interface GpuDemand {
  readonly perNode: number;
  readonly total: number | null;
  readonly perTask: number | null;
  readonly types: readonly string[];
  readonly tresPerNode: string | null;
}

function gpuDemand(options: readonly ParsedOption[]): GpuDemand {
  const types: string[] = [];
  const read = (text: string | undefined): number | null => {
    if (text === undefined) return null;
    const request = gpuRequest(text);
    if (request === null) throw new Refusal('sbatch: error: Invalid generic resource (gres) specification\n');
    if (request.type !== null) types.push(request.type);
    return request.count;
  };
  const gres = lastOf(options, 'gres');
  const names: string[] = [];
  let fromGres: number | null = null;
  for (const each of gres === undefined || gres.toLowerCase() === 'none' ? [] : gres.split(',')) {
    if (!/^gpu(?:[:=]|$)/.test(each))
      throw new Refusal('sbatch: error: Invalid generic resource (gres) specification\n');
    fromGres = (fromGres ?? 0) + (read(each) ?? 0);
    names.push(`gres:${each.replaceAll('=', ':')}`);
  }
  const perNodeText = lastOf(options, 'gpus-per-node');
  const perNode = read(perNodeText);
  if (perNodeText !== undefined) names.push(`gres:gpu:${perNodeText}`);
  return {
    perNode: fromGres ?? perNode ?? 0,
    total: read(lastOf(options, 'gpus')),
    perTask: read(lastOf(options, 'gpus-per-task')),
    types,
    tresPerNode: names.length === 0 ? null : names.join(','),
  };
}

export interface RequestedResources {
  readonly demand: Demand;
  readonly tresPerNode: string | null;
  readonly gpuTypes: readonly string[];
  readonly warnings: string;
}

/** Nodes, tasks, CPUs, memory and GPUs of a request. */
export function requestedResources(options: readonly ParsedOption[], partition: DemoPartition): RequestedResources {
  const nodes = nodeRange(lastOf(options, 'nodes'));
  const tasksGiven = count(options, 'ntasks');
  const perNode = count(options, 'ntasks-per-node');
  const cpusPerTask = count(options, 'cpus-per-task');
  const memory = mebibytes(options, 'mem');
  const memoryPerCpu = mebibytes(options, 'mem-per-cpu');
  const gpus = gpuDemand(options);
  const tasks = tasksGiven ?? (perNode === null ? (nodes?.min ?? 1) : perNode * (nodes?.min ?? 1));
  let minNodes = nodes?.min ?? null;
  let warnings = '';
  if (minNodes !== null && tasksGiven !== null && tasks < minNodes) {
    warnings = `sbatch: Warning: can't run ${tasks} processes on ${minNodes} nodes, setting nnodes to ${tasks}\n`;
    minNodes = tasks;
  }
  const total = gpus.total ?? (gpus.perTask === null ? null : gpus.perTask * tasks);
  const gpusPerNode = total === null ? gpus.perNode : Math.ceil(total / (minNodes ?? 1));
  const wholeNode = Math.max(...nodesOf(partition).map((node) => node.memory));
  const excluded = lastOf(options, 'exclude');
  const listed = lastOf(options, 'nodelist');
  return {
    demand: {
      minNodes,
      maxNodes: nodes === null ? null : Math.max(nodes.max, minNodes ?? 1),
      tasks,
      tasksGiven: tasksGiven !== null,
      tasksPerNode: perNode,
      cpusPerTask: cpusPerTask ?? 1,
      cpusPerTaskGiven: cpusPerTask !== null,
      // --mem=0 asks for all memory of the node
      memory:
        memory === null
          ? { per: 'cpu', size: memoryPerCpu ?? DEFAULT_MEMORY_PER_CPU }
          : { per: 'node', size: memory === 0 ? wholeNode : memory },
      gpusPerNode,
      exclusive: given(options, 'exclusive'),
      nodeList: listed === undefined ? [] : expandHostList(listed),
      exclude: excluded === undefined ? [] : expandHostList(excluded),
      constraint: lastOf(options, 'constraint') || null,
    },
    tresPerNode: gpus.tresPerNode,
    gpuTypes: gpus.types,
    warnings,
  };
}

/** Seconds, whole minutes as Slurm keeps them; null for no limit. */
export function requestedTime(options: readonly ParsedOption[], partition: DemoPartition): number | null {
  const text = lastOf(options, 'time');
  if (text === undefined) return partition.defaultTime;
  const seconds = parseSlurmDuration(text);
  if (seconds === null) throw invalid('time');
  return seconds === 0 || seconds === Infinity ? null : Math.ceil(seconds / 60) * 60;
}

export function requestedArray(options: readonly ParsedOption[]): ArrayRequest | null {
  const text = lastOf(options, 'array');
  if (text === undefined) return null;
  const [list = '', limit] = text.split('%');
  const tasks = parseRanges(list);
  const wrong =
    tasks === null ||
    tasks.length === 0 ||
    (tasks.at(-1) ?? 0) >= MAX_ARRAY_SIZE ||
    (limit !== undefined && !/^\d+$/.test(limit));
  if (wrong) throw new Refusal('sbatch: error: Batch job submission failed: Invalid job array specification\n');
  return { tasks, limit: limit === undefined || Number(limit) === 0 ? null : Number(limit) };
}

const KINDS: readonly string[] = ['after', 'afterany', 'afterok', 'afternotok', 'aftercorr'] satisfies DependencyKind[];

export function requestedDependencies(options: readonly ParsedOption[]): {
  dependencies: Dependency[];
  onAny: boolean;
} {
  const text = lastOf(options, 'dependency');
  const dependencies: Dependency[] = [];
  if (text === undefined || text === '') return { dependencies, onAny: false };
  const problem = new Refusal('sbatch: error: Batch job submission failed: Job dependency problem\n');
  for (const part of text.split(/[,?]/)) {
    if (part === 'singleton') {
      dependencies.push({ kind: 'singleton', jobId: null, arrayTask: null });
      continue;
    }
    const [kind = '', ...ids] = part.split(':');
    if (!KINDS.includes(kind) || ids.length === 0) throw problem;
    for (const id of ids) {
      const match = /^(\d+)(?:_(\d+|\*))?(?:\+\d+)?$/.exec(id);
      if (!match) throw problem;
      const task = match[2];
      dependencies.push({
        kind: kind as DependencyKind,
        jobId: Number(match[1]),
        arrayTask: task === undefined || task === '*' ? null : Number(task),
      });
    }
  }
  return { dependencies, onAny: text.includes('?') };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};

export function requestedBegin(options: readonly ParsedOption[], now: number): number | null {
  const text = lastOf(options, 'begin');
  if (text === undefined) return null;
  const begin = beginTime(text, now);
  if (begin === undefined)
    throw new Refusal(
      `Invalid time specification (pos=0): ${text}\nsbatch: error: Invalid --begin specification\n`,
      255,
    );
  return begin;
}

/** `now+1hour`, `16:00`, `2026-11-21T12:00`: epoch seconds, or null for at once; undefined for what is no time. */
export function beginTime(text: string, now: number): number | null | undefined {
  const relative = /^now(?:\+(\d+)(second|minute|hour|day|week)?s?)?$/.exec(text);
  if (relative) {
    const begin = now + Number(relative[1] ?? 0) * (UNIT_SECONDS[relative[2] ?? 'second'] ?? 1);
    return begin > now ? begin : null;
  }
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock) {
    const date = new Date(now * 1000);
    date.setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
    const begin = Math.floor(date.getTime() / 1000);
    return begin > now ? begin : begin + 86_400;
  }
  const date = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?$/.test(text)
    ? Date.parse(text.includes('T') ? text : `${text}T00:00`)
    : NaN;
  if (Number.isNaN(date)) return undefined;
  const begin = Math.floor(date / 1000);
  return begin > now ? begin : null;
}

/** A signal's name or number as Slurm takes it: `USR1`, `SIGUSR1`, `10`. */
export function signalNamed(text: string): NodeJS.Signals | null {
  const wanted = text.toUpperCase().replace(/^SIG/, '');
  const found = Object.entries(constants.signals).find(
    ([name, number]) => name === `SIG${wanted}` || String(number) === wanted,
  );
  return found === undefined ? null : (found[0] as NodeJS.Signals);
}

export function requestedWarning(options: readonly ParsedOption[]): JobSpec['warning'] {
  const text = lastOf(options, 'signal');
  if (text === undefined) return null;
  const match = /^(?:([RB]+):)?([A-Za-z0-9]+)(?:@(\d+))?$/.exec(text);
  const signal = match?.[2] === undefined ? null : signalNamed(match[2]);
  if (!match || signal === null) throw invalid('signal');
  return { signal, before: Number(match[3] ?? 60), batchOnly: match[1]?.includes('B') ?? false };
}

export function requestedOpenMode(options: readonly ParsedOption[]): boolean {
  const text = lastOf(options, 'open-mode');
  if (text === undefined || text.startsWith('t')) return false;
  if (!text.startsWith('a')) throw invalid('open-mode');
  return true;
}

/** What --export lets through of the submitting environment. */
export function exportedEnvironment(
  options: readonly ParsedOption[],
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const text = lastOf(options, 'export') ?? 'ALL';
  const login = Object.fromEntries(
    ['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH'].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]]],
    ),
  );
  if (text === 'NONE') return login;
  const names = text.split(',');
  const result: Record<string, string> = names.includes('ALL') ? { ...environment } : login;
  for (const each of names) {
    const at = each.indexOf('=');
    if (at > 0) result[each.slice(0, at)] = each.slice(at + 1);
    else if (environment[each] !== undefined) result[each] = environment[each];
  }
  // those of the shell that ran sbatch, and options that were meant for sbatch alone
  return Object.fromEntries(Object.entries(result).filter(([name]) => !/^(SBATCH_|_$|SHLVL$|OLDPWD$|PWD$)/.test(name)));
}

/** The folder a job runs in. */
export const requestedFolder = (options: readonly ParsedOption[], folder: string): string =>
  path.resolve(folder, lastOf(options, 'chdir') ?? '.');
