import { quote } from '../../../shared/lib/quote.ts';

/** Programs that inspect images, the likelier first; on sites with both, `singularity` is often the other one by its old name. */
const PROGRAMS = ['apptainer', 'singularity'] as const;
/** Modules that are loaded to find one of them: each costs the site some seconds. */
const MOST_MODULES = 6;

/** Modules of a site that bring Apptainer or Singularity, by their names: `apptainer`, `tools/singularity`, `SingularityCE`. */
export function runtimeModules(names: readonly string[]): string[] {
  return names
    .filter((name) => /(?:^|\/)(?:apptainer|singularity)(?:-?(?:ce|pro))?$/i.test(name))
    .sort((a, b) => Number(/singularity/i.test(a)) - Number(/singularity/i.test(b)))
    .slice(0, MOST_MODULES);
}

/**
 * One sh script that asks the cluster's Apptainer or Singularity of an image, where need be after loading one of these modules, in a login bash.
 * `--all` is of Apptainer and Singularity ≥ 3.6, so that without it each part is asked for. A program of long ago may start the image for an answer:
 * this is for one image that a person asks of, never for a list. `nonce` tells our lines from what image and start-up files print.
 * Source: apptainer.org, `apptainer inspect`.
 */
export function inspectScript(path: string, modules: readonly string[], nonce: string): string {
  const mark = (rest: string): string => `printf '\\n@${nonce} ${rest}\\n'`;
  const ask = [
    `find_program() { for p in ${PROGRAMS.join(' ')}; do command -v "$p" >/dev/null 2>&1 && return 0; done; p=; return 1; }`,
    'find_program',
    ...modules.map((name) => `[ -n "$p" ] || { module load ${quote(name)} >/dev/null 2>&1 </dev/null; find_program; }`),
    `if [ -z "$p" ]; then ${mark('none')}; exit 0; fi`,
    `printf '\\n@${nonce} program %s %s\\n' "$p" "$("$p" --version 2>/dev/null </dev/null | head -n 1 | tr -d '\\r')"`,
    `i=${quote(path)}`,
    'quietly() { "$p" -s inspect "$@" "$i" </dev/null; }',
    'o=$(quietly --json --all 2>/dev/null) || o=$(quietly --json -l -d -r -e -H -t 2>/dev/null) || o=$(quietly --json 2>/dev/null) || { o=; e=$(quietly --json 2>&1 >/dev/null); }',
    `if [ -n "$o" ]; then printf '%s\\n' "$o"; else printf '\\n@${nonce} refused %s\\n' "$(printf %s "$e" | tr '\\n' ' ' | cut -c 1-1000)"; fi`,
    mark('apps'),
    'quietly --list-apps 2>/dev/null',
    mark('end'),
  ].join('\n');
  return `bash -lc ${quote(ask)} 2>/dev/null </dev/null`;
}

/** What the script found out. `refused`: the program's own words where it could not inspect the image. */
export type InspectAnswer =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'asked';
      readonly program: string;
      readonly version: string | null;
      readonly output: string;
      readonly apps: string;
      readonly refused: string | null;
    };

/** Reads the answer of `inspectScript`; null where it is cut, or the login shell did not get that far. */
export function parseInspectAnswer(stdout: string, nonce: string): InspectAnswer | null {
  const text = `\n${stdout}`;
  if (text.includes(`\n@${nonce} none\n`)) return { kind: 'none' };
  const begin = text.indexOf(`\n@${nonce} program `);
  const [apps, end] = [text.indexOf(`\n@${nonce} apps\n`, begin), text.lastIndexOf(`\n@${nonce} end\n`)];
  if (begin < 0 || apps < 0 || end < apps) return null;
  const lineEnd = text.indexOf('\n', begin + 1);
  const [program = '', ...said] = text.slice(begin + `\n@${nonce} program `.length, lineEnd).split(' ');
  const refusal = text.indexOf(`\n@${nonce} refused `, lineEnd);
  const isRefused = refusal >= 0 && refusal < apps;
  return {
    kind: 'asked',
    program,
    version: /\d+(?:\.\d+)+[\w.+~-]{0,40}/.exec(said.join(' ').slice(0, 200))?.[0] ?? null,
    output: isRefused ? '' : text.slice(lineEnd, apps),
    apps: text.slice(apps + `\n@${nonce} apps\n`.length, end),
    refused: isRefused ? text.slice(refusal + `\n@${nonce} refused `.length, apps).trim() : null,
  };
}
