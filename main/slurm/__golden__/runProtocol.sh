unset SBATCH_IGNORE_PBS
slipway_progress() ( # PERCENT [TEXT...]: shown in Slipway while the job runs
  case ${1:-} in "" | *[!0-9]* | ????*) echo "slipway_progress: PERCENT is a number from 0 to 100" >&2; exit 0 ;; esac
  [ -n "${SLIPWAY_PROGRESS_FILE:-}" ] || exit 0
  percent=$1; shift; IFS=' '; text=$(printf '%.300s' "$*" | tr '\n\r' '  ') || :
  printf '%s %s\n' "$percent" "$text" 2>/dev/null >>"$SLIPWAY_PROGRESS_FILE" || :
)
slipway_exit() { # CODE: writes down how the job ended, once
  [ -n "${slipway_exit_file:-}" ] || return 0
  printf '%s %s %s\n' "$1" "$(date +%s)" "${SLURM_RESTART_COUNT:-0}" >"$slipway_exit_file.new" && mv -f "$slipway_exit_file.new" "$slipway_exit_file" || :
  slipway_exit_file=
}
if [ -n "${SLURM_JOB_ID:-}" ]; then
  slipway_folder=$SLIPWAY_RUN_DIR/.slipway
  slipway_job=${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}
  slipway_task=${SLURM_ARRAY_TASK_ID:+-$SLURM_ARRAY_TASK_ID}
  slipway_claim=$slipway_folder/claim
  printf '%s\n' "$slipway_job" >"$slipway_claim.$slipway_job$slipway_task" || :
  ln "$slipway_claim.$slipway_job$slipway_task" "$slipway_claim" 2>/dev/null || [ -e "$slipway_claim" ] || mv -n "$slipway_claim.$slipway_job$slipway_task" "$slipway_claim" || :
  rm -f "$slipway_claim.$slipway_job$slipway_task"
  slipway_owner=; if [ -e "$slipway_claim" ]; then read -r slipway_owner <"$slipway_claim" || :; fi
  if [ "$slipway_owner" != "$slipway_job" ]; then
    if [ "$slipway_owner" = abandoned ]; then echo "slipway: this run was given up; job $slipway_job ends here." >&2
    elif [ -z "$slipway_owner" ]; then echo "slipway: the run folder $SLIPWAY_RUN_DIR cannot be written here; job $slipway_job ends." >&2
    else echo "slipway: this run belongs to job ${slipway_owner:-?}; job $slipway_job ends here without doing anything." >&2; fi
    exit 99
  fi
  slipway_exit_file=$slipway_folder/exit$slipway_task
  export SLIPWAY_PROGRESS_FILE="$slipway_folder/progress$slipway_task"
  rm -f "$slipway_exit_file" "$SLIPWAY_PROGRESS_FILE"
  slipway_bin=$slipway_folder/bin; slipway_new=$slipway_folder/progress.$slipway_job$slipway_task
  { mkdir -p "$slipway_bin" && { echo '#!/bin/sh'; declare -f slipway_progress; echo 'slipway_progress "$@"'; } >"$slipway_new" && chmod 755 "$slipway_new" && mv -f "$slipway_new" "$slipway_bin/slipway_progress"; } 2>/dev/null || :
  case $slipway_bin in *:*) ;; *)
    slipway_append=${APPTAINERENV_APPEND_PATH:-${SINGULARITYENV_APPEND_PATH:-}}
    export PATH="$PATH:$slipway_bin" APPTAINERENV_APPEND_PATH="${slipway_append:+$slipway_append:}$slipway_bin"
    export SINGULARITYENV_APPEND_PATH="$APPTAINERENV_APPEND_PATH" ;;
  esac
  trap 'slipway_exit "$?"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 152' XCPU
  trap 'exit 138' USR1
  trap 'exit 140' USR2
fi
