/** The keys that a field of the form and its rules have in common: bounds, options, values, conditions. */
import { message } from '../../../../shared/messages/message.ts';
import { checkParameter } from '../../../../shared/domain/template/parameters.ts';
import type { Parameter, ParameterValue, VisibleWhen } from '../../../../shared/domain/template/schema.ts';
import { parseSlurmMemory } from '../../../../shared/lib/bytes.ts';
import { parseSlurmDuration } from '../../../../shared/lib/duration.ts';
import { describe, Section } from './section.ts';
import type { Place, YamlEntry, YamlTree } from '../../text/yamlTree.ts';

/** Bounds are written like the values: a number, `01:00:00` for a duration (a bare number is minutes, as in Slurm), `4G` for memory (MiB). */
export function readBound(section: Section, key: 'min' | 'max', type: Parameter['type']): number | null {
  if (type !== 'duration' && type !== 'memory') return section.number(key);
  const entry = section.entry(key);
  if (entry === null) return null;
  const text = entry.value.kind === 'scalar' ? entry.value.source : '';
  const size = type === 'duration' ? parseSlurmDuration(text) : parseSlurmMemory(text);
  if (size === null) section.wrong(entry, message(type === 'duration' ? 'format.a.time' : 'format.a.memory'));
  return Number.isFinite(size) ? size : null;
}

/** Texts, or `value` and `label`. */
export function readOptions(section: Section): Parameter['options'] {
  const entry = section.entry('options');
  if (entry === null) return [];
  if (entry.value.kind !== 'list') {
    section.wrong(entry, message('format.a.options'));
    return [];
  }
  return entry.value.items.flatMap((item, i) => {
    const path = `${section.key('options')}[${String(i)}]`;
    if (item.kind === 'scalar' && item.value !== null) return [{ value: item.source, label: item.source }];
    if (item.kind !== 'map') {
      section.report.error(
        'value',
        path,
        item.at,
        message('format.found', { expected: message('format.a.option'), found: describe(item) }),
      );
      return [];
    }
    const option = new Section(item, path, section.report);
    option.require('value', message('format.a.aText'));
    const value = option.text('value', '');
    const label = option.text('label', value);
    option.end();
    return [{ value, label }];
  });
}

/** Numbers and booleans where the type asks for them; otherwise the text as written, so that `1.10` stays a version. */
function parameterValue(tree: YamlTree, type: Parameter['type']): ParameterValue | null {
  if (tree.kind === 'map') return null;
  if (tree.kind === 'list') {
    const items = tree.items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [item.source] : []));
    return type === 'multiselect' && items.length === tree.items.length ? items : null;
  }
  if (tree.value === null) return null;
  return type === 'integer' || type === 'number' || type === 'boolean' ? tree.value : tree.source;
}

/** `default:` as a value of the parameter; null where there is none, or it is of another type. */
export function readDefault(section: Section, parameter: Parameter): ParameterValue | null {
  const entry = section.entry('default');
  if (entry === null) return null;
  const value = parameterValue(entry.value, parameter.type);
  if (value === null) {
    section.wrong(entry, message('format.a.typed', { type: parameter.type }));
    return null;
  }
  const fault = checkParameter({ ...parameter, required: false }, value);
  if (fault !== null)
    section.report.error(
      'default',
      section.key('default'),
      entry.value.at,
      message('format.notItsValue', { fault: fault.message }),
    );
  return value;
}

/** A name of another field, and where it stands. */
export interface Mention {
  readonly field: string;
  readonly section: Section;
  readonly key: string;
  readonly at: Place;
}

/** `{field, is | in | not}`, a list of those, or in short `{other_field: value}`, where a list means any of them. Their fields join `mentions`. */
export function readConditions(section: Section, key: 'visible_when' | 'when', mentions: Mention[]): VisibleWhen[] {
  const entry = section.entry(key);
  if (entry === null) return [];
  const conditions = conditionsOf(section, entry);
  mentions.push(...conditions.map(({ field }) => ({ field, section, key, at: entry.value.at })));
  return conditions;
}

function conditionsOf(section: Section, entry: YamlEntry): VisibleWhen[] {
  const trees = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  return trees.flatMap((tree, i) => {
    if (tree.kind === 'map' && !tree.entries.has('field'))
      return Array.from(tree.entries.values()).flatMap((each) => shortCondition(section, entry.key, each));
    const path = `${section.key(entry.key)}[${String(i)}]`;
    if (tree.kind !== 'map') {
      section.report.error(
        'value',
        path,
        tree.at,
        message('format.found', { expected: message('format.a.condition'), found: describe(tree) }),
      );
      return [];
    }
    const condition = new Section(tree, path, section.report);
    const field = condition.text('field', '');
    const one = (key: string): Scalar | undefined => {
      const given = condition.entry(key);
      if (given === null) return undefined;
      if (given.value.kind === 'scalar' && given.value.value !== null) return given.value.value;
      condition.wrong(given, message('format.a.one'));
      return undefined;
    };
    const is = one('is');
    const not = one('not');
    const any = condition.entry('in') === null ? undefined : condition.texts('in');
    if (is === undefined && not === undefined && any === undefined)
      condition.report.error(
        'missing-key',
        path,
        tree.at,
        message('format.expected', { expected: message('format.a.isInNot') }),
      );
    condition.end();
    return [
      {
        field,
        ...(is === undefined ? {} : { is }),
        ...(any === undefined ? {} : { in: any }),
        ...(not === undefined ? {} : { not }),
      },
    ];
  });
}

type Scalar = string | number | boolean;

function shortCondition(section: Section, of: string, { key, value }: YamlEntry): VisibleWhen[] {
  if (value.kind === 'scalar' && value.value !== null) return [{ field: key, is: value.value }];
  if (value.kind === 'list')
    return [
      {
        field: key,
        in: value.items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [item.value] : [])),
      },
    ];
  section.report.error(
    'value',
    `${section.key(of)}.${key.slice(0, 80)}`,
    value.at,
    message('format.found', { expected: message('format.a.valueOrList'), found: describe(value) }),
  );
  return [];
}
