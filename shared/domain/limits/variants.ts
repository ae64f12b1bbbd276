/** What else a person might ask for to start sooner: other partitions, a shorter time, less of what is scarce. */
import { parseSlurmDuration, toSlurmDuration } from '../../lib/duration.ts';
import type { ClusterFacts, ClusterUsage, Partition } from '../cluster/facts.ts';
import { fits, fittingPartitions, requestedPartitions } from './check.ts';
import { message, verbatim } from '../../messages/message.ts';
import { timeText } from './words.ts';
import { gpusAlone, gpuValue } from '../request/gres.ts';
import { requestSize, type RequestSize } from '../request/size.ts';
import { maintenanceAhead } from './reservations.ts';
import type { StartOutlook } from '../job/script.ts';
import type { SlurmRequest } from '../request/schema.ts';

export type StartVariant = Pick<StartOutlook, 'id' | 'label' | 'changes'>;

/** Each variant uses up a job id of the cluster. */
const MOST_VARIANTS = 4;
const MOST_PARTITIONS = 2;
const HOUR = 3600;

/** The request with the changes of a variant. */
export const withVariant = (request: SlurmRequest, { changes }: Pick<StartVariant, 'changes'>): SlurmRequest => ({
  ...request,
  ...Object.fromEntries(changes.map(({ resource, value }) => [resource, value])),
});

/**
 * At most four variants of a request that fit the cluster as far as it is known, the most promising of each kind first. Only what
 * makes sense for the request is proposed: no GPU partition for a job without one, no half of one node. `now` in epoch ms. Pure.
 */
export function startVariants(
  request: SlurmRequest,
  facts: ClusterFacts,
  usage: ClusterUsage | null,
  now: number,
): StartVariant[] {
  const size = requestSize(request);
  const time = shorter(request, size, facts, now);
  const smaller = [...fewerGpus(request), ...fewerNodes(request, size)].filter((variant) =>
    fits(withVariant(request, variant), facts),
  );
  const elsewhere = otherPartitions(request, size, facts, usage);
  return [
    ...elsewhere,
    ...time.filter((variant) => elsewhere.length === 0 || fits(withVariant(request, variant), facts)),
    ...smaller,
  ].slice(0, MOST_VARIANTS);
}

/** How well a partition could take a request now: what is free of the scarcest thing, as a part of what is asked for. */
function room(size: RequestSize, partition: Partition, now: ClusterUsage['partitions'][number] | undefined): number {
  const { cpus, gpus } = now ?? partition;
  let least = cpus.idle / Math.max(1, size.cpus);
  for (const [type, count] of size.gpus) {
    const free = gpus
      .filter((gpu) => type === '' || gpu.type === type)
      .reduce<number | null>((all, gpu) => (all === null || gpu.free === null ? null : all + gpu.free), 0);
    if (free !== null && count > 0) least = Math.min(least, free / count);
  }
  return Math.min(least, 1);
}

function otherPartitions(
  request: SlurmRequest,
  size: RequestSize,
  facts: ClusterFacts,
  usage: ClusterUsage | null,
): StartVariant[] {
  const asked = new Set(requestedPartitions(request, facts).map(({ name }) => name));
  const hasGpus = size.gpus.size > 0;
  const candidates = fittingPartitions(request, facts, size)
    // nodes with GPUs are for jobs that use them
    .filter(({ name, gpus, allowGroups }) => !asked.has(name) && allowGroups === null && (hasGpus || gpus.length === 0))
    .map((partition) => ({
      name: partition.name,
      room: room(
        size,
        partition,
        usage?.partitions.find(({ name }) => name === partition.name),
      ),
      waiting: usage?.waiting?.[partition.name] ?? 0,
    }))
    .sort((a, b) => b.room - a.room || a.waiting - b.waiting);
  return candidates.slice(0, MOST_PARTITIONS).map(({ name }) => ({
    id: `partition:${name}`,
    label: message('limits.inPartition', { partition: name }),
    changes: [{ resource: 'partition', value: name }],
  }));
}

/** To the minute below an hour, to the quarter below four, else to the hour. Seconds. */
const roundTime = (seconds: number): number => {
  const step = seconds < HOUR ? 60 : seconds < 4 * HOUR ? HOUR / 4 : HOUR;
  return Math.floor(seconds / step) * step;
};

/** What ends before a maintenance; else half of what is asked for, which a scheduler can fit into more gaps. */
function shorter(request: SlurmRequest, size: RequestSize, facts: ClusterFacts, now: number): StartVariant[] {
  const partition = requestedPartitions(request, facts)[0] ?? null;
  const asked = size.seconds ?? partition?.defaultTime ?? partition?.maxTime ?? null;
  if (asked === null) return [];
  const longest =
    request.reservation === undefined ? (maintenanceAhead(facts, partition, asked, now)?.longest ?? null) : null;
  const half = Number.isFinite(asked) && asked >= HOUR / 2 ? roundTime(asked / 2) : null;
  const most = partition?.maxTime ?? null;
  // over the partition's limit, half may be over it still
  const seconds = longest ?? (half !== null && most !== null && half > most ? most : half);
  if (seconds === null || seconds < 60) return [];
  const value = toSlurmDuration(seconds);
  return parseSlurmDuration(value) === asked
    ? []
    : [{ id: `time:${String(seconds)}`, label: verbatim(timeText(seconds)), changes: [{ resource: 'time', value }] }];
}

/** Half of the GPUs, where they are asked for by one plain number. */
function fewerGpus(request: SlurmRequest): StartVariant[] {
  for (const resource of ['gres', 'gpus', 'gpus_per_node'] as const) {
    const asked = gpusAlone(resource, request[resource]);
    if (asked === null) continue;
    const half = Math.floor(asked.count / 2);
    return half < 1
      ? []
      : [
          {
            id: `gpus:${String(half)}`,
            label: message('words.gpus', { count: half }),
            changes: [{ resource, value: gpuValue(resource, asked.type, half) }],
          },
        ];
  }
  return [];
}

/** Half of the nodes, where their number alone says how many tasks there are. */
function fewerNodes(request: SlurmRequest, size: RequestSize): StartVariant[] {
  const half = Math.floor(size.nodes / 2);
  if (half < 1 || size.maxNodes !== size.nodes || request.nodes === undefined || request.ntasks !== undefined)
    return [];
  return [
    {
      id: `nodes:${String(half)}`,
      label: message('words.nodes', { count: half }),
      changes: [{ resource: 'nodes', value: String(half) }],
    },
  ];
}
