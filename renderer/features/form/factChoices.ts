/** What a cluster's facts and the last look at it offer for the fields of a request. All pure; no facts, no choices. */
import { sayText } from '../../i18n/problem.ts';
import { accountsFor, usableQos } from '../../../shared/domain/cost/billingContext.ts';
import type { ClusterFacts, ClusterUsage, Partition } from '../../../shared/domain/cluster/profile.ts';
import { limitUse, type LimitUse } from '../../../shared/domain/limits/use.ts';
import { timeWords } from '../../../shared/domain/limits/words.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import type { Choice } from '../../ui/index.ts';

/** Words that the lists need, in the language of the interface. */
export interface ChoiceWords {
  cpus: (count: number) => string;
  nodes: (count: number) => string;
  /** `3 of 4 jobs`. */
  jobs: (used: number, limit: number) => string;
  /** `8 of 16 free`, `8 of 16 GPUs free`, `24 of 32 CPUs free`. */
  free: (free: number, total: number) => string;
  freeGpus: (free: number, total: number) => string;
  freeCpus: (free: number, total: number) => string;
  isDefault: string;
}

const choice = (id: string, ...details: (string | null)[]): Choice => {
  const detail = details.filter((part) => part !== null && part !== '').join(' · ');
  return detail === '' ? { id, label: id } : { id, label: id, detail };
};

/** How many jobs of a QOS or account run of those that may. */
function jobsOf(uses: readonly LimitUse[], scope: LimitUse['scope'], name: string, words: ChoiceWords): string | null {
  const found = uses.find((use) => use.scope === scope && use.name === name && use.what === 'jobs' && !use.isShared);
  return found === undefined || found.used === null ? null : words.jobs(found.used, found.limit);
}

/** The accounts that can be charged in a partition (any: empty), with what is used of their limits. */
export function accountsOf(
  facts: ClusterFacts | null,
  usage: ClusterUsage | null,
  partition: string,
  words: ChoiceWords,
): Choice[] {
  if (facts === null) return [];
  const uses = limitUse(facts, usage);
  return accountsFor(facts, partition === '' ? null : partition).map((name) =>
    choice(
      name,
      facts.associations?.some(({ account, isDefault }) => account === name && isDefault) ? words.isDefault : null,
      jobsOf(uses, 'account', name, words),
    ),
  );
}

/** The QOS that the person may use with an account in a partition (any: empty), with their limits and what is used of them. */
export function qosOf(
  facts: ClusterFacts | null,
  usage: ClusterUsage | null,
  account: string,
  partition: string,
  words: ChoiceWords,
): Choice[] {
  if (facts === null) return [];
  const uses = limitUse(facts, usage);
  return usableQos(facts, account === '' ? null : account, partition === '' ? null : partition).map((name) => {
    const rules = facts.qos?.find((qos) => qos.name === name);
    return choice(
      name,
      rules?.limits.maxWall == null ? null : `≤ ${sayText(timeWords(rules.limits.maxWall))}`,
      jobsOf(uses, 'qos', name, words),
      rules === undefined || rules.usageFactor === 1 ? null : `× ${String(rules.usageFactor)}`,
    );
  });
}

/** Reservations that the person may name, that are not over. `now` in epoch ms of the cluster's facts. */
export function reservationsOf(facts: ClusterFacts | null, now: number): Choice[] {
  const usable =
    facts?.reservations.filter(
      ({ isMine, isMaintenance, endAt }) => isMine !== false && !isMaintenance && (endAt === null || endAt > now),
    ) ?? [];
  return usable.map(({ name, nodes }) => choice(name, nodes));
}

const LAST_FEATURE = /^(.*[&|\[(,])?([^&|[\](),*]*)$/;

/**
 * Features of the nodes of a partition (any: empty), as proposals for what is typed: the last word of it completed, or, where that
 * is a feature already, another one joined to it. Source: sbatch(1), --constraint.
 */
export function featuresOf(facts: ClusterFacts | null, partition: string, typed: string): Choice[] {
  const places = facts?.partitions.filter(({ name }) => partition === '' || name === partition) ?? [];
  const features = [...new Set(places.flatMap((place) => place.features))].sort();
  const [, head = '', last = ''] = LAST_FEATURE.exec(typed) ?? [];
  const used = new Set(typed.split(/[&|[\](),]/));
  const rest = features.filter((feature) => !used.has(feature));
  if (!features.includes(last)) return rest.map((feature) => choice(`${head}${feature}`));
  return [choice(typed), ...rest.flatMap((feature) => [choice(`${typed}&${feature}`), choice(`${typed}|${feature}`)])];
}

/** GPU types of a partition (the default one: empty), with how many are free; of the whole cluster where it has none, or for `null`. */
export function gpuTypesOf(
  facts: ClusterFacts | null,
  usage: ClusterUsage | null,
  partition: string | null,
  words: ChoiceWords,
): Choice[] {
  const named = partition === null ? null : partitionOf(facts, partition);
  const places = named === null || named.gpus.length === 0 ? (facts?.partitions ?? []) : [named];
  const gpus = places.flatMap((place) => gpusNow(place, usage));
  return [...new Set(gpus.map(({ type }) => type))]
    .filter((type) => type !== '')
    .map((type) =>
      choice(
        type,
        freeOf(
          gpus.filter((gpu) => gpu.type === type),
          words.free,
        ),
      ),
    );
}

/** What is known of a partition's GPUs at the last look, else in the facts. */
function gpusNow(partition: Partition, usage: ClusterUsage | null): Partition['gpus'] {
  return usage?.partitions.find(({ name }) => name === partition.name)?.gpus ?? partition.gpus;
}

function freeOf(gpus: Partition['gpus'], words: ChoiceWords['free']): string | null {
  if (gpus.length === 0 || gpus.some(({ free }) => free === null)) return null;
  return words(
    gpus.reduce((sum, gpu) => sum + (gpu.free ?? 0), 0),
    gpus.reduce((sum, gpu) => sum + gpu.total, 0),
  );
}

/** `3 of 16 GPUs free` where it has some, else free CPUs. */
export function freeIn(partition: Partition, usage: ClusterUsage | null, words: ChoiceWords): string | null {
  const gpus = freeOf(gpusNow(partition, usage), words.freeGpus);
  if (gpus !== null) return gpus;
  const { idle, total } = usage?.partitions.find(({ name }) => name === partition.name)?.cpus ?? partition.cpus;
  return total === 0 ? null : words.freeCpus(idle, total);
}

/** GPUs on one node of a partition; null when nothing is known. */
export function gpusPerNode(facts: ClusterFacts | null, partition: string, type: string): number | null {
  const found = facts?.partitions.find(({ name }) => name === partition);
  if (!found) return null;
  return Math.max(0, ...found.gpus.filter((gpu) => type === '' || gpu.type === type).map((gpu) => gpu.perNode));
}

/** `≤ 4 h · 32 CPUs · 128 GiB · 4 × a100`: what one node offers and how long a job may run. */
export function partitionLimits(partition: Partition, words: Pick<ChoiceWords, 'cpus' | 'nodes'>): string {
  const gpus = partition.gpus
    .filter((gpu) => gpu.perNode > 0)
    .map((gpu) => `${String(gpu.perNode)} × ${gpu.type === '' ? 'GPU' : gpu.type}`);
  return [
    ...(partition.maxTime === null ? [] : [`≤ ${sayText(timeWords(partition.maxTime))}`]),
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
