/**
 * What every job script does for Slipway: it claims its run, writes down how it ended, and offers `slipway_progress`.
 *
 * - The claim is a hard link, which appears with its content or not at all. A second job of the same run finds it and ends at once;
 *   a requeued job keeps its id and goes on; the tasks of one array share the array's id.
 * - The end is written by an EXIT trap. SIGKILL skips it, and so does a script that sets an EXIT trap of its own: it may call
 *   `slipway_exit "$?"` there. A missing file means unknown, never success.
 * - `slipway_progress` is a function here, for long texts and a PATH that the script sets anew, and a program of the same text on
 *   the PATH of all that the script starts: other shells and languages, tasks on other nodes, and containers that hold the run folder.
 * - Run by hand, outside Slurm, nothing is claimed or written.
 */
import { ABANDONED, DUPLICATE_EXIT_CODE, PROTOCOL, PROTOCOL_FOLDER } from './runFolder.ts';

/**
 * Lines of bash (3.2 or newer) for a script that has set `$SLIPWAY_RUN_DIR` to its run folder: `begin` near the top, `end` as the
 * last lines. The same for all jobs, nothing to fill in; safe under `set -euo pipefail`.
 */
export function runProtocolLines(): { begin: string[]; end: string[] } {
  return { begin: [...BEGIN], end: [...END] };
}

/** Signals that end a job script, and the exit code that tells so. A foreground command ends first: it has the site's grace time. */
export const TERMINATING = { HUP: 129, INT: 130, TERM: 143, XCPU: 152, USR1: 138, USR2: 140 };

const BEGIN = [
  // set for the submission of this script, whose foreign directives nobody has seen; not for scripts that the job itself submits
  'unset SBATCH_IGNORE_PBS',
  // POSIX sh throughout, and nothing of this script in it: its text is also the program of that name, see below
  'slipway_progress() ( # PERCENT [TEXT...]: shown in Slipway while the job runs',
  '  case ${1:-} in "" | *[!0-9]* | ????*) echo "slipway_progress: PERCENT is a number from 0 to 100" >&2; exit 0 ;; esac',
  '  [ -n "${SLIPWAY_PROGRESS_FILE:-}" ] || exit 0',
  // what is shown is read from the file's end, where a longer line would have lost its beginning
  "  percent=$1; shift; IFS=' '; text=$(printf '%.300s' \"$*\" | tr '\\n\\r' '  ') || :",
  `  printf '%s %s\\n' "$percent" "$text" 2>/dev/null >>"$SLIPWAY_PROGRESS_FILE" || :`,
  ')',
  'slipway_exit() { # CODE: writes down how the job ended, once',
  '  [ -n "${slipway_exit_file:-}" ] || return 0',
  `  printf '%s %s %s\\n' "$1" "$(date +%s)" "\${SLURM_RESTART_COUNT:-0}" >"$slipway_exit_file.new" && mv -f "$slipway_exit_file.new" "$slipway_exit_file" || :`,
  '  slipway_exit_file=',
  '}',
  'if [ -n "${SLURM_JOB_ID:-}" ]; then',
  `  slipway_folder=$SLIPWAY_RUN_DIR/${PROTOCOL_FOLDER}`,
  '  slipway_job=${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}',
  '  slipway_task=${SLURM_ARRAY_TASK_ID:+-$SLURM_ARRAY_TASK_ID}',
  `  slipway_claim=$slipway_folder/${PROTOCOL.claim}`,
  `  printf '%s\\n' "$slipway_job" >"$slipway_claim.$slipway_job$slipway_task" || :`,
  '  ln "$slipway_claim.$slipway_job$slipway_task" "$slipway_claim" 2>/dev/null || [ -e "$slipway_claim" ] || mv -n "$slipway_claim.$slipway_job$slipway_task" "$slipway_claim" || :',
  '  rm -f "$slipway_claim.$slipway_job$slipway_task"',
  '  slipway_owner=; if [ -e "$slipway_claim" ]; then read -r slipway_owner <"$slipway_claim" || :; fi',
  '  if [ "$slipway_owner" != "$slipway_job" ]; then',
  `    if [ "$slipway_owner" = ${ABANDONED} ]; then echo "slipway: this run was given up; job $slipway_job ends here." >&2`,
  '    elif [ -z "$slipway_owner" ]; then echo "slipway: the run folder $SLIPWAY_RUN_DIR cannot be written here; job $slipway_job ends." >&2',
  '    else echo "slipway: this run belongs to job ${slipway_owner:-?}; job $slipway_job ends here without doing anything." >&2; fi',
  `    exit ${DUPLICATE_EXIT_CODE}`,
  '  fi',
  `  slipway_exit_file=$slipway_folder/${PROTOCOL.exit}$slipway_task`,
  `  export SLIPWAY_PROGRESS_FILE="$slipway_folder/${PROTOCOL.progress}$slipway_task"`,
  '  rm -f "$slipway_exit_file" "$SLIPWAY_PROGRESS_FILE"',
  // for whatever the job starts: a function reaches neither other languages nor other shells. The tasks of an array make it at the same time
  `  slipway_bin=$slipway_folder/${PROTOCOL.programs}; slipway_new=$slipway_folder/progress.$slipway_job$slipway_task`,
  `  { mkdir -p "$slipway_bin" && { echo '#!/bin/sh'; declare -f slipway_progress; echo 'slipway_progress "$@"'; } >"$slipway_new" && chmod 755 "$slipway_new" && mv -f "$slipway_new" "$slipway_bin/slipway_progress"; } 2>/dev/null || :`,
  // last, so that it hides no program and no other is looked for in it; Apptainer and Singularity make a PATH of their own and add these
  '  case $slipway_bin in *:*) ;; *)',
  '    slipway_append=${APPTAINERENV_APPEND_PATH:-${SINGULARITYENV_APPEND_PATH:-}}',
  '    export PATH="$PATH:$slipway_bin" APPTAINERENV_APPEND_PATH="${slipway_append:+$slipway_append:}$slipway_bin"',
  '    export SINGULARITYENV_APPEND_PATH="$APPTAINERENV_APPEND_PATH" ;;',
  '  esac',
  '  trap \'slipway_exit "$?"\' EXIT',
  // without these bash runs the EXIT trap with the code of the last command, and a terminated job would look like a success
  ...Object.entries(TERMINATING).map(([signal, code]) => `  trap 'exit ${code}' ${signal}`),
  'fi',
];

const END = ['slipway_exit "$?"'];
