import type { Association, JobLimits } from '../../shared/domain/cluster/profile.ts';
import { textOf } from './fields.ts';
import { jobLimitsOf, underGroup } from './jobLimits.ts';
import { tableRows } from './tables.ts';

/** Fields of one association. Those that bear the same name with a QOS are read alike. */
const FIELDS =
  'Account,Partition,User,ParentName,QOS,DefaultQOS,MaxWall,MaxTRES,MaxTRESPerNode,MaxJobs,MaxSubmitJobs,GrpTRES,GrpJobs,GrpSubmitJobs,GrpWall';

/**
 * The user's associations on this cluster, then those of their accounts and of the accounts above, as far as they may be seen: sacctmgr
 * shows limits of a job with what is inherited, but limits of a group only where they are set. `user=""` means rows of accounts. The
 * root account is left out: its limits are the whole cluster's. The database may know several clusters; `$slipway_cluster` is this one.
 */
export const ASSOCIATIONS_COMMAND = [
  `slipway_associations() { slipway_limit 10 sacctmgr -P show assoc where "$@" \${slipway_cluster:+cluster="$slipway_cluster"} format=${FIELDS}; }`,
  'slipway_rows=$(slipway_associations user="$slipway_user") || exit $?',
  `printf '%s\\n' "$slipway_rows"`,
  // one round asks for accounts that were not asked for yet, and prints them
  'slipway_asked=root',
  'slipway_above() {',
  `  slipway_next=$(printf '%s\\n' "$slipway_rows" | sed 1d | cut -d '|' -f "$1" | grep -v -x -F -e '' -e "$slipway_asked" | sort -u)`,
  '  [ -n "$slipway_next" ] || return 1',
  '  slipway_asked=$slipway_asked$slipway_break$slipway_next',
  `  slipway_rows=$(slipway_associations account="$(printf '%s\\n' "$slipway_next" | tr '\\n' ',' | sed 's/,$//')" user="") && printf '%s\\n' "$slipway_rows"`,
  '}',
  `slipway_break='\n'`,
  'slipway_above 1 && slipway_above 4 && slipway_above 4 && slipway_above 4 && slipway_above 4',
  'exit 0',
].join('\n');

export const DEFAULT_ACCOUNT_COMMAND =
  'slipway_limit 10 sacctmgr -P show user where name="$slipway_user" format=User,DefaultAccount';

/** Accounts one above the other; the command asks for five. A hostile answer may have them in a circle. */
const MOST_LEVELS = 16;

const listOf = (cell: string | undefined): string[] => (cell ?? '').split(',').filter((name) => name !== '');

/**
 * Reads what the two commands printed. Rows of one account for several partitions stay apart. Limits of the accounts above are taken
 * in. Never throws.
 */
export function associationsOf(associations: string, defaultAccount: string): Association[] {
  const all = tableRows(associations, 'account').filter((row) => textOf(row.get('account')) !== null);
  const groups = new Map(
    all
      .filter((row) => row.get('user') === '')
      .map((row) => [row.get('account') ?? '', { parent: parentOf(row), limits: jobLimitsOf(row) }]),
  );
  const chosen = textOf(tableRows(defaultAccount, 'user')[0]?.get('defacct'));
  const rows = all.filter((row) => row.get('user') !== '');
  const single = new Set(rows.map((row) => row.get('account') ?? '')).size === 1;
  return rows.map((row) => {
    const account = row.get('account') ?? '';
    let limits = jobLimitsOf(row);
    let name: string | null = account;
    for (let above = 0; name !== null && above < MOST_LEVELS; above += 1) {
      const group: { parent: string | null; limits: JobLimits } | undefined = groups.get(name);
      limits = underGroup(limits, group?.limits);
      name = group?.parent ?? null;
    }
    return {
      account,
      partition: textOf(row.get('partition')),
      qos: listOf(row.get('qos')),
      defaultQos: textOf(row.get('defqos')),
      // with one account there is nothing to choose
      isDefault: account === chosen || single,
      limits,
    };
  });
}

/** `Par Name` before 21.08. */
const parentOf = (row: ReadonlyMap<string, string>): string | null =>
  textOf(row.get('parentname') ?? row.get('parname'));
