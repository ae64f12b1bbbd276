#!/bin/bash
#SBATCH --job-name=python
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_ARGUMENTS=''
export PARAM_PYTHON=python3
export PARAM_VENV=''
export FILE_SCRIPT="$SLIPWAY_RUN_DIR"/'my file.py'
export FILE_INPUT=
export FILE_CONFIG=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.py'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.py' script.py

# --- Pre ---
set -eo pipefail
if [ -n "$PARAM_VENV" ]; then
  # shellcheck disable=SC1091
  . "$PARAM_VENV/bin/activate"
fi
export PYTHONUNBUFFERED=1
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
"$PARAM_PYTHON" --version

# --- Main ---
read -r -a arguments <<<"$PARAM_ARGUMENTS"
"$PARAM_PYTHON" "$FILE_SCRIPT" "${arguments[@]}"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
