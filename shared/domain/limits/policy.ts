/** A request against the limits of its QOS and its account: what one job may take, and what all jobs of the person together. */
import { toSlurmMemory } from '../../lib/bytes.ts';
import { toSlurmDuration } from '../../lib/duration.ts';
import { askedTres } from '../request/askedTres.ts';
import { limitSources, type BillingContext, type LimitSource } from '../cost/billingContext.ts';
import type { ClusterFacts, ClusterUsage, JobLimits, Partition, Tres } from '../cluster/facts.ts';
import { subjectOf, takenOf } from './use.ts';
import { message, type Message } from '../../messages/message.ts';
import { amountWords, timeText } from './words.ts';
import { optionOf, roundMemory, type Violation } from './partition.ts';
import { gpusAlone, gpuValue } from '../request/gres.ts';
import type { RequestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';

/** A limit that a request does not keep to, with who puts it. */
export interface PolicyViolation extends Violation {
  readonly source: LimitSource;
}

/** What jobs that are there already take of a limit, and what becomes of this one. */
export interface PolicyWait {
  readonly rule: string;
  readonly option: string;
  readonly message: Message;
  readonly hint: Message;
  /** Slurm refuses it until one of the others has ended; otherwise it waits. */
  readonly isRefused: boolean;
}

const HOLDERS = {
  partition: { first: 'limits.holderFirst.partition', within: 'limits.holder.partition' },
  qos: { first: 'limits.holderFirst.qos', within: 'limits.holder.qos' },
  account: { first: 'limits.holderFirst.account', within: 'limits.holder.account' },
} as const;

/** Who puts a limit, at the beginning of a sentence. */
const holderOf = ({ scope, name }: LimitSource): Message => message(HOLDERS[scope].first, { name });
/** The same within one. */
const holderWithin = ({ scope, name }: LimitSource): Message => message(HOLDERS[scope].within, { name });

const PER = {
  job: 'limits.per.job',
  node: 'limits.per.node',
  user: 'limits.per.user',
  group: 'limits.per.group',
  everybody: 'limits.per.everybody',
} as const;

/** For the verb to an amount: memory is one thing, however much. */
const countOf = (tres: string, amount: number): number => (tres === 'mem' ? 1 : amount);

/** The first that puts a limit is the one whose limit holds. */
function firstLimit(
  sources: readonly LimitSource[],
  of: (limits: JobLimits) => number | null,
): { source: LimitSource; limit: number } | null {
  for (const source of sources) {
    const limit = of(source.limits);
    if (limit !== null) return { source, limit };
  }
  return null;
}

/** The limits of each resource that hold: the first source that names it. */
function firstTres(
  sources: readonly LimitSource[],
  of: (limits: JobLimits) => Tres,
): Map<string, { source: LimitSource; limit: number }> {
  const found = new Map<string, { source: LimitSource; limit: number }>();
  for (const source of sources) {
    for (const [tres, limit] of Object.entries(of(source.limits)))
      if (!found.has(tres)) found.set(tres, { source, limit });
  }
  return found;
}

/** Where a problem with a resource is shown, and the value that keeps to the limit where there is a plain one. */
function remedy(
  request: SlurmRequest,
  size: RequestSize,
  tres: string,
  limit: number,
  isPerNode: boolean,
): { option: string; fix: Violation['fix'] } {
  const { what, gpuType } = subjectOf(tres);
  const ask = (value: string | number, amount: string | Message): Violation['fix'] => ({
    label: message('words.askFor', { amount }),
    value,
  });
  switch (what) {
    case 'nodes':
      return { option: 'nodes', fix: limit >= 1 ? ask(limit, amountWords(tres, limit)) : null };
    case 'memory': {
      const option = optionOf(request, 'memory');
      const onNode = roundMemory(isPerNode ? limit : limit / size.nodes);
      return {
        option,
        fix: option === 'mem' && onNode > 0 ? ask(toSlurmMemory(onNode), amountWords('mem', onNode)) : null,
      };
    }
    case 'gpus': {
      const option = optionOf(request, 'gpus');
      const onNode = Math.floor(isPerNode ? limit : limit / size.nodes);
      const [asked] = size.gpus.size === 1 ? size.gpus.keys() : [];
      const type = asked ?? gpuType;
      const plain = option === 'gres' && size.gpus.size === 1 && gpusAlone('gres', request.gres) !== null;
      return {
        option,
        fix: plain && onNode >= 1 ? ask(gpuValue('gres', type, onNode), amountWords(tres, onNode)) : null,
      };
    }
    case 'cpus': {
      const perTask = Math.floor(limit / (isPerNode ? Math.max(1, size.cpusPerNode / size.cpusPerTask) : size.tasks));
      return perTask >= 1 && request.cpus_per_task !== undefined
        ? { option: 'cpus_per_task', fix: ask(perTask, message('words.cpusPerTask', { count: perTask })) }
        : { option: request.ntasks !== undefined ? 'ntasks' : 'cpus_per_task', fix: null };
    }
    default:
      return { option: 'qos', fix: null };
  }
}

/**
 * Limits that the job as it stands can never keep to, whatever else runs. What is not known, such as the type of a GPU that was not
 * asked for by type, is not held against it. Source: resource_limits.html.
 */
export function policyViolations(
  request: SlurmRequest,
  size: RequestSize,
  partition: Partition | null,
  billing: BillingContext,
): PolicyViolation[] {
  const sources = limitSources(billing, partition);
  if (sources.length === 0) return [];
  const all: PolicyViolation[] = [];
  const seconds = size.seconds;
  const wall = firstLimit(sources, (limits) => limits.maxWall);
  if (wall !== null && seconds !== null && seconds > wall.limit) {
    const asked = seconds === Infinity ? null : timeText(seconds);
    const most = timeText(wall.limit);
    all.push({
      source: wall.source,
      rule: `time-over-${wall.source.scope}-limit`,
      option: 'time',
      message: message('limits.timeOverPolicy', {
        holder: holderOf(wall.source),
        most,
        asked: asked ?? message('words.noLimitAtAll'),
      }),
      asked,
      fix: { label: message('words.askFor', { amount: most }), value: toSlurmDuration(wall.limit) },
    });
  }
  const { perJob, perNode } = askedTres(size, partition);
  const over = (of: (limits: JobLimits) => Tres, asked: Tres, per: keyof typeof PER, isPerNode = false): void => {
    for (const [tres, { source, limit }] of firstTres(sources, of)) {
      const amount = asked[tres];
      const rule = `over-${source.scope}-limit:${tres}`;
      if (amount === undefined || amount <= limit || all.some((other) => other.rule === rule)) continue;
      const { option, fix } = remedy(request, size, tres, limit, isPerNode);
      all.push({
        source,
        rule,
        option,
        fix,
        asked: null,
        message: message('limits.overPolicy', {
          holder: holderOf(source),
          per: message(PER[per]),
          most: amountWords(tres, limit),
          asked: amountWords(tres, amount),
          count: countOf(tres, amount),
        }),
      });
    }
  };
  over((limits) => limits.maxTresPerJob, perJob, 'job');
  over((limits) => limits.maxTresPerNode, perNode, 'node', true);
  over((limits) => limits.maxTresPerUser, perJob, 'user');
  over((limits) => limits.groupTres, perJob, 'group');
  for (const [tres, { source, limit }] of firstTres(sources, (limits) => limits.minTresPerJob)) {
    const amount = perJob[tres] ?? (tres.startsWith('gres/') ? 0 : undefined);
    if (amount === undefined || amount >= limit) continue;
    const { option } = remedy(request, size, tres, limit, false);
    all.push({
      source,
      rule: `under-${source.scope}-limit:${tres}`,
      option,
      fix: null,
      asked: null,
      message: message('limits.underPolicy', {
        holder: holderOf(source),
        least: amountWords(tres, limit),
        asked: amountWords(tres, amount),
        count: countOf(tres, amount),
      }),
    });
  }
  const submit = firstLimit(sources, (limits) => least(limits.maxSubmit, limits.groupSubmit));
  const tasks = size.array?.tasks ?? 1;
  if (submit !== null && tasks > submit.limit) {
    all.push({
      source: submit.source,
      rule: `array-over-${submit.source.scope}-limit`,
      option: 'array',
      message: message('limits.arrayOverPolicy', {
        holder: holderOf(submit.source),
        most: message('words.jobs', { count: submit.limit }),
        tasks,
      }),
      asked: null,
      fix: null,
    });
  }
  return all;
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

type Mine = ClusterUsage['mine'];

/** The person's jobs that count against what a source limits. */
function countedBy(
  { scope, name }: LimitSource,
  billing: BillingContext,
  partition: Partition | null,
  mine: Mine,
): Mine {
  switch (scope) {
    case 'qos':
      return mine.filter((row) => row.qos === name);
    case 'account':
      return mine.filter(
        (row) =>
          row.account === name &&
          (billing.association?.partition == null || row.partition.split(',').includes(billing.association.partition)),
      );
    case 'partition':
      return mine.filter((row) => row.partition.split(',').includes(partition?.name ?? name));
  }
}

/**
 * What the person's own jobs leave of the limits: this one waits, or is refused, until some of them have ended. Each as of `usage`.
 * Limits that one job alone goes over are not repeated here.
 */
export function policyWaits(
  size: RequestSize,
  partition: Partition | null,
  billing: BillingContext,
  usage: ClusterUsage,
): PolicyWait[] {
  const sources = limitSources(billing, partition);
  const all: PolicyWait[] = [];
  const tasks = size.array?.tasks ?? 1;
  const taken = (source: LimitSource, what: string, gpuType = ''): number | null =>
    takenOf(countedBy(source, billing, partition, usage.mine), what, gpuType);
  const many = (count: number): Message => message('words.jobs', { count });

  const jobs = firstLimit(sources, (limits) => least(limits.maxJobs, limits.groupJobs));
  const running = jobs === null ? null : taken(jobs.source, 'jobs');
  if (jobs !== null && running !== null && running >= jobs.limit) {
    all.push({
      rule: `jobs-at-${jobs.source.scope}-limit`,
      option: optionFor(jobs.source),
      message: message('limits.jobsAtLimit', {
        running,
        limit: many(jobs.limit),
        holder: holderWithin(jobs.source),
      }),
      hint: message(jobs.limit === 0 ? 'limits.letsNoJobRun' : 'limits.startsWhenOneEnds'),
      isRefused: false,
    });
  }
  const submit = firstLimit(sources, (limits) => least(limits.maxSubmit, limits.groupSubmit));
  const submitted = submit === null ? null : taken(submit.source, 'submit');
  if (
    submit !== null &&
    submitted !== null &&
    submitted > 0 &&
    submitted + tasks > submit.limit &&
    tasks <= submit.limit
  ) {
    const left = Math.max(0, submit.limit - submitted);
    const holder = holderWithin(submit.source);
    all.push({
      rule: `submitted-at-${submit.source.scope}-limit`,
      option: size.array === null ? optionFor(submit.source) : 'array',
      message:
        tasks === 1
          ? message('limits.submittedAtLimitOne', { submitted, limit: many(submit.limit), holder })
          : message('limits.submittedAtLimitMore', { submitted, limit: many(submit.limit), holder, more: tasks }),
      hint: left > 0 ? message('limits.moreTaken', { count: left }) : message('limits.waitOrOtherQos'),
      isRefused: true,
    });
  }
  const { perJob } = askedTres(size, partition);
  const held = (of: (limits: JobLimits) => Tres, isShared: boolean): void => {
    for (const [tres, { source, limit }] of firstTres(sources, of)) {
      const asked = perJob[tres];
      const { what, gpuType } = subjectOf(tres);
      const used = asked === undefined || asked > limit ? null : taken(source, what, gpuType);
      if (asked === undefined || used === null || used === 0 || used + asked <= limit) continue;
      all.push({
        rule: `at-${source.scope}-limit:${tres}`,
        option: optionFor(source),
        message: message('limits.atLimit', {
          used: amountWords(tres, used),
          limit: amountWords(tres, limit),
          holder: holderWithin(source),
          per: message(isShared ? PER.everybody : PER.user),
        }),
        hint:
          used < limit
            ? message('limits.smallerNeedNotWait', { amount: amountWords(tres, limit - used) })
            : message('limits.startsWhenEnoughEnd'),
        isRefused: false,
      });
    }
  };
  held((limits) => limits.maxTresPerUser, false);
  held((limits) => limits.groupTres, true);
  return all;
}

const optionFor = ({ scope }: LimitSource): string => scope;

/** Others that are tried; a person with hundreds of accounts chooses better alone. */
const MOST_OTHERS = 12;

interface OtherCharge {
  readonly option: 'qos' | 'account';
  readonly value: string;
  readonly request: SlurmRequest;
}

/** What else a person may ask for in a partition: each other QOS of the account, then each other account. */
export function otherBillings(
  request: SlurmRequest,
  facts: ClusterFacts,
  billing: BillingContext,
  accounts: readonly string[],
): OtherCharge[] {
  const ofAccount = (billing.association?.qos ?? [])
    .filter((qos) => qos !== billing.qos)
    .map((qos): OtherCharge => ({ option: 'qos', value: qos, request: { ...request, qos } as SlurmRequest }));
  const ofOthers = accounts
    .filter((account) => account !== billing.account)
    .map((account): OtherCharge => ({
      option: 'account',
      value: account,
      request: { ...request, account } as SlurmRequest,
    }));
  return facts.associations === null ? [] : [...ofAccount, ...ofOthers].slice(0, MOST_OTHERS);
}
