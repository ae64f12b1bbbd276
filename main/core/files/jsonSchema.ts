/**
 * Values against JSON Schemas of templates, draft 2020-12. Schemas come from files of anybody: nothing is fetched for a `$ref`, and since both
 * compiling and checking may take for ever, this runs in the checking thread only (configChecker.ts), which is ended when it does.
 */
import { message, type Message } from '../../../shared/messages/message.ts';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { linearPattern } from '../../../shared/lib/linearPattern.ts';

const MAX_ERRORS = 20;

/** An expression of a schema fits anywhere in a text. What our own matcher reads cannot backtrack; the rest is left to the thread's time limit. */
const expression = (source: string, flags: string): { test(text: string): boolean; toString(): string } => {
  const native = new RegExp(source, flags);
  const linear = linearPattern(`[\\s\\S]*(?:${source})[\\s\\S]*`);
  // ajv keeps expressions apart by what they say they are
  return linear.ok ? { test: linear.matches, toString: () => native.toString() } : native;
};

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  logger: false,
  code: { regExp: Object.assign(expression, { code: 'expression' }) },
});
addFormats(ajv);
// compiles the draft's own meta-schema, which is slow and trusted, before anybody's time is measured
ajv.compile({});

const compiled = new WeakMap<object, ValidateFunction | { fault: Message }>();

function compile(schema: Record<string, unknown>): ValidateFunction | { fault: Message } {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const result = compileAnew(schema);
  compiled.set(schema, result);
  return result;
}

function compileAnew(schema: Record<string, unknown>): ValidateFunction | { fault: Message } {
  if (schema.$async === true) return { fault: message('files.schema.async') };
  // A schema that names an older draft means the same in nearly all that config files need.
  const { $schema: _, ...rest } = schema;
  let ours = typeof rest.$id !== 'string';
  try {
    const validate = ajv.compile(rest);
    ours = true;
    return validate;
  } catch (error) {
    if (error instanceof RangeError) return { fault: message('files.schema.tooDeep') };
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    if (/^can't resolve reference/.test(reason))
      return { fault: message('files.schema.noReference', { said: reason }) };
    return { fault: message('files.schema.said', { said: reason }) };
  } finally {
    // It would keep every version of every template. A refused $id may be that of the draft itself, which must stay.
    if (ours) ajv.removeSchema(rest);
  }
}

/** Why a schema cannot be compiled, or null. */
export function compileFault(schema: Record<string, unknown>): Message | null {
  const result = compile(schema);
  return 'fault' in result ? result.fault : null;
}

export interface SchemaError {
  /** JSON pointer of the value, for example `/optimizer`; of the whole, an empty text. */
  readonly pointer: string;
  /** A key in that value that is at fault itself: one that is not allowed. */
  readonly key: string | null;
  readonly message: Message;
}

/** What is wrong with a value, at most 20 things; or why the schema cannot tell. */
export type SchemaAnswer = { readonly errors: SchemaError[] } | { readonly unusable: Message };

export function checkAgainstSchema(schema: Record<string, unknown>, value: unknown): SchemaAnswer {
  const validate = compile(schema);
  if ('fault' in validate) return { unusable: message('files.schema.invalid', { fault: validate.fault }) };
  try {
    if (validate(value)) return { errors: [] };
  } catch (error) {
    if (error instanceof RangeError) return { unusable: message('files.schema.endless') };
    throw error;
  }
  return {
    errors: (validate.errors ?? [])
      .slice(0, MAX_ERRORS)
      .map((error) => ({ pointer: error.instancePath, key: offendingKey(error), message: sentence(error) })),
  };
}

function offendingKey(error: ErrorObject): string | null {
  const params = error.params as Record<string, unknown>;
  const key = params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return typeof key === 'string' ? key : null;
}

function sentence(error: ErrorObject): Message {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return message('files.schema.missingKey', { key: String(params.missingProperty) });
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return message('files.schema.unknownKey', { key: offendingKey(error) ?? '' });
    case 'enum':
      return message('files.schema.oneOf', { values: (params.allowedValues as unknown[]).map(String).join(', ') });
    case 'const':
      return message('files.schema.constant', { value: JSON.stringify(params.allowedValue) });
    default:
      return error.message === undefined
        ? message('files.schema.notValid')
        : message('files.schema.other', { fault: error.message });
  }
}
