/** The script behind sbatch, squeue and their like: hands its call to the controller and prints the answer. See wire.ts. */
export const CLIENT = `# Part of Slipway's demo cluster. Asks the controller inside the app.
name=\${0##*/}
unreachable() {
  case $name in
    sbatch) printf '%s\\n' "sbatch: error: Batch job submission failed: $1" ;;
    squeue) printf '%s\\n' "slurm_load_jobs error: $1" ;;
    sinfo) printf '%s\\n' "slurm_load_partitions: $1" ;;
    *) printf '%s\\n' "$name: error: $1" ;;
  esac >&2
  exit 1
}
folder=\${0%/*}/..
read -r port token 2>/dev/null < "$folder/controller" || unreachable 'Unable to contact slurm controller (connect failure)'
{ exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || unreachable 'Unable to contact slurm controller (connect failure)'

# builtins only: each process that is started costs a millisecond
umask 077
call=$folder/calls/$$
lost='Socket timed out on send/recv operation'
{ printf '%s\\0' "$name" "$PWD" "$#" "$@"; export -p; } 2>/dev/null > "$call" || unreachable "$lost"
# a controller that goes away must not end this script by a signal
trap '' PIPE
printf '%s\\n' "$token $$" 2>/dev/null >&3
read -r word code <&3 2>/dev/null || unreachable "$lost"
if [ "$word" = stdin ]; then
  whole=0
  IFS= read -r -d '' text || whole=1
  printf '%s' "$text" > "$call"
  printf '%s\\n' "$whole" 2>/dev/null >&3
  read -r word code <&3 2>/dev/null || unreachable "$lost"
fi
trap - PIPE
read -r size <&3 2>/dev/null || unreachable "$lost"
IFS= read -r -d '' text <&3 2>/dev/null || unreachable "$lost"
[ -z "$text" ] || printf '%s' "$text" >&2
if [ "$size" = long ]; then
  cat <&3
else
  IFS= read -r -d '' text <&3 2>/dev/null || unreachable "$lost"
  printf '%s' "$text"
fi
exit "$code"
`;
