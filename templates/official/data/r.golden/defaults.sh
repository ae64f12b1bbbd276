#!/bin/bash
#SBATCH --job-name=r
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=4G
#SBATCH --time=01:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_ARGUMENTS=''
export PARAM_CORES=1
export PARAM_LIBRARY=''
export PARAM_MODULE=''
export FILE_SCRIPT="$SLIPWAY_RUN_DIR"/'my file.R'
export FILE_INPUT=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.R'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.R' script.R

# --- Pre ---
set -eo pipefail
command -v Rscript >/dev/null || { echo "There is no Rscript on the path: name a module that has it." >&2; exit 127; }
export MC_CORES="$PARAM_CORES" OMP_NUM_THREADS="$PARAM_CORES" OPENBLAS_NUM_THREADS="$PARAM_CORES"
if [ -n "$PARAM_LIBRARY" ]; then export R_LIBS_USER="$PARAM_LIBRARY"; fi
Rscript --version

# --- Main ---
read -r -a arguments <<<"$PARAM_ARGUMENTS"
Rscript --no-save --no-restore "$FILE_SCRIPT" "${arguments[@]}"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
