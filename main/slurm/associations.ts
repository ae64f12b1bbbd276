import type { Association } from '../../shared/domain/cluster.ts';
import { textOf } from './fields.ts';
import { jobLimitsOf, underGroup } from './jobLimits.ts';
import { tableRows } from './tables.ts';

/** Fields of one association. Those that bear the same name with a QOS are read alike. */
const FIELDS = 'Account,Partition,User,ParentName,QOS,DefaultQOS,MaxWall,MaxTRES,MaxTRESPerNode,MaxJobs,MaxSubmitJobs,GrpTRES,GrpJobs,GrpSubmitJobs,GrpWall';

/** The user's associations on this cluster. The database may know several clusters; `$slipway_cluster` is this one's name. */
export const ASSOCIATIONS_COMMAND = `slipway_limit 20 sacctmgr -P show assoc where user="$slipway_user" \${slipway_cluster:+cluster="$slipway_cluster"} format=${FIELDS}`;

/**
 * The accounts of these associations and the accounts above them, as far as they may be seen: sacctmgr shows limits per job with what
 * is inherited, but limits of a group only where they are set. `user=""` means rows of accounts. The root account is left out: its
 * limits are the whole cluster's.
 */
export const ACCOUNTS_COMMAND = [
  `slipway_next=$(slipway_limit 20 sacctmgr -nP show assoc where user="$slipway_user" \${slipway_cluster:+cluster="$slipway_cluster"} format=Account | sort -u | tr '\\n' ',')`,
  'for slipway_round in 1 2 3 4 5; do',
  '  slipway_next=${slipway_next%,}; [ -n "$slipway_next" ] || break',
  `  slipway_rows=$(slipway_limit 20 sacctmgr -P show assoc where account="$slipway_next" user="" \${slipway_cluster:+cluster="$slipway_cluster"} format=${FIELDS}) || break`,
  `  printf '%s\\n' "$slipway_rows"`,
  `  slipway_next=$(printf '%s\\n' "$slipway_rows" | sed 1d | cut -d '|' -f 4 | grep -v -x -e root -e '' | sort -u | tr '\\n' ',')`,
  'done',
].join('\n');

export const DEFAULT_ACCOUNT_COMMAND = 'slipway_limit 20 sacctmgr -P show user where name="$slipway_user" format=User,DefaultAccount';

const listOf = (cell: string | undefined): string[] => (cell ?? '').split(',').filter((name) => name !== '');

/**
 * Reads what the three commands printed. Rows of one account for several partitions stay apart. Limits of the accounts above are
 * taken in. Never throws.
 */
export function associationsOf(own: string, accounts: string, defaultAccount: string): Association[] {
  const groups = new Map(tableRows(accounts, 'account').map((row) => [row.get('account') ?? '', { parent: parentOf(row), limits: jobLimitsOf(row) }]));
  const chosen = textOf(tableRows(defaultAccount, 'user')[0]?.get('defacct'));
  const rows = tableRows(own, 'account').filter((row) => textOf(row.get('account')) !== null && row.get('user') !== '');
  const names = rows.map((row) => row.get('account') ?? '');
  return rows.map((row, i) => {
    const account = names[i] ?? '';
    let limits = jobLimitsOf(row);
    const seen = new Set<string>();
    for (let name: string | null = account; name !== null && !seen.has(name); name = groups.get(name)?.parent ?? null) {
      seen.add(name);
      limits = underGroup(limits, groups.get(name)?.limits);
    }
    return {
      account,
      partition: textOf(row.get('partition')),
      qos: listOf(row.get('qos')),
      defaultQos: textOf(row.get('defqos')),
      // with one account there is nothing to choose
      isDefault: account === chosen || new Set(names).size === 1,
      limits,
    };
  });
}

/** `Par Name` before 21.08. */
const parentOf = (row: ReadonlyMap<string, string>): string | null => textOf(row.get('parentname') ?? row.get('parname'));
