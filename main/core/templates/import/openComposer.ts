/** An Open Composer application (`form.yml`, and `manifest.yml` if it is there) as a template. */
import type { ImportNote } from '../../../../shared/domain/templateStudio.ts';
import { parameterVariable } from '../../../../shared/domain/parameters.ts';
import { plainValue, readYamlTree, type YamlMap } from '../yamlTree.ts';
import { importScript, type ScriptImport } from './importScript.ts';
import { nameIt, type ImportedTemplate, type SourceFile } from './importedTemplate.ts';
import { applyEffects } from './openComposerEffects.ts';
import { readWidgets, type Say, type Widget } from './openComposerWidgets.ts';
import { shellWords } from '../../../slurm/shellWords.ts';

/** Null, with a note, when the file is not YAML or has no form. */
export function importOpenComposer(imported: ImportedTemplate, form: SourceFile, text: string, notes: ImportNote[]): ScriptImport | null {
  const say: Say = (kind, line, what, reason) => void notes.push({ kind, what: what.slice(0, 300), file: form.name, line, reason });
  for (const [at, line] of text.split('\n').entries()) {
    if (line.includes('<%')) say('unsupported', at + 1, line.trim(), 'Embedded Ruby is not run; write its result in its place.');
  }
  const { tree, faults } = readYamlTree(text);
  for (const fault of faults) say('unsupported', fault.line, form.name, `The file cannot be read: ${fault.message}`);
  if (tree?.kind !== 'map') return null;

  const fields = tree.entries.get('form')?.value;
  const { widgets, choosers } = fields?.kind === 'map' ? readWidgets(fields, say) : { widgets: [], choosers: [] };
  applyEffects(widgets, choosers, say);
  imported.parameters.push(...widgets.map(({ parameter }) => parameter));
  for (const { key, keyAt } of tree.entries.values()) {
    if (key === 'form' || key === 'script') continue;
    const why = { header: 'Slipway has its own fields for name and place.', check: 'Checks in Ruby are not run; fields have min, max and pattern.', submit: 'What runs on the login node before the job has no place here; put it into pre_exec.' }[key];
    say('unsupported', keyAt.line, key, why ?? 'Not known, and not taken over.');
  }
  const script = scriptOf(tree);
  const filled = fillIn(script.text, widgets, script.line, say);
  return importScript(imported, form, filled, notes, script.line);
}

/** The text of `script:`, or of its `content:`; `line` is the one before its first. */
function scriptOf(tree: YamlMap): { text: string; line: number } {
  const script = tree.entries.get('script')?.value;
  const content = script?.kind === 'map' ? script.entries.get('content')?.value : script;
  return content?.kind === 'scalar' && typeof content.value === 'string' ? { text: content.value, line: content.at.line } : { text: '', line: 0 };
}

/** Takes the names of Open Composer's and Open OnDemand's manifests. */
export function readManifest(manifest: SourceFile, text: string, notes: ImportNote[]): Record<string, string> {
  const { tree, faults } = readYamlTree(text);
  for (const fault of faults) notes.push({ kind: 'unsupported', what: manifest.name, file: manifest.name, line: fault.line, reason: `The file cannot be read: ${fault.message}` });
  if (tree?.kind !== 'map') return {};
  return Object.fromEntries(
    Array.from(tree.entries.values()).flatMap(({ key, value }) => {
      const plain = plainValue(value);
      return typeof plain === 'string' || typeof plain === 'number' ? [[key, String(plain).trim()] as const] : [];
    }),
  );
}

export function describeByManifest(imported: ImportedTemplate, manifest: SourceFile, text: string, notes: ImportNote[]): Record<string, string> {
  const said = readManifest(manifest, text, notes);
  if (said['name'] !== undefined) nameIt(imported, said['name']);
  imported.description = said['description'] ?? said['notes'] ?? '';
  for (const [key, value] of Object.entries(said)) {
    const isTaken = ['name', 'description', 'notes', 'script'].includes(key);
    const reason = isTaken ? '' : key === 'host' ? 'The cluster is chosen when a job is launched.' : 'Not taken over: templates have no such key.';
    notes.push({ kind: isTaken ? 'taken' : key === 'host' ? 'changed' : 'unsupported', what: `${key}: ${value}`.slice(0, 300), file: manifest.name, line: null, reason });
  }
  return said;
}

const PLACEHOLDER = /#\{([^{}\n]*)\}/g;
const SPECIAL: Readonly<Record<string, string>> = { OC_JOB_NAME: '${SLURM_JOB_NAME}', OC_SCRIPT_LOCATION: '${SLIPWAY_RUN_DIR}', _script_location: '${SLIPWAY_RUN_DIR}' };

