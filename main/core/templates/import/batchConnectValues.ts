/** What an expression of a Batch Connect app means here: in a bash script and in a `#SBATCH` line. */
import { parameterVariable } from '../../../../shared/domain/template/parameters.ts';
import type { ImportedParameter } from './importedTemplate.ts';
import type { RubyExpression } from './rubyExpression.ts';

/** A field of the form, under the name of the attribute. */
export interface BatchConnectField {
  readonly parameter: ImportedParameter;
  readonly line: number;
  /** Of a check box, what Open OnDemand hands on. */
  readonly checked: string;
  readonly unchecked: string;
}

/** What names stand for. */
export interface Names {
  readonly fields: ReadonlyMap<string, BatchConnectField>;
  /** Attributes that the form fixes. */
  readonly constants: ReadonlyMap<string, string>;
  /** Variables of the Ruby in this file that have become variables of the script. */
  readonly locals: ReadonlySet<string>;
}

/** The methods that change nothing about a value that is text anyway. */
export const SAME = new Set([
  'to_s',
  'to_i',
  'to_f',
  'strip',
  'html_safe',
  'chomp',
  'squish',
  'freeze',
  'to_str',
  'shellescape',
]);
const ON_DISK: Readonly<Record<string, string>> = {
  'exist?': '-e',
  'exists?': '-e',
  'file?': '-f',
  'directory?': '-d',
  'readable?': '-r',
  'writable?': '-w',
  'executable?': '-x',
};
export const EMPTY = new Set(['blank?', 'empty?', 'nil?']);

export const localVariable = (name: string): string => `RUBY_${name.toUpperCase()}`;

