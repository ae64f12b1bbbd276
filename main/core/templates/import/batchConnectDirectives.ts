/**
 * What the options of a Batch Connect form say about other fields, and about when they are there, as conditions and rules. Source: Open
 * OnDemand, docs "Dynamic Form Widgets": data-hide, data-set, data-min, data-max, data-label, data-help, data-option-for,
 * data-exclusive-option-for, each with `-for-FIELD-VALUE` behind it.
 */
import { message } from '../../../../shared/messages/message.ts';
import type { Chooser, Directive } from './batchConnectForm.ts';
import type { BatchConnectField } from './batchConnectValues.ts';
import type { ImportedParameter } from './importedTemplate.ts';
import { mended, type Say } from './openComposerWidgets.ts';

type Fields = ReadonlyMap<string, BatchConnectField>;
type Value = string | boolean;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const dashed = (name: string): string => name.replaceAll('_', '-').toLowerCase();
const optionsOf = ({ parameter }: BatchConnectField): { value: string; label: string }[] =>
  list(parameter['options']) as { value: string; label: string }[];

/** Puts the directives into the parameters of `fields`. */
export function followDirectives(fields: Fields, choosers: readonly Chooser[], say: Say): void {
  const behind = new Map<string, Set<string>>();
  for (const chooser of choosers) {
    const field = fields.get(chooser.of);
    if (field === undefined) continue;
    hide(fields, chooser, behind, say);
    for (const { value, label, directives } of chooser.options) {
      for (const directive of directives)
        if (/^(?:set|min|max|label|help)-/.test(directive.name))
          set(fields, chooser, value, label, directive, behind, say);
    }
    leaveOut(fields, field, chooser, say);
  }
}

/** False where that would go in a circle. */
function mayFollow(behind: Map<string, Set<string>>, target: string, of: string): boolean {
  const seen = new Set([of]);
  for (const name of seen) for (const next of behind.get(name) ?? []) seen.add(next);
  if (seen.has(target)) return false;
  behind.set(target, (behind.get(target) ?? new Set<string>()).add(of));
  return true;
}

function hide(fields: Fields, { of, line, options }: Chooser, behind: Map<string, Set<string>>, say: Say): void {
  const hiding = new Map<string, Value[]>();
  for (const { value, label, directives } of options) {
    for (const { name, value: said } of directives) {
      const target = /^hide-(.+)$/.exec(name)?.[1];
      if (target === undefined || said === false) continue;
      const found = [...fields.keys()].find((key) => dashed(key) === dashed(target));
      if (found === undefined)
        say('unsupported', line, `${of}: ${label}: data-${name}`, message('batchConnect.noSuchField'));
      else hiding.set(found, [...(hiding.get(found) ?? []), value]);
    }
  }
  for (const [target, values] of hiding) {
    const parameter = fields.get(target)?.parameter;
    const shown = options.map(({ value }) => value).filter((value) => !values.includes(value));
    if (parameter === undefined || shown.length === 0 || !mayFollow(behind, target, of)) {
      say('unsupported', line, `${of}: data-hide-${dashed(target)}`, message('batchConnect.alwaysShown'));
      continue;
    }
    const [first] = shown;
    parameter['visible_when'] = [
      ...list(parameter['visible_when']),
      typeof first === 'boolean' ? { field: of, is: first } : { field: of, in: shown },
    ];
    say('changed', line, `${of}: data-hide-${dashed(target)}`, message('imports.shownOrHidden'));
  }
}

/** `min-num-cores-for-cluster-pitzer`: what, of which field, and while which other field has which value. */
function partsOf(
  fields: Fields,
  rest: string,
): { target: string; also: { field: string; value: Value } | null } | null {
  for (const [target] of fields) {
    if (dashed(rest) === dashed(target)) return { target, also: null };
    if (!dashed(rest).startsWith(`${dashed(target)}-for-`)) continue;
    const also = caseOf(fields, rest.slice(target.length + '-for-'.length));
    if (also !== null) return { target, also };
  }
  return null;
}

/** `cluster-pitzer`: a field and one of its values. */
function caseOf(fields: Fields, rest: string): { field: string; value: Value } | null {
  for (const [field, of] of fields) {
    if (!dashed(rest).startsWith(`${dashed(field)}-`)) continue;
    const said = rest.slice(field.length + 1);
    if (of.parameter.type === 'boolean') return { field, value: said === 'checked' || said === of.checked };
    const value = optionsOf(of).find(
      (option) => dashed(option.value).replaceAll(/[^a-z0-9]+/g, '-') === dashed(said).replaceAll(/[^a-z0-9]+/g, '-'),
    )?.value;
    if (value !== undefined) return { field, value };
  }
  return null;
}

