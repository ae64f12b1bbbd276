/** Why something about a cluster could not be learnt, in words for its page. */
import type { Association, FairShare, Unknown } from '../../shared/domain/cluster/profile.ts';
import type { NodeGroup } from './nodeGroups.ts';
import type { SectionAnswer } from './sections.ts';

interface Learnt {
  readonly answer: (section: string) => SectionAnswer | null;
  readonly config: ReadonlyMap<string, string>;
  readonly priorityType: string | null;
  readonly nodeGroups: readonly NodeGroup[];
  readonly associations: readonly Association[] | null;
  readonly fairShare: readonly FairShare[];
}

/** The first line that says something, without the name of the program before it. */
export function firstComplaint(stderr: string): string {
  const line =
    stderr
      .split('\n')
      .map((each) => each.trim())
      .find((each) => each !== '') ?? '';
  return line.replace(/^(?:\w+: )?(?:error|fatal): /i, '').slice(0, 200);
}

/** A sentence for a section that gave nothing, from what it complained of. */
function reasonFor(what: string, answer: SectionAnswer | null): string {
  if (answer === null) return `The cluster's answer ended before ${what}.`;
  if (answer.exitCode === 124) return `The cluster took too long to tell ${what}.`;
  if (answer.exitCode === 127) return `The login node has no program that tells ${what}.`;
  const said = firstComplaint(answer.stderr || answer.stdout);
  if (/Unable to contact slurm controller|slurm_load_\w+.*(?:connect|contact)|Socket timed out/i.test(said))
    return `Slurm's controller did not answer (“${said}”), so ${what} could not be asked.`;
  if (/access.?denied|permission|privilege|not permitted/i.test(said))
    return `This site does not let users see ${what} (“${said}”).`;
  return said === '' ? `The cluster did not tell ${what}.` : `The cluster did not tell ${what}: “${said}”.`;
}

/** Whether a complaint is about slurmdbd that does not answer, although the cluster has one. */
const DATABASE_SILENT =
  /slurm_persist_conn_open|Connection refused|Problem talking to the database|slurmdbd.*(?:connect|down|respond)|Unable to contact slurmdbd|timed out/i;

function accountingReason(learnt: Learnt, what: string, answer: SectionAnswer | null): string {
  const type = learnt.config.get('AccountingStorageType');
  const said = firstComplaint(answer?.stderr ?? '');
  if (
    (type !== undefined && !type.includes('slurmdbd')) ||
    /accounting_storage\/slurmdbd|accounting storage is disabled|not running a supported accounting_storage/i.test(
      `${answer?.stderr ?? ''}${answer?.stdout ?? ''}`,
    )
  ) {
    return `This cluster runs no accounting daemon (slurmdbd), so ${what} not known; jobs still work.`;
  }
  if (answer?.exitCode === 124 || DATABASE_SILENT.test(said)) {
    return `The accounting daemon (slurmdbd) does not answer now${said === '' ? '' : ` (“${said}”)`}, so ${what} not known; jobs still work.`;
  }
  return reasonFor(what.replace(/ (?:is|are)$/, ''), answer);
}

const failed = (answer: SectionAnswer | null): boolean => answer?.exitCode !== 0;

/** What the answer of `factsScript` leaves unknown. */
export function unknownsOf(learnt: Learnt): Unknown[] {
  const unknown: Unknown[] = [];
  const { answer } = learnt;
  const [config, partitions, nodes, reservations, associations, qos, shares] = (
    ['config', 'partitions', 'nodes', 'reservations', 'associations', 'qos', 'shares'] as const
  ).map(answer);
  const say = (subject: Unknown['subject'], reason: string): void => void unknown.push({ subject, reason });
  if (failed(config ?? null)) say('configuration', reasonFor('its configuration', config ?? null));
  // one reason is enough for what the same silence hides
  const controller = failed(config ?? null);
  if (failed(partitions ?? null) && !controller) say('partitions', reasonFor('its partitions', partitions ?? null));
  if (failed(nodes ?? null) && !controller) say('partitions', reasonFor('the state of its nodes', nodes ?? null));
  if (failed(reservations ?? null) && !controller)
    say('reservations', reasonFor('its reservations', reservations ?? null));
  if (learnt.nodeGroups.some(({ gpus, gpusInUse }) => gpus.size > 0 && gpusInUse === null))
    say('gpusInUse', 'This release of Slurm does not tell which GPUs are in use.');
  if (failed(associations ?? null))
    say('accounting', accountingReason(learnt, 'accounts and limits are', associations ?? null));
  else if (learnt.associations?.length === 0)
    say(
      'accounting',
      'The accounting database names no account of yours on this cluster. Ask the site to add you to one if jobs are refused.',
    );
  if (failed(qos ?? null)) say('qos', accountingReason(learnt, 'QOS and their limits are', qos ?? null));
  if (learnt.priorityType === 'priority/basic')
    say(
      'fairShare',
      'Jobs start in the order in which they were submitted here (PriorityType is priority/basic), so there is no fair share.',
    );
  else if (failed(shares ?? null)) say('fairShare', accountingReason(learnt, 'your fair share is', shares ?? null));
  else if (learnt.fairShare.length === 0)
    say(
      'fairShare',
      learnt.associations === null
        ? accountingReason(learnt, 'your fair share is', associations ?? null)
        : 'Slurm names no fair share of yours on this cluster.',
    );
  return unknown;
}
