/** An Open Composer application (`form.yml`, and `manifest.yml` if it is there) as a template. */
import { message } from '../../../../shared/messages/message.ts';
import type { ImportNote } from '../../../../shared/domain/template/studio.ts';
import { parameterVariable } from '../../../../shared/domain/template/parameters.ts';
import { plainValue, readYamlTree, type YamlMap } from '../../text/yamlTree.ts';
import { importScript, type ScriptImport } from './importScript.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import type { SourceLine } from './erbCode.ts';
import { nameIt, type ImportedTemplate, type SourceFile } from './importedTemplate.ts';
import { applyEffects } from './openComposerEffects.ts';
import { readFormText } from './openComposerErb.ts';
import { readWidgets, shortened, type Say, type Widget } from './openComposerWidgets.ts';
import { shellWords } from '../../../slurm/shellWords.ts';

/**
 * Null, with a note, when the file is not YAML or has no form. What Ruby works out is left out and told line by line.
 * @throws FORM_MADE_ON_SERVER (1012) when nothing is left then.
 */
export function importOpenComposer(
  imported: ImportedTemplate,
  form: SourceFile,
  text: string,
  notes: ImportNote[],
): ScriptImport | null {
  const note: Say = (kind, line, what, reason) =>
    void notes.push({ kind, what: shortened(what), file: form.name, line, reason });
  const { lines, script: heredocs, hasRuby } = readFormText(text, note);
  const lineOf = (line: number | null): number | null => (line === null ? null : (lines[line - 1]?.line ?? line));
  const say: Say = (kind, line, what, reason) => note(kind, lineOf(line), what, reason);
  const { tree, faults } = readYamlTree(lines.map((line) => line.text).join('\n'));
  for (const fault of faults)
    say('unsupported', fault.line, form.name, message('imports.unreadable', { reason: fault.message }));
  if (tree?.kind !== 'map' && !hasRuby) return null;

  const map: YamlMap = tree?.kind === 'map' ? tree : { kind: 'map', entries: new Map(), at: { line: 1, column: 1 } };
  const fields = map.entries.get('form')?.value;
  const { widgets, choosers } = fields?.kind === 'map' ? readWidgets(fields, say) : { widgets: [], choosers: [] };
  applyEffects(widgets, choosers, say);
  for (const { key, keyAt } of map.entries.values()) {
    if (key === 'form' || key === 'script') continue;
    const why = {
      header: message('openComposer.ownFields'),
      check: message('openComposer.checks'),
      submit: message('openComposer.submit'),
    }[key];
    say('unsupported', keyAt.line, key, why ?? message('imports.notKnown'));
  }
  const written = scriptOf(map);
  const script = [
    ...written.text.split('\n').map((each, at) => ({ text: each, line: lineOf(written.line + at + 1) ?? 1 })),
    ...heredocs,
  ];
  leaveLoneValues(script, note);
  widgets.push(...missingWidgets(script, widgets, fields?.kind === 'map' ? fields : null, hasRuby, note));
  if (hasRuby && widgets.length === 0 && !script.some(({ text: each }) => /^\s*(?:[^\s#]|#\{|#SBATCH)/.test(each))) {
    throw new AppError('FORM_MADE_ON_SERVER', {
      details: {
        name: form.name,
        command: `ruby misc/read_yml_erb.rb apps/${folderOf(form.name)}/form.yml.erb > form.yml`,
      },
    });
  }
  imported.parameters.push(...widgets.map(({ parameter }) => parameter));
  const own: ImportNote[] = [];
  const made = importScript(imported, form, fillIn(script, widgets, note), own);
  if (imported.mainExec.trim() === '') note('changed', null, 'script', message('openComposer.noCommands'));
  const inFile = (line: number): number => script[line - 1]?.line ?? line;
  notes.push(...own.map((each) => ({ ...each, line: each.line === null ? null : inFile(each.line) })));
  return { sourceLines: made.sourceLines.map(inFile) };
}

const folderOf = (name: string): string => /([^/\\]+)[/\\][^/\\]+$/.exec(name)?.[1] ?? 'NAME';

/** The text of `script:`, or of its `content:`; `line` is the one before its first. */
function scriptOf(tree: YamlMap): { text: string; line: number } {
  const script = tree.entries.get('script')?.value;
  const content = script?.kind === 'map' ? script.entries.get('content')?.value : script;
  return content?.kind === 'scalar' && typeof content.value === 'string'
    ? { text: content.value, line: content.at.line }
    : { text: '', line: 0 };
}

/** A line that is a value alone, among directives, is one itself; as a command it would end them all. */
function leaveLoneValues(script: SourceLine[], say: Say): void {
  const isDirective = ({ text }: SourceLine): boolean => text.startsWith('#SBATCH');
  const last = script.findLastIndex(isDirective);
  const first = script.findIndex(isDirective);
  for (const [at, { text, line }] of script.entries()) {
    if (at < first || at > last || !/^\s*#\{[^{}]*\}\s*$/.test(text)) continue;
    script[at] = { text: '', line };
    say('unsupported', line, text.trim(), message('openComposer.directiveOfChoice'));
  }
}

/** Fields that the script names and that only Ruby makes, or have a widget unlike any here: they are asked for as text. */
function missingWidgets(
  script: readonly SourceLine[],
  widgets: readonly Widget[],
  declared: YamlMap | null,
  hasRuby: boolean,
  say: Say,
): Widget[] {
  const known = new Set(widgets.flatMap(({ parameter, of }) => [parameter.name.toLowerCase(), of.toLowerCase()]));
  const paths = new Set(
    script.flatMap(({ text }) =>
      Array.from(text.matchAll(/#\{\s*(?:basename|dirname)\(\s*:?(\w+)\s*\)\s*\}/g), (match) => match[1] ?? ''),
    ),
  );
  return script.flatMap(({ text, line }) =>
    Array.from(text.matchAll(PLACEHOLDER)).flatMap(([whole, inner = '']): Widget[] => {
      const [, name = ''] =
        /^\s*:?(?:(?:basename|dirname|zeropadding)\(\s*:?)?([A-Za-z]\w{0,60})\s*(?:,\s*\d+\s*)?\)?\s*$/.exec(inner) ??
        [];
      const entry = declared?.entries.get(name);
      if (
        name === '' ||
        Object.hasOwn(SPECIAL, name) ||
        known.has(name.toLowerCase()) ||
        (!hasRuby && entry === undefined)
      )
        return [];
      known.add(name.toLowerCase());
      say(
        'changed',
        line,
        whole,
        entry === undefined ? message('openComposer.fieldByRuby') : message('openComposer.textForWidget'),
      );
      const label =
        entry?.value.kind === 'map' ? plainValue(entry.value.entries.get('label')?.value ?? entry.value) : null;
      const isPath = paths.has(name);
      return [
        {
          parameter: {
            name,
            type: isPath ? 'path' : 'text',
            label: typeof label === 'string' && label !== '' ? label : name,
            ...(isPath ? { required: true } : {}),
          },
          of: name,
          kind: isPath ? 'path' : 'text',
          separator: null,
          optional: !isPath,
        },
      ];
    }),
  );
}

/** Takes the names of Open Composer's and Open OnDemand's manifests. */
export function readManifest(manifest: SourceFile, text: string, notes: ImportNote[]): Record<string, string> {
  const { tree, faults } = readYamlTree(text);
  for (const fault of faults)
    notes.push({
      kind: 'unsupported',
      what: manifest.name,
      file: manifest.name,
      line: fault.line,
      reason: message('imports.unreadable', { reason: fault.message }),
    });
  if (tree?.kind !== 'map') return {};
  return Object.fromEntries(
    Array.from(tree.entries.values()).flatMap(({ key, value }) => {
      const plain = plainValue(value);
      return typeof plain === 'string' || typeof plain === 'number' ? [[key, String(plain).trim()] as const] : [];
    }),
  );
}

export function describeByManifest(
  imported: ImportedTemplate,
  manifest: SourceFile,
  text: string,
  notes: ImportNote[],
): Record<string, string> {
  const said = readManifest(manifest, text, notes);
  if (said['name'] !== undefined) nameIt(imported, said['name']);
  imported.description = said['description'] ?? said['notes'] ?? '';
  for (const [key, value] of Object.entries(said)) {
    const isTaken = ['name', 'description', 'notes', 'script'].includes(key);
    const reason = isTaken ? null : key === 'host' ? message('imports.clusterAtLaunch') : message('imports.noSuchKey');
    notes.push({
      kind: isTaken ? 'taken' : key === 'host' ? 'changed' : 'unsupported',
      what: `${key}: ${value}`.slice(0, 300),
      file: manifest.name,
      line: null,
      reason,
    });
  }
  return said;
}

const PLACEHOLDER = /#\{([^{}\n]*)\}/g;
const SPECIAL: Readonly<Record<string, string>> = {
  OC_JOB_NAME: '${SLURM_JOB_NAME}',
  OC_SCRIPT_LOCATION: '${SLIPWAY_RUN_DIR}',
  _script_location: '${SLIPWAY_RUN_DIR}',
};

/** `#{name}` becomes `{{name}}` in directives and a variable in commands, quoted as its place asks. */
function fillIn(script: readonly SourceLine[], widgets: readonly Widget[], say: Say): string {
  const byName = new Map(widgets.map((widget) => [widget.parameter.name, widget]));
  const markers: string[] = [];
  // a marker is an ordinary word to the reader of quotes and here-documents
  const marked = script.map(({ text: line, line: at }) => {
    if (line.startsWith('#SBATCH'))
      return line.replaceAll(PLACEHOLDER, (whole, inner: string) => inDirective(whole, inner, byName, at, say));
    if (/^\s*#(?!\{)/.test(line)) return line;
    return line.replaceAll(PLACEHOLDER, (whole, inner: string) => {
      markers.push(inner);
      if (expression(inner, byName) === null) say('unsupported', at, whole, message('openComposer.unknownExpression'));
      return `\u{e000}${String(markers.length - 1)}\u{e001}`;
    });
  });
  const hereLines = shellWords(marked.join('\n'))?.hereLines ?? new Set<number>();
  let quote = '';
  let inArray = false;
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
    const isWhole =
      !inHere && began === '' && quote === '' && !line.endsWith('\\') && marked[at - 1]?.endsWith('\\') !== true;
    // between `name=(` and its end stand words, not commands
    if (inArray || /^\s*\w+\+?=\(\s*$/.test(line)) {
      inArray = !/^\s*\)/.test(line);
      return made;
    }
    return isWhole ? onlyIfSaid(made, line, markers, byName) : made;
  });
  for (const { parameter, kind, separator } of widgets) {
    if (
      (kind === 'multi_select' || kind === 'checkbox') &&
      script.some(({ text }) => text.includes(`#{${parameter.name}}`))
    )
      say(
        'changed',
        null,
        `#{${parameter.name}}`,
        separator === null ? message('openComposer.oneLine') : message('openComposer.joined'),
      );
  }
  return lines.join('\n');
}

const plainName = (inner: string): string => inner.trim().replace(/^:/, '');

function inDirective(
  whole: string,
  inner: string,
  byName: ReadonlyMap<string, Widget>,
  line: number,
  say: Say,
): string {
  const padded = /^zeropadding\(\s*:?(\w+)\s*,\s*\d+\s*\)$/.exec(inner.trim())?.[1];
  if (padded !== undefined && byName.has(padded)) {
    say('changed', line, whole, message('openComposer.withoutZeros'));
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
  const [, call, argument = '', digits = ''] =
    /^(basename|dirname|zeropadding)\(\s*:?(\w+)\s*(?:,\s*(\d{1,2})\s*)?\)$/.exec(inner.trim()) ?? [];
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

const isText = (inner: string, byName: ReadonlyMap<string, Widget>): boolean =>
  ['text', 'multi_select', 'checkbox'].includes(byName.get(plainName(inner))?.kind ?? '');

/** Ends the job rather than going on with something else than was meant. */
const unknownValue = (inner: string): string =>
  `\${OPEN_COMPOSER_VALUE:?${inner.replaceAll(/[^A-Za-z0-9_ +-]/g, ' ').trim()} is not known}`;

/** A text field may hold several words, as Open Composer pastes it; everything else is one. */
function variable(spelled: string, quote: string, splits: boolean): string {
  if (quote === '"') return spelled;
  if (quote === "'") return `'"${spelled}"'`;
  return splits ? spelled : `"${spelled}"`;
}

const KEYWORD =
  /^\s*(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|\}|\{|\w+\s*\(\)|.*(?:;;|[{(|]|&&|\bdo|\bthen)\s*$)/;

/** A line with an empty field is left out, unless the field’s name begins with a colon. */
function onlyIfSaid(
  made: string,
  line: string,
  markers: readonly string[],
  byName: ReadonlyMap<string, Widget>,
): string {
  const inners = Array.from(line.matchAll(/\u{e000}(\d+)\u{e001}/gu), (match) => markers[Number(match[1])] ?? '');
  const names = inners.flatMap((inner) => {
    const name = /^(?:\w+\()?\s*(\w+)/.exec(inner.trim())?.[1] ?? '';
    const widget = byName.get(name);
    return widget?.optional === true && widget.kind !== 'select' && widget.kind !== 'radio'
      ? [parameterVariable(name)]
      : [];
  });
  if (names.length === 0 || KEYWORD.test(line)) return made;
  const tests = [...new Set(names)].map((name) => `[ -n "$${name}" ]`).join(' && ');
  return `if ${tests}; then ${made.trim()}; fi`;
}
