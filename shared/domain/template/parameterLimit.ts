/** The largest value of a parameter that follows the chosen partition: `limit: partition.max_time`. */
import { PAGE_ERRORS } from '../../errors/pageCodes.ts';
import { formatBytes, toSlurmMemory } from '../../lib/bytes.ts';
import { toSlurmDuration } from '../../lib/duration.ts';
import { billingContextOf } from '../cost/billingContext.ts';
import type { ClusterFacts, Partition } from '../cluster/facts.ts';
import { requestedPartitions } from '../limits/check.ts';
import { message } from '../../messages/message.ts';
import { listed, timeText, timeWords } from '../limits/words.ts';
import { visibleParameters } from './parameterForm.ts';
import { checkParameter, measureParameter, placeholderNames } from './parameters.ts';
import { mostCpusOf, mostMemoryOf, mostNodesOf, mostTimeOf, roundMemory } from '../limits/partition.ts';
import type { Problem } from '../problem/schema.ts';
import { problem } from '../problem/defaults.ts';
import type { SlurmRequest } from '../request/schema.ts';
import type { Parameter, ParameterValues, Template } from './schema.ts';

type Limit = NonNullable<Parameter['limit']>;

/** The most that a parameter may be in the partitions that the request names: seconds, bytes, or a count. */
export interface ParameterLimit {
  readonly most: number;
  readonly partitions: readonly string[];
}

/** The type of the parameters that a limit is for. */
export function limitedType(limit: Limit): Parameter['type'] {
  return limit === 'partition.max_time' ? 'duration' : limit === 'partition.memory_per_node' ? 'memory' : 'integer';
}

/**
 * How much the partition of a request lets a parameter be; the largest of several, since Slurm starts the job in any of them. Null
 * where nothing limits it or nothing is known: no `limit`, no such partition, no limit in one of them. A QOS that lets jobs go over
 * the limit of the partition counts (sacctmgr(1), PartitionTimeLimit and PartitionMaxNodes).
 */
export function limitOfParameter(
  parameter: Pick<Parameter, 'limit'>,
  request: SlurmRequest,
  facts: ClusterFacts,
): ParameterLimit | null {
  const { limit } = parameter;
  if (limit === null) return null;
  const places = requestedPartitions(request, facts);
  const most = Math.max(...places.map((place) => mostIn(limit, place, request, facts)));
  return Number.isFinite(most) ? { most, partitions: places.map(({ name }) => name) } : null;
}

/** Infinity: no limit, or not known. */
function mostIn(limit: Limit, partition: Partition, request: SlurmRequest, facts: ClusterFacts): number {
  switch (limit) {
    case 'partition.max_time':
      return mostTimeOf(partition, billingContextOf(request, facts, partition));
    case 'partition.max_nodes':
      return mostNodesOf(partition, billingContextOf(request, facts, partition)) || Infinity;
    case 'partition.cpus_per_node':
      return mostCpusOf(partition) || Infinity;
    case 'partition.gpus_per_node':
      return Math.max(0, ...partition.gpus.map(({ perNode }) => perNode));
    case 'partition.memory_per_node':
      return mostMemoryOf(partition) || Infinity;
  }
}

/** A limit without words of any language: `24 h`, `64 GiB`, `16`. */
export function limitText(limit: Limit, most: number): string {
  return limit === 'partition.max_time'
    ? timeText(most)
    : limit === 'partition.memory_per_node'
      ? formatBytes(most)
      : String(most);
}

const OVER = {
  'partition.max_time': 'parameters.over.time',
  'partition.max_nodes': 'parameters.over.nodes',
  'partition.cpus_per_node': 'parameters.over.cpus',
  'partition.gpus_per_node': 'parameters.over.gpus',
  'partition.memory_per_node': 'parameters.over.memory',
} as const satisfies Readonly<Record<Limit, string>>;

/**
 * The fields of the form whose values are over what the partition of the request has: an error each, at `parameters.<name>`, with the
 * value that would do. Values that are wrong in themselves are left to `checkParameter`. Code 1004.
 */
export function checkParameterLimits(
  template: Pick<Template, 'parameters'>,
  values: ParameterValues,
  request: SlurmRequest,
  facts: ClusterFacts,
): Problem[] {
  if (template.parameters.every(({ limit }) => limit === null)) return [];
  return visibleParameters(template, values).flatMap((parameter) => {
    const { limit } = parameter;
    const value = Object.hasOwn(values, parameter.name) ? values[parameter.name] : undefined;
    if (limit === null || value === undefined || value === '' || checkParameter(parameter, value) !== null) return [];
    const size = measureParameter(parameter, value);
    const found = limitOfParameter(parameter, request, facts);
    if (size === null || found === null || size <= found.most) return [];
    const { most, partitions } = found;
    return [
      problem({
        rule: 'parameter-over-partition-limit',
        code: PAGE_ERRORS.PARAMETER_INVALID.code,
        severity: 'error',
        message: message(OVER[limit], {
          label: parameter.label,
          most: limitText(limit, most),
          partitions: listed(partitions),
          asked: limit === 'partition.max_time' ? timeWords(size) : limitText(limit, size),
        }),
        hint: message('parameters.lessOrElsewhere'),
        field: `parameters.${parameter.name}`,
        fix: fixOf(parameter, limit, most),
      }),
    ];
  });
}

/** Null where the most that the partition has is not a value of the parameter. */
function fixOf(parameter: Parameter, limit: Limit, most: number): Problem['fix'] {
  const size = limit === 'partition.memory_per_node' ? roundMemory(most) : most;
  const value =
    limit === 'partition.max_time'
      ? toSlurmDuration(size)
      : limit === 'partition.memory_per_node'
        ? toSlurmMemory(size)
        : size;
  if (checkParameter(parameter, value) !== null) return null;
  return {
    label: message('words.use', { value: limitText(limit, size) }),
    field: `parameters.${parameter.name}`,
    value,
  };
}

/** Rules about a request that say of an option what is said of the field that it is filled in from. */
const SAME_LIMIT: ReadonlySet<string> = new Set([
  'time-over-partition-limit',
  'nodes-over-partition-limit',
  'cpus-over-node',
  'gpus-over-node',
  'gpu-not-in-partition',
  'memory-over-node',
]);

/**
 * Both together, each thing told once: an option that is filled in from a field over its limit is mended at the field, which takes the
 * advice about another partition over. `written` is the request before its `{{name}}`s are filled in.
 */
export function withFieldLimits(
  ofRequest: readonly Problem[],
  ofFields: readonly Problem[],
  written: SlurmRequest,
): Problem[] {
  if (ofFields.length === 0) return [...ofRequest];
  const told = new Map(ofFields.map((each) => [each.field, each]));
  const rest = ofRequest.filter(({ rule, field, hint, fix }) => {
    if (!SAME_LIMIT.has(rule) || field?.startsWith('resources.') !== true) return true;
    const names = placeholderNames(String(written[field.slice('resources.'.length)] ?? ''));
    const place = names.map((name) => `parameters.${name}`).find((each) => told.has(each)) ?? null;
    const own = told.get(place);
    if (own === undefined) return true;
    // asking for no GPUs at all would be another job
    const isElsewhere = fix?.field === 'resources.partition' && (own.fix === null || rule === 'gpu-not-in-partition');
    told.set(place, { ...own, hint: hint ?? own.hint, fix: isElsewhere ? fix : own.fix });
    return false;
  });
  return [...told.values(), ...rest];
}
