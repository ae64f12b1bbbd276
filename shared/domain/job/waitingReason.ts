/**
 * `waits`: it starts by itself. `needs-you`: it starts when somebody does something. `never`: as it was asked for it does not start;
 * only an administrator could change that.
 */
export type WaitKind = 'waits' | 'needs-you' | 'never';

const KINDS = {
  priority: 'waits',
  resources: 'waits',
  dependency: 'waits',
  dependencyNever: 'never',
  partitionNodes: 'needs-you',
  partitionTime: 'never',
  partitionDown: 'waits',
  partitionInactive: 'waits',
  partitionConfig: 'needs-you',
  held: 'needs-you',
  heldByAdmin: 'needs-you',
  heldAfterFailure: 'needs-you',
  requeueLimit: 'needs-you',
  beginTime: 'waits',
  licenses: 'waits',
  reservation: 'waits',
  reservationGone: 'never',
  nodesUnavailable: 'waits',
  deferred: 'waits',
  noSuchNode: 'never',
  notNow: 'waits',
  account: 'never',
  qos: 'never',
  qosNotHere: 'never',
  accountNotHere: 'never',
  usageThreshold: 'waits',
  cleaning: 'waits',
  arrayLimit: 'waits',
  burstBuffer: 'waits',
  burstBufferFailed: 'needs-you',
  power: 'waits',
  prolog: 'waits',
  policy: 'waits',
  federation: 'waits',
  memoryPerLimit: 'never',
  limitShared: 'waits',
  limitBudget: 'needs-you',
  limitPerJob: 'never',
  limitPerUser: 'waits',
  limitPerAccount: 'waits',
  limitLeast: 'never',
} as const satisfies Record<string, WaitKind>;

/** Why a job waits, as a person is told; each has a sentence in the interface. */
export type WaitCode = keyof typeof KINDS;

/** What a limit of an association or a QOS counts. */
export type LimitedThing =
  'cpu' | 'memory' | 'nodes' | 'gres' | 'licenses' | 'energy' | 'burstBuffer' | 'billing' | 'time' | 'jobs' | 'other';

export interface WaitingReason {
  readonly code: WaitCode;
  readonly kind: WaitKind;
  /** Set for limits. */
  readonly limit: { readonly of: 'qos' | 'association'; readonly what: LimitedThing } | null;
  /** As Slurm says it. */
  readonly word: string;
}

/** Slurm's words. Source: src/common/job_state_reason.c (23.11 and newer), src/common/slurm_protocol_defs.c (before), squeue(1), JOB REASON CODES. */
const WORDS: Readonly<Record<string, WaitCode>> = {
  Priority: 'priority',
  Resources: 'resources',
  Dependency: 'dependency',
  DependencyNeverSatisfied: 'dependencyNever',
  PartitionNodeLimit: 'partitionNodes',
  PartitionTimeLimit: 'partitionTime',
  PartitionDown: 'partitionDown',
  PartitionInactive: 'partitionInactive',
  PartitionConfig: 'partitionConfig',
  JobHeldUser: 'held',
  JobHeldAdmin: 'heldByAdmin',
  JobHoldMaxRequeue: 'requeueLimit',
  JobLaunchFailure: 'heldAfterFailure',
  SystemFailure: 'heldAfterFailure',
  BeginTime: 'beginTime',
  Licenses: 'licenses',
  Reservation: 'reservation',
  ReservationDeleted: 'reservationGone',
  ReservationInvalid: 'reservationGone',
  ReqNodeNotAvail: 'nodesUnavailable',
  FrontEndDown: 'nodesUnavailable',
  NodeDown: 'nodesUnavailable',
  SchedDefer: 'deferred',
  BadConstraints: 'noSuchNode',
  Constraints: 'notNow',
  InvalidAccount: 'account',
  InvalidQOS: 'qos',
  QOSNotAllowed: 'qosNotHere',
  AccountNotAllowed: 'accountNotHere',
  QOSUsageThreshold: 'usageThreshold',
  Cleaning: 'cleaning',
  JobArrayTaskLimit: 'arrayLimit',
  BurstBufferResources: 'burstBuffer',
  BurstBufferStageIn: 'burstBuffer',
  BurstBufferOperation: 'burstBufferFailed',
  PowerNotAvail: 'power',
  PowerReserved: 'power',
  Prolog: 'prolog',
  AccountingPolicy: 'policy',
  FedJobLock: 'federation',
  MaxMemPerLimit: 'memoryPerLimit',
};

