import type { ClusterFacts, Unknown } from '../../shared/domain/cluster/profile.ts';
import { quote } from '../../shared/lib/quote.ts';
import { both, message } from '../../shared/messages/message.ts';
import { ASSOCIATIONS_COMMAND, associationsOf, DEFAULT_ACCOUNT_COMMAND } from './associations.ts';
import { numberOf, textOf } from './fields.ts';
import { NODE_GROUPS_COMMAND, nodeGroupsOf } from './nodeGroups.ts';
import { ARCHITECTURES_COMMAND, architecturesOf } from './nodeArchitectures.ts';
import { partitionsOf } from './partitions.ts';
import { QOS_COMMAND, qosOf } from './qos.ts';
import { RESERVATIONS_COMMAND, reservationsOf } from './reservations.ts';
import { CONTROLLER_SECONDS, readSection, sectionsScript, type SectionAnswer } from './sections.ts';
import { SHARES_COMMAND, sharesOf } from './shares.ts';
import { unknownsOf } from './unknowns.ts';

/** Variables in which sites name the folder for large files, the usual ones first. */
const SCRATCH_VARIABLES = [
  'SCRATCH',
  'WORK',
  'PSCRATCH',
  'MYSCRATCH',
  'SCRATCHDIR',
  'SCRATCH_DIR',
  'WORKDIR',
  'WORK_DIR',
];

/** Prints the first of the variables that names a folder, from this shell or else from a login bash, where profile scripts set them. */
const SCRATCH = [
  `slipway_scratch='for d in ${SCRATCH_VARIABLES.map((name) => `"$${name}"`).join(' ')}; do case $d in /*) [ -d "$d" ] && printf "\\n@slipway-scratch=%s\\n" "$d" && break ;; esac; done'`,
  'slipway_found=$(eval "$slipway_scratch")',
  '[ -n "$slipway_found" ] || slipway_found=$(slipway_limit 10 bash -lc "$slipway_scratch" 2>/dev/null </dev/null)',
  `printf '%s\\n' "$slipway_found" | sed -n '/^@slipway-scratch=/p'`,
].join('\n');

const PREAMBLE = [
  'slipway_user=$(id -un)',
  // asked first and once: when the controller does not answer, nothing else of it is asked, since each call would wait for its patience
  `slipway_config=$(slipway_limit ${CONTROLLER_SECONDS} scontrol show config 2>&1); slipway_rc=$?`,
  `slipway_cluster=$(printf '%s\\n' "$slipway_config" | sed -n 's/^ClusterName *= *//p')`,
];

/** A command of a section that needs the controller. */
const ofController = (command: string): string => `[ "$slipway_rc" = 0 ] || exit 1\n${command}`;

const SECTIONS: Readonly<Record<string, string>> = {
  login: `id -un; printf '%s\\n' "$HOME"; uname -n; id -Gn; [ "$slipway_rc" != 0 ] || slipway_limit ${CONTROLLER_SECONDS} sinfo --version`,
  environment: `env | sed -n 's/^\\(SBATCH_[A-Za-z0-9_]*\\)=.*/\\1/p'\n${SCRATCH}`,
  config: `[ "$slipway_rc" = 0 ] || { printf '%s\\n' "$slipway_config" >&2; exit "$slipway_rc"; }\nprintf '%s\\n' "$slipway_config"`,
  partitions: ofController(`slipway_limit ${CONTROLLER_SECONDS} scontrol show partition -o`),
  nodes: ofController(NODE_GROUPS_COMMAND),
  reservations: ofController(RESERVATIONS_COMMAND),
  architectures: ofController(ARCHITECTURES_COMMAND),
  // slurmdbd may be absent: then these fail, which is a mode and not an error
  associations: ASSOCIATIONS_COMMAND,
  defaultAccount: DEFAULT_ACCOUNT_COMMAND,
  qos: QOS_COMMAND,
  shares: ofController(SHARES_COMMAND),
  // last, so that it is as old as the answer
  clock: 'date +%s',
};

