/**
 * A request against what is known of the cluster. Slurm refuses some of what does not fit and lets the rest wait for ever (time
 * over MaxTime, more nodes than there are, an account one does not have: unless the site sets EnforcePartLimits), so it is said
 * here, before anything is sent. Each problem says the limit and what would fit.
 *
 * An error is what never runs or is refused, a warning what waits for the person's own jobs or for the site, an info the rest.
 */
import { formatBytes } from '../../lib/bytes.ts';
import { formatDuration } from '../../lib/duration.ts';
import {
  accountsFor,
  billingContextOf,
  deniesOnLimit,
  enforcementOf,
  qosOfAccounts,
  usableQos,
  type BillingContext,
} from '../cost/billingContext.ts';
import type { ClusterFacts, ClusterUsage, Partition } from '../cluster/facts.ts';
import { found } from './problem.ts';
import { listed } from './words.ts';
import { both, message, type Message } from '../../messages/message.ts';
import { mostCpusOf, mostMemoryOf, partitionViolations, type Violation } from './partition.ts';
import { otherBillings, policyViolations, policyWaits } from './policy.ts';
import type { Problem } from '../problem/schema.ts';
import { requestSize, type RequestSize } from '../request/size.ts';
import { checkReservations } from './reservations.ts';
import type { SlurmRequest } from '../request/schema.ts';

const GIB = 1024 ** 3;

/** Own jobs counted longer ago than this, in milliseconds, keep nobody from submitting: some may have ended since. */
const CURRENT_MS = 60_000;

/** Problems of a request, the gravest first within each subject. `now` in epoch ms. Pure; some microseconds. */
export function checkLimits(
  request: SlurmRequest,
  facts: ClusterFacts,
  usage: ClusterUsage | null = null,
  now: number = facts.takenAt,
): Problem[] {
  const size = requestSize(request);
  const placed = checkPartition(request, size, facts);
  const fitting = placed.partition;
  return [
    ...placed.problems,
    ...checkAccount(request, facts),
    ...(fitting === null ? [] : checkOwnJobs(request, size, fitting, facts, usage, now)),
    // what does not fit at all is mended first
    ...(fitting === null ? [] : checkReservations(request, size, fitting, facts, now)),
    ...checkFeatures(request, facts),
    ...checkArray(size, facts),
    ...checkUnsaid(request, size, facts),
  ];
}

/** The partitions that a request may run in: those it names, or the default. Names that the cluster does not have are left out. */
export function requestedPartitions(request: SlurmRequest, facts: ClusterFacts): Partition[] {
  const names = request.partition?.split(',');
  return facts.partitions.filter((partition) =>
    names === undefined ? partition.isDefault : names.includes(partition.name),
  );
}

/** Why a request does not fit a partition: its own limits, then those of QOS and account. */
function violationsIn(
  request: SlurmRequest,
  size: RequestSize,
  partition: Partition,
  facts: ClusterFacts,
  billing: BillingContext = billingContextOf(request, facts, partition),
): Violation[] {
  return [
    ...partitionViolations(request, size, partition, billing),
    ...(enforcementOf(facts).limits ? policyViolations(request, size, partition, billing) : []),
  ];
}

/** The partitions in which the whole request would fit; first those that are open to everybody. */
export function fittingPartitions(
  request: SlurmRequest,
  facts: ClusterFacts,
  size: RequestSize = requestSize(request),
): Partition[] {
  return facts.partitions
    .filter((partition) => violationsIn(request, size, partition, facts).length === 0)
    .sort((a, b) => Number(a.allowGroups !== null) - Number(b.allowGroups !== null));
}

/** Whether a request fits a partition of this cluster, as far as it is known. */
export function fits(request: SlurmRequest, facts: ClusterFacts): boolean {
  const size = requestSize(request);
  return requestedPartitions(request, facts).some(
    (partition) => violationsIn(request, size, partition, facts).length === 0,
  );
}

