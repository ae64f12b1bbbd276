#!/bin/bash
#SBATCH --job-name=fluent
#SBATCH --ntasks=16
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=12:00:00
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_SOLVER=2ddp
export PARAM_ITERATIONS=20
export PARAM_TIME_STEPS=100
export PARAM_INITIALIZE=hyb-initialization
export PARAM_PROCESSES=16
export PARAM_MPI=default
export PARAM_LICENSE_SERVER=''
export PARAM_MODULE=ansys
export FILE_CASE="$SLIPWAY_RUN_DIR"/'my file.cas.h5'
export FILE_DATA="$SLIPWAY_RUN_DIR"/'my file.dat.h5'
export FILE_JOURNAL=
export FILE_FUNCTIONS=
export INPUT_FILE_COUNT=2
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.cas.h5'
export INPUT_FILE_1="$SLIPWAY_RUN_DIR"/'my file.dat.h5'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.cas.h5' case.cas.h5
ln -sfn -- 'my file.dat.h5' data.dat.h5

# --- Modules ---
if ! type module >/dev/null 2>&1; then
  for slipway_init in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /etc/profile.d/z00_lmod.sh /usr/share/lmod/lmod/init/bash /usr/share/Modules/init/bash /usr/share/modules/init/bash; do
    # shellcheck disable=SC1090
    if [ -r "$slipway_init" ]; then . "$slipway_init"; break; fi
  done
fi
module load ansys || exit 1

# --- Pre ---
set -eo pipefail
command -v fluent >/dev/null || { echo "There is no fluent on the path: check the module." >&2; exit 127; }
if [ -n "$PARAM_LICENSE_SERVER" ]; then export ANSYSLMD_LICENSE_FILE="$PARAM_LICENSE_SERVER"; fi
# One line for each process: Fluent starts them where Slurm has put the job.
srun --ntasks="$SLURM_NTASKS" hostname -s | sort >hosts.txt
{
  # its questions: confirm that a file is overwritten, exit on error (else it waits for somebody), hide questions, show them again
  echo '/file/set-batch-options no yes yes no'
  if [ -n "$FILE_FUNCTIONS" ]; then printf '/define/user-defined/compiled-functions compile libudf yes "%s" "" ""\n/define/user-defined/compiled-functions load libudf\n' "$FILE_FUNCTIONS"; fi
  printf '/file/read-case "%s"\n' "$FILE_CASE"
  if [ -n "$FILE_DATA" ]; then
    printf '/file/read-data "%s"\n' "$FILE_DATA"
  else
    printf '/solve/initialize/%s\n' "$PARAM_INITIALIZE"
  fi
  if [ "$PARAM_TIME_STEPS" -gt 0 ]; then
    printf '/solve/dual-time-iterate %s %s\n' "$PARAM_TIME_STEPS" "$PARAM_ITERATIONS"
  else
    printf '/solve/iterate %s\n' "$PARAM_ITERATIONS"
  fi
  printf '/file/write-case-data "result.cas.h5"\n/exit yes\n'
} >run.jou
journal="${FILE_JOURNAL:-run.jou}"

# --- Main ---
options=("$PARAM_SOLVER" -g "-t$SLURM_NTASKS" -cnf=hosts.txt -i "$journal")
if [ "$PARAM_MPI" != default ]; then options+=("-mpi=$PARAM_MPI"); fi
slipway_progress 1 "solving"
fluent "${options[@]}"

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
