/** sacctmgr and sshare: one account, two QOS, one user. Column names and empty cells as in 22.05.8. */
import { complain, given, lastOf, say, type Site, type SlurmCommand } from './command.ts';
import { cpusOf, elapsed } from './job.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { ACCOUNT, CLUSTER_NAME, DEFAULT_QOS, QOS, SLURM_VERSION } from './site.ts';

type Row = Readonly<Record<string, string>>;

interface Layout {
  readonly fields: readonly { name: string; width: number }[];
  readonly header: boolean;
  readonly parsable: '' | 'trailing' | 'plain';
  readonly separator: string;
}

function print(rows: readonly Row[], { fields, header, parsable, separator }: Layout): string {
  const line = (values: readonly string[]): string => {
    if (parsable !== '') return `${values.join(separator)}${parsable === 'trailing' ? separator : ''}\n`;
    return `${values.map((value, index) => `${pad(value, fields[index]?.width ?? 10)} `).join('')}\n`;
  };
  const lines = rows.map((row) => line(fields.map(({ name }) => row[name] ?? '')));
  if (!header) return lines.join('');
  const rule = parsable === '' ? `${fields.map(({ width }) => `${'-'.repeat(width)} `).join('')}\n` : '';
  return line(fields.map(({ name }) => name)) + rule + lines.join('');
}

const pad = (value: string, width: number): string => (value.length > width ? `${value.slice(0, width - 1)}+` : value.padStart(width));

// ---------------------------------------------------------------- sacctmgr

const SACCTMGR = optionTable(`
  associations,s:none help,h:none immediate,i:none noheader,n:none oneliner,o:none parsable,p:none parsable2,P:none quiet,Q:none readonly,r:none
  usage:none verbose,v:none version,V:none
`);

interface Entity {
  readonly names: readonly string[];
  /** All columns; those listed when no format is given come first. */
  readonly columns: string;
  readonly usual: string;
  rows(site: Site): Row[];
}

const ASSOCIATION = `Cluster Account User Partition Share Priority GrpJobs GrpTRES GrpSubmit GrpWall GrpTRESMins MaxJobs MaxTRES MaxTRESPerNode MaxSubmit
  MaxWall MaxTRESMins QOS DefaultQOS GrpTRESRunMins MaxTRESPerJob MaxSubmitJobs MaxWallDurationPerJob DefQOS Fairshare GrpCPUs GrpMem GrpNodes
  MaxCPUs MaxNodes ParentName ID`;

const ENTITIES: readonly Entity[] = [
  {
    names: ['association', 'associations'],
    columns: ASSOCIATION,
    usual: 'Cluster Account User Partition Share GrpJobs GrpTRES GrpSubmit MaxJobs MaxTRES MaxSubmit MaxWall QOS DefaultQOS',
    rows: (site) => {
      const shared = { Cluster: CLUSTER_NAME, Share: '1', Fairshare: '1', QOS: QOS.map((qos) => qos.name).join(','), DefaultQOS: DEFAULT_QOS, DefQOS: DEFAULT_QOS };
      return [
        { ...shared, Account: 'root' },
        { ...shared, Account: ACCOUNT, ParentName: 'root' },
        { ...shared, Account: ACCOUNT, User: site.user.name },
      ];
    },
  },
  {
    names: ['qos'],
    columns: `Name Priority GraceTime Preempt PreemptExemptTime PreemptMode Flags UsageThres UsageFactor GrpTRES GrpTRESMins GrpTRESRunMins GrpJobs
      GrpSubmit GrpWall MaxTRES MaxTRESPerNode MaxTRESMins MaxWall MaxTRESPU MaxJobsPU MaxSubmitPU MaxTRESPA MaxJobsPA MaxSubmitPA MinTRES
      MaxTRESPerUser MaxJobsPerUser MaxSubmitJobsPerUser MaxWallDurationPerJob MaxTRESPerJob MinTRESPerJob ID Description`,
    usual: 'Name Priority GraceTime PreemptMode UsageFactor MaxWall MaxTRESPU MaxJobsPU MaxSubmitPU MinTRES',
    rows: () =>
      QOS.map((qos, index) => ({
        Name: qos.name,
        Priority: String(qos.priority),
        GraceTime: '00:00:00',
        PreemptMode: 'cluster',
        UsageFactor: '1.000000',
        ID: String(index + 1),
        Description: qos.name,
      })),
  },
  {
    names: ['account', 'accounts'],
    columns: 'Account Descr Org Description Organization',
    usual: 'Account Descr Org',
    rows: () => [ACCOUNT, 'root'].map((name) => ({ Account: name, Descr: name, Description: name, Org: name, Organization: name })),
  },
  {
    names: ['user', 'users'],
    columns: 'User Def Acct Admin DefaultAccount AdminLevel Account',
    usual: 'User DefaultAccount AdminLevel',
    rows: (site) => [{ User: site.user.name, DefaultAccount: ACCOUNT, Account: ACCOUNT, Admin: 'None', AdminLevel: 'None' }],
  },
  {
    names: ['cluster', 'clusters'],
    columns: 'Cluster ControlHost ControlPort RPC Share QOS DefaultQOS',
    usual: 'Cluster ControlHost ControlPort RPC Share QOS DefaultQOS',
    rows: () => [{ Cluster: CLUSTER_NAME, ControlHost: '127.0.0.1', ControlPort: '0', RPC: '9728', Share: '1', QOS: QOS.map((qos) => qos.name).join(','), DefaultQOS: DEFAULT_QOS }],
  },
];

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The column that a name of `format=` means: shortened names do while they begin one. */
function column(entity: Entity, text: string): { name: string; width: number } | null {
  const [wanted = '', width] = text.split('%');
  const all = words(entity.columns);
  const same = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase();
  const name = all.find(same) ?? all.find((each) => each.toLowerCase().startsWith(wanted.toLowerCase()));
  return name === undefined ? null : { name, width: Number(width ?? 10) };
}

