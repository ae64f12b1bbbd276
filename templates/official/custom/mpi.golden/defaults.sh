#!/bin/bash
#SBATCH --job-name=mpi
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2G
#SBATCH --time=00:30:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_PROCESSES=4
export PARAM_THREADS=1
export PARAM_LAUNCHER=srun
export PARAM_PMI=default
export PARAM_PROGRAM=''
export PARAM_FLAGS=-O2
export PARAM_ARGUMENTS=''
export PARAM_MODULE=openmpi
export FILE_SOURCE=
export FILE_INPUT=
export INPUT_FILE_COUNT=0
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Modules ---
if ! type module >/dev/null 2>&1; then
  for slipway_init in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /etc/profile.d/z00_lmod.sh /usr/share/lmod/lmod/init/bash /usr/share/Modules/init/bash /usr/share/modules/init/bash; do
    # shellcheck disable=SC1090
    if [ -r "$slipway_init" ]; then . "$slipway_init"; break; fi
  done
fi
module load openmpi || exit 1

# --- Pre ---
set -eo pipefail
export OMP_NUM_THREADS="$PARAM_THREADS"
program="$PARAM_PROGRAM"
if [ -z "$program" ]; then
  read -r -a flags <<<"$PARAM_FLAGS"
  case "$FILE_SOURCE" in
    '') echo "Add a source file, or name a program that is on the cluster." >&2; exit 2 ;;
    *.c) compiler=mpicc ;;
    *.f90 | *.f) compiler=mpifort ;;
    *) compiler=mpicxx ;;
  esac
  command -v "$compiler" >/dev/null || { echo "There is no $compiler on the path: check the module." >&2; exit 127; }
  slipway_progress 0 "compiling"
  "$compiler" "${flags[@]}" -o program "$FILE_SOURCE" -lm
  program="$SLIPWAY_RUN_DIR/program"
fi

# --- Main ---
if [ "$PARAM_LAUNCHER" = mpirun ]; then
  launch=(mpirun -np "$PARAM_PROCESSES")
else
  launch=(srun)
  if [ "$PARAM_PMI" != default ]; then launch+=("--mpi=$PARAM_PMI"); fi
fi
read -r -a arguments <<<"$PARAM_ARGUMENTS"
slipway_progress 1 "running"
"${launch[@]}" "$program" "${arguments[@]}"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
