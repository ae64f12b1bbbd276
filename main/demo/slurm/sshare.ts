import { printTable, type Row } from './accountingTable.ts';
import { complain, given, lastOf, say, type Site, type SlurmCommand } from './command.ts';
import { cpusOf, elapsed } from './job.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { ACCOUNTS, billingOf, partitionNamed, qosNamed, SLURM_VERSION, type DemoAccount } from './site.ts';

const SSHARE = optionTable(`
  accounts,A all,a:none clusters,M format,o helpformat,e:none help:none long,l:none noheader,n:none parsable,p:none parsable2,P:none Partition,m:none
  users,u Users,U:none usage:none verbose,v:none version,V:none
`);

const SHARE_FIELDS: readonly { name: string; width: number }[] = [
  { name: 'Account', width: 20 },
  { name: 'User', width: 10 },
  { name: 'RawShares', width: 10 },
  { name: 'NormShares', width: 11 },
  { name: 'RawUsage', width: 11 },
  { name: 'EffectvUsage', width: 13 },
  { name: 'FairShare', width: 10 },
];

/** CPU-weighted seconds of all jobs of an account that are still known, as the billing of their partition and QOS counts them. */
function usageOf(account: string, site: Site): number {
  const now = site.controller.now();
  return site.controller.table
    .all()
    .filter((job) => job.spec.account === account)
    .reduce((sum, job) => {
      const { shares } = job.standing;
      const mebibytes = shares.reduce((all, share) => all + share.memory, 0);
      const gpus = shares.reduce((all, share) => all + share.gpus.length, 0);
      const billing = billingOf(partitionNamed(job.spec.partition), cpusOf(shares), mebibytes, gpus);
      return sum + elapsed(job, now) * billing * (qosNamed(job.spec.qos)?.usageFactor ?? 1);
    }, 0);
}

/** Fair share as priority/multifactor ranks it: who has used least of their share comes first. Source: Slurm's page "Fair Tree". */
function shareRows(site: Site, mineOnly: boolean): Row[] {
  const shares = ACCOUNTS.reduce((sum, account) => sum + account.shares, 0);
  const used = new Map(ACCOUNTS.map(({ name }) => [name, usageOf(name, site)]));
  const all = [...used.values()].reduce((sum, usage) => sum + usage, 0);
  const level = (account: DemoAccount): number =>
    account.shares / shares / ((used.get(account.name) ?? 0) / (all || 1));
  const order = [...ACCOUNTS].sort((a, b) => level(b) - level(a));
  const factor = (account: DemoAccount): number =>
    (order.length - order.findIndex((each) => level(each) === level(account))) / order.length;
  const decimal = (value: number): string => value.toFixed(6);
  const rows = ACCOUNTS.flatMap((account): Row[] => {
    const usage = used.get(account.name) ?? 0;
    const shared = { RawUsage: String(Math.floor(usage)) };
    const mine = {
      ...shared,
      Account: mineOnly ? account.name : `  ${account.name}`,
      User: site.user.name,
      RawShares: '1',
      NormShares: '1.000000',
      EffectvUsage: decimal(usage > 0 ? 1 : 0),
      FairShare: decimal(factor(account)),
    };
    const whole = {
      ...shared,
      Account: ` ${account.name}`,
      RawShares: String(account.shares),
      NormShares: decimal(account.shares / shares),
      EffectvUsage: decimal(usage / (all || 1)),
    };
    return mineOnly ? [mine] : [whole, mine];
  });
  return mineOnly
    ? rows
    : [
        { Account: 'root', NormShares: '0.000000', RawUsage: String(Math.floor(all)), EffectvUsage: '1.000000' },
        ...rows,
      ];
}

/** sshare: what the user has used of each account's share. */
export const sshare: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('sshare', SSHARE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  const fields: { name: string; width: number }[] = [];
  for (const wanted of (lastOf(options, 'format') ?? SHARE_FIELDS.map(({ name }) => name).join(',')).split(',')) {
    const found = SHARE_FIELDS.find(({ name }) =>
      name.toLowerCase().startsWith((wanted.split('%')[0] ?? '').toLowerCase()),
    );
    if (found === undefined) return complain(`sshare: error: Invalid field requested: "${wanted}"\n`);
    fields.push(found);
  }
  const rows = shareRows(site, given(options, 'Users'));
  const parsable = given(options, 'parsable') ? 'trailing' : given(options, 'parsable2') ? 'plain' : '';
  return say(printTable(rows, { fields, header: !given(options, 'noheader'), parsable, separator: '|' }));
};
