import type { ClusterUsage, Partition } from '../../shared/domain/cluster/profile.ts';
import { parseSlurmMemory } from '../../shared/lib/bytes.ts';
import { durationOf, numberOf, pairsOf, textOf } from './fields.ts';
import { freeGpus } from './freeGpus.ts';
import type { NodeGroup } from './nodeGroups.ts';
import { billingWeightsOf } from './tres.ts';

/** Use of one partition now. */
export type PartitionUsage = ClusterUsage['partitions'][number];

/** Names of a list that restricts, or null for one that lets all in. */
const allowed = (value: string | undefined): string[] | null =>
  value === 'ALL' || textOf(value) === null ? null : (value ?? '').split(',');
const denied = (value: string | undefined): string[] => (textOf(value) ?? '').split(',').filter((name) => name !== '');
/** 0 is no limit. */
const memoryOf = (value: string | undefined): number | null => parseSlurmMemory(value ?? '') || null;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
/** Not by arguments of Math.max, of which there can be too many. */
const most = (numbers: readonly number[]): number => numbers.reduce((high, n) => Math.max(high, n), 0);

/** The groups of each partition, in the order of sinfo. */
function byPartition(groups: readonly NodeGroup[]): Map<string, NodeGroup[]> {
  const parts = new Map<string, NodeGroup[]>();
  for (const group of groups) {
    const known = parts.get(group.partition);
    if (known === undefined) parts.set(group.partition, [group]);
    else known.push(group);
  }
  return parts;
}

/** CPUs, nodes by state and GPUs by type of groups of one partition. */
function useOf(groups: readonly NodeGroup[]): Pick<Partition, 'cpus' | 'nodesByState' | 'gpus'> {
  const nodesByState = new Map<string, number>();
  const gpus = new Map<string, { perNode: number; total: number; free: number | null }>();
  for (const group of groups) {
    nodesByState.set(group.state, (nodesByState.get(group.state) ?? 0) + group.nodes);
    const free = freeGpus(group.gpus, group.gpusInUse);
    for (const [type, perNode] of group.gpus) {
      const known = gpus.get(type) ?? { perNode: 0, total: 0, free: 0 };
      const more = !group.takesJobs ? 0 : (free?.get(type) ?? null);
      gpus.set(type, {
        perNode: Math.max(known.perNode, perNode),
        total: known.total + group.nodes * perNode,
        free: known.free === null || more === null ? null : known.free + group.nodes * more,
      });
    }
  }
  return {
    cpus: {
      allocated: sum(groups.map(({ cpus }) => cpus.allocated)),
      idle: sum(groups.map(({ cpus }) => cpus.idle)),
      other: sum(groups.map(({ cpus }) => cpus.other)),
      total: sum(groups.map(({ cpus }) => cpus.total)),
    },
    nodesByState: Object.fromEntries(nodesByState),
    gpus: [...gpus].map(([type, counts]) => ({ type, ...counts })),
  };
}

/** `inact` of sinfo is `INACTIVE` of scontrol. */
const stateWord = (available: string): string => (/^inact$/i.test(available) ? 'INACTIVE' : available.toUpperCase());

/** Use of all partitions, in the order of sinfo. */
export function partitionUsages(groups: readonly NodeGroup[]): PartitionUsage[] {
  return [...byPartition(groups)]
    .filter(([name]) => name !== '')
    .map(([name, own]) => {
      return { name, state: stateWord(own[0]?.available ?? ''), ...useOf(own) };
    });
}

/** What holds for partitions that do not say it themselves: the same words of `scontrol show config`. */
type ClusterWide = ReadonlyMap<string, string>;

/** Memory limits of a job, of the partition or else of the cluster; the one per node and the one per CPU exclude each other. */
function memoryRule(
  pairs: ReadonlyMap<string, string>,
  config: ClusterWide,
  rule: 'Def' | 'Max',
): { perNode: number | null; perCpu: number | null } {
  const of = (source: ReadonlyMap<string, string>): { perNode: number | null; perCpu: number | null } => ({
    perNode: memoryOf(source.get(`${rule}MemPerNode`)),
    perCpu: memoryOf(source.get(`${rule}MemPerCPU`)),
  });
  const own = of(pairs);
  return own.perNode === null && own.perCpu === null ? of(config) : own;
}

/**
 * Lines of `scontrol show partition -o`, with what sinfo tells about their nodes. Source: slurm_sprint_partition_info in
 * src/api/partition_info.c, scontrol(1), and slurm.conf(5) for what the limits mean. A name that comes again is left out.
 */
export function partitionsOf(
  text: string,
  groups: readonly NodeGroup[],
  config: ClusterWide = new Map(),
  architectures: ReadonlyMap<string, readonly string[]> = new Map(),
): Partition[] {
  const parts = byPartition(groups);
  const seen = new Set<string>();
  return text.split('\n').flatMap((line) => {
    const pairs = pairsOf(line);
    const name = pairs.get('PartitionName');
    // its nodes are gone through once
    if (name === undefined || name === '' || seen.has(name)) return [];
    seen.add(name);
    const own = parts.get(name) ?? [];
    const minNodes = numberOf(pairs.get('MinNodes'));
    const [unasked, largest] = [memoryRule(pairs, config, 'Def'), memoryRule(pairs, config, 'Max')];
    return [
      {
        name,
        isDefault: pairs.get('Default') === 'YES',
        state: pairs.get('State') ?? '',
        maxTime: durationOf(pairs.get('MaxTime')),
        defaultTime: durationOf(pairs.get('DefaultTime')),
        maxNodes: numberOf(pairs.get('MaxNodes')),
        // 0 and 1 ask for nothing
        minNodes: minNodes === null || minNodes < 2 ? null : minNodes,
        totalNodes: numberOf(pairs.get('TotalNodes')) ?? sum(own.map(({ nodes }) => nodes)),
        cpusPerNode: most(own.map(({ cpusPerNode }) => cpusPerNode)),
        memoryPerNode: most(own.map(({ memoryPerNode }) => memoryPerNode)),
        maxCpusPerNode: numberOf(pairs.get('MaxCPUsPerNode')),
        maxMemoryPerNode: largest.perNode,
        maxMemoryPerCpu: largest.perCpu,
        defaultMemoryPerNode: unasked.perNode,
        defaultMemoryPerCpu: unasked.perCpu,
        ...useOf(own),
        features: [...new Set(own.flatMap(({ features }) => features))],
        architectures: [...(architectures.get(name) ?? [])],
        allowAccounts: allowed(pairs.get('AllowAccounts')),
        denyAccounts: denied(pairs.get('DenyAccounts')),
        allowQos: allowed(pairs.get('AllowQos')),
        denyQos: denied(pairs.get('DenyQos')),
        allowGroups: allowed(pairs.get('AllowGroups')),
        qos: textOf(pairs.get('QoS')),
        billingWeights: billingWeightsOf(textOf(pairs.get('TRESBillingWeights')) ?? undefined),
      },
    ];
  });
}
