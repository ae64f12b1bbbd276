import { limitedType } from '../../../shared/domain/parameterLimit.ts';
import { checkParameter, parameterVariable } from '../../../shared/domain/parameters.ts';
import { PARAMETER_LIMITS, PARAMETER_TYPES, type FileSlot, type Parameter, type ParameterValue } from '../../../shared/domain/template.ts';
import { parseSlurmMemory } from '../../../shared/lib/bytes.ts';
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { linearPattern } from '../../../shared/lib/linearPattern.ts';
import { DEFAULT_MAX_FILE_SIZE } from './readFileSlots.ts';
import { describe, Section } from './section.ts';
import type { YamlEntry, YamlTree } from './yamlTree.ts';

const OPTIONS_FROM = ['partitions', 'accounts', 'qos', 'modules', 'images', 'gpu_types'] as const;
const parameterName = { expected: 'letters, digits and “_”, beginning with a letter', test: (value: string) => /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value) };

/**
 * `parameters:` as a list, or as a map from name to the rest. One of type `file` asks for a file and so becomes a slot
 * (`fileParameters`): it reaches the script as `FILE_<NAME>`, like every other file.
 */
export function readParameters(root: Section): { parameters: Parameter[]; fileParameters: FileSlot[] } {
  const parameters: Parameter[] = [];
  const fileParameters: FileSlot[] = [];
  const places = new Map<string, Section>();
  const variables = new Set<string>();
  for (const { section, name: given } of parameterSections(root)) {
    if (given === null) section.require('name', 'a name like learning_rate');
    const name = given ?? section.text('name', '', parameterName);
    // its keys cannot be looked at before it has a name
    if (name === '') continue;
    const variable = parameterVariable(name);
    if (variables.has(variable)) section.report.error('duplicate-name', section.key('name'), section.map.at, `another parameter has the variable ${variable} too.`);
    variables.add(variable);
    const parameter = readParameter(section, name);
    places.set(name, section);
    if (parameter.type === 'file') fileParameters.push(slotOf(parameter));
    else parameters.push(parameter);
  }
  for (const parameter of parameters) {
    const section = places.get(parameter.name);
    const entry = section?.entry('visible_when');
    for (const condition of parameter.visibleWhen) {
      if (entry != null && !parameters.some((p) => p.name === condition.field)) section?.report.error('visible-when', section.key('visible_when'), entry.value.at, `“${condition.field.slice(0, 80)}” is no parameter of the template.`);
    }
  }
  return { parameters, fileParameters };
}

function parameterSections(root: Section): { section: Section; name: string | null }[] {
  const entry = root.entry('parameters');
  if (entry?.value.kind !== 'map') return root.sections('parameters').map((section) => ({ section, name: null }));
  return Array.from(entry.value.entries.values()).flatMap(({ key, keyAt, value }) => {
    const path = `parameters.${key.slice(0, 80)}`;
    if (!parameterName.test(key)) root.report.error('value', path, keyAt, `expected ${parameterName.expected}.`);
    else if (value.kind === 'map') return [{ section: new Section(value, path, root.report), name: key }];
    else root.report.error('value', path, value.at, `expected a map of keys and values, found ${describe(value)}.`);
    return [];
  });
}

function readParameter(section: Section, name: string): Parameter {
  const type = section.choice('type', PARAMETER_TYPES, 'text');
  const optionsFrom = section.entry('options_from') === null ? null : section.choice('options_from', OPTIONS_FROM, 'partitions');
  const parameter: Parameter = {
    name,
    type,
    label: section.text('label', labelOf(name)),
    help: section.text(['help', 'description'], ''),
    default: null,
    unit: section.optionalText('unit'),
    min: bound(section, 'min', type),
    max: bound(section, 'max', type),
    step: section.number('step'),
    limit: readLimit(section, type),
    pattern: readPattern(section, type),
    options: readOptions(section),
    optionsFrom,
    group: section.optionalText('group'),
    advanced: section.flag('advanced', false),
    required: section.flag('required', false),
    visibleWhen: readConditions(section),
  };
  const { min, max } = parameter;
  if (min !== null && max !== null && min > max) section.report.error('value', section.key('max'), section.map.at, 'expected at least as much as min.');
  if ((type === 'select' || type === 'multiselect') && parameter.options.length === 0 && optionsFrom === null) {
    section.report.error('missing-key', section.key('options'), section.map.at, 'missing; expected a list of options, or options_from.');
  }
  const result = { ...parameter, default: readDefault(section, parameter) };
  section.end();
  return result;
}

/** `learning_rate` → `Learning rate`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Bounds are written like the values: a number, `01:00:00` for a duration (a bare number is minutes, as in Slurm), `4G` for memory (MiB). */
function bound(section: Section, key: 'min' | 'max', type: Parameter['type']): number | null {
  if (type !== 'duration' && type !== 'memory') return section.number(key);
  const entry = section.entry(key);
  if (entry === null) return null;
  const text = entry.value.kind === 'scalar' ? entry.value.source : '';
  const size = type === 'duration' ? parseSlurmDuration(text) : parseSlurmMemory(text);
  if (size === null) section.wrong(entry, type === 'duration' ? 'a time like 01:00:00' : 'a size like 4G');
  return Number.isFinite(size) ? size : null;
}

