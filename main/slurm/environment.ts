import { quote } from '../../shared/lib/quote.ts';

/** Variables with which a person's shell start-up would narrow or reshape the answers of squeue, sinfo, sacct and scancel. */
const RESHAPING = [
  'SQUEUE_ACCOUNT', 'SQUEUE_ALL', 'SQUEUE_ARRAY', 'SQUEUE_FORMAT', 'SQUEUE_FORMAT2', 'SQUEUE_LICENSES', 'SQUEUE_LOCAL', 'SQUEUE_NAMES',
  'SQUEUE_PARTITION', 'SQUEUE_PRIORITY', 'SQUEUE_QOS', 'SQUEUE_SIBLING', 'SQUEUE_SORT', 'SQUEUE_STATES', 'SQUEUE_USERS',
  'SINFO_ALL', 'SINFO_FORMAT', 'SINFO_LOCAL', 'SINFO_PARTITION', 'SINFO_SORT', 'SACCT_FEDERATION', 'SACCT_LOCAL', 'SLURM_JSON', 'SLURM_YAML',
  'SCANCEL_ACCOUNT', 'SCANCEL_BATCH', 'SCANCEL_CTLD', 'SCANCEL_FULL', 'SCANCEL_INTERACTIVE', 'SCANCEL_NAME', 'SCANCEL_PARTITION', 'SCANCEL_QOS',
  'SCANCEL_STATE', 'SCANCEL_USER',
];

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Lines of sh that stand before every Slurm script: epoch seconds instead of local times, uncut array ranges, no translation, the
 * folder of sbatch, and none of the variables that change what commands mean. What the job itself must not inherit of this is
 * undone by `submitScript`, which needs `$slipway_lc_all` for it.
 */
export function slurmPrelude(session: { slurmBin: string | null; slurmConf: string | null; unset: readonly string[] }): string {
  return [
    'slipway_lc_all=${LC_ALL-}',
    'LC_ALL=C SLURM_TIME_FORMAT=%s SLURM_BITSTR_LEN=0',
    'export LC_ALL SLURM_TIME_FORMAT SLURM_BITSTR_LEN',
    `unset ${[...RESHAPING, ...session.unset.filter((name) => VARIABLE.test(name))].join(' ')}`,
    ...(session.slurmBin === null ? [] : [`PATH=${quote(session.slurmBin)}:$PATH; export PATH`]),
    ...(session.slurmConf === null ? [] : [`SLURM_CONF=${quote(session.slurmConf)}; export SLURM_CONF`]),
    '',
  ].join('\n');
}
