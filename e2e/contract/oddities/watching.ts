import { chatty, failing, hanging, missing, warning, type FollowRow, type Oddity } from './oddity.ts';

const US = '\x1f';

/** How sacct fails on clusters where jobs run all the same, and what of its words the cluster's page must show. */
export const SACCT_FAILURES: Readonly<Record<string, Oddity & { readonly words: RegExp }>> = {
  'is not there': {
    command: 'sacct',
    words: /sacct: command not found/,
    script: `echo 'bash: line 1: sacct: command not found' >&2; exit 127`,
  },
  'belongs to a cluster without accounting': {
    command: 'sacct',
    words: /accounting storage is disabled/,
    script: `echo 'Slurm accounting storage is disabled' >&2; exit 1`,
  },
  'has no munge': {
    command: 'sacct',
    words: /Munge encode failed/,
    script: `echo 'sacct: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory' >&2; echo 'sacct: error: slurm_persist_conn_open: failed to send persistent connection init message to db:6819' >&2; exit 1`,
  },
  'has no database': {
    command: 'sacct',
    words: /Connection refused/,
    script: `echo 'sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:localhost:6819: Connection refused' >&2; echo 'sacct: error: Problem talking to the database: Connection refused' >&2; exit 1`,
  },
  'does not like the number': {
    command: 'sacct',
    words: /Bad job\/step specified/,
    script: `echo "sacct: fatal: Bad job/step specified: $5" >&2; exit 1`,
  },
  'complains of the controller and ends with 0': {
    command: 'sacct',
    words: /Failed to load running jobs/,
    script: `echo 'sacct: error: Failed to load running jobs from slurmctld: Unable to contact slurm controller (connect failure)' >&2; exit 0`,
  },
  hangs: { command: 'sacct', words: /no answer within \d+ s/, script: 'exec sleep 977' },
  'is cut': { command: 'sacct', words: /was cut/, script: 'sacct "$@" | head -c 12' },
};

/** An sacct of a release that lacks a column which is asked for. */
export const SACCT_WITHOUT_COLUMN: Oddity = {
  command: 'sacct',
  script: `case "$*" in *TimelimitRaw*) echo 'sacct: error: Invalid field requested: "TimelimitRaw"' >&2; exit 1 ;; esac; sacct "$@"`,
};

/** Answers of squeue that say nothing about a job that does not stand in them. */
export const SQUEUE_BROKEN: Readonly<Record<string, Oddity>> = {
  'is cut within a row': { command: 'squeue', script: 'squeue "$@" | head -c 12' },
  'fails behind some rows': {
    command: 'squeue',
    script: `squeue "$@" | head -n 0; echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1`,
  },
  'is mixed with another answer': {
    command: 'squeue',
    script: 'answer=$(squeue "$@"); printf %s "$answer" | head -c 12; printf "%s\\n" "$answer" | tail -c 9',
  },
  'fails with words that nobody knows': {
    command: 'squeue',
    script: `echo 'squeue: error: the moon is full' >&2; exit 3`,
  },
};

/** A site whose start-up files and wrappers talk before and behind the rows. */
export const SQUEUE_CHATTY: Oddity = {
  command: 'squeue',
  script: `echo 'Welcome to alpha.'; echo; squeue "$@"; rc=$?; echo 'Maintenance on Monday!'; exit "$rc"`,
};

/** The queue shows nothing, and says that this is all. */
export const SQUEUE_EMPTY: Oddity = { command: 'squeue', script: ':' };

/** Ended jobs are gone from the queue, as after MinJobAge. */
export const SQUEUE_FORGETFUL: Oddity = {
  command: 'squeue',
  script: 'squeue "$@" | grep -v -e COMPLETED -e FAILED -e CANCELLED -e TIMEOUT; :',
};

/** Accounting's newest record of every job has this state, and an end. */
export const sacctSays = (state: string): Oddity => ({
  command: 'sacct',
  script: `sacct "$@" | sed -E 's/${US}(PENDING|RUNNING|COMPLETED|FAILED|CANCELLED[^${US}]*)${US}/${US}${state}${US}/'`,
});

/** A cluster of a federation takes the jobs and tells its name; asked without that name, Slurm knows other jobs of these numbers. */
export const otherCluster = (name: string, trace: string): Oddity[] => [
  { command: 'sbatch', script: `id=$(sbatch "$@") || exit; echo "$id;${name}"` },
  ...(['squeue', 'sacct', 'scancel'] as const).map((command): Oddity => ({
    command,
    script: `case $1 in --clusters=${name}) shift; echo "${command} ${name} $*" >>'${trace}' ;; *) echo "${command} - $*" >>'${trace}'; exit 0 ;; esac; ${command === 'squeue' ? `echo 'CLUSTER: ${name}'; ` : ''}${command} "$@"`,
  })),
];

/** The clock of the whole cluster is an hour ahead of the laptop's. */
const AN_HOUR_AHEAD: Oddity[] = [
  { command: 'date', script: 'if [ "$*" = +%s ]; then echo "$(($(date +%s) + 3600))"; else exec date "$@"; fi' },
  ...(['squeue', 'sacct'] as const).map((command): Oddity => ({
    command,
    script: `${command} "$@" | awk -F '${US}' -v OFS='${US}' '{ for (i = 1; i <= NF; i++) if ($i ~ /^1[0-9]+$/ && length($i) == 10) $i += 3600; print }'`,
  })),
];