/** The problems of where it shall run, and the partition that it fits if there are none. */
function checkPartition(
  request: SlurmRequest,
  size: RequestSize,
  facts: ClusterFacts,
): { problems: Problem[]; partition: Partition | null } {
  const move = (partition: Partition | undefined): Problem['fix'] =>
    partition === undefined
      ? null
      : {
          label: message('words.use', { value: partition.name }),
          field: 'resources.partition',
          value: partition.name,
        };
  const names = facts.partitions.map((partition) => partition.name);
  const unknown = request.partition?.split(',').find((name) => !names.includes(name));
  const wanted = requestedPartitions(request, facts);
  const [first] = wanted;
  if (unknown !== undefined || first === undefined) {
    const extra = {
      hint: message('limits.partitionsThere', { names: listed(names) }),
      fix: move(fittingPartitions(request, facts, size)[0]),
    };
    return {
      partition: null,
      problems: [
        unknown !== undefined
          ? found(
              'error',
              'partition-unknown',
              'partition',
              message('limits.partitionUnknown', { name: unknown }),
              extra,
            )
          : found('error', 'partition-needed', 'partition', message('limits.partitionNeeded'), extra),
      ],
    };
  }
  // of several partitions Slurm takes the one that can run the job first
  let violations: Violation[] = [];
  for (const partition of wanted) {
    const billing = billingContextOf(request, facts, partition);
    const found = violationsIn(request, size, partition, facts, billing);
    if (found.length === 0) return { problems: admissionNotes(partition), partition };
    if (partition === first) violations = found;
  }
  const billing = billingContextOf(request, facts, first);
  const fitting = fittingPartitions(request, facts, size);
  // another QOS or account, where the partition itself is not what is in the way
  const isPolicy = violations.every((violation) => 'source' in violation);
  const instead = !isPolicy
    ? undefined
    : otherBillings(request, facts, billing, accountsFor(facts, first.name)).find(
        (other) => violationsIn(other.request, size, first, facts).length === 0,
      );
  const outcome = isPolicy ? message(deniesOnLimit(billing) ? 'limits.slurmRefuses' : 'limits.neverStarts') : null;
  const problems = violations.map(({ rule, option, message: what, asked, fix }) => {
    const remedy = remedyOf(asked, instead, fitting, fix);
    return found('error', rule, option, what, {
      hint: remedy === null || outcome === null ? (remedy ?? outcome) : both(remedy, outcome),
      fix:
        instead !== undefined
          ? {
              label: message('words.use', { value: instead.value }),
              field: `resources.${instead.option}`,
              value: instead.value,
            }
          : (move(fitting[0]) ??
            (fix === null ? null : { label: fix.label, field: `resources.${option}`, value: fix.value })),
    });
  });
  return { problems, partition: null };
}

/** What else would fit; null where the value of the fix alone does. */
function remedyOf(
  asked: string | null,
  instead: { option: string; value: string } | undefined,
  fitting: readonly Partition[],
  fix: Violation['fix'],
): Message | null {
  const what = asked ?? message('limits.theRequest');
  if (instead !== undefined)
    return message(instead.option === 'qos' ? 'limits.fitsWithQos' : 'limits.fitsWithAccount', {
      what,
      name: instead.value,
    });
  if (fitting.length > 0) {
    const names = fitting.map((partition) => partition.name);
    return message('limits.fitsIn', { what, names: listed(names, 4) });
  }
  return fix === null ? message('limits.noPartitionFits') : null;
}

/** A partition for some groups of the system takes the jobs of their members; who is one, Slurm does not tell. */
function admissionNotes({ name, allowGroups }: Partition): Problem[] {
  if (allowGroups === null) return [];
  return [
    found(
      'info',
      'partition-for-groups',
      'partition',
      message('limits.partitionForGroups', { name, groups: listed(allowGroups) }),
      { hint: message('limits.membershipUnknown') },
    ),
  ];
}

/** What the person's own jobs leave of the limits now. */
function checkOwnJobs(
  request: SlurmRequest,
  size: RequestSize,
  partition: Partition,
  facts: ClusterFacts,
  usage: ClusterUsage | null,
  now: number,
): Problem[] {
  const { maxMemoryPerCpu } = partition;
  const billing = billingContextOf(request, facts, partition);
  const waits = usage === null || !enforcementOf(facts).limits ? [] : policyWaits(size, partition, billing, usage);
  const isCurrent = usage !== null && now - usage.takenAt <= CURRENT_MS;
  const problems = waits.map(({ rule, option, message: what, hint, isRefused }) =>
    found(isRefused && isCurrent ? 'error' : 'warning', rule, option, what, { hint }),
  );
  if (
    maxMemoryPerCpu !== null &&
    size.memoryPerNode !== null &&
    size.memoryPerNode > maxMemoryPerCpu * size.cpusPerNode
  ) {
    // Source: slurm.conf(5), MaxMemPerCPU
    const cpus = Math.ceil(size.memoryPerNode / maxMemoryPerCpu);
    const canSay = size.tasks === 1 && request['ntasks_per_node'] === undefined;
    problems.push(
      found(
        'warning',
        'memory-over-cpu-share',
        'mem',
        message('limits.memoryOverCpuShare', { partition: partition.name, memory: formatBytes(maxMemoryPerCpu), cpus }),
        {
          fix:
            canSay && cpus <= mostCpusOf(partition)
              ? {
                  label: message('words.askFor', { amount: message('words.cpus', { count: cpus }) }),
                  field: 'resources.cpus_per_task',
                  value: cpus,
                }
              : null,
        },
      ),
    );
  }
  return problems;
}

