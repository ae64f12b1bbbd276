/**
 * The limits of associations and QOS, by the names that Slurm gives them: `AssocMaxSubmitJobLimit`, `QOSGrpGRESRunMinutes`. They are
 * composed, so that a sentence for each is too. Source: job_state_reason.c of 20.02 to 26.05, acct_policy.c.
 */
import { message, type Message } from '../../shared/messages/message.ts';

export interface PolicyLimit {
  readonly name: string;
  /** What it limits, as the end of a sentence that begins “Slurm refused the job:”. */
  readonly reason: Message;
  /** The next step. */
  readonly hint: Message;
}

const RESOURCES = {
  Cpu: 'rejection.limit.of.cpu',
  CPU: 'rejection.limit.of.cpu',
  Mem: 'rejection.limit.of.memory',
  Memory: 'rejection.limit.of.memory',
  Node: 'rejection.limit.of.node',
  GRES: 'rejection.limit.of.gres',
  License: 'rejection.limit.of.license',
  Energy: 'rejection.limit.of.energy',
  BB: 'rejection.limit.of.burstBuffer',
  Billing: 'rejection.limit.of.billing',
  Unknown: 'rejection.limit.of.unknown',
} as const;
type Resource = keyof typeof RESOURCES;

/** The unit of a resource over time. */
const MINUTES = {
  Cpu: 'rejection.limit.minutes.cpu',
  CPU: 'rejection.limit.minutes.cpu',
  Mem: 'rejection.limit.minutes.memory',
  Memory: 'rejection.limit.minutes.memory',
  Node: 'rejection.limit.minutes.node',
  GRES: 'rejection.limit.minutes.gres',
  License: 'rejection.limit.minutes.license',
  Energy: 'rejection.limit.minutes.energy',
  BB: 'rejection.limit.minutes.burstBuffer',
  Billing: 'rejection.limit.minutes.billing',
  Unknown: 'rejection.limit.minutes.unknown',
} as const satisfies Readonly<Record<Resource, string>>;

const NAME = new RegExp(
  `^(QOS|Assoc)?(Grp|Max|Min)(SubmitJobs?|Jobs|WallDuration|Wall|${Object.keys(RESOURCES).join('|')})(RunMinutes|RunMins|Minutes)?(?:Per(Job|User|Account|Node))?(?:Limit|NotSatisfied)?$`,
);

const ASK_LESS = message('rejection.limit.hint.askLess');
const WAIT = message('rejection.limit.hint.wait');

/** Names that say no more than where the limit stands. */
const SIMPLE: Readonly<Record<string, readonly [reason: Message, hint: Message]>> = {
  MaxMemPerLimit: [message('rejection.limit.memoryPerLimit'), message('rejection.limit.hint.lessMemory')],
  PartitionNodeLimit: [message('rejection.limit.partitionNodes'), message('rejection.limit.hint.nodes')],
  PartitionTimeLimit: [message('rejection.limit.partitionTime'), message('rejection.limit.hint.partitionTime')],
  QOSNotAllowed: [message('rejection.limit.qosNotAllowed'), message('rejection.limit.hint.qosOrPartition')],
  AccountNotAllowed: [message('rejection.limit.accountNotAllowed'), message('rejection.limit.hint.accountOrPartition')],
  QOSUsageThreshold: [message('rejection.limit.usageThreshold'), message('rejection.limit.hint.decay')],
  AssociationJobLimit: [message('rejection.limit.accountJobs'), WAIT],
  AssociationResourceLimit: [message('rejection.limit.accountResources'), ASK_LESS],
  AssociationTimeLimit: [message('rejection.limit.accountTime'), ASK_LESS],
  QOSJobLimit: [message('rejection.limit.qosJobs'), WAIT],
  QOSResourceLimit: [message('rejection.limit.qosResources'), ASK_LESS],
  QOSTimeLimit: [message('rejection.limit.qosTime'), ASK_LESS],
};

