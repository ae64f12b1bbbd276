import type { Reservation } from '../../shared/domain/cluster/profile.ts';
import { epochOf, numberOf, pairsOf, textOf } from './fields.ts';
import { CONTROLLER_SECONDS } from './sections.ts';

/** All reservations, one line each; times come as epoch seconds by SLURM_TIME_FORMAT. */
export const RESERVATIONS_COMMAND = `slipway_limit ${CONTROLLER_SECONDS} scontrol show reservation -o`;

/** Who asks, so that it can be told which reservations are theirs. */
interface Prompter {
  readonly user: string;
  readonly groups: readonly string[];
  /** null: not known. */
  readonly accounts: readonly string[] | null;
}

/**
 * Lines of `RESERVATIONS_COMMAND`; `No reservations in the system` is none. `clockOffset` is the cluster's clock minus ours, in
 * seconds. Never throws. Source: slurm_sprint_reservation_info in src/api/reservation_info.c.
 */
export function reservationsOf(text: string, asker: Prompter, clockOffset: number): Reservation[] {
  return text.split('\n').flatMap((line) => {
    const pairs = pairsOf(line);
    const name = textOf(pairs.get('ReservationName'));
    if (name === null) return [];
    const at = (key: string): number | null => {
      const seconds = epochOf(pairs.get(key));
      return seconds === null ? null : (seconds - clockOffset) * 1000;
    };
    const list = (key: string): string[] => (textOf(pairs.get(key)) ?? '').split(',').filter((word) => word !== '');
    const users = list('Users');
    const accounts = list('Accounts');
    const flags = list('Flags');
    return [
      {
        name,
        startAt: at('StartTime'),
        endAt: at('EndTime'),
        nodes: textOf(pairs.get('Nodes')) ?? '',
        nodeCount: numberOf(pairs.get('NodeCnt')),
        partition: textOf(pairs.get('PartitionName')),
        users,
        accounts,
        flags,
        isMaintenance: flags.includes('MAINT'),
        isMine: isOf(asker, users, list('Groups'), accounts),
      },
    ];
  });
}

/**
 * Whether the asker may use it: named as a user or by a group, or by an account; `-name` keeps that one out and lets all others in.
 * A reservation with both users and accounts wants both. Source: scontrol(1), reservations, Users and Accounts.
 */
function isOf(
  asker: Prompter,
  users: readonly string[],
  groups: readonly string[],
  accounts: readonly string[],
): boolean | null {
  const fits = (list: readonly string[], mine: readonly string[]): boolean => {
    const listed = new Set(list);
    return list.some((word) => word.startsWith('-'))
      ? !mine.every((name) => listed.has(`-${name}`))
      : mine.some((name) => listed.has(name));
  };
  const person =
    users.length === 0 && groups.length === 0
      ? null
      : (users.length > 0 && fits(users, [asker.user])) || (groups.length > 0 && fits(groups, asker.groups));
  if (person === false) return false;
  if (accounts.length === 0) return person ?? false;
  return asker.accounts === null ? null : fits(accounts, asker.accounts);
}
