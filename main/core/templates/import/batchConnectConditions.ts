/** Conditions of a Batch Connect app as conditions of a template: on the values of fields. */
import { bashTest, constantOf, EMPTY, SAME, type BatchConnectField, type Names } from './batchConnectValues.ts';
import type { RubyExpression } from './rubyExpression.ts';

export type FieldCondition = Readonly<Record<string, unknown>>;

/** The expression as conditions of the format, all of which must hold; null where they cannot say it, a truth value where it is certain. */
export function fieldConditions(
  expression: RubyExpression,
  names: Names,
  negated = false,
): FieldCondition[] | boolean | null {
  const sure = bashTest(expression, names);
  if (sure === 'true' || sure === 'false') return (sure === 'true') !== negated;
  switch (expression.kind) {
    case 'not':
      return fieldConditions(expression.of, names, !negated);
    case 'operation': {
      const { operator, left, right } = expression;
      if (operator === (negated ? '||' : '&&')) {
        const [a, b] = [fieldConditions(left, names, negated), fieldConditions(right, names, negated)];
        if (a === null || b === null || a === false || b === false) return a === false || b === false ? false : null;
        return [...(a === true ? [] : a), ...(b === true ? [] : b)];
      }
      if (operator === '||' || operator === '&&') return eitherOf(expression, names, negated);
      const field = fieldOf(left, names);
      if (field === null) return null;
      const value = constantOf(right, names);
      if ((operator === '==' || operator === '!=') && value !== null)
        return oneValue(field, value, (operator === '==') !== negated);
      if ((operator === '=~' || operator === '!~') && right.kind === 'words')
        return wordCondition(field, right.words, (operator === '=~') !== negated);
      if (operator === '>' && value === '0') return positive(field, !negated);
      return null;
    }
    case 'call': {
      const field = fieldOf(expression.of, names);
      if (field === null) return null;
      const [first] = expression.given;
      if (EMPTY.has(expression.method) || expression.method === 'present?')
        return isText(field)
          ? [{ field: field.parameter.name, [EMPTY.has(expression.method) === negated ? 'not' : 'is']: '' }]
          : null;
      if (expression.method === 'positive?') return positive(field, !negated);
      if (/^match\??$/.test(expression.method) && first?.kind === 'words')
        return wordCondition(field, first.words, !negated);
      if (expression.method === 'include?' && first?.kind === 'text')
        return wordCondition(field, [first.value], !negated);
      return null;
    }
    default:
      return null;
  }
}

function fieldOf(expression: RubyExpression, names: Names): BatchConnectField | null {
  if (expression.kind === 'call' && SAME.has(expression.method)) return fieldOf(expression.of, names);
  return expression.kind === 'name' ? (names.fields.get(expression.name) ?? null) : null;
}

const isText = ({ parameter }: BatchConnectField): boolean => ['text', 'select', 'path'].includes(parameter.type);

const valuesOf = ({ parameter }: BatchConnectField): string[] | null => {
  const options = parameter['options'];
  return Array.isArray(options) ? (options as { value: string }[]).map(({ value }) => value) : null;
};

function oneValue(field: BatchConnectField, value: string, isSame: boolean): FieldCondition[] {
  const { name, type } = field.parameter;
  if (type === 'boolean') return [{ field: name, is: (value === field.checked) === isSame }];
  return [{ field: name, [isSame ? 'is' : 'not']: type === 'integer' || type === 'number' ? Number(value) : value }];
}

function wordCondition(field: BatchConnectField, words: readonly string[], isIn: boolean): FieldCondition[] | null {
  const values = valuesOf(field)?.filter((value) => words.some((word) => value.includes(word)) === isIn) ?? [];
  return values.length === 0 ? null : [{ field: field.parameter.name, in: values }];
}

/** A count of none asks for none: nothing needs to hold for more than that. */
function positive(field: BatchConnectField, isPositive: boolean): FieldCondition[] | null {
  return field.parameter.type === 'integer' && field.parameter['min'] !== undefined
    ? [{ field: field.parameter.name, [isPositive ? 'not' : 'is']: 0 }]
    : null;
}

/** `x == "a" || x == "b"` of one field. */
function eitherOf(
  expression: Extract<RubyExpression, { kind: 'operation' }>,
  names: Names,
  negated: boolean,
): FieldCondition[] | null {
  const [a, b] = [fieldConditions(expression.left, names, negated), fieldConditions(expression.right, names, negated)];
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== 1 || b.length !== 1 || a[0]?.['field'] !== b[0]?.['field'])
    return null;
  const values = [a, b].map(([each]) => each?.['in'] ?? (each?.['is'] === undefined ? null : [each['is']]));
  return values.every(Array.isArray) ? [{ field: a[0]?.['field'], in: [...new Set(values.flat())] }] : null;
}
