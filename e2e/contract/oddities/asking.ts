import { chatty, failing, hanging, missing, warning, type FactsRow, type UsageRow, type StartRow } from './oddity.ts';
import { START_UP } from './watching.ts';

const NO_DATABASE =
  'sacctmgr: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:localhost:6819: Connection refused';

/** What the cluster's page says where one of the commands that tell its facts is odd. */
export const ASKING: readonly FactsRow[] = [
  {
    title: 'scontrol is gone',
    oddities: [missing('scontrol')],
    deed: 'look at the cluster',
    error: 'SLURM_UNAVAILABLE',
    unknown: [],
    says: /no program that tells its configuration/,
  },
  {
    title: 'scontrol cannot reach the controller',
    oddities: [failing('scontrol', 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)')],
    deed: 'look at the cluster',
    error: 'SLURM_UNAVAILABLE',
    unknown: [],
    says: /controller/,
  },
  {
    title: 'scontrol hangs',
    oddities: [hanging('scontrol')],
    deed: 'look at the cluster',
    error: 'SLURM_UNAVAILABLE',
    unknown: [],
    says: /too long|no answer/,
    slow: true,
  },
  {
    title: 'scontrol greets and has news',
    oddities: [chatty('scontrol')],
    deed: 'look at the cluster',
    unknown: [],
    never: /news|nice day/i,
  },
  {
    title: 'scontrol complains and answers',
    oddities: [warning('scontrol', 'scontrol: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host')],
    deed: 'look at the cluster',
    unknown: [],
  },
  {
    title: 'sinfo fails',
    oddities: [failing('sinfo', 'slurm_load_node error: Socket timed out on send/recv operation')],
    deed: 'look at the cluster',
    unknown: ['partitions'],
    says: /state of its nodes.*What was known before is shown/,
  },
  {
    title: 'sinfo is gone',
    oddities: [missing('sinfo')],
    deed: 'look at the cluster',
    unknown: ['partitions'],
    says: /no program that tells the state of its nodes/,
  },
  {
    title: 'sinfo greets and has news',
    oddities: [chatty('sinfo')],
    deed: 'look at the cluster',
    unknown: [],
    never: /news|nice day/i,
  },
  {
    title: 'sacctmgr may not be used',
    oddities: [failing('sacctmgr', ' Access denied: you do not have permission to view this')],
    deed: 'look at the cluster',
    unknown: ['accounting', 'qos'],
    says: /does not let users see.*What was known before is shown/,
  },
  {
    title: 'sacctmgr is gone',
    oddities: [missing('sacctmgr')],
    deed: 'look at the cluster',
    unknown: ['accounting', 'qos'],
    says: /no program that tells/,
  },
  {
    title: 'sacctmgr has no database',
    oddities: [failing('sacctmgr', NO_DATABASE)],
    deed: 'look at the cluster',
    unknown: ['accounting', 'qos'],
    says: /accounting daemon .*does not answer now/,
  },
  {
    title: 'sacctmgr greets and has news',
    oddities: [chatty('sacctmgr')],
    deed: 'look at the cluster',
    unknown: [],
    never: /news|nice day/i,
  },
  {
    title: 'sacctmgr hangs',
    oddities: [hanging('sacctmgr')],
    deed: 'look at the cluster',
    unknown: ['accounting', 'qos'],
    says: /does not answer now|too long/,
    slow: true,
  },
  {
    title: 'sshare fails',
    oddities: [failing('sshare', 'sshare: error: Problem talking to the database: Connection refused')],
    deed: 'look at the cluster',
    unknown: ['fairShare'],
    says: /fair share/,
  },
  {
    title: 'a start-up file has its own idea of Slurm’s commands',
    oddities: [START_UP],
    deed: 'look at the cluster',
    unknown: [],
  },
];

/** What is said of the cluster's usage where the commands that tell it are odd. */
export const USAGES: readonly UsageRow[] = [
  { title: 'sinfo greets and has news', oddities: [chatty('sinfo')], deed: 'look at the usage', fresh: true },
  { title: 'squeue greets and has news', oddities: [chatty('squeue')], deed: 'look at the usage', fresh: true },
  { title: 'scontrol is gone', oddities: [missing('scontrol')], deed: 'look at the usage', fresh: true },
  {
    title: 'sinfo fails',
    oddities: [failing('sinfo', 'slurm_load_node error: Socket timed out on send/recv operation')],
    deed: 'look at the usage',
    fresh: false,
  },
  { title: 'squeue is gone', oddities: [missing('squeue')], deed: 'look at the usage', fresh: false },
  { title: 'sinfo hangs', oddities: [hanging('sinfo')], deed: 'look at the usage', fresh: false, slow: true },
  {
    title: 'a start-up file has its own idea of Slurm’s commands',
    oddities: [START_UP],
    deed: 'look at the usage',
    fresh: true,
  },
];

/** What is said of a job's start where sbatch is odd. */
export const STARTS: readonly StartRow[] = [
  {
    title: 'sbatch greets and has news',
    oddities: [chatty('sbatch')],
    deed: 'ask for the start',
    foretold: true,
    never: /Maintenance|nice day/,
  },
  {
    title: 'sbatch warns',
    oddities: [warning('sbatch', 'sbatch: warning: Your home folder is nearly full.')],
    deed: 'ask for the start',
    foretold: true,
  },
  {
    title: 'a start-up file has its own idea of Slurm’s commands',
    oddities: [START_UP],
    deed: 'ask for the start',
    foretold: true,
  },
  {
    title: 'sbatch refuses in the site’s words',
    oddities: [
      failing(
        'sbatch',
        'sbatch: error: You belong to several projects: name one with --account.\nallocation failure: Unspecified error',
      ),
    ],
    deed: 'ask for the start',
    foretold: false,
    says: /You belong to several projects/,
  },
  {
    title: 'sbatch is gone',
    oddities: [missing('sbatch')],
    deed: 'ask for the start',
    error: 'SLURM_MISSING',
    foretold: false,
    says: /No Slurm commands were found/,
  },
  {
    title: 'the controller cannot be reached',
    oddities: [failing('sbatch', 'allocation failure: Unable to contact slurm controller (connect failure)')],
    deed: 'ask for the start',
    error: 'SLURM_UNAVAILABLE',
    foretold: false,
    says: /cannot be used from the login node/,
    never: /refused the job/,
  },
];