/** Whether the reader of templates takes the field as the rule would have it. */
function accepts(parameter: ImportedParameter, { when: _when, ...rule }: Readonly<Record<string, unknown>>): boolean {
  const { default: _default, rules: _rules, visible_when: _visible, ...rest } = parameter;
  const field = { ...rest, name: parameter.name, type: parameter.type, ...rule };
  return mended(field, 0, () => undefined) === field;
}

const KEYS: Readonly<Record<string, string>> = { set: 'default', min: 'min', max: 'max', label: 'label', help: 'help' };

function set(
  fields: Fields,
  { of, line }: Chooser,
  chosen: Value,
  label: string,
  { name, value }: Directive,
  behind: Map<string, Set<string>>,
  say: Say,
): void {
  const what = `${of}: ${label}: data-${name}: ${String(value)}`;
  const [, verb = '', rest = ''] = /^(set|min|max|label|help)-(.+)$/.exec(name) ?? [];
  const parts = partsOf(fields, rest);
  const target = parts === null ? undefined : fields.get(parts.target);
  if (parts === null || target === undefined) {
    say('unsupported', line, what, message('batchConnect.noSuchFieldOrValue'));
    return;
  }
  const { parameter } = target;
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  const key = KEYS[verb] ?? verb;
  const spelled =
    key === 'min' || key === 'max' || (key === 'default' && isNumber)
      ? Number(value)
      : parameter.type === 'boolean'
        ? String(value) === target.checked
        : String(value);
  const isRange = key === 'min' || key === 'max';
  if ((isRange && !isNumber) || Number.isNaN(spelled) || (key === 'default' && isNumber && value === '')) {
    say('unsupported', line, what, message('batchConnect.noSuchValue'));
    return;
  }
  if (key === 'default' && !mayFollow(behind, parameter.name, of)) {
    say('unsupported', line, what, message('batchConnect.circle'));
    return;
  }
  const when = [
    { field: of, is: chosen },
    ...(parts.also === null ? [] : [{ field: parts.also.field, is: parts.also.value }]),
  ];
  const rules = list(parameter['rules']) as Record<string, unknown>[];
  const same = rules.find((rule) => JSON.stringify(rule['when']) === JSON.stringify(when));
  const changed =
    same === undefined
      ? [...rules, { when, [key]: spelled }]
      : rules.map((rule) => (rule === same ? { ...rule, [key]: spelled } : rule));
  if (!accepts(parameter, { ...same, [key]: spelled })) {
    say('unsupported', line, what, message('imports.notAccepted'));
    return;
  }
  parameter['rules'] = changed;
  say('taken', line, what, null);
}

/** `option-for-cluster-pitzer: false`: not there while the other field has that value; `exclusive-option-for-…: true`: only there. */
function leaveOut(fields: Fields, field: BatchConnectField, { of, line, options }: Chooser, say: Say): void {
  const left = new Map<string, { when: { field: string; value: Value }; without: Set<Value> }>();
  const add = (when: { field: string; value: Value }, option: Value): void => {
    const key = `${when.field} ${String(when.value)}`;
    const found = left.get(key) ?? { when, without: new Set() };
    left.set(key, { ...found, without: found.without.add(option) });
  };
  for (const { value, label, directives } of options) {
    for (const { name, value: said } of directives) {
      const [, exclusive, rest = ''] = /^(exclusive-)?option-for-(.+)$/.exec(name) ?? [];
      if (rest === '') {
        if (!/^(?:hide|set|min|max|label|help)-/.test(name))
          say('unsupported', line, `${of}: ${label}: data-${name}`, message('imports.notKnown'));
        continue;
      }
      const found = caseOf(fields, rest);
      const other = found === null ? undefined : fields.get(found.field);
      // of an app of one cluster this is about others
      if (found === null || other === undefined) {
        if (!rest.startsWith('cluster-'))
          say('unsupported', line, `${of}: ${label}: data-${name}`, message('batchConnect.noSuchFieldOrValue'));
      } else if (exclusive === undefined && String(said) === 'false') add(found, value);
      else if (exclusive !== undefined && String(said) === 'true')
        for (const each of optionsOf(other))
          if (each.value !== found.value) add({ field: found.field, value: each.value }, value);
    }
  }
  if (left.size === 0) return;
  const all = optionsOf(field);
  const rules = [...left.values()].flatMap(({ when, without }) => {
    const kept = all.filter(({ value }) => !without.has(value));
    const [first] = kept;
    if (first === undefined) return [];
    const isDefaultLeft = without.has(String(field.parameter['default']));
    return [
      {
        when: [{ field: when.field, is: when.value }],
        options: kept,
        ...(isDefaultLeft ? { default: first.value } : {}),
      },
    ];
  });
  field.parameter['rules'] = [...list(field.parameter['rules']), ...rules];
  say('changed', line, `${of}: data-option-for`, message('batchConnect.optionsFollow'));
}
