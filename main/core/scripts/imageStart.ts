/** Who starts the image: the script itself, or Slipway around it, and how. Pure. */
import { imageName } from '../../../shared/domain/image/names.ts';
import type { ImageRule, Template } from '../../../shared/domain/template/schema.ts';
import { scriptTexts } from '../../../shared/domain/template/scriptTexts.ts';

/**
 * `own`: the script starts the image and is left alone. `none`: the template wants it outside. `script`: the image's bash, or the interpreter that the
 * main part names, runs it. `app`: the app, or a program of that name, is given its words; `run`: the image's own program is.
 */
export type ImageStart =
  | { readonly kind: 'own' | 'none' | 'run' }
  | { readonly kind: 'script'; readonly interpreter: string; readonly scifApp: string | null }
  | { readonly kind: 'app'; readonly app: string; readonly isScif: boolean };

/** Lines of code, those that go on in the next one joined, without comments. Not a shell: what it takes for code too much does no harm. */
function codeLines(text: string): string[] {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Starts a container, whichever: behind a path, a quotation mark, a bracket, or words such as `srun` and `time`. */
const RUNTIME = /(?:^|[\s;&|({`"'=/])(?:apptainer|singularity)"?(?:\s+-\S+)*\s+(?:exec|run|shell|instance|test)\b/;
/** Commands that look at an image, or name it, and start nothing. */
const LOOKS =
  /^(?:echo|printf|ls|stat|file|test|\[|\[\[|du|sha256sum|md5sum|export\s+IMAGE_NAME|(?:apptainer|singularity)\s+inspect)(?:\s|$)/;

/** True when lines of a script start a container, or hand the chosen image to something that may. */
export function startsImage(text: string, imagePath: string | null): boolean {
  return codeLines(text).some((line) => {
    if (RUNTIME.test(line)) return true;
    if (LOOKS.test(line) && !/[;&|]/.test(line)) return false;
    return line.includes('APPTAINER_IMAGE') || (imagePath !== null && line.includes(imageName(imagePath)));
  });
}

/** A line that only arguments begin with: an option, or an input file, which is no program since files are sent without the right to be run. */
const ARGUMENT = /^(?:-|"?\$\{?(?:FILE_|INPUT_FILE_)[A-Z0-9_]+\}?"?(?:\s|$))/;
/** The name of a file alone, with an ending, as what an app is given to read. */
const FILE_ARGUMENT = /^[\w.-]*\w\.[A-Za-z]\w*(?:\s|$)/;

function isArguments(main: string, app: string | null): boolean {
  const lines = codeLines(main);
  return lines.every((line) => ARGUMENT.test(line) || (app !== null && FILE_ARGUMENT.test(line)));
}

/** The interpreter that the first line names, where that is no shell: `python3` of `#!/usr/bin/env python3`. */
function foreignInterpreter(main: string): string | null {
  const first = /^\s*#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/.exec(main);
  const named = first?.[1] === undefined ? '' : first[1].endsWith('/env') ? (first[2] ?? '') : first[1];
  const program = named.slice(named.lastIndexOf('/') + 1);
  return /^[A-Za-z][\w.+-]*$/.test(program) && !/^(?:ba|da|k|z)?sh$/.test(program) ? program : null;
}

/**
 * How the image of a run is started. `app`: the one chosen, else the template's; `apps`: those that the image has (SCIF), as far as known.
 */
export function imageStart(
  { image: rule, script }: Pick<Template, 'image' | 'script'>,
  imagePath: string,
  app: string | null,
  apps: readonly string[],
): ImageStart {
  const wrap: ImageRule['wrap'] = rule.wrap;
  if (scriptTexts({ script }).some((text) => startsImage(text, imagePath))) return { kind: 'own' };
  if (wrap === 'none') return { kind: 'none' };
  const isScif = app !== null && apps.includes(app);
  const asApp: ImageStart = app === null ? { kind: 'run' } : { kind: 'app', app, isScif };
  if (wrap === 'run') return { kind: 'run' };
  if (wrap === 'app') return asApp;
  if (wrap === undefined && isArguments(script.mainExec, app)) return asApp;
  return {
    kind: 'script',
    interpreter: foreignInterpreter(script.mainExec) ?? 'bash',
    scifApp: isScif ? app : null,
  };
}
