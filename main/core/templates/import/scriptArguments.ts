/** Arguments of a script (`$1`, `"$@"`): on the command line they stood behind its name; in a template they are a field of the form. */
import { shellWords } from '../../../slurm/shellWords.ts';
import { programsOf } from '../../../slurm/programsOf.ts';
import { freeName, type ImportedTemplate } from './importedTemplate.ts';

/** `$1`, `${2:-x}`, `$@`, `$#`: positional parameters, and neither `$10` of awk in quotes nor `${#name}`. */
const POSITIONAL = /\$(?:[1-9@*#]|\{(?:[1-9]\d*|[@*])[}:#%/+=?-]|\{#\})/;

/** What of a word a shell expands: not what stands in single quotes, nor what a backslash takes its meaning from. */
function expanded(raw: string): string {
  let kept = '';
  let inDouble = false;
  for (let at = 0; at < raw.length; at += 1) {
    const c = raw.charAt(at);
    if (c === '\\') at += 1;
    else if (c === '"') inDouble = !inDouble;
    else if (c === "'" && !inDouble) {
      const close = raw.indexOf("'", at + 1);
      if (close === -1) break;
      at = close;
    } else kept += c;
  }
  return kept;
}

/** The first line that uses an argument of the script, from 0; null when none does. Within a function they are the function's own. */
export function argumentsLine(script: string): number | null {
  const text = shellWords(script);
  if (text === null) return null;
  const functions = functionLines(script);
  return text.words.find(({ raw, line }) => !functions.has(line) && POSITIONAL.test(expanded(raw)))?.line ?? null;
}

/** Lines from `name() {` to the `}` that stands as far to the left, which is how functions are written. */
function functionLines(script: string): ReadonlySet<number> {
  const inside = new Set<number>();
  let closing: string | null = null;
  for (const [at, line] of script.split('\n').entries()) {
    if (closing === null) {
      const [, indent] =
        /^([ \t]*)(?:function[ \t]+[\w:.-]+(?:[ \t]*\(\))?|[\w:.-]+[ \t]*\(\))[ \t]*(?:\{.*)?$/.exec(line) ?? [];
      if (indent === undefined) continue;
      inside.add(at);
      if (!/\}[ \t]*;?[ \t]*$/.test(line)) closing = `${indent}}`;
    } else {
      inside.add(at);
      if (line === closing || (line.startsWith(closing) && /^[ \t;|&>#]/.test(line.slice(closing.length))))
        closing = null;
    }
  }
  return inside;
}

/**
 * Gives the template a field for the script's arguments and puts them in the place of the command line's. Words are told apart and
 * quoted as in a shell, by xargs: nothing in them is expanded or run. Answers with the lines that were put in front.
 */
export function takeArguments(imported: ImportedTemplate): string[] {
  const name = freeName(
    'arguments',
    [...imported.parameters, ...imported.slots].map((each) => each.name),
  );
  imported.parameters.push({
    name,
    type: 'text',
    label: 'Arguments',
    default: '',
    required: false,
    help: 'What stood behind the script’s name on the command line; words with blanks in quotes.',
  });
  return [
    '# the arguments of the form, in the place of those of the command line',
    'slipway_arguments=()',
    `slipway_words=$(xargs -r -n 1 printf '%s\\n' <<<"$PARAM_${name.toUpperCase()}" && echo .) || { echo 'A quote in the arguments does not close.' >&2; exit 2; }`,
    'while IFS= read -r slipway_word; do slipway_arguments+=("$slipway_word"); done < <(printf %s "${slipway_words%.}")',
    'set -- ${slipway_arguments[@]+"${slipway_arguments[@]}"}',
  ];
}

/** The first line in which the script submits a job itself, from 0; null when it does not. */
export function submittingLine(script: string): number | null {
  if (!programsOf(script).includes('sbatch')) return null;
  const at = script.split('\n').findIndex((line) => !/^\s*#/.test(line) && /\bsbatch\b/.test(line));
  return at === -1 ? 0 : at;
}
