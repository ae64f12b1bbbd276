import type { SlurmRequest } from '../../../shared/domain/slurmRequest.ts';
import { readDirectives } from '../../slurm/scriptDirectives.ts';

/** Directives that belong to Slipway's protocol and not to what the job asks for. */
const OURS = new Set(['job_name', 'output', 'error', 'open_mode']);

/** Options of the `#SBATCH` lines that sbatch reads; a later one wins. */
function directivesOf(script: string): Map<string, string | true> {
  return new Map(readDirectives(script).flatMap(({ key, value, isRead }) => (isRead ? [[key, value]] : [])));
}

/** What a script asks of Slurm, read from the script itself: the record cannot then say anything else than what was sent. */
export function requestOf(script: string): SlurmRequest {
  return Object.fromEntries([...directivesOf(script)].filter(([key]) => !OURS.has(key)));
}

/** Variables whose name is not simply that of their option. Source: sbatch(1), INPUT ENVIRONMENT VARIABLES. */
const OPTION_OF: Readonly<Record<string, string>> = {
  SBATCH_TIMELIMIT: 'time',
  SBATCH_ARRAY_INX: 'array',
  SBATCH_MEM_PER_NODE: 'mem',
  SBATCH_REQ_SWITCH: 'switches',
  SBATCH_WAIT4SWITCH: 'switches',
};

/**
 * Those SBATCH_* variables of the person's environment that would override a `#SBATCH` line of this script. The others stay: an
 * SBATCH_ACCOUNT that someone set as their default is meant for scripts that name none.
 */
export function overridingVariables(script: string, variables: readonly string[]): string[] {
  if (variables.length === 0) return [];
  const options = directivesOf(script);
  return variables.filter((name) => options.has(OPTION_OF[name] ?? name.slice('SBATCH_'.length).toLowerCase()));
}
