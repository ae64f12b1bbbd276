import { quote } from '../../shared/lib/quote.ts';

/** `module` is a shell function that profile scripts define, and they may print anything: only what stands between our lines counts. */
const ASK = [
  `printf '\\n@slipway modules\\n'`,
  // a login bash of some sites defines it for interactive shells only
  'if ! type module >/dev/null 2>&1; then for f in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh "${LMOD_PKG:-/usr/share/lmod/lmod}/init/bash" "${MODULESHOME:-/usr/share/modules}/init/bash"; do type module >/dev/null 2>&1 && break; [ -r "$f" ] && . "$f" >/dev/null 2>&1; done; fi',
  `if ! type module >/dev/null 2>&1; then printf '@slipway system none\\n@slipway end modules 0\\n'; exit 0; fi`,
  `if [ -n "$LMOD_VERSION" ]; then printf '@slipway system lmod %s\\n' "$LMOD_VERSION"; else printf '@slipway system tcl %s\\n' "$(module --version 2>&1 </dev/null | tr '\\n' ' ')"; fi`,
  `printf '@slipway avail\\n'`,
  // Lmod keeps to the cache and leaves out what has to be loaded first; both write the list to stderr
  'LMOD_PAGER=none LMOD_COLORIZE=no MODULES_PAGER= MODULES_COLOR=never module -t avail 2>&1 </dev/null',
  `printf '\\n@slipway end modules %s\\n' "$?"`,
].join('\n');

/** One sh script that lists the software modules of a cluster, in a login bash. `spider` would tell more and takes minutes. */
export function modulesScript(): string {
  return `bash -lc ${quote(ASK)} 2>/dev/null </dev/null || printf '\\n@slipway bash %s\\n' "$?"`;
}
