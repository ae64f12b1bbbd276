/**
 * JSON Schemas of templates, draft 2020-12. Schemas come from files of anybody: nothing is fetched for a `$ref`, and both compiling
 * and checking run under V8's own time limit (node:vm), which also ends a regular expression that would backtrack for hours.
 */
import { createContext, runInContext } from 'node:vm';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * Milliseconds of wall-clock time. Real schemas and config files take less than ten; the rest is room for a computer that is busy with
 * something else, on which a good template must not be called broken.
 */
const TIME_LIMIT = 3000;
const MAX_ERRORS = 20;

const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
addFormats(ajv);
// compiles the draft's own meta-schema, which is slow and trusted, before anybody's time is measured
ajv.compile({});

class TimeLimit extends Error {}

const context = createContext({ __proto__: null, task: null as (() => unknown) | null });

/** Runs the task; TimeLimit when it takes longer than allowed. The limit holds for everything it calls. */
function withinTime<T>(task: () => T): T {
  let result: { value: T } | null = null;
  context.task = () => {
    result = { value: task() };
  };
  try {
    runInContext('task()', context, { timeout: TIME_LIMIT });
  } catch (error) {
    // made in the other context, so it is no instance of this one's Error
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TimeLimit();
    throw error;
  } finally {
    context.task = null;
  }
  return (result as { value: T } | null)?.value as T;
}

const compiled = new WeakMap<object, ValidateFunction | { fault: string }>();

function compile(schema: Record<string, unknown>): ValidateFunction | { fault: string } {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const result = compileAnew(schema);
  compiled.set(schema, result);
  return result;
}

function compileAnew(schema: Record<string, unknown>): ValidateFunction | { fault: string } {
  if (schema.$async === true) return { fault: '“$async” is not supported.' };
  // A schema that names an older draft means the same in nearly all that config files need.
  const { $schema: _, ...rest } = schema;
  let ours = typeof rest.$id !== 'string';
  try {
    const validate = withinTime(() => ajv.compile(rest));
    ours = true;
    return validate;
  } catch (error) {
    if (error instanceof TimeLimit) return { fault: 'it takes too long to be read.' };
    const reason = error instanceof Error ? error.message.split('\n')[0] ?? '' : '';
    if (/^can't resolve reference/.test(reason)) return { fault: `${reason}; only references within the schema are followed.` };
    return { fault: `${reason}.` };
  } finally {
    // It would keep every version of every template. A refused $id may be that of the draft itself, which must stay.
    if (ours) ajv.removeSchema(rest);
  }
}

/** What is wrong with a schema, or null. */
export function schemaFault(schema: Record<string, unknown>): string | null {
  const result = compile(schema);
  return 'fault' in result ? result.fault : null;
}

export interface SchemaError {
  /** JSON pointer of the value, for example `/optimizer`; of the whole, an empty text. */
  readonly pointer: string;
  /** A key in that value that is at fault itself: one that is not allowed. */
  readonly key: string | null;
  readonly message: string;
}

/** What is wrong with a value, at most 20 things. A schema that is itself at fault, or takes too long, is one error at the top. */
export function checkAgainstSchema(schema: Record<string, unknown>, value: unknown): SchemaError[] {
  const validate = compile(schema);
  if ('fault' in validate) return [{ pointer: '', key: null, message: `the template’s schema is not valid: ${validate.fault}` }];
  try {
    if (withinTime(() => validate(value))) return [];
  } catch (error) {
    if (error instanceof TimeLimit) return [{ pointer: '', key: null, message: 'checking it against the template’s schema takes too long; a pattern of the schema may be the reason.' }];
    if (error instanceof RangeError) return [{ pointer: '', key: null, message: 'the template’s schema refers to itself without end.' }];
    throw error;
  }
  return (validate.errors ?? []).slice(0, MAX_ERRORS).map((error) => ({ pointer: error.instancePath, key: offendingKey(error), message: sentence(error) }));
}

function offendingKey(error: ErrorObject): string | null {
  const params = error.params as Record<string, unknown>;
  const key = params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return typeof key === 'string' ? key : null;
}

function sentence(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `“${String(params.missingProperty)}” is missing.`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `“${offendingKey(error) ?? ''}” is not a key that is known here.`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).map(String).join(', ')}.`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}.`;
    default:
      return `${error.message ?? 'is not valid'}.`;
  }
}
