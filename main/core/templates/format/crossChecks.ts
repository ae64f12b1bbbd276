/** What shows only when the parts of a template are looked at together: names that nobody uses, and uses that name nothing. */
import { message } from '../../../../shared/messages/message.ts';
import { fileVariable, slotFileName } from '../../../../shared/domain/template/fileSlots.ts';
import { fieldsBehind } from '../../../../shared/domain/template/parameterForm.ts';
import { parameterVariable, placeholderNames } from '../../../../shared/domain/template/parameters.ts';
import type { Parameter, Template } from '../../../../shared/domain/template/schema.ts';
import { scriptTexts } from '../../../../shared/domain/template/scriptTexts.ts';
import { checkEnd } from './endChecks.ts';
import { nearest } from './nearest.ts';
import { didYouMean, type Report } from './section.ts';
import { POST_SUBMIT_CHECKS, PRE_SUBMIT_CHECKS } from './siteChecks.ts';
import type { Place, YamlMap, YamlTree } from '../../text/yamlTree.ts';

/** Adds the problems of a template that was read from `map`, the tree of `text`. Time grows with the text's length. */
export function crossCheck(template: Template, map: YamlMap, text: string, report: Report): void {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  checkCircles(template.parameters, map, report);
  checkUnused(template, map, report);
  checkVariables(template, map, lines, report);
  checkFileNumbers(template, map, lines, report);
  checkGeneratedNames(template, map, report);
  checkNames(template, map, report);
  checkEnd(template, map, lines, report);
}

/** More of one kind than this is more of the same. */
const MAX_TOLD = 20;

const child = (tree: YamlTree | undefined, step: string | number): YamlTree | undefined => {
  if (tree?.kind === 'map') return tree.entries.get(String(step))?.value;
  return tree?.kind === 'list' ? tree.items[Number(step)] : undefined;
};

/** Where a parameter stands, and the path that it is called by. */
function parameterAt(name: string, map: YamlMap): { at: Place; key: string; tree: YamlTree | undefined } {
  const all = map.entries.get('parameters')?.value;
  if (all?.kind === 'map') {
    const entry = all.entries.get(name);
    return { at: entry?.keyAt ?? all.at, key: `parameters.${name}`, tree: entry?.value };
  }
  const items = all?.kind === 'list' ? all.items : [];
  const index = items.findIndex((item) => {
    const given = child(item, 'name');
    return given?.kind === 'scalar' && given.source === name;
  });
  const tree = items[index];
  return { at: child(tree, 'name')?.at ?? tree?.at ?? map.at, key: `parameters[${String(index)}]`, tree };
}

/** Fields that wait for each other would all be hidden, or have no default to begin with; each circle is told once. */
function checkCircles(parameters: readonly Parameter[], map: YamlMap, report: Report): void {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const behind = new Map(parameters.map((parameter) => [parameter.name, fieldsBehind(parameter)]));
  const done = new Set<string>();
  for (const start of parameters) {
    const way: string[] = [];
    // a step at a time, so that a chain of any length is no deep recursion
    const open: { name: string; next: number }[] = [{ name: start.name, next: 0 }];
    while (open.length > 0) {
      const top = open.at(-1);
      if (top === undefined) break;
      if (top.next === 0) {
        if (done.has(top.name)) {
          open.pop();
          continue;
        }
        way.push(top.name);
      }
      const field = behind.get(top.name)?.[top.next];
      top.next += 1;
      if (field === undefined) {
        done.add(top.name);
        way.pop();
        open.pop();
      } else if (way.includes(field)) {
        const circle = [...way.slice(way.indexOf(field)), field];
        const { at, key, tree } = parameterAt(top.name, map);
        const shown = circle.length > 6 ? [...circle.slice(0, 5), '…', field] : circle;
        const isRule = top.next > (byName.get(top.name)?.visibleWhen.length ?? 0);
        const place = isRule ? 'rules' : 'visible_when';
        report.error(
          'circle',
          `${key}.${place}`,
          child(tree, place)?.at ?? at,
          message('format.circle', { fields: shown.join(' → ') }),
          message(isRule ? 'format.circleOfDefaults' : 'format.circleOfShown'),
        );
      } else if (byName.has(field) && !done.has(field)) open.push({ name: field, next: 0 });
    }
  }
}