/** A person's start-up file that narrows, reshapes and redirects what Slurm's commands do. */
export const START_UP: Oddity = {
  command: 'start-up',
  script: [
    'SBATCH_CLUSTERS=other SLURM_CLUSTERS=other SBATCH_PARTITION=nowhere SBATCH_TIMELIMIT=0:00:01 SBATCH_WAIT=1 SBATCH_OUTPUT=/dev/null SBATCH_HOLD=1',
    'SQUEUE_FORMAT=%u SQUEUE_FORMAT2=UserName SQUEUE_STATES=CONFIGURING SQUEUE_USERS=root SQUEUE_PARTITION=nowhere SQUEUE_SORT=-i SQUEUE_NAMES=none',
    'SACCT_FORMAT=User SACCT_LOCAL=1 SLURM_TIME_FORMAT=relative SCANCEL_STATE=SUSPENDED SCANCEL_USER=root SCANCEL_INTERACTIVE=1 SINFO_FORMAT=%u SINFO_PARTITION=nowhere',
    'export SBATCH_CLUSTERS SLURM_CLUSTERS SBATCH_PARTITION SBATCH_TIMELIMIT SBATCH_WAIT SBATCH_OUTPUT SQUEUE_FORMAT SQUEUE_FORMAT2 SQUEUE_STATES SQUEUE_USERS SQUEUE_PARTITION',
    'export SQUEUE_SORT SQUEUE_NAMES SACCT_FORMAT SACCT_LOCAL SLURM_TIME_FORMAT SCANCEL_STATE SCANCEL_USER SCANCEL_INTERACTIVE SINFO_FORMAT SINFO_PARTITION',
  ].join('\n'),
};

const NO_DATABASE = SACCT_FAILURES['has no database']!;
/** Nobody tells a reader of a job that runs that it is gone or over. */
const GONE = /no longer|any more|has (?:failed|finished)|was cancelled|left no word/;
const FAILS = { code: 7, shows: 'FAILED', exitCode: 7 };

/** What a person reads whose job runs there, and ends. */
export const WATCHING: readonly FollowRow[] = [
  ...Object.entries(SACCT_FAILURES).map(([how, { words, ...oddity }]): FollowRow => ({
    title: `sacct ${how}`,
    oddities: [oddity],
    deed: 'follow',
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
    says: words,
    ...(how === 'hangs' ? { slow: true } : {}),
  })),
  ...['belongs to a cluster without accounting', 'has no database'].map((how): FollowRow => ({
    title: `sacct ${how} and the queue forgets what has ended`,
    oddities: [SACCT_FAILURES[how]!, SQUEUE_FORGETFUL],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
  })),
  {
    title: 'sacct is of a release that lacks a column',
    oddities: [SACCT_WITHOUT_COLUMN],
    deed: 'follow',
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
    never: /Accounting does not answer|No accounting/,
  },
  {
    title: 'sacct greets and has news',
    oddities: [chatty('sacct')],
    deed: 'follow',
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
    never: /Accounting does not answer|nice day/,
  },
  {
    title: 'sacct complains and answers',
    oddities: [warning('sacct', 'sacct: error: _parse_next_key: Parsing error at unrecognized key: SelectTypeParam')],
    deed: 'follow',
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
  },
  ...Object.entries(SQUEUE_BROKEN).map(([how, oddity]): FollowRow => ({
    title: `squeue ${how}, and so does sacct`,
    oddities: [oddity, SACCT_FAILURES['is cut']!],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: false,
    never: GONE,
  })),
  {
    title: 'squeue and sacct are both down',
    oddities: [
      failing('squeue', 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)'),
      NO_DATABASE,
    ],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: false,
    says: /cannot be used from the login node|did not list your jobs/,
    never: GONE,
  },
  {
    title: 'squeue does not know the user for a moment',
    oddities: [failing('squeue', 'squeue: error: Invalid user: somebody')],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: false,
    says: /did not list your jobs: “Invalid user: somebody”/,
    never: GONE,
  },
  {
    title: 'squeue has no munge',
    oddities: [
      failing(
        'squeue',
        'squeue: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory\nslurm_load_jobs error: Protocol authentication error',
      ),
    ],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: false,
    never: GONE,
  },
  {
    title: 'squeue is gone',
    oddities: [missing('squeue')],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: false,
    never: GONE,
  },
  {
    title: 'squeue hangs',
    oddities: [hanging('squeue')],
    deed: 'follow',
    shows: 'RUNNING',
    answered: false,
    says: /no answer within \d+ s/,
    never: GONE,
    slow: true,
  },
  {
    title: 'squeue is slow',
    oddities: [{ command: 'squeue', script: 'sleep 2; exec squeue "$@"' }],
    deed: 'follow',
    shows: 'RUNNING',
    answered: true,
  },
  {
    title: 'squeue greets and has news',
    oddities: [SQUEUE_CHATTY],
    deed: 'follow',
    fromStart: true,
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
    never: /Maintenance on Monday/,
  },
  {
    title: 'squeue complains and answers',
    oddities: [warning('squeue', 'squeue: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host')],
    deed: 'follow',
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
  },
  {
    title: 'squeue names a state that nobody has heard of',
    oddities: [{ command: 'squeue', script: `squeue "$@" | sed 's/RUNNING/HIBERNATING/'` }],
    deed: 'follow',
    fromStart: true,
    shows: 'HIBERNATING',
    answered: true,
    end: FAILS,
  },
  {
    title: 'the queue alone is empty for a moment',
    oddities: [SQUEUE_EMPTY],
    deed: 'follow',
    hoursLater: 1,
    shows: 'RUNNING',
    answered: true,
    never: GONE,
  },
  {
    title: 'a start-up file has its own idea of Slurm’s commands',
    oddities: [START_UP],
    deed: 'follow',
    fromStart: true,
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
  },
  {
    title: 'the cluster’s clock is an hour ahead',
    oddities: AN_HOUR_AHEAD,
    deed: 'follow',
    fromStart: true,
    shows: 'RUNNING',
    answered: true,
    end: FAILS,
  },
];
