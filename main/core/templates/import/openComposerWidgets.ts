/** The widgets of an Open Composer form as parameters. Source: Open Composer, docs "Settings of form.yml". */
import { message, type Message } from '../../../../shared/messages/message.ts';
import { readParameters } from '../format/readParameters.ts';
import { Report, Section } from '../format/section.ts';
import { plainValue, readYamlTree, type YamlEntry, type YamlMap } from '../../text/yamlTree.ts';
import type { ImportedParameter } from './importedTemplate.ts';
import { stringify } from 'yaml';

export type Say = (
  kind: 'taken' | 'changed' | 'unsupported',
  line: number | null,
  what: string | Message,
  reason: Message | null,
) => void;

/** As it stands in a note: the beginning of a long line is enough to find it. */
export const shortened = (what: string | Message): string | Message =>
  typeof what === 'string' ? what.trim().slice(0, 300) : what;

const TYPES: Readonly<Record<string, string>> = {
  number: 'number',
  text: 'text',
  email: 'text',
  select: 'select',
  radio: 'select',
  multi_select: 'multiselect',
  checkbox: 'multiselect',
  path: 'path',
};

export interface Widget {
  readonly parameter: ImportedParameter;
  /** The widget's own name; with several fields, the parameters have a number behind it. */
  readonly of: string;
  readonly kind: string;
  /** What stands between the chosen items in the script; null: the line is said once for each. */
  readonly separator: string | null;
  /** May be left empty. */
  readonly optional: boolean;
}

/** What choosing an option does to another widget: `hide-x`, `set-max-x` with its value. */
export interface Effect {
  readonly name: string;
  readonly value: string | null;
}

export interface Choice {
  readonly label: string;
  readonly value: string;
  /** Of an option with several values; the script says `#{widget_1}`, `#{widget_2}`. */
  readonly values: readonly string[];
  readonly effects: readonly Effect[];
}

