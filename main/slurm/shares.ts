import type { FairShare } from '../../shared/domain/cluster/profile.ts';
import { textOf } from './fields.ts';
import { tableRows } from './tables.ts';

/** Fair share of the user in each of their accounts. */
export const SHARES_COMMAND =
  'slipway_limit 10 sshare -U -P -o Account,User,RawShares,NormShares,RawUsage,EffectvUsage,FairShare';

/** `0.250000`, or null for `parent`, `inf`, `nan` and nothing. */
const decimalOf = (cell: string | undefined): number | null =>
  /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(cell ?? '') ? Number(cell) : null;

/** Rows of `SHARES_COMMAND` that are the user's; an account of several partitions counts once. Never throws. */
export function sharesOf(text: string, user: string): FairShare[] {
  const shares = new Map<string, FairShare>();
  for (const row of tableRows(text, 'account')) {
    const account = textOf(row.get('account'));
    if (account === null || row.get('user') !== user || shares.has(account)) continue;
    shares.set(account, {
      account,
      rawShares: decimalOf(row.get('rawshares')),
      normalizedShares: decimalOf(row.get('normshares')),
      rawUsage: decimalOf(row.get('rawusage')),
      effectiveUsage: decimalOf(row.get('effectvusage')),
      factor: decimalOf(row.get('fairshare')),
    });
  }
  return [...shares.values()];
}
