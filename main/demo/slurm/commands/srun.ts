/**
 * srun inside a batch job: the command once per task, on this computer, with the task's variables. Nodes and bindings are taken
 * and have no effect; outside a job it says that the demo cannot.
 */
export const SRUN = `# Part of Slipway's demo cluster. Runs a command once per task of the job.
if [ "\${1-}" = -V ] || [ "\${1-}" = --version ]; then echo "slurm 22.05.8"; exit 0; fi
if [ -z "\${SLURM_JOB_ID-}" ]; then
  echo "srun: error: the demo cluster runs srun inside batch jobs only" >&2
  exit 1
fi
tasks=\${SLURM_NTASKS:-1} label=0 cpus=\${SLURM_CPUS_PER_TASK-}
while [ $# -gt 0 ]; do
  case $1 in
    -n|--ntasks) tasks=$2; shift 2 ;;
    -n*) tasks=\${1#-n}; shift ;;
    --ntasks=*) tasks=\${1#*=}; shift ;;
    -c|--cpus-per-task) cpus=$2; shift 2 ;;
    -c*) cpus=\${1#-c}; shift ;;
    --cpus-per-task=*) cpus=\${1#*=}; shift ;;
    -l|--label) label=1; shift ;;
    -N|-w|-J|-t|-p|-m|-o|-e|-i|-K|--nodes|--nodelist|--job-name|--time|--mpi|--cpu-bind|--gres|--gpus|--mem|--distribution|--output|--error|--input|--chdir|-D)
      shift 2 ;;
    -N?*|--*=*|--exact|--exclusive|--overlap|-u|--unbuffered|--kill-on-bad-exit|--pty|-Q|--quiet|-v|--verbose|-s|--oversubscribe) shift ;;
    --) shift; break ;;
    -*) echo "srun: unrecognized option '$1'" >&2; echo 'Try "srun --help" for more information' >&2; exit 255 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { echo "srun: fatal: No command given to execute." >&2; exit 1; }
case $tasks in ''|*[!0-9]*|0) echo "srun: error: Invalid numeric value \\"$tasks\\" for --ntasks." >&2; exit 1 ;; esac
export SLURM_NTASKS=$tasks SLURM_NPROCS=$tasks SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=$tasks
[ -z "$cpus" ] || export SLURM_CPUS_PER_TASK=$cpus
step() {
  export SLURM_PROCID=$1 SLURM_LOCALID=$1
  shift
  if [ $label = 1 ]; then
    "$@" 2> >(while IFS= read -r line; do printf '%s: %s\\n' "$SLURM_PROCID" "$line"; done >&2) |
      while IFS= read -r line; do printf '%s: %s\\n' "$SLURM_PROCID" "$line"; done
    exit "\${PIPESTATUS[0]}"
  fi
  exec "$@"
}
if [ "$tasks" = 1 ]; then (step 0 "$@"); exit; fi
pids=()
for ((task = 0; task < tasks; task++)); do (step "$task" "$@") < /dev/null & pids+=($!); done
worst=0
for task in "\${!pids[@]}"; do
  wait "\${pids[$task]}"
  code=$?
  [ $code = 0 ] || echo "srun: error: \${SLURMD_NODENAME-demo1}: task $task: Exited with exit code $code" >&2
  [ $code -le $worst ] || worst=$code
done
exit $worst
`;
