import { message } from '../../../shared/messages/message.ts';
import { fileVariable, planRunFiles } from '../../../shared/domain/template/fileSlots.ts';
import {
  parameterText,
  parameterVariable,
  placeholderNames,
  resolvePlaceholders,
} from '../../../shared/domain/template/parameters.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { ParameterValues, Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { bashValue } from './bashValue.ts';
import type { ScriptText } from './scriptText.ts';

type Files = ReturnType<typeof planRunFiles>;

const fieldOf = (slot: string | null): string[] => (slot === null ? ['files'] : [`files.${slot}`]);

/**
 * Everything that a person chose, as exported variables: the only place where it enters the script, each value as one quoted word.
 * Parameters and slots without a value are empty, never unset, so that nothing of the submitting shell shows through.
 */
export function writeEnvironment(script: ScriptText, template: Template, values: ParameterValues, files: Files): void {
  for (const { name } of template.parameters) {
    // a NUL is an error of the parameter's own check; no shell can hold it
    const text = parameterText(values[name] ?? '').replaceAll('\0', '');
    script.add(`export ${parameterVariable(name)}=${bashValue(text)}`, `parameters.${name}`);
  }
  const bySlot = new Map(files.map((file) => [file.slot, file]));
  const inRunFolder = (remoteName: string): string => `"$SLIPWAY_RUN_DIR"/${bashValue(remoteName)}`;
  for (const { name } of template.files) {
    const file = bySlot.get(name);
    script.add(
      `export ${fileVariable(name)}=${file === undefined ? '' : inRunFolder(file.remoteName)}`,
      `files.${name}`,
    );
  }
  script.add(`export INPUT_FILE_COUNT=${String(files.length)}`, 'files');
  for (const { index, remoteName, slot } of files)
    script.add(`export INPUT_FILE_${String(index)}=${inRunFolder(remoteName)}`, ...fieldOf(slot));
}

/** Gives every slot's file its slot's own name too, since templates refer to files that way. */
export function writeFileLinks(script: ScriptText, files: Files): void {
  const linked = files.flatMap(({ slot, remoteName, linkName }) =>
    linkName === null ? [] : [{ slot, line: `ln -sfn -- ${bashValue(remoteName)} ${bashValue(linkName)}` }],
  );
  if (linked.length === 0) return;
  script.section('Input files');
  for (const { slot, line } of linked) script.add(line, ...fieldOf(slot));
}

const MODULE = /^[A-Za-z0-9][A-Za-z0-9_.+\/@=-]{0,127}$/;

/** Where Lmod and Environment Modules define `module` for a bash that is no login shell. */
const MODULE_INITS = [
  '/etc/profile.d/lmod.sh',
  '/etc/profile.d/modules.sh',
  '/etc/profile.d/z00_lmod.sh',
  '/usr/share/lmod/lmod/init/bash',
  '/usr/share/Modules/init/bash',
  '/usr/share/modules/init/bash',
];

/**
 * Loads the template's modules; a job without them would only fail later and less clearly, so it ends. A `{{parameter}}` may hold
 * several names, or none.
 */
export function writeModules(
  script: ScriptText,
  template: Pick<Template, 'modules'>,
  values: ParameterValues,
): Problem[] {
  const wanted = template.modules.map((entry) => {
    const held = placeholderNames(entry);
    const text = resolvePlaceholders(entry, values).text.trim();
    return {
      text,
      names: held.length === 0 ? [text] : text.split(/\s+/).filter((name) => name !== ''),
      fields: held.map((name) => `parameters.${name}`),
    };
  });
  const loaded = wanted.filter(({ names }) => names.length > 0 && names.every((name) => MODULE.test(name)));
  if (loaded.length > 0) {
    script.section('Modules');
    script.add([
      'if ! type module >/dev/null 2>&1; then',
      `  for slipway_init in ${MODULE_INITS.join(' ')}; do`,
      '    # shellcheck disable=SC1090',
      '    if [ -r "$slipway_init" ]; then . "$slipway_init"; break; fi',
      '  done',
      'fi',
    ]);
    script.add(
      `module load ${loaded.flatMap(({ names }) => names).join(' ')} || exit 1`,
      ...loaded.flatMap(({ fields }) => fields),
    );
  }
  return wanted
    .filter(({ names }) => !names.every((name) => MODULE.test(name)))
    .map(({ text, fields: [field] }) =>
      problem({
        rule: 'module-invalid',
        code: ERRORS.TEMPLATE_INVALID.code,
        severity: 'error',
        message: message('scripts.moduleInvalid', { name: text }),
        hint: message('scripts.moduleNames'),
        field: field ?? null,
      }),
    );
}
