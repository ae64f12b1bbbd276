/**
 * Puts a part of a script into the image. Its lines stay as they are, in a here-document: read by nobody but the shell inside, whatever they hold.
 * They become a file of the run rather than standard input, which programs that read theirs would take lines from.
 */
import { bashValue } from './bashValue.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';
import type { ImageStart } from './imageStart.ts';

/** Finds the program: as it is on the node, else from a module; Singularity where only that is there. */
const FIND_RUNTIME = [
  'if ! type apptainer >/dev/null 2>&1 && type module >/dev/null 2>&1; then',
  '  module load apptainer >/dev/null 2>&1 || module load singularity >/dev/null 2>&1 || :',
  'fi',
  'if ! type apptainer >/dev/null 2>&1; then',
  '  type singularity >/dev/null 2>&1 || slipway_end "neither apptainer nor singularity is there on $(hostname), so that the image cannot be started; the job ends."',
  '  echo "slipway: there is no apptainer on $(hostname); $(singularity --version 2>/dev/null || echo singularity) takes its place." >&2',
  '  apptainer() { singularity "$@"; }',
  '  export SINGULARITY_BIND="${APPTAINER_BIND:-}"',
  '  export SINGULARITYENV_PYTHONNOUSERSITE="${APPTAINERENV_PYTHONNOUSERSITE:-}"',
  '  export SINGULARITY_TMPDIR="${APPTAINER_TMPDIR:-}" SINGULARITY_CACHEDIR="${APPTAINER_CACHEDIR:-}"',
  'fi',
];

/**
 * Notes what is set before the template's own first part, so that what that sets, and is not exported, reaches the shell inside: options, variables
 * and functions, as in one script.
 */
const NOTE_STATE = [
  "slipway_known=$'\\n'$(compgen -v; compgen -A function)$'\\n'",
  'slipway_inherit() { # what was set since',
  "  local IFS=$' \\t\\n' slipway_name slipway_line",
  '  for slipway_name in errexit nounset pipefail noglob; do if [[ -o $slipway_name ]]; then echo "set -o $slipway_name"; fi; done',
  '  for slipway_name in $(compgen -v) $(compgen -A function); do',
  `    case $slipway_known in *$'\\n'"$slipway_name"$'\\n'*) continue ;; esac`,
  '    case $slipway_name in slipway_* | BASH* | FUNCNAME | PIPESTATUS | _) continue ;; esac',
  '    if declare -F -- "$slipway_name" >/dev/null; then declare -f -- "$slipway_name"; continue; fi',
  '    slipway_line=$(declare -p -- "$slipway_name" 2>/dev/null) || continue',
  '    if [[ ! $slipway_line =~ ^declare\\ -[A-Za-z]*x ]]; then printf \'%s\\n\' "$slipway_line"; fi',
  '  done',
  '}',
];

/** A start that is Slipway's to write. */
export type Wrapped = Exclude<ImageStart, { kind: 'own' | 'none' }> | { readonly kind: 'run' };

interface WrapOptions {
  /** `--nv` and its like. */
  readonly flags: readonly string[];
  /** The template's first part ran outside: what it set is carried inside. */
  readonly inherits: boolean;
}

/** Words behind which `apptainer exec` and `run` take image and command. */
const optionsOf = ({ flags }: WrapOptions, more: readonly string[] = []): string =>
  [...flags, ...more, '--pwd "$PWD"'].join(' ');

const EVERY_START = ['slipway_see "$PWD"', ...FIND_RUNTIME];

/** Lines that run a part inside by a shell, or by the interpreter that it names. `part`: `main`, for the file's name. */
function wrapScript(
  part: string,
  lines: readonly string[],
  start: Extract<ImageStart, { kind: 'script' }>,
  options: WrapOptions,
): string[] {
  const { interpreter, scifApp } = start;
  let end = `SLIPWAY_${part.toUpperCase()}`;
  while (lines.includes(end)) end += '_';
  const inherits = options.inherits && interpreter === 'bash';
  const file = '"$slipway_inside"';
  const app = scifApp === null ? [] : ['--app "$IMAGE_APP"'];
  return [
    `slipway_inside=$SLIPWAY_RUN_DIR/.slipway/${part}\${SLURM_ARRAY_TASK_ID:+-$SLURM_ARRAY_TASK_ID}`,
    'mkdir -p -- "$SLIPWAY_RUN_DIR/.slipway" || exit 1',
    `# from here to ${end}: inside the image`,
    `{ ${inherits ? 'slipway_inherit; ' : ''}cat; } >${file} <<'${end}' || exit 1`,
    ...lines,
    end,
    ...EVERY_START,
    `apptainer exec ${optionsOf(options, app)} "$APPTAINER_IMAGE" ${interpreter === 'bash' ? 'bash' : bashValue(interpreter)} ${file} "$@"`,
  ];
}

/** Lines that give a part's words to the app, or to the image's own program. */
function wrapArguments(lines: readonly string[], start: Wrapped, options: WrapOptions): string[] {
  const command =
    start.kind !== 'app'
      ? `apptainer run ${optionsOf(options)} "$APPTAINER_IMAGE"`
      : start.isScif
        ? `apptainer run ${optionsOf(options, ['--app "$IMAGE_APP"'])} "$APPTAINER_IMAGE"`
        : `apptainer exec ${optionsOf(options)} "$APPTAINER_IMAGE" "$IMAGE_APP"`;
  const words = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return [
    ...EVERY_START,
    ...[command, ...words.map((line) => `  ${line}`)].map((line, at, all) =>
      at === all.length - 1 || line.endsWith('\\') ? line : `${line} \\`,
    ),
  ];
}

/** The parts of a script, without their `#!` lines. */
export interface ScriptParts {
  readonly pre: readonly string[];
  readonly main: readonly string[];
  readonly post: readonly string[];
  readonly last: readonly string[];
}

const BASH = { kind: 'script', interpreter: 'bash', scifApp: null } as const;

/** The parts as they stand in the script when the image is started around them. `inside`: those that run in it; the main part always does. */
export function wrapParts(
  { pre, main, post, last }: ScriptParts,
  start: Wrapped,
  inside: NonNullable<ImageRule['inside']>,
  flags: readonly string[],
): ScriptParts {
  const isInside = (part: 'pre_exec' | 'post_exec' | 'finally_exec', lines: readonly string[]): boolean =>
    lines.length > 0 && inside.includes(part);
  // one shell for both, so that what the first part sets is there in the second
  const isOne = start.kind === 'script' && start.interpreter === 'bash' && isInside('pre_exec', pre);
  const inherits = pre.length > 0 && !isInside('pre_exec', pre);
  const options = { flags, inherits };
  return {
    pre: isOne
      ? []
      : isInside('pre_exec', pre)
        ? wrapScript('pre', pre, BASH, { flags, inherits: false })
        : inherits
          ? [...NOTE_STATE, ...pre]
          : pre,
    main:
      start.kind === 'script'
        ? wrapScript('main', isOne ? [...pre, ...main] : main, start, options)
        : wrapArguments(main, start, options),
    post: isInside('post_exec', post) ? wrapScript('post', post, BASH, options) : post,
    last: isInside('finally_exec', last) ? wrapScript('finally', last, BASH, options) : last,
  };
}
