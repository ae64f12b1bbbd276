#!/bin/bash
#SBATCH --job-name=pytorch
#SBATCH --partition=a100
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=1-00:00:00
#SBATCH --gres=gpu:1
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_EPOCHS=30
export PARAM_BATCH_SIZE=64
export PARAM_LEARNING_RATE=0.001
export PARAM_OPTIMIZER=adamw
export PARAM_SEED=0
export PARAM_GPUS=1
export PARAM_EXTRA_ARGUMENTS=''
export FILE_TRAINING_SCRIPT="$SLIPWAY_RUN_DIR"/'my file.py'
export FILE_DATASET=
export FILE_PRETRAINED_MODEL=
export FILE_CONFIG=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.py'
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
ln -sfn -- 'my file.py' training_script.py

# --- Pre ---
set -eo pipefail
mkdir -p checkpoints data
if [ -n "$FILE_DATASET" ]; then
  slipway_progress 0 "unpacking the data"
  case "$FILE_DATASET" in
    *.zip) unzip -q -o "$FILE_DATASET" -d data ;;
    *) tar -xf "$FILE_DATASET" -C data ;;
  esac
fi
export PYTHONUNBUFFERED=1
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"

# --- Main ---
options=(--epochs "$PARAM_EPOCHS" --batch-size "$PARAM_BATCH_SIZE" --lr "$PARAM_LEARNING_RATE" --optimizer "$PARAM_OPTIMIZER")
options+=(--seed "$PARAM_SEED" --output checkpoints)
if [ -n "$FILE_DATASET" ]; then options+=(--data data); fi
if [ -n "$FILE_PRETRAINED_MODEL" ]; then options+=(--weights "$FILE_PRETRAINED_MODEL"); fi
if [ -n "$FILE_CONFIG" ]; then options+=(--config "$FILE_CONFIG"); fi
read -r -a more <<<"$PARAM_EXTRA_ARGUMENTS"
options+=("${more[@]}")

if [ "$PARAM_GPUS" -gt 1 ]; then
  launcher=(torchrun --standalone --nproc-per-node "$PARAM_GPUS")
else
  launcher=(python)
fi
slipway_progress 1 "training"
apptainer exec --nv --bind "$SLIPWAY_RUN_DIR" --pwd "$SLIPWAY_RUN_DIR" "$APPTAINER_IMAGE" "${launcher[@]}" "$FILE_TRAINING_SCRIPT" "${options[@]}"

slipway_status=$?

# --- Post ---
[ "$slipway_status" -eq 0 ] || exit "$slipway_status"
rm -rf -- data

slipway_status=$?

# --- End ---
[ -z "${slipway_tmp:-}" ] || rm -rf -- "$slipway_tmp"
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
