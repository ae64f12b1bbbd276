#!/bin/bash
#SBATCH --job-name=python-sweep
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=00:30:00
#SBATCH --array=1-4%10
#SBATCH --output=slurm-%A_%a.out
#SBATCH --error=slurm-%A_%a.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_ROWS=4
export PARAM_AT_ONCE=10
export PARAM_ARGUMENTS=''
export PARAM_PYTHON=python3
export PARAM_VENV=''
export FILE_SCRIPT="$SLIPWAY_RUN_DIR"/'my file.py'
export FILE_TABLE="$SLIPWAY_RUN_DIR"/'my file.csv'
export FILE_INPUT=
export INPUT_FILE_COUNT=2
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.py'
export INPUT_FILE_1="$SLIPWAY_RUN_DIR"/'my file.csv'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.py' script.py
ln -sfn -- 'my file.csv' table.csv

# --- Pre ---
set -eo pipefail
if [ -n "$PARAM_VENV" ]; then
  # shellcheck disable=SC1091
  . "$PARAM_VENV/bin/activate"
fi
export PYTHONUNBUFFERED=1
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
task="${SLURM_ARRAY_TASK_ID:-1}"

# The row of this task as options, one word a line. Read by Python's own reader: a cell may hold commas and quotes.
row_options() {
  "$PARAM_PYTHON" - "$FILE_TABLE" "$task" <<'PYTHON'
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8-sig") as table:
    rows = [row for row in csv.DictReader(table) if any(row.values())]
number = int(sys.argv[2])
if number > len(rows):
    sys.exit(44)
for name, value in rows[number - 1].items():
    if name and value not in (None, ""):
        print("--" + name.strip().replace(" ", "-"), value, sep="\0", end="\0")
PYTHON
}

# --- Main ---
mkdir -p "task-$task"
if row_options >"task-$task/.row"; then
  mapfile -d '' -t options <"task-$task/.row"
  read -r -a more <<<"$PARAM_ARGUMENTS"
  cd "task-$task"
  printf 'task %s:' "$task"
  printf ' %q' "${options[@]}" "${more[@]}"
  printf '\n'
  "$PARAM_PYTHON" "$FILE_SCRIPT" "${options[@]}" "${more[@]}"
elif [ "$?" -eq 44 ]; then
  echo "The table has no row $task; there is nothing to do."
else
  echo "The table cannot be read: see above." >&2
  exit 1
fi

slipway_status=$?

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
