/** The fields of a form as other fields have them: which are shown, what the rules make of them, and the values they come to. */
import { PAGE_ERRORS } from '../../errors/pageCodes.ts';
import { message } from '../../messages/message.ts';
import { checkParameter, coerceParameter } from './parameters.ts';
import type { Problem } from '../problem/schema.ts';
import { problem } from '../problem/defaults.ts';
import type { Parameter, ParameterRule, ParameterValue, ParameterValues, Template, VisibleWhen } from './schema.ts';

type Form = Pick<Template, 'parameters'>;

interface Settled {
  readonly isVisible: boolean;
  /** What was given; of a hidden field, and where nothing was given, the default. */
  readonly value: ParameterValue;
}

/** The fields of a form among the values that were given. */
interface Present {
  readonly settledOf: (declared: Parameter) => Settled;
  /** The parameter with its rules applied. */
  readonly changed: (declared: Parameter) => Parameter;
  readonly isFulfilled: (condition: VisibleWhen) => boolean;
}

/**
 * Values and visibility first, each field after those that it depends on; then everything else that rules say follows from values that
 * are known, so that the ranges of two fields may follow each other. A condition on a hidden field does not hold, one on a name that is
 * no field does. In a circle, which the reader of templates refuses, the field that comes first counts as shown and without rules, so
 * that none is out of reach. Time grows with the number of conditions; a chain of any length is no deep recursion.
 */
function present({ parameters }: Form, given: ParameterValues): Present {
  const byName = new Map(parameters.map((each) => [each.name, each]));
  const settled = new Map<string, Settled>();
  const settledOf = (declared: Parameter): Settled =>
    settled.get(declared.name) ?? { isVisible: true, value: valueOf(declared, given) };
  const isFulfilled = (condition: VisibleWhen): boolean => {
    const other = byName.get(condition.field);
    if (other === undefined) return true;
    const { isVisible, value } = settledOf(other);
    return isVisible && holds(condition, value);
  };
  const changed = (declared: Parameter, rules = declared.rules): Parameter =>
    withRules(
      declared,
      rules.filter(({ when }) => when.every(isFulfilled)),
    );
  const settle = (declared: Parameter): Settled => {
    const isVisible = declared.visibleWhen.every(isFulfilled);
    const valued = changed(
      declared,
      declared.rules.filter((rule) => rule.default !== undefined),
    );
    return { isVisible, value: valueOf(valued, isVisible ? given : {}) };
  };
  const begun = new Set<string>();
  const open = [...parameters].reverse();
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { name } = top;
    const behind = begun.has(name)
      ? []
      : fieldsBehind(top).flatMap((field) => (begun.has(field) ? [] : (byName.get(field) ?? [])));
    begun.add(name);
    if (behind.length > 0) open.push(...behind.filter((each) => each.name !== name));
    else {
      open.pop();
      if (!settled.has(name)) settled.set(name, settle(top));
    }
  }
  return {
    settledOf,
    isFulfilled,
    changed: (declared) => (declared.rules.length === 0 ? declared : changed(declared)),
  };
}

/** The field while all of these rules hold: each key is that of the last rule that has it. */
export function withRules(parameter: Parameter, rules: readonly ParameterRule[]): Parameter {
  return rules.reduce<Parameter>(
    (changed, { when: _when, ...keys }) => ({
      ...changed,
      ...Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)),
    }),
    parameter,
  );
}

/** Compared as text, so that `is: 1` meets the value "1". A list meets what it contains. */
function holds(condition: VisibleWhen, value: ParameterValue): boolean {
  const texts = Array.isArray(value) ? value : [String(value)];
  const meets = (wanted: string | number | boolean): boolean => texts.includes(String(wanted));
  return (
    (condition.is === undefined || meets(condition.is)) &&
    (condition.in === undefined || condition.in.some(meets)) &&
    (condition.not === undefined || !meets(condition.not))
  );
}

/** The given value in the parameter's type; else the default; else empty. */
function valueOf(parameter: Parameter, given: ParameterValues): ParameterValue {
  const raw = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
  if (raw !== undefined) return coerceParameter(parameter, raw) ?? raw;
  return parameter.default ?? (parameter.type === 'boolean' ? false : '');
}

/** All parameters as the rules make them among these values: label, range, default, options. Hidden ones too. */
export function currentParameters(template: Form, values: ParameterValues): Parameter[] {
  return template.parameters.map(present(template, values).changed);
}

/** One of `currentParameters`, or undefined where there is none of that name. */
export function currentParameter(template: Form, values: ParameterValues, name: string): Parameter | undefined {
  const declared = template.parameters.find((each) => each.name === name);
  // most fields follow no other
  return declared === undefined || declared.rules.length === 0 ? declared : present(template, values).changed(declared);
}

/** The parameters that the form shows, as the rules make them. A field whose condition names a hidden field is hidden too. */
export function visibleParameters(template: Form, values: ParameterValues): Parameter[] {
  const { settledOf, changed } = present(template, values);
  return template.parameters.filter((declared) => settledOf(declared).isVisible).map(changed);
}

/** Whether a condition on a field holds among these values; one on a hidden field does not. */
export function fulfilled(template: Form, values: ParameterValues): (condition: VisibleWhen) => boolean {
  return present(template, values).isFulfilled;
}

/** The fields that a parameter's value depends on: those that hide it, and those that its default follows. */
export function fieldsBehind(parameter: Pick<Parameter, 'visibleWhen' | 'rules'>): string[] {
  return [
    ...parameter.visibleWhen,
    ...parameter.rules.flatMap((rule) => (rule.default === undefined ? [] : rule.when)),
  ].map(({ field }) => field);
}

/**
 * A value for every parameter of the template, and what is wrong with them. A hidden field has its default, whatever was given; a
 * given value stays as it is where a rule no longer lets it be, and is a problem then.
 * A given name that the template does not know is a warning: a draft may be older than the template.
 */
export function resolveParameters(
  template: Form,
  given: ParameterValues,
): { values: ParameterValues; problems: Problem[] } {
  const { settledOf, changed } = present(template, given);
  const problems: Problem[] = [];
  const values = template.parameters.map((declared): [string, ParameterValue] => {
    const { isVisible, value } = settledOf(declared);
    const found = isVisible ? checkParameter(changed(declared), value) : null;
    if (found !== null) problems.push(found);
    return [declared.name, value];
  });
  const names = new Set(template.parameters.map((p) => p.name));
  for (const name of Object.keys(given)) {
    if (names.has(name)) continue;
    problems.push(
      problem({
        rule: 'parameter-unknown',
        code: PAGE_ERRORS.PARAMETER_INVALID.code,
        severity: 'warning',
        message: message('parameters.unknown', { name }),
      }),
    );
  }
  return { values: Object.fromEntries(values), problems };
}
