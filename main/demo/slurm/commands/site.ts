/** What a login node has beside Slurm: environment modules and a command for quotas. */

/** Name, versions, and the one that is loaded unasked. */
const MODULES = [
  { name: 'apptainer', versions: ['1.2.5'], usual: null },
  { name: 'cuda', versions: ['11.8', '12.1'], usual: '12.1' },
  { name: 'gcc', versions: ['11.3.0', '12.2.0', '13.1.0'], usual: '12.2.0' },
  { name: 'openmpi', versions: ['4.1.4', '4.1.5'], usual: null },
  { name: 'python', versions: ['3.10.12', '3.11.4'], usual: '3.11.4' },
] as const;

const NAMES = MODULES.flatMap(({ name, versions }) => versions.map((version) => `${name}/${version}`));
const LISTED = MODULES.flatMap(({ name, versions, usual }) =>
  versions.map((version) => `${name}/${version}${version === usual ? '(default)' : ''}`),
);

/**
 * `module` for a login bash, as Environment Modules 5 defines it: a function, whose lists go to stderr. Modules of the demo bring no
 * software; loading one is remembered and changes nothing else.
 */
export const MODULE_FUNCTION = `# Part of Slipway's demo cluster: the module command of a login shell.
module() {
  local word terse=0 names=() loaded found
  for word in "$@"; do
    case $word in
      -t|--terse) terse=1 ;;
      -V|--version) echo 'Modules Release 5.2.0 (2022-11-08)' >&2; return 0 ;;
      *) names+=("$word") ;;
    esac
  done
  case \${names[0]-} in
    av|avail) printf '%s\\n' '/demo/modulefiles:' ${LISTED.map((name) => `'${name}'`).join(' ')} >&2 ;;
    list) [ -n "\${LOADEDMODULES-}" ] && printf '%s\\n' "\${LOADEDMODULES//:/$'\\n'}" >&2 || echo 'No Modulefiles Currently Loaded.' >&2 ;;
    add|load)
      for word in "\${names[@]:1}"; do
        found=
        for loaded in ${NAMES.map((name) => `'${name}'`).join(' ')}; do case $loaded in "$word"|"$word"/*) found=$loaded ;; esac; done
        [ -n "$found" ] || { echo "ERROR: Unable to locate a modulefile for '$word'" >&2; return 1; }
        export LOADEDMODULES=\${LOADEDMODULES:+$LOADEDMODULES:}$found
      done ;;
    purge|rm|unload) unset LOADEDMODULES ;;
    *) echo "ERROR: Invalid command '\${names[0]-}'" >&2; return 1 ;;
  esac
}
`;

/** quota(1) as Linux prints it with -w: what the home folder holds, of 50 GiB and a million files. Nothing keeps one from writing more. */
export const QUOTA = `# Part of Slipway's demo cluster: what the home folder holds.
read -r used _ < <(du -sk "$HOME" 2>/dev/null)
files=$(find "$HOME" 2>/dev/null | wc -l)
printf 'Disk quotas for user %s (uid %s): \\n' "$(id -un)" "$(id -u)"
printf '%15s%8s%8s%8s%8s%8s%8s%8s%8s\\n' Filesystem blocks quota limit grace files quota limit grace
printf '%15s %7s  %7s %7s         %7s %7s %7s        \\n' demo:/home "\${used:-0}" 47185920 52428800 "\${files// /}" 900000 1000000
`;