/** The choices of a widget and what they do. */
export interface Chooser {
  readonly of: string;
  readonly kind: string;
  readonly choices: readonly Choice[];
  readonly line: number;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
/** What several fields share, or each has its own of. */
const nth = (value: unknown, at: number): unknown => (Array.isArray(value) ? value[at] : value);

export function readWidgets(form: YamlMap, say: Say): { widgets: Widget[]; choosers: Chooser[] } {
  const widgets: Widget[] = [];
  const choosers: Chooser[] = [];
  for (const entry of form.entries.values()) {
    const found = readWidget(entry, say);
    if (found === null) continue;
    widgets.push(
      ...found.widgets.filter(
        ({ parameter }) =>
          !widgets.some((other) => other.parameter.name.toLowerCase() === parameter.name.toLowerCase()),
      ),
    );
    if (found.choices.length > 0)
      choosers.push({ of: entry.key, kind: found.kind, choices: found.choices, line: entry.keyAt.line });
  }
  return { widgets, choosers };
}

function readWidget(entry: YamlEntry, say: Say): { widgets: Widget[]; choices: Choice[]; kind: string } | null {
  const {
    key,
    keyAt: { line },
  } = entry;
  if (entry.value.kind !== 'map' || !/^[A-Za-z][A-Za-z0-9_]{0,60}$/.test(key)) {
    say('unsupported', line, key, message('openComposer.notAWidget'));
    return null;
  }
  const given = plainValue(entry.value) as Record<string, unknown>;
  const kind = text(given['widget']).replace(/_field$/, '');
  const type = Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined;
  if (type === undefined) {
    say('unsupported', line, key, message('imports.noFieldLike', { widget: text(given['widget']) }));
    return null;
  }
  const choices = readChoices(entry.value, key, say);
  const size =
    kind === 'number' || kind === 'text' || kind === 'email'
      ? Math.min(20, Math.max(1, Number(given['size'] ?? 1) || 1))
      : 1;
  const labels = list(given['label']);
  const ofEach = labels.length === 2 && Array.isArray(labels[1]) ? (labels[1] as unknown[]) : labels;
  const widgets = Array.from({ length: size }, (_, at): Widget => {
    const name = size === 1 ? key : `${key}_${String(at + 1)}`;
    const required = nth(given['required'], at) === true;
    const shared = size === 1 || ofEach.length === 1 ? text(labels[0]) : '';
    const label =
      size > 1 && ofEach.length > 1
        ? [ofEach === labels ? '' : text(labels[0]), text(ofEach[at])].filter(Boolean).join(': ')
        : shared;
    const raw: ImportedParameter = {
      name,
      type:
        type === 'number' && isWhole([given['value'], given['min'], given['max'], given['step'] ?? 1], at)
          ? 'integer'
          : type,
      label: label || name,
    };
    if (text(nth(given['help'], at)) !== '') raw['help'] = text(nth(given['help'], at));
    if (type === 'number')
      for (const limit of ['min', 'max', 'step'])
        if (typeof nth(given[limit], at) === 'number') raw[limit] = nth(given[limit], at);
    if (kind === 'email') raw['pattern'] = '[^@ ]+@[^@ ]+';
    if (choices.length > 0 || type === 'select' || type === 'multiselect')
      raw['options'] = choices.map((choice) => ({ value: choice.value, label: choice.label }));
    if (required) raw['required'] = true;
    const value = defaultOf(type, type === 'multiselect' ? given['value'] : nth(given['value'], at), choices);
    if (value !== null) raw['default'] = value;
    return {
      parameter: mended(raw, line, say),
      of: key,
      kind,
      separator: typeof given['separator'] === 'string' ? given['separator'] : null,
      optional: !required,
    };
  });
  if (type === 'select') widgets.push(...partsOf(key, choices, kind));
  say(
    'taken',
    line,
    key,
    size === 1
      ? null
      : message('openComposer.severalFields', { fields: size, first: `${key}_1`, last: `${key}_${String(size)}` }),
  );
  return { widgets, choices, kind };
}

/** `widget_1`, `widget_2` of options with several values: each follows the option. */
function partsOf(key: string, choices: readonly Choice[], kind: string): Widget[] {
  const count = Math.min(9, Math.max(0, ...choices.map(({ values }) => values.length)));
  return Array.from({ length: count }, (_, at): Widget => {
    const rules = choices.flatMap(({ value, values }) =>
      values[at] === undefined ? [] : [{ when: { [key]: value }, default: values[at] }],
    );
    const name = `${key}_${String(at + 1)}`;
    return {
      parameter: { name, type: 'text', label: name, help: `Follows ${key}.`, advanced: true, rules },
      of: name,
      kind,
      separator: null,
      optional: false,
    };
  });
}

const isWhole = (values: readonly unknown[], at: number): boolean =>
  values
    .map((value) => nth(value, at))
    .every((value) => value === undefined || value === null || Number.isSafeInteger(value));

function readChoices(map: YamlMap, key: string, say: Say): Choice[] {
  const options = map.entries.get('options')?.value;
  if (options?.kind !== 'list') return [];
  const choices: Choice[] = [];
  for (const option of options.items) {
    const [label, value, ...effects] = list(plainValue(option));
    const several = Array.isArray(value) ? value.map(text) : [];
    if (several.length > 1)
      say('changed', option.at.line, `${key}: ${text(label)}`, message('openComposer.firstOfSeveral'));
    const chosen = {
      label: text(label),
      value: several[0] ?? text(value ?? label),
      values: several.length > 1 ? several : [],
      effects: effects.flatMap(effectsOf),
    };
    if (choices.some((other) => other.value === chosen.value)) {
      // an option without a value of its own is told apart by its label
      say('changed', option.at.line, `${key}: ${chosen.label}`, message('openComposer.sameValue'));
      choices.push({ ...chosen, value: chosen.label });
    } else choices.push(chosen);
  }
  return choices;
}

/** `hide-x`, or `set-max-x: 8` as a map. */
function effectsOf(effect: unknown): Effect[] {
  if (typeof effect === 'string') return [{ name: effect, value: null }];
  return typeof effect === 'object' && effect !== null
    ? Object.entries(effect).map(([name, value]: [string, unknown]) => ({ name, value: text(value) }))
    : [];
}

function defaultOf(type: string, value: unknown, choices: readonly Choice[]): unknown {
  const chosen = (label: unknown): string[] =>
    choices.filter((choice) => choice.label === text(label)).map((choice) => choice.value);
  if (type === 'multiselect') return list(value).flatMap(chosen);
  if (type === 'select') return chosen(value)[0] ?? choices[0]?.value ?? null;
  if (value === undefined || value === null || value === '') return null;
  return type === 'number' ? (typeof value === 'number' ? value : null) : text(value);
}

/** Leaves out what a parameter cannot be, as the reader of templates says. */
export function mended(raw: ImportedParameter, line: number, say: Say): ImportedParameter {
  for (const key of ['default', 'pattern', 'options']) {
    if (isReadable(raw)) return raw;
    if (!(key in raw)) continue;
    say(
      'changed',
      line,
      `${raw.name}: ${key}`,
      key === 'default' ? message('imports.beginsEmpty') : message('imports.leftOut'),
    );
    const { [key]: _left, ...rest } = raw;
    raw = key === 'options' ? { ...rest, name: raw.name, type: 'text' } : { ...rest, name: raw.name, type: raw.type };
  }
  return isReadable(raw) ? raw : { name: raw.name, type: 'text', label: raw.name };
}

/** Whether the reader of templates takes it. Conditions on other fields are not looked at. */
export function isReadable({ visible_when: _conditions, rules: _rules, ...raw }: ImportedParameter): boolean {
  const { tree } = readYamlTree(stringify({ parameters: [raw] }));
  if (tree?.kind !== 'map') return false;
  const report = new Report('');
  readParameters(new Section(tree, '', report));
  return !report.failed;
}
