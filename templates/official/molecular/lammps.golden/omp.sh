#!/bin/bash
#SBATCH --job-name=lammps
#SBATCH --ntasks=2
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=2G
#SBATCH --time=08:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_PROCESSES=2
export PARAM_THREADS=8
export PARAM_STYLES=omp
export PARAM_VARIABLES='T=300 P=1'
export PARAM_EXECUTABLE=lmp
export PARAM_MODULE=lammps
export FILE_INPUT="$SLIPWAY_RUN_DIR"/'my file.in'
export FILE_DATA=
export FILE_POTENTIAL=
export FILE_EXTRA=
export FILE_RESTART=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.in'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.in' input.in

# --- Modules ---
if ! type module >/dev/null 2>&1; then
  for slipway_init in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /etc/profile.d/z00_lmod.sh /usr/share/lmod/lmod/init/bash /usr/share/Modules/init/bash /usr/share/modules/init/bash; do
    # shellcheck disable=SC1090
    if [ -r "$slipway_init" ]; then . "$slipway_init"; break; fi
  done
fi
module load lammps || exit 1

# --- Pre ---
set -eo pipefail
command -v "$PARAM_EXECUTABLE" >/dev/null || { echo "There is no $PARAM_EXECUTABLE on the path: check the module." >&2; exit 127; }
if [ -n "$FILE_EXTRA" ]; then tar -xf "$FILE_EXTRA"; fi
export OMP_NUM_THREADS="$PARAM_THREADS"
export OMP_PROC_BIND=close OMP_PLACES=cores

# --- Main ---
options=(-in "$FILE_INPUT" -log log.lammps)
case "$PARAM_STYLES" in
  opt) options+=(-sf opt) ;;
  omp) options+=(-sf omp -pk omp "$PARAM_THREADS") ;;
  intel) options+=(-sf intel -pk intel 0 omp "$PARAM_THREADS") ;;
esac
if [ -n "$FILE_RESTART" ]; then options+=(-var restart "$FILE_RESTART"); fi
read -r -a variables <<<"$PARAM_VARIABLES"
for variable in "${variables[@]}"; do options+=(-var "${variable%%=*}" "${variable#*=}"); done
slipway_progress 0 "running"
srun "$PARAM_EXECUTABLE" "${options[@]}"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
