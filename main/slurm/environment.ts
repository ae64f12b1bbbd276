import { quote } from '../../shared/lib/quote.ts';

/** Variables with which a person's shell start-up would narrow or reshape the answers of squeue, sinfo, sacct and scancel. */
const RESHAPING = [
  'SQUEUE_ACCOUNT',
  'SQUEUE_ALL',
  'SQUEUE_ARRAY',
  'SQUEUE_FORMAT',
  'SQUEUE_FORMAT2',
  'SQUEUE_LICENSES',
  'SQUEUE_LOCAL',
  'SQUEUE_NAMES',
  'SQUEUE_PARTITION',
  'SQUEUE_PRIORITY',
  'SQUEUE_QOS',
  'SQUEUE_SIBLING',
  'SQUEUE_SORT',
  'SQUEUE_STATES',
  'SQUEUE_USERS',
  'SINFO_ALL',
  'SINFO_FORMAT',
  'SINFO_LOCAL',
  'SINFO_PARTITION',
  'SINFO_SORT',
  'SACCT_FEDERATION',
  'SACCT_LOCAL',
  'SLURM_JSON',
  'SLURM_YAML',
  'SCANCEL_ACCOUNT',
  'SCANCEL_BATCH',
  'SCANCEL_CTLD',
  'SCANCEL_FULL',
  'SCANCEL_INTERACTIVE',
  'SCANCEL_NAME',
  'SCANCEL_PARTITION',
  'SCANCEL_QOS',
  'SCANCEL_STATE',
  'SCANCEL_USER',
];

/**
 * Variables that sbatch takes for options, over those of the script, or that change what it submits. None of them reaches it: the job
 * is what the preview says. Source: `env_vars`, `_opt_verify` and `_set_umask_env` of Slurm's src/sbatch, releases 20.02 to 26.05.
 */
const STEERING = [
  ...`ACCOUNT ACCTG_FREQ ARRAY_INX BATCH BURST_BUFFER CLUSTERS CLUSTER_CONSTRAINT CONSOLIDATE_SEGMENTS CONSTRAINT CONTAINER CONTAINER_ID CONTAINER_TYPE CORE_SPEC
  CPUS_PER_GPU CPU_FREQ_REQ DEBUG DELAY_BOOT DISTRIBUTION ERROR EXCLUSIVE EXPORT GET_USER_ENV GPUS GPUS_PER_NODE GPUS_PER_SOCKET GPUS_PER_TASK GPU_BIND GPU_FREQ GRES
  GRES_FLAGS HINT IGNORE_PBS INPUT JOB_NAME MEM_BIND MEM_PER_CPU MEM_PER_GPU MEM_PER_NODE NETWORK NO_KILL NO_REQUEUE OPEN_MODE OUTPUT OVERCOMMIT PARTITION POWER
  PROFILE QOS REQUEUE REQ_SWITCH RESERVATION SEGMENT_SIZE SIGNAL SPREAD_JOB SPREAD_SEGMENTS THREADS_PER_CORE THREAD_SPEC TIMELIMIT TRES_BIND TRES_PER_TASK
  USE_MIN_NODES WAIT WAIT4SWITCH WAIT_ALL_NODES WCKEY`
    .split(/\s+/)
    .map((name) => `SBATCH_${name}`),
  'SLURM_CLUSTERS',
  'SLURM_CONTAINER',
  'SLURM_CONTAINER_ID',
  'SLURM_CONTAINER_TYPE',
  'SLURM_EXIT_ERROR',
  'SLURM_HINT',
  'SLURM_HOSTFILE',
  'SLURM_UMASK',
];

/** Variables whose name is not simply that of their option. Source: sbatch(1), INPUT ENVIRONMENT VARIABLES. */
const OPTION_OF: Readonly<Record<string, string>> = {
  SBATCH_ARRAY_INX: 'array',
  SBATCH_BURST_BUFFER: 'bb',
  SBATCH_CPU_FREQ_REQ: 'cpu_freq',
  SBATCH_DEBUG: 'verbose',
  SBATCH_MEM_PER_NODE: 'mem',
  SBATCH_REQ_SWITCH: 'switches',
  SBATCH_SEGMENT_SIZE: 'segment',
  SBATCH_TIMELIMIT: 'time',
  SBATCH_WAIT4SWITCH: 'switches',
};

/** The option of sbatch that an SBATCH_ variable would set, as a key of a request. */
export function optionOfVariable(variable: string): string {
  return OPTION_OF[variable] ?? variable.slice('SBATCH_'.length).toLowerCase();
}

/**
 * How sbatch is called, before its options. Directives of PBS and LSF anywhere in a script would override ours; releases differ in
 * whether the option comes in time, the variable always does. Source: `_opt_early_env` of Slurm's src/sbatch/opt.c.
 */
export const SBATCH = 'SBATCH_IGNORE_PBS=1 sbatch --ignore-pbs';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Lines of sh that stand before every Slurm script: epoch seconds instead of local times, uncut array ranges, no translation, the
 * folder of sbatch, and none of the variables that change what commands mean: the known ones and those in `unset`. What the job itself must not inherit of this is
 * undone by `submitScript`, which needs `$slipway_lc_all` for it.
 */
export function slurmPrelude(session: {
  slurmBin: string | null;
  slurmConf: string | null;
  unset: readonly string[];
}): string {
  return [
    'slipway_lc_all=${LC_ALL-}',
    'LC_ALL=C SLURM_TIME_FORMAT=%s SLURM_BITSTR_LEN=0',
    'export LC_ALL SLURM_TIME_FORMAT SLURM_BITSTR_LEN',
    `unset ${[...new Set([...RESHAPING, ...STEERING, ...session.unset.filter((name) => VARIABLE.test(name))])].join(' ')}`,
    ...(session.slurmBin === null ? [] : [`PATH=${quote(session.slurmBin)}:$PATH; export PATH`]),
    ...(session.slurmConf === null ? [] : [`SLURM_CONF=${quote(session.slurmConf)}; export SLURM_CONF`]),
    '',
  ].join('\n');
}
