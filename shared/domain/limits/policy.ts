/** A request against the limits of its QOS and its account: what one job may take, and what all jobs of the person together. */
import { toSlurmMemory } from '../../lib/bytes.ts';
import { toSlurmDuration } from '../../lib/duration.ts';
import { askedTres } from '../request/askedTres.ts';
import { limitSources, type BillingContext, type LimitSource } from '../cost/billingContext.ts';
import type { ClusterFacts, ClusterUsage, JobLimits, Partition, Tres } from '../cluster/facts.ts';
import { subjectOf, takenOf } from './use.ts';
import { amountWords, counted, isOrAre, quoted, timeWords } from './words.ts';
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
  readonly message: string;
  readonly hint: string;
  /** Slurm refuses it until one of the others has ended; otherwise it waits. */
  readonly isRefused: boolean;
}

const CAPACITY = { partition: 'The partition', qos: 'The QOS', account: 'The account' } as const;

const nameOf = ({ scope, name }: LimitSource): string => `${CAPACITY[scope]} ${quoted(name)}`;

const isOrAreOf = (tres: string, amount: number): string => (tres === 'mem' ? 'is' : isOrAre(amount));

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
  const ask = (value: string | number, words: string): Violation['fix'] => ({ label: `Ask for ${words}`, value });
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
        ? { option: 'cpus_per_task', fix: ask(perTask, `${counted(perTask, 'CPU', 'CPUs')} per task`) }
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
    const asked = timeWords(seconds);
    all.push({
      source: wall.source,
      rule: `time-over-${wall.source.scope}-limit`,
      option: 'time',
      message: `${nameOf(wall.source)} gives one job at most ${timeWords(wall.limit)}; ${seconds === Infinity ? 'no limit at all' : asked} is asked for.`,
      asked: seconds === Infinity ? null : asked,
      fix: { label: `Ask for ${timeWords(wall.limit)}`, value: toSlurmDuration(wall.limit) },
    });
  }
  const { perJob, perNode } = askedTres(size, partition);
  const over = (of: (limits: JobLimits) => Tres, asked: Tres, words: string, isPerNode = false): void => {
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
        message: `${nameOf(source)} gives ${words} at most ${amountWords(tres, limit)}; ${amountWords(tres, amount)} ${isOrAreOf(tres, amount)} asked for.`,
      });
    }
  };
  over((limits) => limits.maxTresPerJob, perJob, 'one job');
  over((limits) => limits.maxTresPerNode, perNode, 'one job on a node', true);
  over((limits) => limits.maxTresPerUser, perJob, 'one user');
  over((limits) => limits.groupTres, perJob, 'all its jobs together');
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
      message: `${nameOf(source)} is for jobs of at least ${amountWords(tres, limit)}; ${amountWords(tres, amount)} ${isOrAreOf(tres, amount)} asked for.`,
    });
  }
  const submit = firstLimit(sources, (limits) => least(limits.maxSubmit, limits.groupSubmit));
  const tasks = size.array?.tasks ?? 1;
  if (submit !== null && tasks > submit.limit) {
    all.push({
      source: submit.source,
      rule: `array-over-${submit.source.scope}-limit`,
      option: 'array',
      message: `${nameOf(submit.source)} takes at most ${counted(submit.limit, 'job', 'jobs')} at a time; the array has ${String(tasks)}.`,
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
  const many = (count: number): string => counted(count, 'job', 'jobs');

  const jobs = firstLimit(sources, (limits) => least(limits.maxJobs, limits.groupJobs));
  const running = jobs === null ? null : taken(jobs.source, 'jobs');
  if (jobs !== null && running !== null && running >= jobs.limit) {
    all.push({
      rule: `jobs-at-${jobs.source.scope}-limit`,
      option: optionFor(jobs.source),
      message: `${String(running)} of the ${many(jobs.limit)} that ${inSentence(jobs.source)} runs at once are running; this one will wait.`,
      hint: jobs.limit === 0 ? 'It lets no job run.' : 'It starts when one of them has ended.',
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
    all.push({
      rule: `submitted-at-${submit.source.scope}-limit`,
      option: size.array === null ? optionFor(submit.source) : 'array',
      message: `You have ${String(submitted)} of the ${many(submit.limit)} that ${inSentence(submit.source)} takes at a time: Slurm refuses ${tasks === 1 ? 'another' : `${String(tasks)} more`}.`,
      hint: left > 0 ? `${String(left)} more would be taken.` : 'Wait until one of them has ended, or use another QOS.',
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
        message: `Your running jobs have ${amountWords(tres, used)} of the ${amountWords(tres, limit)} that ${inSentence(source)} gives ${isShared ? 'everybody together' : 'one user'}; this one will wait.`,
        hint:
          used < limit
            ? `A job of ${amountWords(tres, limit - used)} would not have to wait for them.`
            : 'It starts when enough of them have ended.',
        isRefused: false,
      });
    }
  };
  held((limits) => limits.maxTresPerUser, false);
  held((limits) => limits.groupTres, true);
  return all;
}

const optionFor = ({ scope }: LimitSource): string => scope;
const inSentence = (source: LimitSource): string => nameOf(source).replace(/^The/, 'the');

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
