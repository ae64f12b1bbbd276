/** What a cluster's facts offer for the fields of a request. All pure; no facts, no choices. */
import type { ClusterFacts, Partition } from '../../../shared/domain/cluster.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import type { Choice } from '../../ui/index.ts';

function choice(id: string): Choice {
  return { id, label: id };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

export function accountsOf(facts: ClusterFacts | null): Choice[] {
  return unique(facts?.associations?.map(({ account }) => account) ?? []).map(choice);
}

/** The QOS that the person may use, with one account or with any. */
export function qosOf(facts: ClusterFacts | null, account: string | null): Choice[] {
  const fitting = facts?.associations?.filter((association) => account === null || account === '' || association.account === account) ?? [];
  return unique(fitting.flatMap(({ qos }) => qos)).map(choice);
}

/** GPU types of a partition, or of the whole cluster. */
export function gpuTypesOf(facts: ClusterFacts | null, partition: string | null): Choice[] {
  const places = facts?.partitions.filter(({ name }) => partition === null || partition === '' || name === partition) ?? [];
  return unique(places.flatMap(({ gpus }) => gpus.map(({ type }) => type))).filter((type) => type !== '').map(choice);
}

/** GPUs on one node of a partition; null when nothing is known. */
export function gpusPerNode(facts: ClusterFacts | null, partition: string, type: string): number | null {
  const found = facts?.partitions.find(({ name }) => name === partition);
  if (!found) return null;
  return Math.max(0, ...found.gpus.filter((gpu) => type === '' || gpu.type === type).map((gpu) => gpu.perNode));
}

/** `≤ 4:00:00 · 32 CPUs · 128 GiB · 4 × a100`: what one node offers and how long a job may run. */
export function partitionLimits(partition: Partition, words: { cpus: (count: number) => string; nodes: (count: number) => string }): string {
  const gpus = partition.gpus.filter((gpu) => gpu.perNode > 0).map((gpu) => `${String(gpu.perNode)} × ${gpu.type === '' ? 'GPU' : gpu.type}`);
  return [
    ...(partition.maxTime === null ? [] : [`≤ ${formatDuration(partition.maxTime)}`]),
    words.nodes(partition.maxNodes ?? partition.totalNodes),
    words.cpus(partition.cpusPerNode),
    formatBytes(partition.memoryPerNode),
    ...gpus,
  ].join(' · ');
}

/** The partition that a request names, or the cluster's default one. */
export function partitionOf(facts: ClusterFacts | null, name: string): Partition | null {
  return facts?.partitions.find((partition) => (name === '' ? partition.isDefault : partition.name === name)) ?? null;
}