/** What a partition limits has a type: a time, a size, or a count. */
function readLimit(section: Section, type: Parameter['type']): Parameter['limit'] {
  const entry = section.entry('limit');
  if (entry === null) return null;
  const limit = section.choice('limit', PARAMETER_LIMITS, 'partition.max_time');
  const wanted = limitedType(limit);
  if (type !== wanted) section.report.error('limit', section.key('limit'), entry.value.at, `${limit} limits a parameter of type ${wanted}; this one is of type ${type}.`);
  return limit;
}

function readPattern(section: Section, type: Parameter['type']): string | null {
  const entry = section.entry('pattern');
  const source = section.optionalText('pattern');
  if (entry === null || source === null || type === 'file') return source;
  const pattern = linearPattern(source);
  if (pattern.ok) return source;
  section.report.error('pattern', section.key('pattern'), entry.value.at, `expected a regular expression: ${pattern.reason}.`);
  return null;
}

function readOptions(section: Section): Parameter['options'] {
  const entry = section.entry('options');
  if (entry === null) return [];
  if (entry.value.kind !== 'list') {
    section.wrong(entry, 'a list of texts or of value and label');
    return [];
  }
  return entry.value.items.flatMap((item, i) => {
    const path = `${section.key('options')}[${String(i)}]`;
    if (item.kind === 'scalar' && item.value !== null) return [{ value: item.source, label: item.source }];
    if (item.kind !== 'map') {
      section.report.error('value', path, item.at, `expected a text or value and label, found ${describe(item)}.`);
      return [];
    }
    const option = new Section(item, path, section.report);
    option.require('value', 'a text');
    const value = option.text('value', '');
    const label = option.text('label', value);
    option.end();
    return [{ value, label }];
  });
}

function readDefault(section: Section, parameter: Parameter): ParameterValue | null {
  const entry = section.entry('default');
  if (entry === null) return null;
  const value = parameterValue(entry.value, parameter.type);
  if (value === null) {
    section.wrong(entry, `a value of type ${parameter.type}`);
    return null;
  }
  const fault = checkParameter({ ...parameter, required: false }, value);
  if (fault !== null) section.report.error('default', section.key('default'), entry.value.at, `not a value of this parameter: ${fault.message}`);
  return value;
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

/** `{field, is | in | not}`, a list of those, or in short `{other_field: value}`, where a list means any of them. */
function readConditions(section: Section): Parameter['visibleWhen'] {
  const entry = section.entry('visible_when');
  if (entry === null) return [];
  const trees = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  return trees.flatMap((tree, i) => {
    if (tree.kind === 'map' && !tree.entries.has('field')) return Array.from(tree.entries.values()).flatMap((each) => shortCondition(section, each));
    const path = `${section.key('visible_when')}[${String(i)}]`;
    if (tree.kind !== 'map') {
      section.report.error('value', path, tree.at, `expected a condition like {field: mode, is: gpu}, found ${describe(tree)}.`);
      return [];
    }
    const condition = new Section(tree, path, section.report);
    const field = condition.text('field', '');
    const one = (key: string): Scalar | undefined => {
      const given = condition.entry(key);
      if (given === null) return undefined;
      if (given.value.kind === 'scalar' && given.value.value !== null) return given.value.value;
      condition.wrong(given, 'one value');
      return undefined;
    };
    const is = one('is');
    const not = one('not');
    const any = condition.entry('in') === null ? undefined : condition.texts('in');
    if (is === undefined && not === undefined && any === undefined) condition.report.error('missing-key', path, tree.at, 'expected one of is, in, not.');
    condition.end();
    return [{ field, ...(is === undefined ? {} : { is }), ...(any === undefined ? {} : { in: any }), ...(not === undefined ? {} : { not }) }];
  });
}

type Scalar = string | number | boolean;

function shortCondition(section: Section, { key, value }: YamlEntry): Parameter['visibleWhen'] {
  if (value.kind === 'scalar' && value.value !== null) return [{ field: key, is: value.value }];
  if (value.kind === 'list') return [{ field: key, in: value.items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [item.value] : [])) }];
  section.report.error('value', `${section.key('visible_when')}.${key.slice(0, 80)}`, value.at, `expected a value or a list of values, found ${describe(value)}.`);
  return [];
}

/** A file that depends on another field cannot be asked for always. */
function slotOf(parameter: Parameter): FileSlot {
  return {
    name: parameter.name,
    pattern: parameter.pattern ?? '*',
    description: parameter.help === '' ? parameter.label : parameter.help,
    type: 'data',
    maxSize: DEFAULT_MAX_FILE_SIZE,
    required: parameter.required && parameter.visibleWhen.length === 0,
    format: null,
    schema: null,
  };
}
