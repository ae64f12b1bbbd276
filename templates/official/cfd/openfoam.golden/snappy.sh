#!/bin/bash
#SBATCH --job-name=openfoam
#SBATCH --nodes=1
#SBATCH --ntasks=16
#SBATCH --cpus-per-task=1
#SBATCH --mem=8G
#SBATCH --time=08:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_SOLVER=simpleFoam
export PARAM_MESH=snappy
export PARAM_CHECK_MESH=true
export PARAM_PROCESSES=16
export PARAM_DECOMPOSITION=hierarchical
export PARAM_LATEST_ONLY=true
export FILE_CASE="$SLIPWAY_RUN_DIR"/'my file.tar.gz'
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.tar.gz'
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
ln -sfn -- 'my file.tar.gz' case.tar.gz

# --- Pre ---
set -eo pipefail
mkdir -p case
slipway_progress 0 "unpacking the case"
case "$FILE_CASE" in
  *.zip) unzip -q -o "$FILE_CASE" -d case ;;
  *) tar -xf "$FILE_CASE" -C case ;;
esac
control=$(find case -path '*/system/controlDict' -print -quit)
if [ -z "$control" ]; then
  echo "There is no system/controlDict in the archive." >&2
  exit 1
fi
case_dir="$SLIPWAY_RUN_DIR/${control%/system/controlDict}"
cp decomposeParDict "$case_dir/system/decomposeParDict"

# OpenFOAM's own set-up takes the caller's arguments for settings, so it is given an empty one.
foam() {
  # shellcheck disable=SC2016
  apptainer exec --bind "$SLIPWAY_RUN_DIR" --pwd "$case_dir" "$APPTAINER_IMAGE" bash -c '
    for setup in /opt/openfoam*/etc/bashrc /opt/OpenFOAM/*/etc/bashrc /usr/lib/openfoam/openfoam*/etc/bashrc; do
      if [ -z "$WM_PROJECT_DIR" ] && [ -r "$setup" ]; then . "$setup" ""; break; fi
    done
    exec "$@"' foam "$@"
}
parallel() {
  if [ "$PARAM_PROCESSES" -gt 1 ]; then foam mpirun --oversubscribe -np "$PARAM_PROCESSES" "$@" -parallel; else foam "$@"; fi
}

# --- Main ---
if [ "$PARAM_MESH" != given ]; then
  slipway_progress 2 "making the mesh"
  foam blockMesh
fi
if [ "$PARAM_MESH" = snappy ]; then foam snappyHexMesh -overwrite; fi
if [ "$PARAM_CHECK_MESH" = true ]; then foam checkMesh || echo "checkMesh found faults; see above." >&2; fi
# fields as the case's author left them, where the case keeps them apart
if [ -d "$case_dir/0.orig" ] && [ ! -d "$case_dir/0" ]; then cp -r "$case_dir/0.orig" "$case_dir/0"; fi

if [ "$PARAM_PROCESSES" -gt 1 ]; then
  slipway_progress 8 "decomposing"
  foam decomposePar -force
fi
slipway_progress 10 "solving"
parallel "$PARAM_SOLVER"
slipway_progress 95 "collecting the results"

slipway_status=$?

# --- Post ---
[ "$slipway_status" -eq 0 ] || exit "$slipway_status"
times=()
if [ "$PARAM_LATEST_ONLY" = true ]; then times=(-latestTime); fi
if [ "$PARAM_PROCESSES" -gt 1 ]; then
  foam reconstructPar "${times[@]}"
  rm -rf -- "$case_dir"/processor*
fi
tar -czf results.tar.gz -C "$case_dir" .
slipway_progress 100 "done"

slipway_status=$?

# --- End ---
[ -z "${slipway_tmp:-}" ] || rm -rf -- "$slipway_tmp"
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
