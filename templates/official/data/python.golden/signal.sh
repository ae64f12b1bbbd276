#!/bin/bash
#SBATCH --job-name=python
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --output=slurm-%j.out
#SBATCH --error=slurm-%j.err
#SBATCH --open-mode=append

# --- Environment ---
export SLIPWAY_RUN_ID=r000000000000
export SLIPWAY_RUN_DIR="${SLURM_SUBMIT_DIR:-$PWD}"
export PARAM_ARGUMENTS=''
export PARAM_PYTHON=python3
export PARAM_VENV=''
export FILE_SCRIPT="$SLIPWAY_RUN_DIR"/'my file.py'
export FILE_INPUT=
export FILE_CONFIG=
export INPUT_FILE_COUNT=1
export INPUT_FILE_0="$SLIPWAY_RUN_DIR"/'my file.py'
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"

# --- Run protocol ---
(the run protocol: main/slurm/__golden__/runProtocol.sh)
cd "$SLIPWAY_RUN_DIR" || exit 1

# --- Input files ---
ln -sfn -- 'my file.py' script.py

# --- Signal ---
slipway_pass_on() { # SIGNAL: to the programs of the main part that listen for it
  local IFS=' '
  slipway_found=$(ps -A -o pid= -o ppid= -o caught= -o blocked= -o args= 2>/dev/null | awk -v top="${slipway_main:-${!:-0}}" -v signal="$(kill -l "$1")" '
    function has(mask,  digit) { digit = index("123456789abcdef", tolower(substr(mask, length(mask) - int((signal - 1) / 4), 1)))
      return int(digit / 2 ^ ((signal - 1) % 4)) % 2 }
    function listeners(pid,  each, i, n, all) {
      if (name[pid] !~ /^(sh|bash|dash|ash|ksh|zsh|csh|tcsh|starter|starter-suid|apptainer|singularity|sinit|appinit)$/ && (has(caught[pid]) || has(blocked[pid]))) return " " pid
      n = split(below[pid], each, " "); for (i = 1; i <= n; i++) all = all listeners(each[i])
      return all }
    function everyone(pid,  each, i, n, all) {
      n = split(below[pid], each, " "); for (i = 1; i <= n; i++) all = all everyone(each[i])
      return all " " pid }
    { below[$2] = below[$2] " " $1; caught[$1] = $3; blocked[$1] = $4; rows++
      name[$1] = tolower($5); sub(/^-/, "", name[$1]); sub(/.*\//, "", name[$1]) }
    END { if (!rows) exit 1
      all = listeners(top); if (all == "" && (signal <= 3 || signal == 15)) all = everyone(top)
      print all }') || { echo "slipway: $1 cannot be passed on: ps does not tell which programs there are." >&2; return 0; }
  if [ -z "$slipway_found" ]; then echo "slipway: $1 came; no program of this job listens for it." >&2; return 0; fi
  echo "slipway: $1 came; passed on to$slipway_found." >&2
  # shellcheck disable=SC2086 # one word for each process
  kill -s "$1" $slipway_found 2>/dev/null || :
}
slipway_on_signal() { # while the main part runs
  slipway_pass_on "$slipway_signal"
}
slipway_await() { # waits for the main part; a signal ends `wait`, not what it waits for
  while :; do
    slipway_heard=; slipway_code=0; wait "$slipway_main" || slipway_code=$?
    [ "$slipway_code" -eq 127 ] && [ -n "$slipway_status" ] || slipway_status=$slipway_code
    if [ -z "$slipway_heard" ] || [ "$slipway_status" -le 128 ]; then break; fi
  done
  trap 'slipway_signal=USR1' USR1
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 152' XCPU
  trap 'exit 140' USR2
  [ -z "$slipway_ended" ] || exit "$slipway_ended"
}

# --- Pre ---
set -eo pipefail
if [ -n "$PARAM_VENV" ]; then
  # shellcheck disable=SC1091
  . "$PARAM_VENV/bin/activate"
fi
export PYTHONUNBUFFERED=1
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
"$PARAM_PYTHON" --version

# --- Main ---
slipway_main='' slipway_status='' slipway_signal='' slipway_heard='' slipway_ended=''
trap 'slipway_heard=1 slipway_signal=USR1; slipway_on_signal || :' USR1
trap 'slipway_heard=1 slipway_ended=129' HUP
trap 'slipway_heard=1 slipway_ended=130' INT
trap 'slipway_heard=1 slipway_ended=143' TERM
trap 'slipway_heard=1 slipway_ended=152' XCPU
trap 'slipway_heard=1 slipway_ended=140' USR2
( trap - INT QUIT
read -r -a arguments <<<"$PARAM_ARGUMENTS"
"$PARAM_PYTHON" "$FILE_SCRIPT" "${arguments[@]}"

) <&0 &
slipway_main=$!
slipway_await

# --- End ---
(exit "$slipway_status")
slipway_exit "$?"
exit "$slipway_status"
