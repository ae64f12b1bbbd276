import type { Oddity } from './oddity.ts';

const US = '\x1f';

/** How sacct fails on clusters where jobs run all the same, and what of its words the cluster's page must show. */
export const SACCT_FAILURES: Readonly<Record<string, Oddity & { readonly words: RegExp }>> = {
  'is not there': { command: 'sacct', words: /sacct: command not found/, script: `echo 'bash: line 1: sacct: command not found' >&2; exit 127` },
  'belongs to a cluster without accounting': { command: 'sacct', words: /accounting storage is disabled/, script: `echo 'Slurm accounting storage is disabled' >&2; exit 1` },
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
  'does not like the number': { command: 'sacct', words: /Bad job\/step specified/, script: `echo "sacct: fatal: Bad job/step specified: $5" >&2; exit 1` },
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
  'is mixed with another answer': { command: 'squeue', script: 'answer=$(squeue "$@"); printf %s "$answer" | head -c 12; printf "%s\\n" "$answer" | tail -c 9' },
  'fails with words that nobody knows': { command: 'squeue', script: `echo 'squeue: error: the moon is full' >&2; exit 3` },
};

/** A site whose start-up files and wrappers talk before and behind the rows. */
export const SQUEUE_CHATTY: Oddity = { command: 'squeue', script: `echo 'Welcome to alpha.'; echo; squeue "$@"; rc=$?; echo 'Maintenance on Monday!'; exit "$rc"` };

/** The queue shows nothing, and says that this is all. */
export const SQUEUE_EMPTY: Oddity = { command: 'squeue', script: ':' };

/** Ended jobs are gone from the queue, as after MinJobAge. */
export const SQUEUE_FORGETFUL: Oddity = { command: 'squeue', script: 'squeue "$@" | grep -v -e COMPLETED -e FAILED -e CANCELLED -e TIMEOUT; :' };

/** Accounting's newest record of every job has this state, and an end. */
export const sacctSays = (state: string): Oddity => ({ command: 'sacct', script: `sacct "$@" | sed -E 's/${US}(PENDING|RUNNING|COMPLETED|FAILED|CANCELLED[^${US}]*)${US}/${US}${state}${US}/'` });

/** A cluster of a federation takes the jobs and tells its name; asked without that name, Slurm knows other jobs of these numbers. */
export const otherCluster = (name: string, trace: string): Oddity[] => [
  { command: 'sbatch', script: `id=$(sbatch "$@") || exit; echo "$id;${name}"` },
  ...(['squeue', 'sacct', 'scancel'] as const).map(
    (command): Oddity => ({
      command,
      script: `case $1 in --clusters=${name}) shift; echo "${command} ${name} $*" >>'${trace}' ;; *) echo "${command} - $*" >>'${trace}'; exit 0 ;; esac; ${command === 'squeue' ? `echo 'CLUSTER: ${name}'; ` : ''}${command} "$@"`,
    }),
  ),
];
