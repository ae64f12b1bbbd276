import type { ClusterLoad, Partition } from '../../shared/domain/cluster.ts';
import { parseSlurmMemory } from '../../shared/lib/bytes.ts';
import { durationOf, numberOf, pairsOf, textOf } from './fields.ts';
import { freeGpus } from './gres.ts';
import type { NodeGroup } from './nodeGroups.ts';
import { billingWeightsOf } from './tres.ts';

/** Use of one partition now. */
export type PartitionLoad = ClusterLoad['partitions'][number];

/** Names of a list that restricts, or null for one that lets all in. */
const allowed = (value: string | undefined): string[] | null => (value === 'ALL' || textOf(value) === null ? null : (value ?? '').split(','));
const denied = (value: string | undefined): string[] => (textOf(value) ?? '').split(',').filter((name) => name !== '');
/** 0 is no limit. */
const memoryOf = (value: string | undefined): number | null => parseSlurmMemory(value ?? '') || null;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

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
export function partitionLoads(groups: readonly NodeGroup[]): PartitionLoad[] {
  return [...new Set(groups.map(({ partition }) => partition))].filter((name) => name !== '').map((name) => {
    const own = groups.filter(({ partition }) => partition === name);
    return { name, state: stateWord(own[0]?.available ?? ''), ...useOf(own) };
  });
}

/** What holds for partitions that do not say it themselves: the same words of `scontrol show config`. */
type ClusterWide = ReadonlyMap<string, string>;

/** Memory limits of a job, of the partition or else of the cluster; the one per node and the one per CPU exclude each other. */
function memoryRule(pairs: ReadonlyMap<string, string>, config: ClusterWide, rule: 'Def' | 'Max'): { perNode: number | null; perCpu: number | null } {
  const of = (source: ReadonlyMap<string, string>): { perNode: number | null; perCpu: number | null } => ({ perNode: memoryOf(source.get(`${rule}MemPerNode`)), perCpu: memoryOf(source.get(`${rule}MemPerCPU`)) });
  const own = of(pairs);
  return own.perNode === null && own.perCpu === null ? of(config) : own;
}

/**
 * Lines of `scontrol show partition -o`, with what sinfo tells about their nodes. Source: slurm_sprint_partition_info in
 * src/api/partition_info.c, scontrol(1), and slurm.conf(5) for what the limits mean.
 */
export function partitionsOf(text: string, groups: readonly NodeGroup[], config: ClusterWide = new Map()): Partition[] {
  return text.split('\n').flatMap((line) => {
    const pairs = pairsOf(line);
    const name = pairs.get('PartitionName');
    if (name === undefined || name === '') return [];
    const own = groups.filter((group) => group.partition === name);
    const minNodes = numberOf(pairs.get('MinNodes'));
    const [unasked, most] = [memoryRule(pairs, config, 'Def'), memoryRule(pairs, config, 'Max')];
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
        cpusPerNode: Math.max(0, ...own.map(({ cpusPerNode }) => cpusPerNode)),
        memoryPerNode: Math.max(0, ...own.map(({ memoryPerNode }) => memoryPerNode)),
        maxCpusPerNode: numberOf(pairs.get('MaxCPUsPerNode')),
        maxMemoryPerNode: most.perNode,
        maxMemoryPerCpu: most.perCpu,
        defaultMemoryPerNode: unasked.perNode,
        defaultMemoryPerCpu: unasked.perCpu,
        ...useOf(own),
        features: [...new Set(own.flatMap(({ features }) => features))],
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
