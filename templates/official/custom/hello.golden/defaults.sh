#!/bin/bash
#SBATCH --job-name=hello
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=256M
#SBATCH --time=00:10:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_GREETING=world
export PARAM_SECONDS=20
export INPUT_FILE_COUNT=0
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Main ---
echo "Hello, $PARAM_GREETING!"
echo "This is job ${SLURM_JOB_ID:-?} on $(hostname), in $PWD; CPUs: ${SLURM_CPUS_PER_TASK:-1}."
for ((second = 1; second <= PARAM_SECONDS; second++)); do
  sleep 1
  slipway_progress $((100 * second / PARAM_SECONDS)) "second $second of $PARAM_SECONDS"
  echo "second $second of $PARAM_SECONDS"
done
echo "Done. What you see here is in ${SLIPWAY_RUN_DIR}."

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
