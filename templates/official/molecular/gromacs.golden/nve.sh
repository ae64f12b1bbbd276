#!/bin/bash
#SBATCH --job-name=gromacs
#SBATCH --partition=gpu
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=12:00:00
#SBATCH --gres=gpu:1
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_STEPS=500000
export PARAM_TIME_STEP=0.002
export PARAM_CONSTRAINTS=h-bonds
export PARAM_THERMOSTAT=no
export PARAM_TEMPERATURE=300
export PARAM_BAROSTAT=no
export PARAM_PRESSURE=1
export PARAM_CUTOFF=1
export PARAM_OUTPUT_EVERY=5000
export FILE_STRUCTURE="$SLIPWAY_RUN_DIR"/'my file.gro'
export FILE_TOPOLOGY="$SLIPWAY_RUN_DIR"/'my file.top'
export FILE_INCLUDES=
export FILE_INDEX=
export FILE_CHECKPOINT=
export FILE_OWN_PARAMETERS=
export INPUT_FILE_COUNT=2
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.gro'
export INPUT_FILE_1="$SLIPWAY_RUN_DIR"/'my file.top'
export APPTAINER_IMAGE='/opt/apptainers/my image.sif'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Container ---
slipway_end() { printf 'slipway: %s\n' "$1" >&2; exit 1; }
[ -e "$APPTAINER_IMAGE" ] || slipway_end "the image $APPTAINER_IMAGE is not there on $(hostname); the job ends."
[ -r "$APPTAINER_IMAGE" ] || slipway_end "the image $APPTAINER_IMAGE may not be read by $(id -un) on $(hostname); the job ends."
# Python packages in ~/.local are not made for the image and would be taken before its own
export APPTAINERENV_PYTHONNOUSERSITE="${APPTAINERENV_PYTHONNOUSERSITE:-1}"
# /tmp of a node is small and everybody's; sockets in TMPDIR need it short
slipway_tmp=$SLIPWAY_RUN_DIR/.slipway/tmp${SLURM_ARRAY_TASK_ID:+-$SLURM_ARRAY_TASK_ID}
mkdir -p -- "$slipway_tmp" || exit 1
export APPTAINER_TMPDIR="${APPTAINER_TMPDIR:-$slipway_tmp}" APPTAINER_CACHEDIR="${APPTAINER_CACHEDIR:-$slipway_tmp}"
case ${TMPDIR:-/tmp} in /tmp | /tmp/) [ "${#slipway_tmp}" -gt 60 ] || export TMPDIR="$slipway_tmp" ;; esac

# --- Input files ---
ln -sfn -- 'my file.gro' structure.gro
ln -sfn -- 'my file.top' topology.top

# --- Pre ---
set -eo pipefail
if [ -n "$FILE_INCLUDES" ]; then tar -xf "$FILE_INCLUDES"; fi
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
gmx() {
  apptainer exec --nv --bind "$SLIPWAY_RUN_DIR" --pwd "$SLIPWAY_RUN_DIR" "$APPTAINER_IMAGE" gmx "$@"
}

# --- Main ---
options=(-c "$FILE_STRUCTURE" -p "$FILE_TOPOLOGY" -o md.tpr)
if [ -n "$FILE_OWN_PARAMETERS" ]; then options+=(-f "$FILE_OWN_PARAMETERS"); else options+=(-f run.mdp); fi
if [ -n "$FILE_INDEX" ]; then options+=(-n "$FILE_INDEX"); fi
if [ -n "$FILE_CHECKPOINT" ]; then options+=(-t "$FILE_CHECKPOINT"); fi
slipway_progress 0 "preparing the run"
gmx grompp "${options[@]}"

slipway_progress 1 "running"
# a requeued job goes on from its own checkpoint, which -cpi passes over when there is none
gmx mdrun -deffnm md -cpi md.cpt -ntmpi 1 -ntomp "$OMP_NUM_THREADS" -pin on

slipway_status=$?

# --- End ---
[ -z "${slipway_tmp:-}" ] || rm -rf -- "$slipway_tmp"
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
