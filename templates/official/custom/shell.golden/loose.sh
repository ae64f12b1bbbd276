#!/bin/bash
#SBATCH --job-name=shell
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=00:30:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_ARGUMENTS='a $(b) *'
export PARAM_STRICT=false
export FILE_SCRIPT="$SLIPWAY_RUN_DIR"/'my file.sh'
export FILE_INPUT=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.sh'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.sh' script.sh

# --- Main ---
read -r -a arguments <<<"$PARAM_ARGUMENTS"
options=()
if [ "$PARAM_STRICT" = true ]; then options+=(-e); fi
bash "${options[@]}" "$FILE_SCRIPT" "${arguments[@]}"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
