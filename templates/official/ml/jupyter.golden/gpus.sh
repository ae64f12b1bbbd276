#!/bin/bash
#SBATCH --job-name=jupyter
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=04:00:00
#SBATCH --gres=gpu:2
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_FOLDER=''
export PARAM_INTERFACE=notebook
export PARAM_LOGIN=''
export PARAM_IDLE=60
export PARAM_GPUS=2
export FILE_NOTEBOOK=
export FILE_REQUIREMENTS=
export INPUT_FILE_COUNT=0
export APPTAINER_IMAGE='/opt/apptainers/my image.sif'
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

# --- Pre ---
set -eo pipefail
umask 077
folder="${PARAM_FOLDER:-$SLIPWAY_RUN_DIR}"
[ -d "$folder" ] || { echo "There is no folder $folder." >&2; exit 2; }
node=$(hostname -f 2>/dev/null || hostname)
login="${PARAM_LOGIN:-${SLURM_SUBMIT_HOST:-login-node}}"
# whoever has the token is you on this node: it stands in this file alone, not in the output, which may be let be read
token_file="$SLIPWAY_RUN_DIR/jupyter-token"
rm -f -- "$token_file"
JUPYTER_TOKEN=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$JUPYTER_TOKEN" >"$token_file"
export JUPYTER_TOKEN
export JUPYTER_RUNTIME_DIR="$SLIPWAY_RUN_DIR/.jupyter"
mkdir -p "$JUPYTER_RUNTIME_DIR"
inside() {
  apptainer exec --nv --bind "$SLIPWAY_RUN_DIR" --bind "$folder" --pwd "$folder" "$APPTAINER_IMAGE" "$@"
}
# a port that is free now; should another job take it first, Jupyter ends and says so
port=$(inside python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
if [ -n "$FILE_REQUIREMENTS" ]; then
  slipway_progress 0 "installing packages"
  export PYTHONUSERBASE="$SLIPWAY_RUN_DIR/python"
  inside python3 -m pip install --user --no-warn-script-location -r "$FILE_REQUIREMENTS" ||
    echo "The packages could not be installed (no internet on this node?); Jupyter starts without them." >&2
fi

# --- Main ---
cat <<HOW

Jupyter runs on $node. In a terminal of your own computer:

    ssh -N -L 8888:$node:$port ${USER:-$(id -un)}@$login

leave that open, and go to http://localhost:8888/

It asks for a token. Only you can read its file, jupyter-token in the run folder; in another terminal of your own computer:

    ssh ${USER:-$(id -un)}@$login cat $(printf '%q' "$(printf '%q' "$token_file")")

Save your work, then cancel the job to end it.

HOW
slipway_progress 1 "running on $node, port $port"
# The server ends only with no kernel and no terminal left, and by default none is ended that a browser looks at.
# Source: Jupyter Server, “Config file and command line options”
idle=$((PARAM_IDLE * 60))
inside jupyter "$PARAM_INTERFACE" --no-browser --ip="$node" --port="$port" --port-retries=0 --ServerApp.root_dir="$folder" \
  --ServerApp.shutdown_no_activity_timeout="$idle" --MappingKernelManager.cull_idle_timeout="$idle" \
  --MappingKernelManager.cull_connected=True --TerminalManager.cull_inactive_timeout="$idle"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