/** Every variable of parameters at once: `env | grep ^PARAM_`, `${!PARAM_@}`. */
const ALL_PARAMETERS = /PARAM_(?![A-Za-z0-9_])/;

function checkUnused(template: Template, map: YamlMap, report: Report): void {
  const scripts = scriptTexts(template);
  if (scripts.some((text) => ALL_PARAMETERS.test(text))) return;
  const words = new Set(scripts.flatMap((text) => text.match(/PARAM_[A-Za-z0-9_]+/g) ?? []));
  const { slurmRules = [] } = template;
  const pasted = [
    ...Object.values(template.slurm).map(String),
    ...slurmRules.map(({ value }) => String(value)),
    ...template.modules,
    ...template.generatedFiles.map((file) => file.content),
    ...scripts,
  ].flatMap(placeholderNames);
  const asked = template.parameters.flatMap(({ visibleWhen, rules }) =>
    [visibleWhen, ...rules.map(({ when }) => when)].flat().map(({ field }) => field),
  );
  const behindSlurm = slurmRules.flatMap(({ when }) => when.map(({ field }) => field));
  const used = new Set([...pasted, ...asked, ...behindSlurm]);
  const unused = template.parameters.filter(({ name }) => !used.has(name) && !words.has(parameterVariable(name)));
  for (const { name } of unused.slice(0, MAX_TOLD)) {
    const variable = parameterVariable(name);
    const { at, key } = parameterAt(name, map);
    report.warn(
      'unused-parameter',
      key,
      at,
      message('format.unusedParameter', { name }),
      message('format.useParameter', { variable, placeholder: `{{${name}}}` }),
    );
  }
}

const SCRIPTS = [
  ['pre_exec', 'preExec'],
  ['main_exec', 'mainExec'],
  ['post_exec', 'postExec'],
  ['finally_exec', 'finallyExec'],
  ['on_signal', 'onSignal'],
] as const;