/** sacctmgr: shows associations, QOS, accounts, users and the cluster; everything else needs an administrator. */
export const sacctmgr: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('sacctmgr', SACCTMGR, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options, rest } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  const [verb = '', what = '', ...conditions] = rest;
  if (['add', 'create', 'modify', 'delete', 'remove', 'load', 'dump', 'archive'].includes(verb)) {
    return complain(` Your user doesn't have privilege to perform this action\n`);
  }
  if (!'show'.startsWith(verb) && !'list'.startsWith(verb)) return complain(`invalid keyword: ${verb}\n`);
  const entity = ENTITIES.find(({ names }) => what !== '' && names.some((name) => name.startsWith(what.toLowerCase())));
  if (entity === undefined) {
    return complain(`No valid entity in ${verb} command\nInput line must include "Account", "Association", "Cluster", "QOS" or "User"\n`);
  }
  let rows = entity.rows(site);
  let fields = words(entity.usual);
  for (const condition of conditions) {
    const [key = '', value = ''] = condition.split(/=(.*)/s);
    const name = key.toLowerCase();
    if (name === 'format') fields = value.split(',').filter((each) => each !== '');
    else if (/^users?$/.test(name)) rows = rows.filter((row) => value.split(',').includes(row['User'] ?? ''));
    else if (/^(account|accounts|acct)$/.test(name)) rows = rows.filter((row) => value.split(',').includes(row['Account'] ?? ''));
    else if (/^(name|names|qos)$/.test(name)) rows = rows.filter((row) => value.split(',').includes(row['Name'] ?? row['User'] ?? row['Account'] ?? ''));
    else if (!/^(where|set|cluster|clusters|with\w*|wo\w*|tree)$/.test(name)) return complain(` Unknown condition: ${condition}\n Use keyword 'set' to modify value\n`);
  }
  const chosen: { name: string; width: number }[] = [];
  for (const field of fields) {
    const found = column(entity, field);
    if (found === null) return complain(`Unknown field '${field}'\n`);
    chosen.push(found);
  }
  const parsable = given(options, 'parsable') ? 'trailing' : given(options, 'parsable2') ? 'plain' : '';
  return say(print(rows, { fields: chosen, header: !given(options, 'noheader'), parsable, separator: '|' }));
};

// ---------------------------------------------------------------- sshare

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

/** sshare: the whole share belongs to the one account; usage is the CPU seconds of all jobs that are still known. */
export const sshare: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('sshare', SSHARE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  const now = site.controller.now();
  const usage = String(site.controller.table.all().reduce((sum, job) => sum + elapsed(job, now) * cpusOf(job.standing.shares), 0));
  const used = usage === '0' ? '0.000000' : '1.000000';
  const fields: { name: string; width: number }[] = [];
  for (const wanted of (lastOf(options, 'format') ?? SHARE_FIELDS.map(({ name }) => name).join(',')).split(',')) {
    const found = SHARE_FIELDS.find(({ name }) => name.toLowerCase().startsWith((wanted.split('%')[0] ?? '').toLowerCase()));
    if (found === undefined) return complain(`sshare: error: Invalid field requested: "${wanted}"\n`);
    fields.push(found);
  }
  const shared = { RawUsage: usage, EffectvUsage: used };
  const mine = { ...shared, Account: `  ${ACCOUNT}`, User: site.user.name, RawShares: '1', NormShares: '1.000000', FairShare: '1.000000' };
  const rows: Row[] = given(options, 'Users')
    ? [mine]
    : [
        { ...shared, Account: 'root', NormShares: '0.000000', EffectvUsage: '1.000000' },
        { ...shared, Account: ` ${ACCOUNT}`, RawShares: '1', NormShares: '1.000000' },
        mine,
      ];
  const parsable = given(options, 'parsable') ? 'trailing' : given(options, 'parsable2') ? 'plain' : '';
  return say(print(rows, { fields, header: !given(options, 'noheader'), parsable, separator: '|' }));
};
