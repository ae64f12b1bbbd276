/** An interactive app of Open OnDemand (Batch Connect): `form.yml`, `submit.yml.erb` and the scripts in `template/`, as a template. */
import { message, type Message } from '../../../../shared/messages/message.ts';
import type { ImportNote } from '../../../../shared/domain/template/studio.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { readYamlTree, type YamlMap } from '../../text/yamlTree.ts';
import { followDirectives } from './batchConnectDirectives.ts';
import { readBatchConnectForm } from './batchConnectForm.ts';
import { batchConnectScript, calledFunctions, type ScriptName, type Scripts } from './batchConnectRuntime.ts';
import { bashOf } from './batchConnectScript.ts';
import { importSubmit } from './batchConnectSubmit.ts';
import type { Names } from './batchConnectValues.ts';
import { readErbYaml } from './erbYaml.ts';
import type { ImportedTemplate, SourceFile } from './importedTemplate.ts';
import { shortened, type Say } from './openComposerWidgets.ts';

const base = (name: string): string => name.replace(/^.*[/\\]/, '');
const find = (files: readonly SourceFile[], pattern: RegExp): SourceFile | undefined =>
  files.find(({ name }) => pattern.test(base(name)));

const FORM = /^form\.ya?ml(?:\.erb)?$/i;
const SUBMIT = /^submit\.ya?ml(?:\.erb)?$/i;
const scriptFile = (name: ScriptName): RegExp => new RegExp(`^${name}\\.sh(?:\\.erb)?$`, 'i');

/** Whether the files are of such an app; a form of Open Composer has a map of widgets under `form:`. */
export function isBatchConnect(files: readonly SourceFile[]): boolean {
  const form = find(files, FORM);
  if (form === undefined) return find(files, SUBMIT) !== undefined && find(files, scriptFile('script')) !== undefined;
  const manifest = find(files, /^manifest\.ya?ml(?:\.erb)?$/i);
  if (/^role:\s*["']?batch_connect/m.test(manifest?.text ?? '') || find(files, SUBMIT) !== undefined) return true;
  return (
    /^attributes:/m.test(form.text) ||
    /^form:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*-[ \t]+["']?[A-Za-z]\w*["']?[ \t]*(?:#.*)?$/m.test(
      form.text,
    )
  );
}

const noNames = (): Names => ({ fields: new Map(), constants: new Map(), locals: new Set() });

/**
 * Puts the app into the template; of `files`, `textOf` says the text without control characters. The files that were looked at are
 * returned. IMPORT_INCOMPLETE where no script is among them: there would be nothing to run.
 */
export function importBatchConnect(
  imported: ImportedTemplate,
  files: readonly SourceFile[],
  textOf: (file: SourceFile) => string,
  notes: ImportNote[],
): SourceFile[] {
  const sayOf =
    (file: SourceFile): Say =>
    (kind, line, what, reason) =>
      void notes.push({ kind, what: shortened(what), file: file.name, line, reason });
  const script = find(files, scriptFile('script'));
  if (script === undefined)
    throw new AppError('IMPORT_INCOMPLETE', {
      details: {
        files: files
          .map(({ name }) => base(name))
          .slice(0, 5)
          .join(', '),
      },
    });

  const form = find(files, FORM);
  const formTree = form === undefined ? null : readForm(textOf(form), sayOf(form));
  const { fields, constants, choosers } =
    form === undefined || formTree === null
      ? { ...noNames(), choosers: [] }
      : readBatchConnectForm(formTree, sayOf(form));
  const names: Names = { fields: new Map(fields), constants: new Map(constants), locals: new Set() };
  imported.parameters.push(...[...fields.values()].map(({ parameter }) => parameter));
  if (form !== undefined) followDirectives(names.fields, choosers, sayOf(form));

  const submit = find(files, SUBMIT);
  const { kind, shared } = importSubmit(
    imported,
    submit === undefined ? null : textOf(submit),
    names,
    sayOf(submit ?? form ?? script),
  );
  if (kind !== 'basic')
    sayOf(submit ?? script)('unsupported', null, `template: ${kind}`, message('batchConnect.desktops'));

  const taken = [form, submit].filter((file) => file !== undefined);
  const scripts: { -readonly [K in keyof Scripts]: Scripts[K] } = {};
  for (const name of ['before', 'script', 'after', 'clean'] as const) {
    const file = find(files, scriptFile(name));
    if (file === undefined) continue;
    taken.push(file);
    scripts[name] = { file: base(file.name), script: bashOf(textOf(file), names, sayOf(file)) };
    sayOf(file)('taken', null, base(file.name), null);
  }
  imported.mainExec = batchConnectScript(scripts, shared);
  const called = calledFunctions(scripts);
  if (called.length > 0) sayOf(script)('changed', null, called.join(', '), message('batchConnect.functions'));
  for (const file of files.filter((each) => !taken.includes(each))) {
    const why = notTaken(base(file.name), files.some(({ name }) => inTemplate(name)) && !inTemplate(file.name));
    if (why === null) continue;
    sayOf(file)('unsupported', null, base(file.name), why);
    taken.push(file);
  }
  return taken;
}

const inTemplate = (name: string): boolean => /(?:^|[/\\])template[/\\]/.test(name);

/** Why a file that is neither form nor script is left out; null for one that the scripts may ask for. */
function notTaken(name: string, isOutside: boolean): Message | null {
  if (/^(?:view|info|completed)\.(?:html|md)(?:\.erb)?$/i.test(name)) return message('batchConnect.portalPage');
  if (/^form\.js$/i.test(name)) return message('batchConnect.javaScript');
  if (/\.erb$/i.test(name)) return message('batchConnect.writtenAnew', { placeholder: '{{name}}' });
  return isOutside ? message('batchConnect.notRun') : null;
}

/** With all branches where that is one YAML file, otherwise with the first of each. */
function readForm(text: string, say: Say): YamlMap | null {
  for (const firstOnly of [false, true]) {
    const said: Parameters<Say>[] = [];
    const { text: yaml } = readErbYaml(text, noNames(), (...each) => void said.push(each), firstOnly);
    const { tree, faults } = readYamlTree(yaml.replaceAll(/^---[ \t]*$/gm, ''));
    if (faults.length > 0 && !firstOnly) continue;
    for (const each of said) say(...each);
    for (const fault of faults)
      say('unsupported', fault.line, 'form.yml', message('imports.unreadable', { reason: fault.message }));
    return tree?.kind === 'map' ? tree : null;
  }
  return null;
}