/** `$PARAM_X` and `$FILE_X` of a script that nobody sets. What the scripts name without `$` somewhere, they may set themselves. */
function checkVariables(template: Template, map: YamlMap, lines: readonly string[], report: Report): void {
  const parameters = template.parameters.map(({ name }) => parameterVariable(name));
  const files = template.files.map(({ name }) => fileVariable(name));
  const known = new Set([...parameters, ...files]);
  for (const text of scriptTexts(template))
    for (const match of text.matchAll(/(?<![$\w{!#])(?:PARAM|FILE)_[A-Za-z0-9_]+/g)) known.add(match[0]);
  for (const [key, body] of SCRIPTS) {
    const code = (template.script[body] ?? '')
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#'))
      .join('\n');
    const unknown = new Set(
      Array.from(code.matchAll(/(?<!\\)\$\{?[!#]?((?:PARAM|FILE)_[A-Za-z0-9_]+)/g), (match) => match[1] ?? '').filter(
        (name) => !known.has(name),
      ),
    );
    const start = child(map.entries.get('script')?.value, key)?.at ?? map.at;
    for (const name of [...unknown].slice(0, MAX_TOLD)) {
      const isFile = name.startsWith('FILE_');
      const near =
        nearest(name, isFile ? files : parameters) ??
        (files.includes(name.replace(/^PARAM_/, 'FILE_')) ? name.replace(/^PARAM_/, 'FILE_') : null) ??
        (parameters.includes(name.replace(/^FILE_/, 'PARAM_')) ? name.replace(/^FILE_/, 'PARAM_') : null);
      report.warn(
        'undefined-variable',
        `script.${key}`,
        placeOf(name, start, lines),
        message(isFile ? 'format.unknownFileVariable' : 'format.unknownParameterVariable', { name }),
        near === null ? null : message('format.didYouMeanVariable', { name: near }),
      );
    }
  }
}

/** `$INPUT_FILE_1` without `$INPUT_FILE_0` beside it was most likely meant as the first file, which it was in Slipway before the numbers began at 0. */
function checkFileNumbers(template: Template, map: YamlMap, lines: readonly string[], report: Report): void {
  const all = scriptTexts(template).join('\n');
  // whoever knows of 0 or of the count, or puts the number together, counts from 0
  if (!/INPUT_FILE_[1-9]/.test(all) || /INPUT_FILE_(?:0|COUNT)(?![0-9])|INPUT_FILE_(?![0-9])/.test(all)) return;
  for (const [key, body] of SCRIPTS) {
    const name = /\$\{?(INPUT_FILE_[1-9][0-9]*)/.exec(template.script[body] ?? '')?.[1];
    if (name === undefined) continue;
    const start = child(map.entries.get('script')?.value, key)?.at ?? map.at;
    report.warn(
      'file-numbers',
      `script.${key}`,
      placeOf(name, start, lines),
      message('format.secondFile', { name }),
      message('format.firstFileIs'),
    );
    return;
  }
}

/** Where a name stands first, from the script's beginning on. */
function placeOf(name: string, start: Place, lines: readonly string[]): Place {
  const pattern = new RegExp(`\\$\\{?[!#]?${name}(?![A-Za-z0-9_])`);
  for (let row = start.line - 1; row < lines.length; row += 1) {
    const line = lines[row] ?? '';
    const from = row === start.line - 1 ? start.column - 1 : 0;
    const found = line.slice(from).search(pattern);
    if (found !== -1 && !line.trimStart().startsWith('#')) return { line: row + 1, column: from + found + 1 };
  }
  return start;
}

function checkGeneratedNames(template: Template, map: YamlMap, report: Report): void {
  const bySlotName = new Map(template.files.map((slot) => [slotFileName(slot).toLowerCase(), slot]));
  for (const [i, file] of template.generatedFiles.entries()) {
    const slot = bySlotName.get(file.name.toLowerCase());
    if (slot === undefined) continue;
    const items = map.entries.get('generated_files')?.value;
    const at =
      (items?.kind === 'list'
        ? items.items
            .map((item) => child(item, 'name'))
            .find((name) => name?.kind === 'scalar' && name.source === file.name)?.at
        : undefined) ?? map.at;
    report.warn(
      'slot-file-name',
      `generated_files[${String(i)}].name`,
      at,
      message('format.generatedLinkTaken', {
        slot: slot.name,
        file: file.name,
        variable: fileVariable(slot.name),
      }),
      message('format.otherName'),
    );
  }
}

/** Names of checks are kept whatever they are; those with nothing behind them are told. */
function checkNames(template: Template, map: YamlMap, report: Report): void {
  for (const [key, given, known] of [
    ['pre_submit', template.validation.preSubmit, PRE_SUBMIT_CHECKS],
    ['post_submit', template.validation.postSubmit, POST_SUBMIT_CHECKS],
  ] as const) {
    const tree = child(map.entries.get('validation')?.value, key);
    for (const [i, name] of given.slice(0, MAX_TOLD).entries()) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const at =
        (tree?.kind === 'list'
          ? tree.items.find((item) => item.kind === 'scalar' && item.source === name)?.at
          : tree?.at) ?? map.at;
      report.warn(
        'unknown-check',
        `validation.${key}[${String(i)}]`,
        at,
        message('format.unknownCheck', { name: name.slice(0, 80) }),
        didYouMean(near) ?? message('format.knownChecks', { names: known.join(', ') }),
      );
    }
  }
}
