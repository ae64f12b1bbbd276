#!/bin/bash
#SBATCH --job-name=abaqus
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=08:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_PROCESSES=8
export PARAM_MODE=mpi
export PARAM_PRECISION=both
export PARAM_MEMORY_SHARE=90
export PARAM_LICENSE_SERVER=''
export PARAM_MODULE=abaqus
export FILE_INPUT="$SLIPWAY_RUN_DIR"/'my file.inp'
export FILE_SUBROUTINE=
export FILE_INCLUDES=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.inp'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
unset SBATCH_IGNORE_PBS
slipway_progress() ( # PERCENT [TEXT...]: shown in Slipway while the job runs
  case ${1:-} in "" | *[!0-9]* | ????*) echo "slipway_progress: PERCENT is a number from 0 to 100" >&2; exit 0 ;; esac
  [ -n "${SLIPWAY_PROGRESS_FILE:-}" ] || exit 0
  percent=$1; shift; IFS=' '; text=$(printf '%.300s' "$*" | tr '\n\r' '  ') || :
  printf '%s %s\n' "$percent" "$text" 2>/dev/null >>"$SLIPWAY_PROGRESS_FILE" || :
)
slipway_exit() { # CODE: writes down how the job ended, once
  [ -n "${slipway_exit_file:-}" ] || return 0
  printf '%s %s\n' "$1" "$(date +%s)" >"$slipway_exit_file.new" && mv -f "$slipway_exit_file.new" "$slipway_exit_file" || :
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
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.inp' input.inp

# --- Modules ---
if ! type module >/dev/null 2>&1; then
  for slipway_init in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /etc/profile.d/z00_lmod.sh /usr/share/lmod/lmod/init/bash /usr/share/Modules/init/bash /usr/share/modules/init/bash; do
    # shellcheck disable=SC1090
    if [ -r "$slipway_init" ]; then . "$slipway_init"; break; fi
  done
fi
module load abaqus || exit 1

# --- Pre ---
set -eo pipefail
command -v abaqus >/dev/null || { echo "There is no abaqus on the path: check the module." >&2; exit 127; }
if [ -n "$PARAM_LICENSE_SERVER" ]; then export ABAQUSLM_LICENSE_FILE="$PARAM_LICENSE_SERVER"; fi
case "$FILE_INCLUDES" in
  '') ;;
  *.zip) unzip -q -o "$FILE_INCLUDES" ;;
  *) tar -xf "$FILE_INCLUDES" ;;
esac
# Abaqus would read Slurm's own variables and start through it with libraries that do not fit.
unset SLURM_GTIDS
# [['node1', 16], ['node2', 16]]: the hosts with their number of processes
hosts=$(srun --ntasks="$SLURM_NTASKS" hostname -s | sort | uniq -c | awk '{ printf "%s[\047%s\047, %s]", (NR > 1 ? ", " : ""), $2, $1 }')
{
  echo "mp_host_list = [$hosts]"
  echo "ask_delete = OFF"
} >abaqus_v6.env
# of its own and for nobody else's eyes: /tmp belongs to everybody on the node
scratch=$(mktemp -d "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/abaqus-$SLURM_JOB_ID.XXXXXX")

# --- Main ---
options=(job=job input="$FILE_INPUT" cpus="$SLURM_NTASKS" mp_mode="$PARAM_MODE" memory="$PARAM_MEMORY_SHARE %" double="$PARAM_PRECISION" scratch="$scratch" interactive)
if [ -n "$FILE_SUBROUTINE" ]; then options+=(user="$FILE_SUBROUTINE"); fi
slipway_progress 1 "solving"
status=0
abaqus "${options[@]}" || status=$?
rm -rf -- "$scratch"
[ "$status" -eq 0 ] || exit "$status"
# Abaqus ends with 0 also for an analysis that did not
grep -q 'COMPLETED SUCCESSFULLY' job.sta || { echo "The analysis did not complete: see job.sta and job.msg." >&2; exit 1; }

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
