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
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
