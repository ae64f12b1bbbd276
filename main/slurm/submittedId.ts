/**
 * Which job id an sbatch printed. `--parsable` makes it a line of its own, `ID` or `ID;CLUSTER`, but a site's wrapper may print before
 * and after it, colour it, or leave the option out. Exactly one line that is an id is believed, and only while no other line names
 * another job; in any other case the run folder in queue and accounting decides (`probeScript`), so that no number of somebody else's
 * job is ever followed or cancelled.
 */

/** Highest id of a job: NO_VAL is 0xfffffffe, and a federation uses the upper bits. Source: slurm.h, `fed_mgr.c`. */
const HIGHEST = 4_294_967_293;

/**
 * sh function `printed_id FILE`: sets `$id` to the id that sbatch's standard output in that file gives, or to nothing; `$ids` is the
 * number of lines that are one, `$named` what other lines name. A last line without its end may be half of a number: then none is
 * believed. Builtins only, as long as there are no colours.
 */
export const PRINTED_ID = `printed_id() {
  id= ids=0 named= esc=$(printf '\\033') cr=$(printf '\\r')
  while read -r l; do
    case $l in *"$esc"*) l=$(printf '%s\\n' "$l" | LC_ALL=C sed "s/$esc\\[[0-9;:?]*[A-Za-z]//g") ;; esac
    while :; do case $l in *"$cr"|*' ') l=\${l%?} ;; ' '*) l=\${l#?} ;; *) break ;; esac; done
    case $l in *'ubmitted batch job '[1-9]*) m=\${l##*'ubmitted batch job '}; named=$named\${m%%[!0-9]*}/ ;; esac
    case $l in *';'*) k=\${l%%;*} c=\${l#*;} ;; *) k=$l c=here ;; esac
    case $c in ''|*[!A-Za-z0-9._-]*) continue ;; esac
    case $k in ''|0*|*[!0-9]*|???????????*) continue ;; esac
    [ "$k" -le ${String(HIGHEST)} ] || continue
    ids=$((ids + 1)) id=$l
  done <"$1"
  if [ "$ids" -ne 1 ] || [ -n "$l" ]; then id=; fi
  case $named in ''|"\${id%%;*}/") ;; *) id= ;; esac
}`;
