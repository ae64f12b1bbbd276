#!/bin/bash
#SBATCH --job-name=namd
#SBATCH --ntasks=32
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=1G
#SBATCH --time=12:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_STEPS=500000
export PARAM_TIME_STEP=2
export PARAM_MINIMIZE=1000
export PARAM_RIGID_BONDS=all
export PARAM_ENSEMBLE=NPT
export PARAM_TEMPERATURE=300
export PARAM_DAMPING=1
export PARAM_PRESSURE=1.01325
export PARAM_PERIODIC=true
export PARAM_CELL_X=64
export PARAM_CELL_Y=64
export PARAM_CELL_Z=64
export PARAM_ORIGIN_X=0
export PARAM_ORIGIN_Y=0
export PARAM_ORIGIN_Z=0
export PARAM_PME=true
export PARAM_PME_SPACING=1
export PARAM_CUTOFF=12
export PARAM_SWITCH_DISTANCE=10
export PARAM_PAIR_LIST_DISTANCE=14
export PARAM_OUTPUT_EVERY=5000
export PARAM_ENERGIES_EVERY=1000
export PARAM_RESTART_EVERY=10000
export PARAM_PROGRAM=namd3
export PARAM_BUILD=mpi
export PARAM_PROCESSES=32
export PARAM_CORES=1
export PARAM_MODULE=namd
export FILE_STRUCTURE="$SLIPWAY_RUN_DIR"/'my file.psf'
export FILE_COORDINATES="$SLIPWAY_RUN_DIR"/'my file.pdb'
export FILE_FORCE_FIELD="$SLIPWAY_RUN_DIR"/'my file.prm'
export FILE_FORCE_FIELD_2=
export FILE_FORCE_FIELD_3=
export FILE_FORCE_FIELD_4=
export FILE_RESTART_COORDINATES=
export FILE_RESTART_VELOCITIES=
export FILE_RESTART_CELL=
export INPUT_FILE_COUNT=3
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.psf'
export INPUT_FILE_1="$SLIPWAY_RUN_DIR"/'my file.pdb'
export INPUT_FILE_2="$SLIPWAY_RUN_DIR"/'my file.prm'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.psf' structure.psf
ln -sfn -- 'my file.pdb' coordinates.pdb
ln -sfn -- 'my file.prm' force_field.prm

# --- Modules ---
if ! type module >/dev/null 2>&1; then
  for slipway_init in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /etc/profile.d/z00_lmod.sh /usr/share/lmod/lmod/init/bash /usr/share/Modules/init/bash /usr/share/modules/init/bash; do
    # shellcheck disable=SC1090
    if [ -r "$slipway_init" ]; then . "$slipway_init"; break; fi
  done
fi
module load namd || exit 1

# --- Pre ---
set -eo pipefail
command -v "$PARAM_PROGRAM" >/dev/null || { echo "There is no $PARAM_PROGRAM on the path: check the module." >&2; exit 127; }
# Source: NAMD User's Guide, "Pressure Control"
if [ "$PARAM_ENSEMBLE" = NPT ] && [ "$PARAM_PERIODIC" != true ]; then echo "Constant pressure (NPT) needs a periodic cell." >&2; exit 2; fi
# the step of each line of energies, as progress
report() {
  local word step rest
  while read -r word step rest; do
    if [ "$word" = "ENERGY:" ]; then slipway_progress "$((step >= PARAM_STEPS ? 100 : step * 100 / PARAM_STEPS))" "step $step of $PARAM_STEPS"; fi
  done
}

# --- Main ---
case "$PARAM_BUILD" in
  multicore) launch=("$PARAM_PROGRAM" "+p$PARAM_CORES" +setcpuaffinity) ;;
  mpi) launch=(srun "$PARAM_PROGRAM") ;;
  # one core of each process is left to its communication
  mpi-smp) launch=(srun "$PARAM_PROGRAM" "++ppn" "$((PARAM_CORES > 1 ? PARAM_CORES - 1 : 1))") ;;
esac
"${launch[@]}" namd.conf | tee >(report)

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
