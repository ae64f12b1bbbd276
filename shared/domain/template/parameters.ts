/** The typed fields of a template: what they accept, and how their values read in a script. */
import { formatBytes, parseSlurmMemory, toSlurmMemory } from '../../lib/bytes.ts';
import { formatDuration, parseSlurmDuration, toSlurmDuration } from '../../lib/duration.ts';
import { linearPattern } from '../../lib/linearPattern.ts';
import { PAGE_ERRORS } from '../../errors/pageCodes.ts';
import type { Problem } from '../problem/schema.ts';
import { problem } from '../problem/defaults.ts';
import type { Parameter, ParameterValue, ParameterValues } from './schema.ts';
import { message, verbatim, type Message } from '../../messages/message.ts';

/** Longest value, in characters. One argument or variable of a Linux process may take 128 KiB. */
export const MAX_PARAMETER_LENGTH = 32_768;

/** The script's variable that holds a parameter: `PARAM_LEARNING_RATE`. */
export function parameterVariable(name: string): string {
  return `PARAM_${name.toUpperCase()}`;
}

/** A value as it stands in a script's variable or a placeholder: `true`, `0.001`, `a,b`. */
export function parameterText(value: ParameterValue): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function isEmpty(value: ParameterValue | null | undefined): boolean {
  return value == null || value === '' || (Array.isArray(value) && value.length === 0);
}

/**
 * A value in the parameter's own type, or null when it is none: texts become numbers, booleans or lists where the type asks for
 * it, as they come from a command line (`--set epochs=3`). Limits are not looked at.
 */
export function coerceParameter(parameter: Parameter, value: ParameterValue): ParameterValue | null {
  switch (parameter.type) {
    case 'integer':
    case 'number': {
      const number =
        typeof value === 'string' && /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(value)
          ? Number(value)
          : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return null;
      return parameter.type === 'number' || Number.isSafeInteger(number) ? number : null;
    }
    case 'boolean':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : null;
    case 'multiselect':
      if (Array.isArray(value)) return value;
      return typeof value === 'string' ? value.split(',').flatMap((item) => item.trim() || []) : null;
    case 'text':
    case 'select':
    case 'duration':
    case 'memory':
    case 'path':
    case 'file':
      if (Array.isArray(value)) return null;
      return String(value);
  }
}

/** The value's size for `min` and `max`: the number itself, seconds of a duration, bytes of a memory size; null where it has none. */
export function measureParameter(parameter: Parameter, value: ParameterValue): number | null {
  if (typeof value === 'number') return value;
  if (parameter.type === 'duration') return parseSlurmDuration(String(value));
  if (parameter.type === 'memory') return parseSlurmMemory(String(value));
  return null;
}

/** A limit without words of any language. */
function showLimit(parameter: Parameter, limit: number): string {
  if (parameter.type === 'duration') return formatDuration(limit);
  if (parameter.type === 'memory') return formatBytes(limit);
  return parameter.unit === null ? String(limit) : `${String(limit)} ${parameter.unit}`;
}

/** A limit as a value of the parameter; null where Slurm has no such time or size. */
function spellLimit(parameter: Parameter, limit: number): string | number | null {
  if (parameter.type !== 'duration' && parameter.type !== 'memory') return limit;
  const text = parameter.type === 'duration' ? toSlurmDuration(limit) : toSlurmMemory(limit);
  return measureParameter(parameter, text) === limit ? text : null;
}

