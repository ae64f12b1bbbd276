import { quote } from '../../../shared/lib/quote.ts';
import type { Oddity } from './oddity.ts';

const sbatch = (script: string): Oddity => ({ command: 'sbatch', script });

/** What sbatch prints and how it ends; Slurm is not asked. */
export const refusing = (stdout: string, stderr: string, exitCode: number): Oddity => sbatch(`printf '%s' ${quote(stdout)}; printf '%s' ${quote(stderr)} >&2; exit ${String(exitCode)}`);

/** Wrappers that submit the job and print more or other than its id. Whatever they print: the run is followed under the job's own number. */
export const PRINTING = {
  'a number after the id': sbatch('sbatch "$@"; rc=$?; echo 37; exit "$rc"'),
  'a number before the id': sbatch('echo 37; sbatch "$@"'),
  'a banner before the id and a notice after it': sbatch(`printf '\\n---\\n Welcome to the Machine\\n---\\n--> Verifying valid jobname...OK\\n'; sbatch "$@"; rc=$?; echo 'Charged to ada: 12 hours'; exit "$rc"`),
  'a sentence instead of the id': sbatch('id=$(sbatch "$@") || exit; echo "Submitted batch job ${id%%;*}"'),
  'a sentence instead of the id, and a number': sbatch('id=$(sbatch "$@") || exit; echo "Submitted batch job ${id%%;*}"; echo 37'),
  'the id in colours, with a carriage return': sbatch(`id=$(sbatch "$@") || exit; printf '\\033[1;32m%s\\033[0m\\r\\n' "$id"`),
  'the id on standard error': sbatch('sbatch "$@" >&2'),
  'nothing': sbatch('sbatch "$@" >/dev/null'),
  'the id, and fails afterwards': sbatch('sbatch "$@"; echo "cannot write the log" >&2; exit 3'),
  'nothing, and misses a program afterwards': sbatch('sbatch "$@" >/dev/null; tell_the_user'),
  'words that are a refusal’s, after a submission': sbatch('sbatch "$@" >/dev/null; echo "sbatch: error: Batch job submission failed: Unspecified error" >&2; exit 1'),
} as const satisfies Record<string, Oddity>;
