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
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Container ---
slipway_end() { printf 'slipway: %s\n' "$1" >&2; exit 1; }
[ -e "$APPTAINER_IMAGE" ] || slipway_end "the image $APPTAINER_IMAGE is not there on $(hostname); the job ends."
[ -r "$APPTAINER_IMAGE" ] || slipway_end "the image $APPTAINER_IMAGE may not be read by $(id -un) on $(hostname); the job ends."
# /tmp of a node is small and everybody's; sockets in TMPDIR need it short
slipway_tmp=$SLIPWAY_RUN_DIR/.slipway/tmp${SLURM_ARRAY_TASK_ID:+-$SLURM_ARRAY_TASK_ID}
mkdir -p -- "$slipway_tmp" || exit 1
export APPTAINER_TMPDIR="${APPTAINER_TMPDIR:-$slipway_tmp}" APPTAINER_CACHEDIR="${APPTAINER_CACHEDIR:-$slipway_tmp}"
case ${TMPDIR:-/tmp} in /tmp | /tmp/) [ "${#slipway_tmp}" -gt 60 ] || export TMPDIR="$slipway_tmp" ;; esac

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
[ -z "${slipway_tmp:-}" ] || rm -rf -- "$slipway_tmp"
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
