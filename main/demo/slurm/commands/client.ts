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
read -r port token 2>/dev/null < "\${0%/*}/../controller" || unreachable 'Unable to contact slurm controller (connect failure)'
{ exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || unreachable 'Unable to contact slurm controller (connect failure)'

variables=()
if [ "$name" = sbatch ]; then
  while IFS= read -r variable; do variables+=("$variable=\${!variable}"); done < <(compgen -e)
else
  for variable in \${!SLURM*} \${!SQUEUE*} \${!SINFO*} \${!SACCT*} \${!SCANCEL*}; do variables+=("$variable=\${!variable}"); done
fi
{ printf '%s\\0' "$token" "$name" "$PWD" "$#" "$@" "\${#variables[@]}" "\${variables[@]-}" >&3; } 2>/dev/null

lost='Socket timed out on send/recv operation'
read -r word code <&3 || unreachable "$lost"
if [ "$word" = stdin ]; then
  whole=0
  IFS= read -r -d '' text || whole=1
  { printf '%s\\0' "$whole" "$text" >&3; } 2>/dev/null
  read -r word code <&3 || unreachable "$lost"
fi
read -r size <&3 || unreachable "$lost"
IFS= read -r -d '' text <&3 || unreachable "$lost"
[ -z "$text" ] || printf '%s' "$text" >&2
if [ "$size" = long ]; then
  cat <&3
else
  IFS= read -r -d '' text <&3 || unreachable "$lost"
  printf '%s' "$text"
fi
exit "$code"
`;
