/** sacctmgr: accounts, QOS with their limits, the one user. Column names and empty cells as in 22.05.8. */
import { printTable, type Row } from './accountingTable.ts';
import { complain, given, say, type Site, type SlurmCommand } from './command.ts';
import { longDuration } from './formats.ts';
import { optionTable, parseCommandLine } from './options.ts';
import {
  ACCOUNT,
  ACCOUNTS,
  CLUSTER_NAME,
  DEFAULT_QOS,
  jobQos,
  QOS,
  SLURM_VERSION,
  type Amount,
  type DemoAccount,
  type DemoLimits,
} from './site.ts';

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
  MaxWall MaxTRESMins QOS DefaultQOS GrpTRESRunMins MaxTRESPerJob MaxSubmitJobs GrpSubmitJobs MaxWallDurationPerJob DefQOS Fairshare GrpCPUs GrpMem
  GrpNodes MaxCPUs MaxNodes ParentName ParentID ID`;

/** Titles of columns that are asked for by another name. */
const HEADS: Readonly<Record<string, string>> = {
  DefaultQOS: 'Def QOS',
  DefQOS: 'Def QOS',
  DefaultAccount: 'Def Acct',
  Def: 'Def Acct',
  MaxSubmitJobs: 'MaxSubmit',
  GrpSubmitJobs: 'GrpSubmit',
  MaxTRESPerJob: 'MaxTRES',
  MaxWallDurationPerJob: 'MaxWall',
  MaxTRESPerUser: 'MaxTRESPU',
  MaxJobsPerUser: 'MaxJobsPU',
  MaxSubmitJobsPerUser: 'MaxSubmitPU',
  MinTRESPerJob: 'MinTRES',
};

const amount = ({ cpu, gpu }: Amount): string =>
  [...(cpu === undefined ? [] : [`cpu=${cpu}`]), ...(gpu === undefined ? [] : [`gres/gpu=${gpu}`])].join(',');
const number = (limit: number | null): string => (limit === null ? '' : String(limit));
const wall = (limits: DemoLimits): Row => {
  const text = limits.maxWall === null ? '' : longDuration(limits.maxWall);
  return { MaxWall: text, MaxWallDurationPerJob: text };
};
const perJob = (limits: DemoLimits): Row => ({ MaxTRES: amount(limits.perJob), MaxTRESPerJob: amount(limits.perJob) });

function associations(site: Site): Row[] {
  const qos = jobQos()
    .map(({ name }) => name)
    .sort()
    .join(',');
  const shared = { Cluster: CLUSTER_NAME, QOS: qos };
  const ofAccount = (account: DemoAccount): Row[] => [
    {
      ...shared,
      Account: account.name,
      ParentName: 'root',
      Share: String(account.shares),
      Fairshare: String(account.shares),
    },
    {
      ...shared,
      Account: account.name,
      User: site.user.name,
      Share: '1',
      Fairshare: '1',
      DefaultQOS: DEFAULT_QOS,
      DefQOS: DEFAULT_QOS,
      ...wall(account),
      ...perJob(account),
      MaxJobs: number(account.maxJobs),
      MaxSubmit: number(account.maxSubmit),
      MaxSubmitJobs: number(account.maxSubmit),
    },
  ];
  return [{ ...shared, Account: 'root', Share: '1', Fairshare: '1' }, ...ACCOUNTS.flatMap(ofAccount)];
}

const ENTITIES: readonly Entity[] = [
  {
    names: ['association', 'associations'],
    columns: ASSOCIATION,
    usual:
      'Cluster Account User Partition Share GrpJobs GrpTRES GrpSubmit MaxJobs MaxTRES MaxSubmit MaxWall QOS DefaultQOS',
    rows: associations,
  },
  {
    names: ['qos'],
    columns: `Name Priority GraceTime Preempt PreemptExemptTime PreemptMode Flags UsageThres UsageFactor GrpTRES GrpTRESMins GrpTRESRunMins GrpJobs
      GrpSubmit GrpSubmitJobs GrpWall MaxTRES MaxTRESPerNode MaxTRESMins MaxWall MaxTRESPU MaxJobsPU MaxSubmitPU MaxTRESPA MaxJobsPA MaxSubmitPA MinTRES
      MaxTRESPerUser MaxJobsPerUser MaxSubmitJobsPerUser MaxWallDurationPerJob MaxTRESPerJob MinTRESPerJob ID Description`,
    usual: 'Name Priority GraceTime PreemptMode UsageFactor MaxWall MaxTRESPU MaxJobsPU MaxSubmitPU MinTRES',
    rows: () =>
      QOS.map((qos, index) => ({
        Name: qos.name,
        Priority: String(qos.priority),
        GraceTime: '00:00:00',
        PreemptMode: 'cluster',
        Flags: qos.denyOnLimit ? 'DenyOnLimit' : '',
        UsageFactor: qos.usageFactor.toFixed(6),
        ...wall(qos),
        ...perJob(qos),
        MaxTRESPU: amount(qos.perUser),
        MaxTRESPerUser: amount(qos.perUser),
        MaxJobsPU: number(qos.maxJobs),
        MaxJobsPerUser: number(qos.maxJobs),
        MaxSubmitPU: number(qos.maxSubmit),
        MaxSubmitJobsPerUser: number(qos.maxSubmit),
        ID: String(index + 1),
        Description: qos.name,
      })),
  },
  {
    names: ['account', 'accounts'],
    columns: 'Account Descr Org Description Organization',
    usual: 'Account Descr Org',
    rows: () =>
      [...ACCOUNTS.map(({ name }) => name), 'root'].map((name) => ({
        Account: name,
        Descr: name,
        Description: name,
        Org: name,
        Organization: name,
      })),
  },
  {
    names: ['user', 'users'],
    columns: 'User Def Acct Admin DefaultAccount AdminLevel Account',
    usual: 'User DefaultAccount AdminLevel',
    rows: (site) => [
      { User: site.user.name, DefaultAccount: ACCOUNT, Account: ACCOUNT, Admin: 'None', AdminLevel: 'None' },
    ],
  },
  {
    names: ['cluster', 'clusters'],
    columns: 'Cluster ControlHost ControlPort RPC Share QOS DefaultQOS',
    usual: 'Cluster ControlHost ControlPort RPC Share QOS DefaultQOS',
    rows: () => [
      {
        Cluster: CLUSTER_NAME,
        ControlHost: '127.0.0.1',
        ControlPort: '0',
        RPC: '9728',
        Share: '1',
        QOS: jobQos()
          .map((qos) => qos.name)
          .join(','),
        DefaultQOS: DEFAULT_QOS,
      },
    ],
  },
];

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The column that a name of `format=` means: shortened names do while they begin one. */
function column(entity: Entity, text: string): { name: string; width: number; head: string } | null {
  const [wanted = '', width] = text.split('%');
  const all = words(entity.columns);
  const same = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase();
  const name = all.find(same) ?? all.find((each) => each.toLowerCase().startsWith(wanted.toLowerCase()));
  return name === undefined ? null : { name, width: Number(width ?? 10), head: HEADS[name] ?? name };
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
    return complain(
      `No valid entity in ${verb} command\nInput line must include "Account", "Association", "Cluster", "QOS" or "User"\n`,
    );
  }
  let rows = entity.rows(site);
  let fields = words(entity.usual);
  for (const condition of conditions) {
    const [key = '', value = ''] = condition.split(/=(.*)/s);
    const name = key.toLowerCase();
    if (name === 'format') fields = value.split(',').filter((each) => each !== '');
    else if (/^users?$/.test(name)) rows = rows.filter((row) => value.split(',').includes(row['User'] ?? ''));
    else if (/^(account|accounts|acct)$/.test(name))
      rows = rows.filter((row) => value.split(',').includes(row['Account'] ?? ''));
    else if (/^(name|names|qos)$/.test(name))
      rows = rows.filter((row) => value.split(',').includes(row['Name'] ?? row['User'] ?? row['Account'] ?? ''));
    else if (!/^(where|set|cluster|clusters|with\w*|wo\w*|tree)$/.test(name))
      return complain(` Unknown condition: ${condition}\n Use keyword 'set' to modify value\n`);
  }
  const chosen: { name: string; width: number; head: string }[] = [];
  for (const field of fields) {
    const found = column(entity, field);
    if (found === null) return complain(`Unknown field '${field}'\n`);
    chosen.push(found);
  }
  const parsable = given(options, 'parsable') ? 'trailing' : given(options, 'parsable2') ? 'plain' : '';
  return say(printTable(rows, { fields: chosen, header: !given(options, 'noheader'), parsable, separator: '|' }));
};
