/**
 * apptainer where there is none: looks for the image as apptainer would, says that the command runs on this computer without
 * a container, and runs it. Texts and exit codes as apptainer 1.3 has them.
 */
export const APPTAINER = `# Part of Slipway's demo cluster. Stands in for apptainer.
version=1.3.4
fatal() { printf '\\033[31mFATAL:  \\033[0m %s\\n' "$1" >&2; exit 255; }
[ "\${1-}" != --version ] || { echo "apptainer version $version"; exit 0; }
while :; do
  case \${1-} in
    -q|-s|-d|-v|--quiet|--silent|--debug|--verbose|--nocolor) shift ;;
    *) break ;;
  esac
done
action=\${1-}
[ $# -eq 0 ] || shift
case $action in
  version) echo "$version"; exit 0 ;;
  exec|run|inspect) ;;
  '') echo 'Usage: apptainer [global options...] <command>' >&2; exit 1 ;;
  *) printf 'Error for command "apptainer": unknown command "%s" for "apptainer"\\n' "$action" >&2; exit 1 ;;
esac
app=
folder=
given=()
while [ $# -gt 0 ]; do
  case $1 in
    -B|--bind|--mount|--home|-H|-W|--workdir|-S|--scratch|-o|--overlay|--network|--network-args|--hostname|--dns|--security|--add-caps|--drop-caps|--fusemount)
      shift 2 ;;
    --pwd|--cwd) folder=$2; shift 2 ;;
    --pwd=*|--cwd=*) folder=\${1#*=}; shift ;;
    --app) app=$2; shift 2 ;;
    --app=*) app=\${1#*=}; shift ;;
    --env) given+=("$2"); shift 2 ;;
    --env=*) given+=("\${1#*=}"); shift ;;
    --bind=*|--mount=*|--home=*|--workdir=*|--scratch=*|--overlay=*|--network=*|--env-file=*|--hostname=*|--dns=*|--security=*|--fusemount=*) shift ;;
    --env-file) shift 2 ;;
    --nv|--nvccli|--rocm|-c|--contain|-C|--containall|-e|--cleanenv|-w|--writable|--writable-tmpfs|--no-home|--no-mount|-i|--ipc|-p|--pid|-n|--net|-u|--userns|-f|--fakeroot|--no-privs|--keep-privs|--no-init|--uts|--no-eval|--compat|--disable-cache|--unsquash|--sharens) shift ;;
    -j|--json|-l|--labels|-r|--runscript|-d|--deffile|-t|--test|--environment|--list-apps|--all|--helpfile)
      [ "$action" = inspect ] || { printf 'Error for command "%s": unknown flag: %s\\n' "$action" "$1" >&2; exit 1; }
      shift ;;
    --) shift; break ;;
    -*) printf 'Error for command "%s": unknown flag: %s\\n' "$action" "$1" >&2; exit 1 ;;
    *) break ;;
  esac
done
image=\${1-}
[ -n "$image" ] || { printf 'Error for command "%s": requires at least 1 arg(s), only received 0\\n' "$action" >&2; exit 1; }
shift
case $image in
  *://*) fatal "Unable to handle $image uri: the demo cluster uses image files only" ;;
esac
if [ ! -e "$image" ]; then
  if [ "$action" = inspect ]; then fatal "failed to open image $image: failed to retrieve path for $image: lstat $image: no such file or directory"; fi
  fatal "could not open image $image: failed to retrieve path for $image: lstat $image: no such file or directory"
fi
if [ "$action" = inspect ]; then
  name=\${image##*/}
  printf '{"data":{"attributes":{"labels":{"org.label-schema.name":"%s"}}},"type":"container"}\\n' "\${name//[\\"\\\\]/}"
  exit 0
fi
[ $# -gt 0 ] || [ "$action" = run ] || { printf 'Error for command "exec": requires at least 2 arg(s), only received 1\\n' >&2; exit 1; }
printf 'demo cluster: running on this computer, without the container %s\\n' "\${image##*/}" >&2
for variable in "\${given[@]-}"; do [ -z "$variable" ] || export "$variable"; done
export APPTAINER_CONTAINER=$image APPTAINER_NAME=\${image##*/} APPTAINER_APPNAME=$app
[ -z "$folder" ] || cd "$folder" || exit 255
[ $# -gt 0 ] || exit 0
# found nowhere: as apptainer says it
type -P -- "$1" > /dev/null || fatal "\\"$1\\": executable file not found in \\$PATH"
exec "$@"
`;
