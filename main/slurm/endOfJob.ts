/**
 * Two things that a job script may do besides its parts: a last part that runs whatever the others came to, and hearing a signal while the
 * main part works. Lines of bash (3.2 or newer) that follow the run protocol's; safe under `set -euo pipefail`, and by hand outside Slurm.
 */
import { TERMINATING } from './runProtocol.ts';

const ENDING = Object.keys(TERMINATING).join(' ');

/**
 * Lines that make `body` the last part, to stand before the first that may end the job; `after` are lines for behind it.
 *
 * - It runs once: at `slipway_finish CODE` in the script's end, or in the EXIT trap, where an `exit`, `set -e` or a signal ended the script before.
 * - It runs in a subshell, so that neither its own failure nor an `exit` in it is the job's; signals do not reach it. SIGKILL does, which Slurm sends
 *   KillWait seconds after the SIGTERM of a time limit or a cancellation. Source: slurm.conf(5), KillWait.
 * - The end is written down before it, in case it is killed, and after it, since that is when the job ended.
 */
export function finallyLines(body: readonly string[], after: readonly string[]): string[] {
  return [
    'slipway_status=0 slipway_signal=${slipway_signal:-}',
    'slipway_finally() ( # runs at the end, whatever the parts before came to: $slipway_status tells',
    // a body of comments alone would be no command
    ':',
    ...body,
    '',
    ')',
    'slipway_finish() { # CODE: runs the part above, once, and writes down how the job ended',
    '  [ -z "${slipway_finished:-}" ] || return 0',
    `  slipway_finished=1; slipway_status=$1; trap '' ${ENDING}; export slipway_status slipway_signal`,
    '  (slipway_exit "$1")',
    '  slipway_finally || echo "slipway: finally_exec ended with $?; the exit code of the job stays $1." >&2',
    ...after.map((line) => `  ${line}`),
    '  slipway_exit "$1"',
    '}',
    'trap \'slipway_finish "$?"\' EXIT',
  ];
}

/**
 * What stands between a job and its programs, and is passed over: a shell would die of the signal, and whether it would cannot be told from outside, since
 * bash with any EXIT trap seems to catch all; Apptainer would hand it to the shell inside.
 */
const BETWEEN = 'sh|bash|dash|ash|ksh|zsh|csh|tcsh|starter|starter-suid|apptainer|singularity|sinit|appinit';

/**
 * `slipway_pass_on SIGNAL`: to the nearest programs below the main part that listen for it (catch it, or block it to wait for it, as srun does); these pass it on to
 * what they started, as srun and mpirun do. Where nobody listens, a signal that ends programs goes to all of them, and any other to none: it would
 * end them, and with `program | tee log` the log alone.
 */
const PASS_ON = [
  'slipway_pass_on() { # SIGNAL: to the programs of the main part that listen for it',
  "  local IFS=' '",
  '  slipway_found=$(ps -A -o pid= -o ppid= -o caught= -o blocked= -o args= 2>/dev/null | awk -v top="${slipway_main:-${!:-0}}" -v signal="$(kill -l "$1")" \'',
  '    function has(mask,  digit) { digit = index("123456789abcdef", tolower(substr(mask, length(mask) - int((signal - 1) / 4), 1)))',
  '      return int(digit / 2 ^ ((signal - 1) % 4)) % 2 }',
  '    function listeners(pid,  each, i, n, all) {',
  `      if (name[pid] !~ /^(${BETWEEN})$/ && (has(caught[pid]) || has(blocked[pid]))) return " " pid`,
  '      n = split(below[pid], each, " "); for (i = 1; i <= n; i++) all = all listeners(each[i])',
  '      return all }',
  '    function everyone(pid,  each, i, n, all) {',
  '      n = split(below[pid], each, " "); for (i = 1; i <= n; i++) all = all everyone(each[i])',
  '      return all " " pid }',
  '    { below[$2] = below[$2] " " $1; caught[$1] = $3; blocked[$1] = $4; rows++',
  '      name[$1] = tolower($5); sub(/^-/, "", name[$1]); sub(/.*\\//, "", name[$1]) }',
  '    END { if (!rows) exit 1',
  '      all = listeners(top); if (all == "" && (signal <= 3 || signal == 15)) all = everyone(top)',
  '      print all }\') || { echo "slipway: $1 cannot be passed on: ps does not tell which programs there are." >&2; return 0; }',
  '  if [ -z "$slipway_found" ]; then echo "slipway: $1 came; no program of this job listens for it." >&2; return 0; fi',
  '  echo "slipway: $1 came; passed on to$slipway_found." >&2',
  '  # shellcheck disable=SC2086 # one word for each process',
  '  kill -s "$1" $slipway_found 2>/dev/null || :',
  '}',
];

/**
 * Lines around a main part that is to hear `signal` (a name without SIG) while it works: bash looks at a signal only when a command in the
 * foreground has ended, so the main part runs behind a `wait`, in a subshell. `body` is what is done at the signal; null passes it on. The other
 * signals do what they did: the main part ends first, then the script with their code.
 */
export function signalLines(
  signal: string,
  body: readonly string[] | null,
): { define: string[]; begin: string[]; end: string[] } {
  const others = Object.entries(TERMINATING).filter(([name]) => name !== signal);
  return {
    define: [
      ...PASS_ON,
      'slipway_on_signal() { # while the main part runs',
      ...(body === null ? ['  slipway_pass_on "$slipway_signal"'] : [':', ...body, '']),
      '}',
      'slipway_await() { # waits for the main part; a signal ends `wait`, not what it waits for',
      '  while :; do',
      '    slipway_heard=; slipway_code=0; wait "$slipway_main" || slipway_code=$?',
      '    [ "$slipway_code" -eq 127 ] && [ -n "$slipway_status" ] || slipway_status=$slipway_code',
      '    if [ -z "$slipway_heard" ] || [ "$slipway_status" -le 128 ]; then break; fi',
      '  done',
      `  trap 'slipway_signal=${signal}' ${signal}`,
      ...others.map(([name, code]) => `  trap 'exit ${String(code)}' ${name}`),
      '  [ -z "$slipway_ended" ] || exit "$slipway_ended"',
      '}',
    ],
    begin: [
      "slipway_main='' slipway_status='' slipway_signal='' slipway_heard='' slipway_ended=''",
      `trap 'slipway_heard=1 slipway_signal=${signal}; slipway_on_signal || :' ${signal}`,
      ...others.map(([name, code]) => `trap 'slipway_heard=1 slipway_ended=${String(code)}' ${name}`),
      // in the background bash would have INT and QUIT ignored
      '( trap - INT QUIT',
    ],
    end: ['', ') <&0 &', 'slipway_main=$!', 'slipway_await'],
  };
}