/** `#{name}` becomes `{{name}}` in directives and a variable in commands, quoted as its place asks. */
function fillIn(text: string, widgets: readonly Widget[], offset: number, say: Say): string {
  const byName = new Map(widgets.map((widget) => [widget.parameter.name, widget]));
  const markers: string[] = [];
  // a marker is an ordinary word to the reader of quotes and here-documents
  const marked = text.split('\n').map((line, at) => {
    if (line.startsWith('#SBATCH')) return line.replaceAll(PLACEHOLDER, (whole, inner: string) => inDirective(whole, inner, byName, offset + at + 1, say));
    if (/^\s*#(?!\{)/.test(line)) return line;
    return line.replaceAll(PLACEHOLDER, (whole, inner: string) => {
      markers.push(inner);
      if (expression(inner, byName) === null) say('unsupported', offset + at + 1, whole, 'Names no field, or is an expression that Slipway does not know. A job that comes to this place ends there and says so: write what it stands for.');
      return `\u{e000}${String(markers.length - 1)}\u{e001}`;
    });
  });
  const hereLines = shellWords(marked.join('\n'))?.hereLines ?? new Set<number>();
  let quote = '';
  const lines = marked.map((line, at) => {
    const inHere = hereLines.has(at);
    const began = quote;
    let made = '';
    for (let i = 0; i < line.length; i += 1) {
      const c = line.charAt(i);
      const end = c === '\u{e000}' ? line.indexOf('\u{e001}', i) : -1;
      if (end !== -1) {
        const inner = markers[Number(line.slice(i + 1, end))] ?? '';
        made += variable(expression(inner, byName) ?? unknownValue(inner), inHere ? '"' : quote, isText(inner, byName));
        i = end;
        continue;
      }
      made += c;
      if (inHere) continue;
      if (c === '\\' && quote !== "'") {
        i += 1;
        made += line.charAt(i);
      } else if (quote === '' && (c === '"' || c === "'")) quote = c;
      else if (c === quote) quote = '';
    }
    const isWhole = !inHere && began === '' && quote === '' && !line.endsWith('\\') && marked[at - 1]?.endsWith('\\') !== true;
    return isWhole ? onlyIfSaid(made, line, markers, byName) : made;
  });
  for (const { parameter, kind, separator } of widgets) {
    if ((kind === 'multi_select' || kind === 'checkbox') && text.includes(`#{${parameter.name}}`)) say('changed', null, `#{${parameter.name}}`, separator === null ? 'What is chosen stands on one line, not on one line for each.' : 'What is chosen is joined in the script.');
  }
  return lines.join('\n');
}

const plainName = (inner: string): string => inner.trim().replace(/^:/, '');

function inDirective(whole: string, inner: string, byName: ReadonlyMap<string, Widget>, line: number, say: Say): string {
  const padded = /^zeropadding\(\s*:?(\w+)\s*,\s*\d+\s*\)$/.exec(inner.trim())?.[1];
  if (padded !== undefined && byName.has(padded)) {
    say('changed', line, whole, 'Without the zeros before it, which Slurm does not need.');
    return `{{${padded}}}`;
  }
  return byName.has(plainName(inner)) ? `{{${plainName(inner)}}}` : whole;
}

/** What stands within `"…"` for the inside of a placeholder; null when it is not known. */
function expression(inner: string, byName: ReadonlyMap<string, Widget>): string | null {
  const name = plainName(inner);
  if (Object.hasOwn(SPECIAL, name)) return SPECIAL[name] ?? null;
  const widget = byName.get(name);
  if (widget !== undefined) return textOf(widget);
  const [, call, argument = '', digits = ''] = /^(basename|dirname|zeropadding)\(\s*:?(\w+)\s*(?:,\s*(\d{1,2})\s*)?\)$/.exec(inner.trim()) ?? [];
  const of = byName.get(argument);
  if (call === undefined || of === undefined) return null;
  const given = `"$${parameterVariable(argument)}"`;
  if (call !== 'zeropadding') return digits === '' ? `$(${call} -- ${given})` : null;
  return digits === '' ? null : `$(printf '%0${digits}d' ${given})`;
}

/** Chosen items are joined by commas in a variable. */
function textOf({ parameter, kind, separator }: Widget): string {
  const name = parameterVariable(parameter.name);
  const isList = kind === 'multi_select' || kind === 'checkbox';
  return isList && (separator ?? ' ').trim() === '' ? `\${${name}//,/ }` : `\${${name}}`;
}

const isText = (inner: string, byName: ReadonlyMap<string, Widget>): boolean => ['text', 'multi_select', 'checkbox'].includes(byName.get(plainName(inner))?.kind ?? '');

/** Ends the job rather than going on with something else than was meant. */
const unknownValue = (inner: string): string => `\${OPEN_COMPOSER_VALUE:?${inner.replaceAll(/[^A-Za-z0-9_ +-]/g, ' ').trim()} is not known}`;

/** A text field may hold several words, as Open Composer pastes it; everything else is one. */
function variable(spelled: string, quote: string, splits: boolean): string {
  if (quote === '"') return spelled;
  if (quote === "'") return `'"${spelled}"'`;
  return splits ? spelled : `"${spelled}"`;
}

const KEYWORD = /^\s*(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|\}|\{|\w+\s*\(\)|.*;;\s*$)/;

/** A line with an empty field is left out, unless the field’s name begins with a colon. */
function onlyIfSaid(made: string, line: string, markers: readonly string[], byName: ReadonlyMap<string, Widget>): string {
  const inners = Array.from(line.matchAll(/\u{e000}(\d+)\u{e001}/gu), (match) => markers[Number(match[1])] ?? '');
  const names = inners.flatMap((inner) => {
    const name = /^(?:\w+\()?\s*(\w+)/.exec(inner.trim())?.[1] ?? '';
    const widget = byName.get(name);
    return widget?.optional === true && widget.kind !== 'select' && widget.kind !== 'radio' ? [parameterVariable(name)] : [];
  });
  if (names.length === 0 || KEYWORD.test(line)) return made;
  const tests = [...new Set(names)].map((name) => `[ -n "$${name}" ]`).join(' && ');
  return `if ${tests}; then ${made.trim()}; fi`;
}