/** The limit that a word of Slurm's names, or null when it is no such name. */
export function policyLimit(name: string): PolicyLimit | null {
  const say = (reason: Message, hint: Message): PolicyLimit => ({
    name,
    reason: message('rejection.limit.named', { reason, name }),
    hint,
  });
  const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
  if (simple !== undefined) return say(...simple);
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, level, kind = '', counted = '', minutes, per] = match;
  const isAccount = level === 'Assoc';
  const scope = message(isAccount ? 'rejection.limit.scope.account' : 'rejection.limit.scope.qos');
  const one =
    per === 'User'
      ? message('rejection.limit.holder.user')
      : per === 'Account'
        ? message('rejection.limit.holder.account')
        : null;
  const holder = one ?? message(isAccount ? 'rejection.limit.holder.yours' : 'rejection.limit.holder.all');
  if (counted.startsWith('SubmitJob'))
    return say(
      message(isAccount ? 'rejection.limit.submittedAccount' : 'rejection.limit.submittedQos', { holder }),
      message('rejection.limit.hint.submitted'),
    );
  if (counted === 'Jobs')
    return say(message(isAccount ? 'rejection.limit.runningAccount' : 'rejection.limit.runningQos', { holder }), WAIT);
  if (counted === 'WallDuration')
    return say(message('rejection.limit.wall', { scope }), message('rejection.limit.hint.time'));
  if (counted === 'Wall')
    return say(message('rejection.limit.wallLeft', { scope }), message('rejection.limit.hint.timeOrSite'));
  return ofResource(
    counted as Resource,
    { kind, minutes: minutes ?? null, per: per ?? null, isAccount, scope, one },
    say,
  );
}

interface ResourceLimit {
  readonly kind: string;
  readonly minutes: string | null;
  readonly per: string | null;
  readonly isAccount: boolean;
  readonly scope: Message;
  /** The user or account that it counts for by itself. */
  readonly one: Message | null;
}

function ofResource(
  resource: Resource,
  { kind, minutes, per, isAccount, scope, one }: ResourceLimit,
  say: (reason: Message, hint: Message) => PolicyLimit,
): PolicyLimit {
  const what = message(RESOURCES[resource]);
  if (kind === 'Min')
    return say(
      message(resource === 'Mem' || resource === 'Memory' ? 'rejection.limit.tooLittle' : 'rejection.limit.tooFew', {
        what,
        scope,
      }),
      message('rejection.limit.hint.askMore'),
    );
  const many = message(MINUTES[resource]);
  if (minutes?.startsWith('Run') === true) {
    const holder = one ?? message(isAccount ? 'rejection.limit.holder.yours' : 'rejection.limit.holder.everybody');
    return say(
      message(isAccount ? 'rejection.limit.runMinutesAccount' : 'rejection.limit.runMinutesQos', {
        holder,
        minutes: many,
      }),
      WAIT,
    );
  }
  if (minutes !== null && kind === 'Grp')
    return say(
      message('rejection.limit.minutesLeft', { scope, minutes: many }),
      message('rejection.limit.hint.lessOrSite'),
    );
  if (minutes !== null) return say(message('rejection.limit.minutesPerJob', { scope, minutes: many }), ASK_LESS);
  if (per === 'Job') return say(message('rejection.limit.perJob', { what, scope }), ASK_LESS);
  if (per === 'Node') return say(message('rejection.limit.perNode', { what, scope }), ASK_LESS);
  if (kind === 'Max' && per === null) return say(message('rejection.limit.most', { what, scope }), ASK_LESS);
  return say(
    one === null
      ? message('rejection.limit.together', { what, scope })
      : message('rejection.limit.togetherFor', { what, scope, holder: one }),
    WAIT,
  );
}

/** The first limit that a text names as a word of its own. */
export function policyLimitIn(text: string): PolicyLimit | null {
  for (const [word] of text.matchAll(/[A-Z][A-Za-z]{6,60}/g)) {
    const limit = policyLimit(word);
    if (limit !== null) return limit;
  }
  return null;
}