/** Sections that wait for something else than the controller: the accounting database, or a login bash. */
const SLOW = ['environment', 'associations', 'defaultAccount', 'qos', 'shares'];
/** Of those, what is begun at once, each a wait of its own. */
const EARLY = ['associations', 'defaultAccount', 'qos', 'environment'];

const sectionsOf = (isWanted: (name: string) => boolean): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(SECTIONS).filter(([name]) => isWanted(name)));

/** One sh script for all that is cached about a cluster. Each section may fail by itself. */
export function factsScript(): string {
  return sectionsScript(PREAMBLE, SECTIONS, EARLY);
}

/** Slurm's programs that `controllerFactsScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const CONTROLLER_FACTS_PROGRAMS = [
  'scontrol',
  'sinfo',
  'scontrol',
  'sinfo',
  'sinfo',
  'scontrol',
  'scontrol',
] as const;

/** The part of `factsScript` that the controller answers, soon: partitions, nodes, configuration, reservations. */
export function controllerFactsScript(): string {
  return sectionsScript(
    PREAMBLE,
    sectionsOf((name) => !SLOW.includes(name)),
  );
}

/** Slurm's programs that `accountingFactsScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const ACCOUNTING_FACTS_PROGRAMS = ['sacctmgr', 'sacctmgr', 'sacctmgr', 'sacctmgr', 'sshare'] as const;

/**
 * The rest of `factsScript`, mostly from the accounting database: accounts, QOS, fair share, the login's environment. `clusterName`: what
 * the controller calls itself, or empty. Both answers one after the other are what `parseFacts` reads.
 */
export function accountingFactsScript(clusterName: string): string {
  const preamble = ['slipway_user=$(id -un)', 'slipway_rc=0', `slipway_cluster=${quote(clusterName)}`];
  return sectionsScript(
    preamble,
    sectionsOf((name) => SLOW.includes(name)),
    EARLY,
  );
}

/** Text of a section that succeeded; null for one that failed or was cut. */
const textIn = (answer: SectionAnswer | null): string | null => (answer?.exitCode === 0 ? answer.stdout : null);

/**
 * Reads the answer of `factsScript`. What is missing is empty, null or zero, and `unknown` says why; never throws.
 * `takenAtMs` is our clock when the answer came, from which the clock offset is taken. Quotas are asked for apart (`quotaScript`).
 */
