/** Why something about a cluster could not be learnt. */
import type { Association, FairShare, Unknown } from '../../shared/domain/cluster/profile.ts';
import { message, quoted, type Message, type MessageId } from '../../shared/messages/message.ts';
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

type What = Extract<MessageId, `facts.what.${string}`>;

/** Why a section gave nothing, from what it complained of. */
function reasonFor(about: What, answer: SectionAnswer | null): Message {
  const what = message(about);
  if (answer === null) return message('facts.cut', { what });
  if (answer.exitCode === 124) return message('facts.tookTooLong', { what });
  if (answer.exitCode === 127) return message('facts.noProgram', { what });
  const words = firstComplaint(answer.stderr || answer.stdout);
  const said = quoted(words);
  if (/Unable to contact slurm controller|slurm_load_\w+.*(?:connect|contact)|Socket timed out/i.test(words))
    return message('facts.controllerSilent', { what, said });
  if (/access.?denied|permission|privilege|not permitted/i.test(words))
    return message('facts.notAllowed', { what, said });
  return words === '' ? message('facts.notTold', { what }) : message('facts.notToldBecause', { what, said });
}

/** Whether a complaint is about slurmdbd that does not answer, although the cluster has one. */
const DATABASE_SILENT =
  /slurm_persist_conn_open|Connection refused|Problem talking to the database|slurmdbd.*(?:connect|down|respond)|Unable to contact slurmdbd|timed out/i;

function accountingReason(learnt: Learnt, about: What, answer: SectionAnswer | null): Message {
  const what = message(about);
  const type = learnt.config.get('AccountingStorageType');
  const words = firstComplaint(answer?.stderr ?? '');
  if (
    (type !== undefined && !type.includes('slurmdbd')) ||
    /accounting_storage\/slurmdbd|accounting storage is disabled|not running a supported accounting_storage/i.test(
      `${answer?.stderr ?? ''}${answer?.stdout ?? ''}`,
    )
  )
    return message('facts.noDaemon', { what });
  if (answer?.exitCode === 124 || DATABASE_SILENT.test(words))
    return words === ''
      ? message('facts.daemonSilent', { what })
      : message('facts.daemonSilentBecause', { what, said: quoted(words) });
  return reasonFor(about, answer);
}

const failed = (answer: SectionAnswer | null): boolean => answer?.exitCode !== 0;

/** What the answer of `factsScript` leaves unknown. */
export function unknownsOf(learnt: Learnt): Unknown[] {
  const unknown: Unknown[] = [];
  const { answer } = learnt;
  const [config, partitions, nodes, reservations, associations, qos, shares] = (
    ['config', 'partitions', 'nodes', 'reservations', 'associations', 'qos', 'shares'] as const
  ).map(answer);
  const say = (subject: Unknown['subject'], reason: Message): void => void unknown.push({ subject, reason });
  if (failed(config ?? null)) say('configuration', reasonFor('facts.what.configuration', config ?? null));
  // one reason is enough for what the same silence hides
  const controller = failed(config ?? null);
  if (failed(partitions ?? null) && !controller)
    say('partitions', reasonFor('facts.what.partitions', partitions ?? null));
  if (failed(nodes ?? null) && !controller) say('partitions', reasonFor('facts.what.nodes', nodes ?? null));
  if (failed(reservations ?? null) && !controller)
    say('reservations', reasonFor('facts.what.reservations', reservations ?? null));
  if (learnt.nodeGroups.some(({ gpus, gpusInUse }) => gpus.size > 0 && gpusInUse === null))
    say('gpusInUse', message('facts.gpusInUse'));
  if (failed(associations ?? null))
    say('accounting', accountingReason(learnt, 'facts.what.accounts', associations ?? null));
  else if (learnt.associations?.length === 0) say('accounting', message('facts.noAccount'));
  if (failed(qos ?? null)) say('qos', accountingReason(learnt, 'facts.what.qos', qos ?? null));
  if (learnt.priorityType === 'priority/basic') say('fairShare', message('facts.noPriority'));
  else if (failed(shares ?? null)) say('fairShare', accountingReason(learnt, 'facts.what.fairShare', shares ?? null));
  else if (learnt.fairShare.length === 0)
    say(
      'fairShare',
      learnt.associations === null
        ? accountingReason(learnt, 'facts.what.fairShare', associations ?? null)
        : message('facts.noFairShare'),
    );
  return unknown;
}