/** Sentences that the controller puts in the place of a word. Source: src/slurmctld/job_scheduler.c, job_mgr.c; seen on 22.05.8. */
const SENTENCES: readonly (readonly [RegExp, WaitCode])[] = [
  [/^Nodes required for job are DOWN, DRAINED or reserved/, 'nodesUnavailable'],
  [/^ReqNodeNotAvail\b/, 'nodesUnavailable'],
  [/^Job's QOS not permitted to use this partition/, 'qosNotHere'],
  [/^Job's account not permitted to use this partition/, 'accountNotHere'],
  [/requeued held$|requeued in held state$/, 'heldAfterFailure'],
];

/** The limits of the releases before 14.11, which sites still name so. */
const OLD_LIMITS: Readonly<Record<string, readonly [WaitCode, LimitedThing]>> = {
  JobLimit: ['limitPerUser', 'jobs'],
  ResourceLimit: ['limitShared', 'other'],
  TimeLimit: ['limitBudget', 'time'],
};

const LIMIT =
  /^(QOS|Assoc)?(Grp|Max|Min)(CPU|Cpu|Memory|Mem|Node|GRES|License|Energy|BB|Billing|WallDuration|Wall|SubmitJobs?|Jobs|Unknown)(Run)?(Minutes|Mins)?(PerJob|PerNode|PerUser|PerAccount)?(Limit|NotSatisfied)?$/;

const THINGS: Readonly<Record<string, LimitedThing>> = {
  CPU: 'cpu',
  Cpu: 'cpu',
  Memory: 'memory',
  Mem: 'memory',
  Node: 'nodes',
  GRES: 'gres',
  License: 'licenses',
  Energy: 'energy',
  BB: 'burstBuffer',
  Billing: 'billing',
  WallDuration: 'time',
  Wall: 'time',
  SubmitJob: 'jobs',
  SubmitJobs: 'jobs',
  Jobs: 'jobs',
};

const reason = (word: string, code: WaitCode, limit: WaitingReason['limit'] = null): WaitingReason => ({
  code,
  kind: KINDS[code],
  limit,
  word,
});

function limitReason(word: string): WaitingReason | null {
  const old = /^(QOS|Association)(JobLimit|ResourceLimit|TimeLimit)$/.exec(word);
  if (old) {
    const [code, what] = OLD_LIMITS[old[2] ?? ''] ?? ['policy', 'other'];
    return reason(word, code, { of: old[1] === 'QOS' ? 'qos' : 'association', what });
  }
  const found = LIMIT.exec(word);
  if (!found) return null;
  const [, owner, span, thing = '', running, minutes, per] = found;
  // limits for an account without an owner in their name (MaxCpuPerAccount) are the QOS's
  const limit = { of: owner === 'Assoc' ? 'association' : 'qos', what: THINGS[thing] ?? 'other' } as const;
  if (span === 'Min') return reason(word, 'limitLeast', limit);
  // minutes that were used up come back when the site gives new ones; those of running jobs when they end
  if (span === 'Grp')
    return reason(
      word,
      (minutes !== undefined && running === undefined) || thing === 'Wall' ? 'limitBudget' : 'limitShared',
      limit,
    );
  if (per === 'PerAccount') return reason(word, 'limitPerAccount', limit);
  return reason(word, per === 'PerUser' || limit.what === 'jobs' ? 'limitPerUser' : 'limitPerJob', limit);
}

/**
 * What Slurm's reason of a waiting job means; null for none, and for one that is not known here: that is shown as it is. Never throws.
 */
export function waitingReason(word: string | null): WaitingReason | null {
  // scontrol writes its sentences with underscores
  const text = (word ?? '').trim().replace(/^\((.*)\)$/, '$1');
  const code = Object.hasOwn(WORDS, text)
    ? WORDS[text]
    : SENTENCES.find(([pattern]) => pattern.test(text) || pattern.test(text.replaceAll('_', ' ')))?.[1];
  return code === undefined ? limitReason(text) : reason(text, code);
}

/** The jobs that `--dependency` names: `4` and `7_2` of `afterok:4:7_2?afterany:9+30` … without their times. */
export function awaitedJobs(dependency: string | undefined): string[] {
  return [...(dependency ?? '').matchAll(/:(\d+(?:_(?:\d+|\*))?)/g)].map(([, id = '']) => id);
}
