import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import { readDirectives } from '../../slurm/sbatchLines.ts';

/** Directives that belong to Slipway's protocol and not to what the job asks for. */
const OURS = new Set(['job_name', 'output', 'error', 'open_mode']);

/** What a script asks of Slurm, read from the script itself: the record cannot then say anything else than what was sent. A later option wins. */
export function requestOf(script: string): SlurmRequest {
  return Object.fromEntries(readDirectives(script).flatMap(({ key, value }) => (OURS.has(key) ? [] : [[key, value]])));
}