function checkAccount(request: SlurmRequest, facts: ClusterFacts): Problem[] {
  // no accounting, or a user that it does not know: the cluster does not check accounts either
  if (facts.associations === null || facts.associations.length === 0) return [];
  const severity = enforcementOf(facts).accounts ? 'error' : 'warning';
  const accounts = accountsFor(facts, request.partition ?? null);
  if (request.account !== undefined && !accounts.includes(request.account)) {
    const [other] = accounts;
    return [
      found(
        severity,
        'account-not-yours',
        'account',
        request.partition === undefined
          ? message('limits.accountNotYours', { name: request.account })
          : message('limits.accountNotYoursIn', { name: request.account, partition: request.partition }),
        {
          hint: message('limits.yours', { names: listed(accounts) }),
          fix:
            other === undefined
              ? null
              : { label: message('words.use', { value: other }), field: 'resources.account', value: other },
        },
      ),
    ];
  }
  const { qos } = request;
  if (qos === undefined) return [];
  const allowed = qosOfAccounts(facts, request.account ?? null, request.partition ?? null);
  if (allowed.length === 0 || allowed.includes(qos)) return [];
  const [other] = usableQos(facts, request.account ?? null, request.partition ?? null);
  return [
    found(severity, 'qos-not-yours', 'qos', message('limits.qosNotYours', { name: qos }), {
      hint: message('limits.yours', { names: listed(allowed) }),
      fix:
        other === undefined
          ? null
          : { label: message('words.use', { value: other }), field: 'resources.qos', value: other },
    }),
  ];
}

function checkFeatures(request: SlurmRequest, facts: ClusterFacts): Problem[] {
  if (request.constraint === undefined) return [];
  const known = new Set(facts.partitions.flatMap((partition) => partition.features));
  const missing = (request.constraint.match(/[A-Za-z_][\w.:=+-]*/g) ?? []).filter((feature) => !known.has(feature));
  if (missing.length === 0) return [];
  return [
    found('warning', 'feature-unknown', 'constraint', message('limits.featureUnknown', { names: listed(missing) }), {
      hint:
        known.size === 0
          ? message('limits.featuresNone')
          : message('limits.featuresThere', { names: listed([...known]) }),
      fix: { label: message('limits.leaveConstraintOut'), field: 'resources.constraint', value: '' },
    }),
  ];
}

function checkArray({ array }: RequestSize, facts: ClusterFacts): Problem[] {
  // MaxArraySize is one more than the largest index. Source: slurm.conf(5).
  if (array === null || facts.maxArraySize === null || array.largest < facts.maxArraySize) return [];
  return [
    found(
      'error',
      'array-over-limit',
      'array',
      message('limits.arrayOverLimit', { largest: array.largest, most: facts.maxArraySize - 1 }),
      {
        hint: message('limits.splitArray'),
      },
    ),
  ];
}

/** What a request leaves to the cluster, where that seldom is what was meant. */
function checkUnsaid(request: SlurmRequest, size: RequestSize, facts: ClusterFacts): Problem[] {
  const all: Problem[] = [];
  const [partition] = requestedPartitions(request, facts);
  // a partition that says what a job gets unasked is as good as asking
  const isGiven =
    partition !== undefined && (partition.defaultMemoryPerNode !== null || partition.defaultMemoryPerCpu !== null);
  if (request.mem === undefined && size.memoryOfRequest === null && !isGiven) {
    const fair =
      partition === undefined || partition.cpusPerNode < 1
        ? 0
        : Math.floor((mostMemoryOf(partition) * Math.min(1, size.cpusPerNode / partition.cpusPerNode)) / GIB);
    all.push(
      found('warning', 'memory-not-said', 'mem', message('limits.memoryNotSaid'), {
        hint: message('limits.askForNeeded'),
        fix:
          fair < 1
            ? null
            : {
                label: message('words.askFor', { amount: `${String(fair)} GiB` }),
                field: 'resources.mem',
                value: `${String(fair)}G`,
              },
      }),
    );
  }
  if (size.seconds === null && partition !== undefined) {
    const given = partition.defaultTime ?? partition.maxTime;
    all.push(
      found(
        'info',
        'time-not-said',
        'time',
        message('limits.timeNotSaid', {
          partition: partition.name,
          time: given === null || given === Infinity ? message('limits.noLimit') : formatDuration(given),
        }),
        {
          hint: message('limits.shorterSooner'),
        },
      ),
    );
  }
  return all;
}