export function parseFacts(stdout: string, takenAtMs: number): ClusterFacts {
  const answer = (name: string): SectionAnswer | null => readSection(stdout, name);
  const [user = '', home = '', loginHost = '', groups = '', version = ''] = answer('login')?.stdout.split('\n') ?? [];
  const environment = answer('environment')?.stdout.split('\n') ?? [];
  const config = configOf(textIn(answer('config')) ?? '');
  const clock = numberOf(textIn(answer('clock')) ?? '');
  // no clock is a negative nothing ahead: -0 would not survive the store
  const clockOffset = clock === null ? 0 : Math.round(clock - takenAtMs / 1000) + 0;
  const [own, qos, shares, reservations] = ['associations', 'qos', 'shares', 'reservations'].map((name) =>
    textIn(answer(name)),
  );
  const associations = own == null ? null : associationsOf(own, textIn(answer('defaultAccount')) ?? '');
  const priorityType = textOf(config.get('PriorityType'));
  // without multifactor priority Slurm prints zeros that mean nothing, without accounting a head and no rows
  const fairShare = shares == null || priorityType === 'priority/basic' ? [] : sharesOf(shares, user);
  const groupsOfNodes = nodeGroupsOf(textIn(answer('nodes')) ?? '');
  const facts = {
    clusterName: config.get('ClusterName') ?? '',
    slurmVersion: /(\d+\.\d+\S*)/.exec(version.slice(0, 100))?.[1] ?? config.get('SLURM_VERSION') ?? '',
    user,
    home,
    loginHost,
    partitions: partitionsOf(
      textIn(answer('partitions')) ?? '',
      groupsOfNodes,
      config,
      architecturesOf(textIn(answer('architectures')) ?? ''),
    ),
    associations,
    qos: qos == null ? null : qosOf(qos),
    fairShare: fairShare.length === 0 ? null : fairShare,
    reservations: reservationsOf(
      reservations ?? '',
      { user, groups: groups.split(' '), accounts: associations?.map(({ account }) => account) ?? null },
      clockOffset,
    ),
    quotas: [],
    scratch:
      environment.map((line) => /^@slipway-scratch=(\/.*)$/.exec(line)?.[1] ?? null).find((path) => path !== null) ??
      null,
    maxArraySize: numberOf(config.get('MaxArraySize')),
    maxJobCount: numberOf(config.get('MaxJobCount')),
    minJobAge: numberOf(config.get('MinJobAge')?.replace(/ sec$/, '')),
    enforcePartLimits: textOf(config.get('EnforcePartLimits')),
    accountingEnforce: (textOf(config.get('AccountingStorageEnforce')) ?? '')
      .split(',')
      .filter((word) => word !== '' && word !== 'none'),
    priorityType,
    billingIsLargest: (config.get('PriorityFlags') ?? '').split(',').includes('MAX_TRES'),
    clockOffset,
    overridingVariables: environment.filter((line) => /^SBATCH_\w*$/.test(line)),
    takenAt: takenAtMs,
  };
  return {
    ...facts,
    unknown: unknownsOf({ answer, config, priorityType, nodeGroups: groupsOfNodes, associations, fairShare }),
  };
}

/**
 * The facts that were just taken, with what was known before in place of what the cluster did not tell this time: a database or a
 * controller that is silent for a moment takes nothing away. What it really answered counts, and so does that it has no accounting.
 */
export function keepingKnown(taken: ClusterFacts, known: ClusterFacts | null, stdout: string): ClusterFacts {
  if (known?.clusterName !== taken.clusterName || known.user !== taken.user) return taken;
  const kept = { ...taken };
  const stays = new Set<Unknown['subject']>();
  const stay = (subject: Unknown['subject'], take: () => void): void => {
    stays.add(subject);
    take();
  };
  const storage = configOf(textIn(readSection(stdout, 'config')) ?? '').get('AccountingStorageType');
  if (storage === undefined || storage.includes('slurmdbd')) {
    if (taken.associations === null && known.associations !== null)
      stay('accounting', () => (kept.associations = known.associations));
    if (taken.qos === null && known.qos !== null) stay('qos', () => (kept.qos = known.qos));
    if (taken.fairShare === null && known.fairShare !== null && taken.priorityType !== 'priority/basic')
      stay('fairShare', () => (kept.fairShare = known.fairShare));
  }
  if (taken.unknown.some(({ subject }) => subject === 'reservations'))
    stay('reservations', () => (kept.reservations = known.reservations));
  if (textIn(readSection(stdout, 'nodes')) === null) {
    stays.add('partitions');
    const knownByName = new Map(known.partitions.map((partition) => [partition.name, partition]));
    kept.partitions = taken.partitions.map((partition) => {
      const before = knownByName.get(partition.name);
      if (before === undefined) return partition;
      const { cpusPerNode, memoryPerNode, cpus, nodesByState, gpus, features } = before;
      return { ...partition, cpusPerNode, memoryPerNode, cpus, nodesByState, gpus, features };
    });
  }
  kept.unknown = taken.unknown.map((unknown) =>
    stays.has(unknown.subject) ? { ...unknown, reason: both(unknown.reason, message('facts.keptKnown')) } : unknown,
  );
  return kept;
}

/** `Key = value` lines of `scontrol show config`. */
function configOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([\w[\]]+)\s*=\s?(.*)$/.exec(line);
    if (match?.[1] !== undefined) pairs.set(match[1], (match[2] ?? '').trim());
  }
  return pairs;
}
