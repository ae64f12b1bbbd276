#!/bin/bash
#SBATCH --job-name=ansys-mechanical
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=08:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_PROCESSES=8
export PARAM_MODE=dis
export PARAM_GPUS=0
export PARAM_EXECUTABLE=ansys242
export PARAM_PRODUCT=''
export PARAM_LICENSE_SERVER=''
export PARAM_MODULE=''
export FILE_INPUT="$SLIPWAY_RUN_DIR"/'my file.dat'
export FILE_DATABASE=
export FILE_INCLUDES=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.dat'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.dat' input.dat

# --- Pre ---
set -eo pipefail
command -v "$PARAM_EXECUTABLE" >/dev/null || { echo "There is no $PARAM_EXECUTABLE on the path: check the module and the program’s name." >&2; exit 127; }
if [ -n "$PARAM_LICENSE_SERVER" ]; then export ANSYSLMD_LICENSE_FILE="$PARAM_LICENSE_SERVER"; fi
case "$FILE_INCLUDES" in
  '') ;;
  *.zip) unzip -q -o "$FILE_INCLUDES" ;;
  *) tar -xf "$FILE_INCLUDES" ;;
esac
# node1:16:node2:16, the hosts with their number of processes
machines=$(srun --ntasks="$SLURM_NTASKS" hostname -s | sort | uniq -c | awk '{ printf "%s%s:%s", (NR > 1 ? ":" : ""), $2, $1 }')

# --- Main ---
options=(-b nolist "-$PARAM_MODE" -np "$SLURM_NTASKS" -j file -dir "$SLIPWAY_RUN_DIR" -i "$FILE_INPUT" -o solve.out)
if [ "$PARAM_MODE" = dis ]; then options+=(-machines "$machines"); fi
if [ "$PARAM_GPUS" -gt 0 ]; then options+=(-acc nvidia -na "$PARAM_GPUS"); fi
if [ -n "$PARAM_PRODUCT" ]; then options+=(-p "$PARAM_PRODUCT"); fi
slipway_progress 1 "solving"
status=0
"$PARAM_EXECUTABLE" "${options[@]}" || status=$?
tail -n 40 solve.out
# 8 is “error, or end of run” alike; which of both, its count of errors tells. Source: Mechanical APDL Operations Guide, exit codes
if [ "$status" -eq 8 ] && ! grep -Eq 'NUMBER OF ERROR +MESSAGES ENCOUNTERED= *[1-9]' solve.out; then status=0; fi
(exit "$status")

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
