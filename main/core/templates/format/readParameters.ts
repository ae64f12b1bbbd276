import { message } from '../../../../shared/messages/message.ts';
import { limitedType } from '../../../../shared/domain/template/parameterLimit.ts';
import { parameterVariable } from '../../../../shared/domain/template/parameters.ts';
import {
  PARAMETER_LIMITS,
  PARAMETER_TYPES,
  type FileSlot,
  type Parameter,
} from '../../../../shared/domain/template/schema.ts';
import { linearPattern } from '../../../../shared/lib/linearPattern.ts';
import { readBound, readConditions, readDefault, readOptions, type Mention } from './parameterKeys.ts';
import { DEFAULT_MAX_FILE_SIZE } from '../../../../shared/domain/template/fileCheck.ts';
import { readRules } from './readRules.ts';
import { describe, Section } from './section.ts';

const OPTIONS_FROM = ['partitions', 'accounts', 'qos', 'modules', 'images', 'gpu_types'] as const;
const parameterName = {
  expected: message('format.a.variableName'),
  test: (value: string) => /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value),
};

/**
 * `parameters:` as a list, or as a map from name to the rest. One of type `file` asks for a file and so becomes a slot
 * (`fileParameters`): it reaches the script as `FILE_<NAME>`, like every other file.
 */
export function readParameters(root: Section): { parameters: Parameter[]; fileParameters: FileSlot[] } {
  const parameters: Parameter[] = [];
  const fileParameters: FileSlot[] = [];
  const mentions: Mention[] = [];
  const variables = new Set<string>();
  for (const { section, name: given } of parameterSections(root)) {
    if (given === null) section.require('name', message('format.a.parameterName'));
    const name = given ?? section.text('name', '', parameterName);
    // its keys cannot be looked at before it has a name
    if (name === '') continue;
    const variable = parameterVariable(name);
    if (variables.has(variable))
      section.report.error(
        'duplicate-name',
        section.key('name'),
        section.map.at,
        message('format.duplicateParameterVariable', { variable }),
      );
    variables.add(variable);
    const parameter = readParameter(section, name, mentions);
    if (parameter.type === 'file') fileParameters.push(slotOf(parameter));
    else parameters.push(parameter);
  }
  const names = new Set(parameters.map(({ name }) => name));
  for (const { field, section, key, at } of mentions) {
    if (!names.has(field))
      section.report.error(
        'visible-when',
        section.key(key),
        at,
        message('format.noParameter', { name: field.slice(0, 80) }),
      );
  }
  return { parameters, fileParameters };
}

function parameterSections(root: Section): { section: Section; name: string | null }[] {
  const entry = root.entry('parameters');
  if (entry?.value.kind !== 'map') return root.sections('parameters').map((section) => ({ section, name: null }));
  return Array.from(entry.value.entries.values()).flatMap(({ key, keyAt, value }) => {
    const path = `parameters.${key.slice(0, 80)}`;
    if (!parameterName.test(key))
      root.report.error('value', path, keyAt, message('format.expected', { expected: parameterName.expected }));
    else if (value.kind === 'map') return [{ section: new Section(value, path, root.report), name: key }];
    else
      root.report.error(
        'value',
        path,
        value.at,
        message('format.found', { expected: message('format.a.map'), found: describe(value) }),
      );
    return [];
  });
}

function readParameter(section: Section, name: string, mentions: Mention[]): Parameter {
  const type = section.choice('type', PARAMETER_TYPES, 'text');
  const optionsFrom =
    section.entry('options_from') === null ? null : section.choice('options_from', OPTIONS_FROM, 'partitions');
  const parameter: Parameter = {
    name,
    type,
    label: section.text('label', labelOf(name)),
    help: section.text(['help', 'description'], ''),
    default: null,
    unit: section.optionalText('unit'),
    min: readBound(section, 'min', type),
    max: readBound(section, 'max', type),
    step: section.number('step'),
    limit: readLimit(section, type),
    pattern: readPattern(section, type),
    options: readOptions(section),
    optionsFrom,
    group: section.optionalText('group'),
    row: section.optionalText('row'),
    advanced: section.flag('advanced', false),
    required: section.flag('required', false),
    visibleWhen: readConditions(section, 'visible_when', mentions),
    rules: [],
  };
  const { min, max } = parameter;
  if (min !== null && max !== null && min > max)
    section.report.error(
      'value',
      section.key('max'),
      section.map.at,
      message('format.expected', { expected: message('format.a.atLeastMin') }),
    );
  if ((type === 'select' || type === 'multiselect') && parameter.options.length === 0 && optionsFrom === null) {
    section.report.error(
      'missing-key',
      section.key('options'),
      section.map.at,
      message('format.missing', { expected: message('format.a.optionsOrFrom') }),
    );
  }
  const result = {
    ...parameter,
    default: readDefault(section, parameter),
    rules: readRules(section, parameter, mentions),
  };
  const rules = section.entry('rules');
  if (type === 'file' && rules !== null)
    section.report.warn('no-effect', section.key('rules'), rules.keyAt, message('format.fileFollowsNothing'));
  section.end();
  return result;
}

/** `learning_rate` → `Learning rate`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a partition limits has a type: a time, a size, or a count. */
function readLimit(section: Section, type: Parameter['type']): Parameter['limit'] {
  const entry = section.entry('limit');
  if (entry === null) return null;
  const limit = section.choice('limit', PARAMETER_LIMITS, 'partition.max_time');
  const wanted = limitedType(limit);
  if (type !== wanted)
    section.report.error(
      'limit',
      section.key('limit'),
      entry.value.at,
      message('format.limitType', { limit, wanted, type }),
    );
  return limit;
}

function readPattern(section: Section, type: Parameter['type']): string | null {
  const entry = section.entry('pattern');
  const source = section.optionalText('pattern');
  if (entry === null || source === null || type === 'file') return source;
  const pattern = linearPattern(source);
  if (pattern.ok) return source;
  section.report.error(
    'pattern',
    section.key('pattern'),
    entry.value.at,
    message('format.expected', { expected: message('format.a.regularExpression', { fault: pattern.reason }) }),
  );
  return null;
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
