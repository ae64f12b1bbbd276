import type { ClusterModule, ClusterModules } from '../../shared/domain/cluster/profile.ts';
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

/**
 * Reads the answer of `modulesScript`; null when it is cut or the login shell did not get that far. Terse lists of Lmod and of
 * Environment Modules 3 to 5 are alike but for their marks: `(default)`, `(D)`, `(L,D)`, `(@)`, `<tag>`, and Lmod's own line `gcc/` for
 * a name with versions. Never throws. Source: Lmod's user guide, "Terse output"; module(1).
 */
export function parseModules(stdout: string): Omit<ClusterModules, 'takenAt'> | null {
  const text = `\n${stdout}`;
  const begin = text.lastIndexOf('\n@slipway modules\n');
  const end = text.indexOf('\n@slipway end modules ', begin);
  if (begin < 0 || end < 0) return null;
  const answer = text.slice(begin, end);
  const [, kind, said = ''] = /\n@slipway system (none|lmod|tcl)(?: (.*))?/.exec(answer) ?? [];
  if (kind !== 'lmod' && kind !== 'tcl') return { system: 'none', version: null, modules: [] };
  const avail = answer.indexOf('\n@slipway avail\n');
  return {
    system: kind,
    version: /(\d+(?:\.\d+)+)/.exec(said.slice(0, 200))?.[1] ?? null,
    modules: avail < 0 ? [] : modulesIn(answer.slice(avail + '\n@slipway avail\n'.length)),
  };
}

/** Marks behind a name: what it is to Lmod and Modules, with the name itself before them. */
const ENTRY = /^([^\s(<]+?)(?:\s*\(([^)]*)\))?(?:\s*<[^>]*>)*$/;

function modulesIn(list: string): ClusterModule[] {
  const modules = new Map<string, { versions: Set<string>; defaultVersion: string | null }>();
  let shortName: string | null = null;
  for (const raw of list.split('\n')) {
    const line = raw.trim();
    // the folder or the category that follows; a warning of some program
    if (line.endsWith(':') || line.startsWith('---')) continue;
    const [, entry, marks = ''] = ENTRY.exec(line) ?? [];
    if (entry === undefined) continue;
    if (entry.endsWith('/')) shortName = entry.slice(0, -1);
    // the version is what stands behind the last slash (`tools/prof/vtune/2023`), or behind the name that Lmod says by itself
    const slash: number =
      shortName !== null && entry.startsWith(`${shortName}/`) ? shortName.length : entry.lastIndexOf('/');
    const name = slash > 0 ? entry.slice(0, slash) : entry;
    const version = slash > 0 ? entry.slice(slash + 1) : '';
    const known = modules.get(name) ?? { versions: new Set<string>(), defaultVersion: null };
    // a symbolic name for one of the others
    if (/(?:^|[,:])@/.test(marks) && version !== '') continue;
    if (version !== '') known.versions.add(version);
    if (
      version !== '' &&
      known.defaultVersion === null &&
      marks.split(/[,:]/).some((mark) => /^(?:default|D)$/.test(mark.trim()))
    )
      known.defaultVersion = version;
    modules.set(name, known);
  }
  return [...modules].map(([name, { versions, defaultVersion }]) => ({
    name,
    versions: [...versions],
    defaultVersion,
  }));
}
