/**
 * The limits of associations and QOS, by the names that Slurm gives them: `AssocMaxSubmitJobLimit`, `QOSGrpGRESRunMinutes`. They are
 * composed, so that a sentence for each is too. Source: job_state_reason.c of 20.02 to 26.05, acct_policy.c.
 */

export interface PolicyLimit {
  readonly name: string;
  /** What it limits, as the end of a sentence that begins “Slurm refused the job:”. */
  readonly reason: string;
  /** The next step. */
  readonly hint: string;
}

const RESOURCES: Readonly<Record<string, string>> = {
  Cpu: 'CPUs',
  CPU: 'CPUs',
  Mem: 'memory',
  Memory: 'memory',
  Node: 'nodes',
  GRES: 'GPUs or other generic resources',
  License: 'licences',
  Energy: 'energy',
  BB: 'burst buffer',
  Billing: 'billing units',
  Unknown: 'of a resource',
};
/** The unit of a resource over time. */
const MINUTES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(RESOURCES).map(([key, word]) => [key, `${word} minutes`])),
  Cpu: 'CPU minutes',
  CPU: 'CPU minutes',
  Node: 'node minutes',
  GRES: 'GPU minutes',
  License: 'licence minutes',
};

const NAME = new RegExp(
  `^(QOS|Assoc)?(Grp|Max|Min)(SubmitJobs?|Jobs|WallDuration|Wall|${Object.keys(RESOURCES).join('|')})(RunMinutes|RunMins|Minutes)?(?:Per(Job|User|Account|Node))?(?:Limit|NotSatisfied)?$`,
);

const ASK_LESS = 'Ask for less, or use another QOS or account.';
const WAIT = 'Wait until some of your jobs have ended, ask for less, or use another QOS or account.';

/** Names that say no more than where the limit stands. */
const SIMPLE: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  MaxMemPerLimit: [
    'it asks for more memory for each CPU or node than the partition allows',
    'Ask for less memory, or choose another partition.',
  ],
  PartitionNodeLimit: [
    'it asks for more or fewer nodes than the partition allows',
    'Change the number of nodes, or choose another partition.',
  ],
  PartitionTimeLimit: [
    'its time limit is longer than the partition allows',
    'Lower the time limit, or choose another partition.',
  ],
  QOSNotAllowed: ['the partition does not take this QOS', 'Choose another QOS or partition.'],
  AccountNotAllowed: ['the partition or QOS does not take this account', 'Choose another account or partition.'],
  QOSUsageThreshold: [
    'your account has used too much for this QOS',
    'Use another QOS, or wait until your usage has decayed.',
  ],
  AssociationJobLimit: ['your account has as many jobs as it may have', WAIT],
  AssociationResourceLimit: ['it asks for more than your account may have', ASK_LESS],
  AssociationTimeLimit: ['your account has no time left, or the time limit is longer than it allows', ASK_LESS],
  QOSJobLimit: ['there are as many jobs under this QOS as there may be', WAIT],
  QOSResourceLimit: ['it asks for more than the QOS allows', ASK_LESS],
  QOSTimeLimit: ['there is no time left under this QOS, or the time limit is longer than it allows', ASK_LESS],
};

/** The limit that a word of Slurm's names, or null when it is no such name. */
export function policyLimit(name: string): PolicyLimit | null {
  const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
  if (simple !== undefined) return { name, reason: `${simple[0]} (${name}).`, hint: simple[1] };
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, level, kind = '', resource = '', minutes, per] = match;
  const isAccount = level === 'Assoc';
  const scope = isAccount ? 'your account' : 'the QOS';
  const of = { User: 'one user', Account: 'one account' }[per ?? ''] ?? null;
  const say = (reason: string, hint: string): PolicyLimit => ({ name, reason: `${reason} (${name}).`, hint });
  const under = isAccount ? '' : ' under this QOS';

  if (kind === 'Min')
    return say(
      `it asks for ${resource === 'Mem' || resource === 'Memory' ? 'less' : 'fewer'} ${RESOURCES[resource] ?? ''} than ${scope} requires`,
      'Ask for more, or use another QOS.',
    );
  const holder =
    of ?? (kind === 'Grp' && !isAccount ? 'all jobs together' : isAccount ? 'your account' : 'all jobs together');
  if (resource.startsWith('SubmitJob')) {
    return say(
      `${holder} may have no more jobs submitted at a time${under}, running and waiting together`,
      'Wait until some of your jobs have ended; each task of an array counts. If you have none, nothing may be submitted to this account or QOS: choose another one.',
    );
  }
  if (resource === 'Jobs') return say(`${holder} may have no more jobs running at a time${under}`, WAIT);
  if (resource === 'WallDuration')
    return say(`its time limit is longer than ${scope} allows`, 'Lower the time limit, or use another QOS or account.');
  if (resource === 'Wall')
    return say(
      `${scope} has not that much time left`,
      'Lower the time limit, use another QOS or account, or ask your site for more.',
    );
  const minute = MINUTES[resource] ?? '';
  if (minutes?.startsWith('Run') === true)
    return say(
      `${of === null ? `the jobs of ${isAccount ? 'your account' : 'everybody together'}` : `the jobs of ${of}`} may hold no more ${minute} (number times time limit) at a time${under}`,
      WAIT,
    );
  if (minutes !== undefined && kind === 'Grp')
    return say(
      `${scope} has not that many ${minute} left`,
      'Ask for less, use another QOS or account, or ask your site for more.',
    );
  if (minutes !== undefined)
    return say(`it asks for more ${minute} (number times time limit) than ${scope} allows one job`, ASK_LESS);
  const what = RESOURCES[resource] ?? '';
  if (per === 'Job') return say(`it asks for more ${what} than ${scope} allows one job`, ASK_LESS);
  if (per === 'Node' || (kind === 'Max' && per === undefined))
    return say(`it asks for more ${what}${per === 'Node' ? ' on one node' : ''} than ${scope} allows`, ASK_LESS);
  return say(
    `together with other jobs it would have more ${what} than ${scope} allows${of === null ? '' : ` ${of}`}`,
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
