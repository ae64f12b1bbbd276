import type { Partition } from '../../shared/domain/cluster.ts';
import { parseSlurmMemory } from '../../shared/lib/bytes.ts';
import { durationOf, numberOf, rowsOf, SEPARATOR, textOf } from './fields.ts';

/** Nodes of one partition that are alike, as one line of sinfo. */
interface NodeGroup {
  readonly partition: string;
  readonly nodes: number;
  readonly cpusPerNode: number;
  /** Bytes. */
  readonly memoryPerNode: number;
  readonly gres: string;
  readonly features: string[];
  readonly state: string;
  readonly cpus: { allocated: number; idle: number; other: number; total: number };
}

/** Partition, nodes, CPUs and MiB per node, state, CPUs by state, GRES, features. */
export const SINFO_FORMAT = ['%R', '%D', '%c', '%m', '%T', '%C', '%G', '%f'].join(SEPARATOR);

/** Rows of `sinfo -o SINFO_FORMAT`. A `+` behind a number means that nodes of the group have more. */
export function nodeGroupsOf(text: string): NodeGroup[] {
  return rowsOf(text, 8).map(([partition = '', nodes, cpus = '', memory = '', state = '', byState = '', gres = '', features = '']) => {
    const [allocated = 0, idle = 0, other = 0, total = 0] = byState.split('/').map((cell) => numberOf(cell) ?? 0);
    return {
      partition,
      nodes: numberOf(nodes) ?? 0,
      cpusPerNode: numberOf(cpus.replace('+', '')) ?? 0,
      memoryPerNode: parseSlurmMemory(memory.replace('+', '')) ?? 0,
      // idle*, down~, mixed# …: not answering, powered down, powering up. Source: sinfo(1), NODE STATE CODES
      state: state.replace(/[*~#!%$@^+-]+$/, ''),
      cpus: { allocated, idle, other, total },
      gres: textOf(gres) ?? '',
      features: (textOf(features) ?? '').split(',').filter((name) => name !== ''),
    };
  });
}

/** `gpu:a100:4(S:0-1),gpu:2,shard:8` to GPUs by type; the type is empty for untyped ones. */
function gpusOf(gres: string): { type: string; count: number }[] {
  return gres
    .replaceAll(/\([^)]*\)/g, '')
    .split(',')
    .flatMap((entry) => {
      const match = /^gpu(?::([^:]+))??(?::(\d+))?$/.exec(entry.trim());
      return match === null ? [] : [{ type: match[1] ?? '', count: Number(match[2] ?? 1) }];
    });
}

/** `Key=Value` pairs of one line of `scontrol -o`. Values hold no spaces in the keys that are read here. */
function pairsOf(line: string): Map<string, string> {
  return new Map([...line.matchAll(/(?:^|\s)([A-Za-z][\w:/]*)=(\S*)/g)].map(([, key = '', value = '']) => [key, value]));
}

const listOf = (value: string | undefined): string[] | null => (value === undefined || value === 'ALL' || value === '' || value === '(null)' ? null : value.split(','));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** Lines of `scontrol show partition -o`, with what sinfo tells about their nodes. */
export function partitionsOf(text: string, groups: readonly NodeGroup[]): Partition[] {
  return text.split('\n').flatMap((line) => {
    const pairs = pairsOf(line);
    const name = pairs.get('PartitionName');
    if (name === undefined || name === '') return [];
    const own = groups.filter((group) => group.partition === name);
    const types = [...new Set(own.flatMap((group) => gpusOf(group.gres).map(({ type }) => type)))];
    const nodesByState = new Map<string, number>();
    for (const { state, nodes } of own) nodesByState.set(state, (nodesByState.get(state) ?? 0) + nodes);
    return [
      {
        name,
        isDefault: pairs.get('Default') === 'YES',
        state: pairs.get('State') ?? '',
        maxTime: durationOf(pairs.get('MaxTime')),
        defaultTime: durationOf(pairs.get('DefaultTime')),
        maxNodes: numberOf(pairs.get('MaxNodes')),
        minNodes: null,
        totalNodes: numberOf(pairs.get('TotalNodes')) ?? sum(own.map(({ nodes }) => nodes)),
        cpusPerNode: Math.max(0, ...own.map(({ cpusPerNode }) => cpusPerNode)),
        memoryPerNode: Math.max(0, ...own.map(({ memoryPerNode }) => memoryPerNode)),
        maxCpusPerNode: null,
        maxMemoryPerNode: null,
        maxMemoryPerCpu: null,
        defaultMemoryPerNode: null,
        defaultMemoryPerCpu: null,
        cpus: {
          allocated: sum(own.map(({ cpus }) => cpus.allocated)),
          idle: sum(own.map(({ cpus }) => cpus.idle)),
          other: sum(own.map(({ cpus }) => cpus.other)),
          total: sum(own.map(({ cpus }) => cpus.total)),
        },
        nodesByState: Object.fromEntries(nodesByState),
        gpus: types.map((type) => {
          const counts = own.map((group) => ({ nodes: group.nodes, perNode: sum(gpusOf(group.gres).filter((gpu) => gpu.type === type).map(({ count }) => count)) }));
          return { type, perNode: Math.max(0, ...counts.map(({ perNode }) => perNode)), total: sum(counts.map(({ nodes, perNode }) => nodes * perNode)), free: null };
        }),
        features: [...new Set(own.flatMap(({ features }) => features))],
        allowAccounts: listOf(pairs.get('AllowAccounts')),
        denyAccounts: [],
        allowQos: listOf(pairs.get('AllowQos')),
        denyQos: [],
        allowGroups: null,
        qos: null,
        billingWeights: null,
      },
    ];
  });
}