/** Escaped as within `"…"`. */
const quotedText = (text: string): string => text.replaceAll(/[\\"$`]/g, '\\$&');

/** What stands within `"…"` in bash for the expression's value; null when it is not known. */
export function bashText(expression: RubyExpression, names: Names): string | null {
  const fixed = constantOf(expression, names);
  if (fixed !== null) return quotedText(fixed);
  switch (expression.kind) {
    case 'joined':
      return all(expression.parts.map((part) => bashText(part, names)))?.join('') ?? null;
    case 'name': {
      const field = names.fields.get(expression.name);
      if (field !== undefined) return fieldText(field);
      return names.locals.has(expression.name)
        ? `\${${localVariable(expression.name)}}`
        : (PLACES[expression.name] ?? null);
    }
    case 'call':
      return callText(expression, names);
    case 'choice': {
      const test = bashTest(expression.test, names);
      if (test === 'true' || test === 'false') return bashText(test === 'true' ? expression.yes : expression.no, names);
      const [yes, no] = [bashText(expression.yes, names), bashText(expression.no, names)];
      return test === null || yes === null || no === null
        ? null
        : `$(if ${test}; then printf %s "${yes}"; else printf %s "${no}"; fi)`;
    }
    case 'operation': {
      const { operator, left, right } = expression;
      const [a, b] = [bashCount(left, names), bashCount(right, names)];
      if (/^[+*/-]$/.test(operator) && a !== null && b !== null) return `$(( ${a} ${operator} ${b} ))`;
      const [x, y] = [bashText(left, names), bashText(right, names)];
      return operator === '+' && x !== null && y !== null && a === null ? `${x}${y}` : null;
    }
    default:
      return null;
  }
}

const PLACES: Readonly<Record<string, string>> = { staged_root: '${SLIPWAY_RUN_DIR}', session_id: '${SLIPWAY_RUN_ID}' };

function fieldText({ parameter, checked, unchecked }: BatchConnectField): string {
  const variable = parameterVariable(parameter.name);
  return parameter.type === 'boolean'
    ? `$(if [ "$${variable}" = true ]; then printf %s "${quotedText(checked)}"; else printf %s "${quotedText(unchecked)}"; fi)`
    : `\${${variable}}`;
}

function callText({ of, method, given }: Extract<RubyExpression, { kind: 'call' }>, names: Names): string | null {
  const [first] = given;
  if (of.kind === 'name') {
    if (of.name === 'ENV' && first?.kind === 'text' && /^[A-Za-z_]\w*$/.test(first.value)) return `\${${first.value}}`;
    if (of.name === 'session' && method === 'staged_root') return PLACES['staged_root'] ?? null;
    if (of.name === 'session' && method === 'id') return PLACES['session_id'] ?? null;
    if (of.name === 'Pathname' && method === 'new' && first !== undefined) return bashText(first, names);
    if (of.name === 'SecureRandom' && method === 'uuid') return '$(cat /proc/sys/kernel/random/uuid)';
    if (of.name === 'Etc' && method === 'getlogin') return '${USER}';
  }
  const inner = bashText(of, names);
  if (inner === null) return null;
  const part = method === 'join' && first !== undefined ? bashText(first, names) : null;
  if (part !== null && isPlace(of)) return `${inner}/${part}`;
  if (method === 'parent' && given.length === 0) return `$(dirname -- "${inner}")`;
  if (SAME.has(method) && given.length === 0) return isCut(of, method, names) ? null : inner;
  if (method === 'basename' || method === 'dirname') return `$(${method} -- "${inner}")`;
  const variable = /^\$\{(\w+)\}$/.exec(inner)?.[1];
  if (method === 'downcase' && variable !== undefined) return `\${${variable},,}`;
  if (method === 'upcase' && variable !== undefined) return `\${${variable}^^}`;
  return null;
}

/** Whether `to_i` makes something else of an option of the field: `8G` would be 8. */
function isCut(of: RubyExpression, method: string, names: Names): boolean {
  if (of.kind === 'call') return isCut(of.of, method, names);
  const options = of.kind === 'name' ? names.fields.get(of.name)?.parameter['options'] : undefined;
  return (
    /^to_[if]$/.test(method) &&
    Array.isArray(options) &&
    (options as { value: string }[]).some(({ value }) => converted(value, method) !== value)
  );
}

/** What `to_i` and `to_f` take of a text; of others all. */
function converted(value: string | null, method: string): string | null {
  if (value === null || !/^to_[if]$/.test(method)) return value;
  return (method === 'to_i' ? /^\s*([+-]?\d+)/ : /^\s*([+-]?\d+(?:\.\d+)?)/).exec(value)?.[1] ?? '0';
}

/** `session.staged_root`, `Pathname.new(…)`: of which `join` makes a longer path. */
const isPlace = (expression: RubyExpression): boolean =>
  expression.kind === 'name'
    ? expression.name === 'staged_root'
    : expression.kind === 'call' &&
      (expression.method === 'staged_root' ||
        (expression.of.kind === 'name' && expression.of.name === 'Pathname') ||
        isPlace(expression.of));

/** A whole number for `$(( … ))`. Only fields that hold one: bash would run what another text says. */
function bashCount(expression: RubyExpression, names: Names): string | null {
  if (expression.kind === 'number') return Number.isSafeInteger(expression.value) ? String(expression.value) : null;
  if (expression.kind === 'call' && /^to_[if]$/.test(expression.method)) return bashCount(expression.of, names);
  if (expression.kind === 'name')
    return names.fields.get(expression.name)?.parameter.type === 'integer'
      ? `\${${parameterVariable(expression.name)}:-0}`
      : null;
  if (expression.kind !== 'operation' || !/^[+*-]$/.test(expression.operator)) return null;
  const [left, right] = [bashCount(expression.left, names), bashCount(expression.right, names)];
  return left === null || right === null ? null : `(${left} ${expression.operator} ${right})`;
}

/** A command of bash that succeeds where the expression holds; `true` and `false` where that is certain. */
export function bashTest(expression: RubyExpression, names: Names): string | null {
  switch (expression.kind) {
    case 'truth':
      return String(expression.value);
    case 'nothing':
      return 'false';
    case 'name':
      // every other value of Ruby counts as true
      return names.locals.has(expression.name) ? `[ "$${localVariable(expression.name)}" != false ]` : null;
    case 'not': {
      const inner = bashTest(expression.of, names);
      return inner === null ? null : inner === 'true' ? 'false' : inner === 'false' ? 'true' : `! { ${inner}; }`;
    }
    case 'operation':
      return operationTest(expression, names);
    case 'call': {
      const {
        of,
        method,
        given: [first],
      } = expression;
      if (of.kind === 'name' && of.name === 'context')
        return method === 'respond_to?' && first?.kind === 'text'
          ? String(names.fields.has(first.value) || names.constants.has(first.value))
          : null;
      const isFile = of.kind === 'name' && /^(?:File|Dir|Pathname)$/.test(of.name) && first !== undefined;
      const text = bashText(isFile ? first : of, names);
      if (text === null) return null;
      // seen from the node rather than from the portal
      const kind = ON_DISK[method];
      if (kind !== undefined) return `[ ${kind} "${text}" ]`;
      if (EMPTY.has(method)) return certain(of, names, (value) => value === '') ?? `[ -z "${text}" ]`;
      if (method === 'present?') return certain(of, names, (value) => value !== '') ?? `[ -n "${text}" ]`;
      if (method === 'positive?') return `[ "${text}" -gt 0 ] 2>/dev/null`;
      if (method === 'zero?') return `! [ "${text}" -gt 0 ] 2>/dev/null`;
      if (method === 'match?' || method === 'match')
        return first?.kind === 'words' ? wordsTest(of, text, first.words, names) : null;
      if (method === 'include?' && first?.kind === 'text') return wordsTest(of, text, [first.value], names);
      if (method === 'start_with?' && first?.kind === 'text') return `[[ "${text}" == "${quotedText(first.value)}"* ]]`;
      return null;
    }
    default:
      return null;
  }
}

function operationTest(
  { operator, left, right }: Extract<RubyExpression, { kind: 'operation' }>,
  names: Names,
): string | null {
  if (operator === '&&' || operator === '||') {
    const [a, b] = [bashTest(left, names), bashTest(right, names)];
    if (a === null || b === null) return null;
    const neutral = operator === '&&' ? 'true' : 'false';
    if (a === neutral) return b;
    if (b === neutral) return a;
    const absorbing = operator === '&&' ? 'false' : 'true';
    return a === absorbing || b === absorbing ? absorbing : `{ ${a}; } ${operator} { ${b}; }`;
  }
  const text = bashText(left, names);
  if (text === null) return null;
  if (operator === '=~' || operator === '!~') {
    const found = right.kind === 'words' ? wordsTest(left, text, right.words, names) : null;
    return found === null || operator === '=~'
      ? found
      : found === 'true'
        ? 'false'
        : found === 'false'
          ? 'true'
          : `! { ${found}; }`;
  }
  const other = bashText(right, names);
  if (other === null) return null;
  if (operator === '==' || operator === '!=') {
    const isSame = operator === '==';
    const of = left.kind === 'name' ? names.fields.get(left.name) : undefined;
    const value = constantOf(right, names);
    if (of?.parameter.type === 'boolean' && value !== null)
      return `[ "$${parameterVariable(of.parameter.name)}" ${(value === of.checked) === isSame ? '=' : '!='} true ]`;
    return (
      (value === null ? null : certain(left, names, (known) => (known === value) === isSame)) ??
      `[ "${text}" ${isSame ? '=' : '!='} "${other}" ]`
    );
  }
  const compare = { '>': '-gt', '<': '-lt', '>=': '-ge', '<=': '-le' }[operator];
  return compare === undefined ? null : `[ "${text}" ${compare} "${other}" ] 2>/dev/null`;
}

function wordsTest(of: RubyExpression, text: string, words: readonly string[], names: Names): string {
  return (
    certain(of, names, (value) => words.some((word) => value.includes(word))) ??
    `[[ ${words.map((word) => `"${text}" == *"${quotedText(word)}"*`).join(' || ')} ]]`
  );
}

function certain(of: RubyExpression, names: Names, test: (value: string) => boolean): string | null {
  const value = constantOf(of, names);
  return value === null ? null : String(test(value));
}

/** The value of what does not depend on the person. */
export function constantOf(expression: RubyExpression, names: Names): string | null {
  switch (expression.kind) {
    case 'text':
      return expression.value;
    case 'number':
      return String(expression.value);
    case 'nothing':
      return '';
    case 'name':
      return names.locals.has(expression.name) ? null : (names.constants.get(expression.name) ?? null);
    case 'joined':
      return all(expression.parts.map((part) => constantOf(part, names)))?.join('') ?? null;
    case 'call':
      return SAME.has(expression.method) && expression.given.length === 0
        ? converted(constantOf(expression.of, names), expression.method)
        : null;
    case 'choice': {
      const test = bashTest(expression.test, names);
      return test === 'true'
        ? constantOf(expression.yes, names)
        : test === 'false'
          ? constantOf(expression.no, names)
          : null;
    }
    default:
      return null;
  }
}

export function all<T>(values: readonly (T | null)[]): T[] | null {
  return values.every((value) => value !== null) ? (values as T[]) : null;
}

/** The expression in a `#SBATCH` line, with `{{name}}` for fields; null where it takes more than putting a value in its place. */
export function directiveText(expression: RubyExpression, names: Names): string | null {
  const fixed = constantOf(expression, names);
  if (fixed !== null) return fixed;
  switch (expression.kind) {
    case 'name': {
      const field = names.fields.get(expression.name);
      return field === undefined || field.parameter.type === 'boolean' ? null : `{{${expression.name}}}`;
    }
    case 'joined':
      return all(expression.parts.map((part) => directiveText(part, names)))?.join('') ?? null;
    case 'call':
      return SAME.has(expression.method) && !isCut(expression.of, expression.method, names)
        ? directiveText(expression.of, names)
        : null;
    case 'choice': {
      const sure = bashTest(expression.test, names);
      if (sure === 'true' || sure === 'false')
        return directiveText(sure === 'true' ? expression.yes : expression.no, names);
      // `x.blank? ? 1 : x.to_i`: the field, which has a default of its own
      const { test, yes, no } = expression;
      if (test.kind !== 'call' || test.of.kind !== 'name' || !(EMPTY.has(test.method) || test.method === 'present?'))
        return null;
      const filled = directiveText(EMPTY.has(test.method) ? no : yes, names);
      const parameter = names.fields.get(test.of.name)?.parameter;
      return filled === `{{${test.of.name}}}` &&
        (parameter?.['default'] !== undefined || constantOf(EMPTY.has(test.method) ? yes : no, names) === '')
        ? filled
        : null;
    }
    case 'operation': {
      // hours or minutes as the seconds of `wall_time:`; no other place takes it
      const times =
        expression.operator === '*' ? [directiveText(expression.left, names), constantOf(expression.right, names)] : [];
      return /^\{\{\w+\}\}$/.test(times[0] ?? '') && /^(?:60|3600)$/.test(times[1] ?? '')
        ? `${times[0] ?? ''}*${times[1] ?? ''}`
        : null;
    }
    default:
      return null;
  }
}
