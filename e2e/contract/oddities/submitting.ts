import { quote } from '../../../shared/lib/quote.ts';
import { SITE_REFUSALS } from '../../../main/slurm/testing/siteRefusals.ts';
import { chatty, failing, missing, warning, type Oddity, type SubmitRow } from './oddity.ts';

const sbatch = (script: string): Oddity => ({ command: 'sbatch', script });

/** What sbatch prints and how it ends; Slurm is not asked. */
export const refusing = (stdout: string, stderr: string, exitCode: number): Oddity =>
  sbatch(`printf '%s' ${quote(stdout)}; printf '%s' ${quote(stderr)} >&2; exit ${String(exitCode)}`);

/** Wrappers that submit the job and print more or other than its id. Whatever they print: the run is followed under the job's own number. */
export const PRINTING = {
  'a number after the id': sbatch('sbatch "$@"; rc=$?; echo 37; exit "$rc"'),
  'a number before the id': sbatch('echo 37; sbatch "$@"'),
  'a banner before the id and a notice after it': sbatch(
    `printf '\\n---\\n Welcome to the Machine\\n---\\n--> Verifying valid jobname...OK\\n'; sbatch "$@"; rc=$?; echo 'Charged to ada: 12 hours'; exit "$rc"`,
  ),
  'a sentence instead of the id': sbatch('id=$(sbatch "$@") || exit; echo "Submitted batch job ${id%%;*}"'),
  'a sentence instead of the id, and a number': sbatch(
    'id=$(sbatch "$@") || exit; echo "Submitted batch job ${id%%;*}"; echo 37',
  ),
  'the id in colours, with a carriage return': sbatch(
    `id=$(sbatch "$@") || exit; printf '\\033[1;32m%s\\033[0m\\r\\n' "$id"`,
  ),
  'the id on standard error': sbatch('sbatch "$@" >&2'),
  nothing: sbatch('sbatch "$@" >/dev/null'),
  'the id, and fails afterwards': sbatch('sbatch "$@"; echo "cannot write the log" >&2; exit 3'),
  'nothing, and misses a program afterwards': sbatch('sbatch "$@" >/dev/null; tell_the_user'),
  'words that are a refusal’s, after a submission': sbatch(
    'sbatch "$@" >/dev/null; echo "sbatch: error: Batch job submission failed: Unspecified error" >&2; exit 1',
  ),
} as const satisfies Record<string, Oddity>;

/** A few of each kind of those whose words are certain; all of them are read in main/slurm/rejection.test.ts. */
const TOLD = SITE_REFUSALS.filter(
  ({ reason, name }) =>
    reason !== null &&
    /several accounts|Korean|checklist on|nothing but|submitted jobs|whole node|standard output|colours/.test(name),
);

/** What a person reads who submits there. */
export const SUBMITTING: readonly SubmitRow[] = [
  ...Object.entries(PRINTING).map(([what, oddity]): SubmitRow => ({
    title: `sbatch prints ${what}`,
    oddities: [oddity],
    deed: 'submit',
    phase: 'submitted',
    never: /\bjob 37\b/,
  })),
  ...TOLD.map(({ name, origin, stdout, stderr, exitCode, reason }): SubmitRow => ({
    title: `sbatch refuses: ${name} (${origin})`,
    oddities: [refusing(stdout, stderr, exitCode)],
    deed: 'submit',
    phase: 'rejected',
    error: 'SUBMISSION_FAILED',
    says: `Slurm refused the job: ${String(reason)}`,
    never: /did not answer/,
  })),
  {
    title: 'sbatch greets and has news',
    oddities: [chatty('sbatch')],
    deed: 'submit',
    phase: 'submitted',
    never: /Maintenance|nice day/,
  },
  {
    title: 'sbatch warns and submits',
    oddities: [warning('sbatch', 'sbatch: warning: Your home folder is nearly full.\nsbatch: lua: charged to ada')],
    deed: 'submit',
    phase: 'submitted',
    says: /Your home folder is nearly full/,
  },
  {
    title: 'sbatch takes its time',
    oddities: [sbatch('sleep 4; exec sbatch "$@"')],
    deed: 'submit',
    phase: 'submitted',
  },
  {
    title: 'sbatch is gone',
    oddities: [missing('sbatch')],
    deed: 'submit',
    phase: 'rejected',
    error: 'SLURM_MISSING',
    says: /No Slurm commands were found/,
    never: /refused the job/,
  },
  {
    title: 'the controller cannot be reached',
    oddities: [
      failing(
        'sbatch',
        'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)',
      ),
    ],
    deed: 'submit',
    phase: 'rejected',
    error: 'SLURM_UNAVAILABLE',
    says: /cannot be used from the login node/,
    never: /Change the request/,
  },
  {
    title: 'munge is down',
    oddities: [
      failing(
        'sbatch',
        'sbatch: error: If munged is up, restart with --num-threads=10\nsbatch: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory\nsbatch: error: slurm_send_node_msg: auth_g_create: RESPONSE_SUBMIT_BATCH_JOB has authentication error\nsbatch: error: Batch job submission failed: Protocol authentication error',
      ),
    ],
    deed: 'submit',
    phase: 'rejected',
    error: 'SLURM_UNAVAILABLE',
    never: /Change the request/,
  },
  {
    title: 'sbatch fails without a word that tells why',
    oddities: [failing('sbatch', 'sbatch: error: Batch job submission failed: Unspecified error')],
    deed: 'submit',
    phase: 'rejected',
    error: 'SUBMISSION_FAILED',
    never: /within 120 s|did not answer/,
    slow: true,
  },
  {
    title: 'no answer to sbatch’s request comes',
    oddities: [
      failing('sbatch', 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation'),
    ],
    deed: 'submit',
    phase: 'ambiguous',
    error: 'SUBMISSION_AMBIGUOUS',
    says: 'It is not known whether Slurm took the job.',
    never: /refused/,
    slow: true,
  },
  // ends by itself some time after the row
  {
    title: 'sbatch hangs',
    oddities: [sbatch('exec sleep 90')],
    deed: 'submit',
    phase: 'ambiguous',
    error: 'SUBMISSION_AMBIGUOUS',
    says: 'It is not known whether Slurm took the job.',
    never: /refused/,
    slow: true,
  },
];