/** What is wrong with a value, at `parameters.<name>`, or null. Code 1004. Limits count both ends. */
export function checkParameter(parameter: Parameter, given: ParameterValue | null | undefined): Problem | null {
  const fault = (rule: string, reason: Message, extra: Partial<Problem> = {}): Problem =>
    problem({
      rule,
      code: PAGE_ERRORS.PARAMETER_INVALID.code,
      severity: 'error',
      message: message('words.about', { what: parameter.label, text: reason }),
      hint: parameter.help === '' ? message('parameters.correct') : verbatim(parameter.help),
      field: `parameters.${parameter.name}`,
      ...extra,
    });

  if (given == null || isEmpty(given))
    return parameter.required ? fault('parameter-required', message('parameters.required')) : null;
  const value = coerceParameter(parameter, given);
  if (value === null) return fault('parameter-type', message(TYPE_EXPECTED[parameter.type]));
  const text = parameterText(value);
  if (text.length > MAX_PARAMETER_LENGTH)
    return fault('parameter-too-long', message('parameters.tooLong', { most: MAX_PARAMETER_LENGTH }));
  if (text.includes('\0')) return fault('parameter-characters', message('parameters.nul'));

  const size = measureParameter(parameter, value);
  if (size === null && (parameter.type === 'duration' || parameter.type === 'memory'))
    return fault('parameter-type', message(TYPE_EXPECTED[parameter.type]));
  if (size !== null) {
    const outside = rangeFault(parameter, size);
    if (outside !== null) return fault('parameter-range', outside.reason, { fix: outside.fix });
  }
  if (parameter.type === 'path' && !/^\/[^\p{Cc}]*$/u.test(text))
    return fault('parameter-type', message(TYPE_EXPECTED.path));
  if (parameter.type === 'select' || parameter.type === 'multiselect') {
    const strange =
      parameter.optionsFrom === null
        ? (Array.isArray(value) ? value : [text]).find((item) => !isOption(parameter, item))
        : undefined;
    if (strange !== undefined)
      return fault(
        'parameter-option',
        message('parameters.notAnOption', {
          value: strange,
          options: parameter.options.map((o) => o.value).join(', '),
        }),
        { fix: optionFix(parameter) },
      );
  }
  if (parameter.pattern !== null) {
    const pattern = linearPattern(parameter.pattern);
    if (pattern.ok && !pattern.matches(text))
      return fault('parameter-pattern', message('parameters.pattern', { pattern: parameter.pattern }));
  }
  return null;
}

const TYPE_EXPECTED = {
  text: 'parameters.expected.text',
  select: 'parameters.expected.select',
  multiselect: 'parameters.expected.multiselect',
  integer: 'parameters.expected.integer',
  number: 'parameters.expected.number',
  boolean: 'parameters.expected.boolean',
  duration: 'parameters.expected.duration',
  memory: 'parameters.expected.memory',
  path: 'parameters.expected.path',
  file: 'parameters.expected.file',
} as const satisfies Readonly<Record<Parameter['type'], string>>;

const isOption = ({ options }: Parameter, value: ParameterValue | null): boolean =>
  options.some((option) => option.value === value);

/** The default where it is an option, else the first; of several values nobody can say which were meant. */
function optionFix(parameter: Parameter): Problem['fix'] {
  const option = parameter.options.find(({ value }) => value === parameter.default) ?? parameter.options[0];
  if (parameter.type !== 'select' || option === undefined) return null;
  return {
    label: message('words.use', { value: option.label || option.value }),
    field: `parameters.${parameter.name}`,
    value: option.value,
  };
}

function rangeFault(parameter: Parameter, size: number): { reason: Message; fix: Problem['fix'] } | null {
  const fixed = (limit: number): Problem['fix'] => {
    const value = spellLimit(parameter, limit);
    return value === null
      ? null
      : { label: message('words.use', { value }), field: `parameters.${parameter.name}`, value };
  };
  const { min, max, step } = parameter;
  if (min !== null && size < min)
    return { reason: message('parameters.atLeast', { limit: showLimit(parameter, min) }), fix: fixed(min) };
  if (max !== null && size > max)
    return { reason: message('parameters.atMost', { limit: showLimit(parameter, max) }), fix: fixed(max) };
  if (step !== null && step > 0 && (parameter.type === 'integer' || parameter.type === 'number')) {
    const steps = (size - (min ?? 0)) / step;
    // 0.3 is not three times 0.1 in floating point
    if (Math.abs(steps - Math.round(steps)) > 1e-6)
      return { reason: message('parameters.steps', { from: min ?? 0, step }), fix: null };
  }
  return null;
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The names between `{{` and `}}`, in order, each once; blanks around them do not count. */
export function placeholderNames(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => (match[1] ?? '').trim()))];
}

/**
 * Fills in `{{name}}`, once: what a value holds is not looked at again. There is no logic and no nesting. A name without a value
 * stays as written and is listed in `unknown`, which the caller must treat as an error.
 */
export function resolvePlaceholders(text: string, values: ParameterValues): { text: string; unknown: string[] } {
  const unknown = new Set<string>();
  const filled = text.replaceAll(PLACEHOLDER, (whole, inner: string) => {
    const name = inner.trim();
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return parameterText(value);
    unknown.add(name);
    return whole;
  });
  return { text: filled, unknown: [...unknown] };
}
