/**
 * Whether something is a JSON Schema at all (draft 2020-12): what its own meta-schema asks for, and that references lead somewhere within it.
 * Takes time proportional to the schema and runs nothing of it, so a template can be read on any thread. Compiling is the checking thread's
 * affair; a test holds this list and ajv's meta-schema together.
 */

type Kind =
  | 'schema'
  | 'schemas'
  | 'schemaMap'
  | 'patternMap'
  | 'number'
  | 'positive'
  | 'count'
  | 'flag'
  | 'text'
  | 'pattern'
  | 'texts'
  | 'textsMap'
  | 'type'
  | 'list'
  | 'choices';

/** Source: https://json-schema.org/draft/2020-12/schema and its vocabularies. What is not named here may hold anything. */
import { message, type Message } from '../../../shared/messages/message.ts';

const KEYWORDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    schema: [
      'additionalProperties',
      'items',
      'contains',
      'not',
      'if',
      'then',
      'else',
      'propertyNames',
      'unevaluatedItems',
      'unevaluatedProperties',
      'contentSchema',
    ],
    schemas: ['allOf', 'anyOf', 'oneOf', 'prefixItems'],
    schemaMap: ['properties', '$defs', 'definitions', 'dependentSchemas'],
    patternMap: ['patternProperties'],
    number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
    positive: ['multipleOf'],
    count: [
      'minLength',
      'maxLength',
      'minItems',
      'maxItems',
      'minProperties',
      'maxProperties',
      'minContains',
      'maxContains',
    ],
    flag: ['uniqueItems', 'deprecated', 'readOnly', 'writeOnly'],
    text: [
      '$ref',
      '$dynamicRef',
      '$id',
      '$anchor',
      '$dynamicAnchor',
      '$comment',
      'title',
      'description',
      'format',
      'contentEncoding',
      'contentMediaType',
    ],
    pattern: ['pattern'],
    texts: ['required'],
    textsMap: ['dependentRequired'],
    type: ['type'],
    list: ['examples'],
    choices: ['enum'],
  } satisfies Record<Kind, string[]>).flatMap(([kind, words]) =>
    words.map((word): [string, Kind] => [word, kind as Kind]),
  ),
);
const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

type Json = Record<string, unknown>;

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length;

/** What is wrong with a schema, as half a sentence that ends in a full stop, or null. */
export function schemaFault(schema: Json): Message | null {
  if (schema.$async === true) return message('files.schema.async');
  const found = new Findings();
  const fault = faultOf(schema, '#', found);
  return fault ?? found.loose(schema);
}

/** What is collected on the way, to see whether references lead anywhere. */
class Findings {
  readonly refs: string[] = [];
  readonly anchors = new Set<string>();
  hasIds = false;

  /** The first reference that leads nowhere. With `$id`s in it only compiling tells. */
  loose(root: Json): Message | null {
    if (this.hasIds) return null;
    const bad = this.refs.find((ref) =>
      ref.startsWith('#/') ? !leadsSomewhere(root, ref) : ref !== '#' && ref !== '' && !this.anchors.has(ref),
    );
    return bad === undefined ? null : message('files.shape.unresolved', { reference: bad.slice(0, 200) });
  }
}

function leadsSomewhere(root: Json, ref: string): boolean {
  let at: unknown = root;
  for (const step of ref.slice(2).split('/')) {
    let key: string;
    try {
      key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    } catch {
      return false;
    }
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Json)[key];
  }
  return typeof at === 'boolean' || isMap(at);
}

const shapeFault = (where: string, expected: Message): Message =>
  message('files.shape.wrong', { where: where.slice(0, 200), expected });

function faultOf(schema: unknown, where: string, found: Findings): Message | null {
  if (typeof schema === 'boolean') return null;
  if (!isMap(schema)) return shapeFault(where, message('files.shape.a.schema'));
  if (typeof schema.$id === 'string') found.hasIds = true;
  for (const anchor of [schema.$anchor, schema.$dynamicAnchor])
    if (typeof anchor === 'string') found.anchors.add(`#${anchor}`);
  for (const ref of [schema.$ref, schema.$dynamicRef]) if (typeof ref === 'string') found.refs.push(ref);
  for (const [word, value] of Object.entries(schema)) {
    const kind = KEYWORDS.get(word);
    if (kind === undefined) continue;
    const fault = wrong(kind, value, `${where}/${word}`, found);
    if (fault !== null) return fault;
  }
  return null;
}

function wrong(kind: Kind, value: unknown, where: string, found: Findings): Message | null {
  const unless = (fine: boolean, expected: Message): Message | null => (fine ? null : shapeFault(where, expected));
  const each = (schemas: Iterable<[string, unknown]>): Message | null => {
    for (const [name, schema] of schemas) {
      const fault = faultOf(schema, `${where}/${name}`, found);
      if (fault !== null) return fault;
    }
    return null;
  };
  switch (kind) {
    case 'schema':
      return faultOf(value, where, found);
    case 'schemas':
      return Array.isArray(value) && value.length > 0
        ? each(value.map((schema, place): [string, unknown] => [String(place), schema]))
        : unless(false, message('files.shape.a.schemas'));
    case 'schemaMap':
      return isMap(value) ? each(Object.entries(value)) : unless(false, message('files.shape.a.schemaMap'));
    case 'patternMap': {
      if (!isMap(value)) return unless(false, message('files.shape.a.schemaMap'));
      const bad = Object.keys(value).find((pattern) => !isPattern(pattern));
      return bad === undefined
        ? each(Object.entries(value))
        : message('files.shape.noExpression', { where: where.slice(0, 200), pattern: bad.slice(0, 100) });
    }
    case 'number':
      return unless(typeof value === 'number', message('files.shape.a.number'));
    case 'positive':
      return unless(typeof value === 'number' && value > 0, message('files.shape.a.positive'));
    case 'count':
      return unless(Number.isInteger(value) && (value as number) >= 0, message('files.shape.a.count'));
    case 'flag':
      return unless(typeof value === 'boolean', message('files.shape.a.flag'));
    case 'text':
      return unless(typeof value === 'string', message('files.shape.a.text'));
    case 'pattern':
      return unless(typeof value === 'string' && isPattern(value), message('files.shape.a.expression'));
    case 'texts':
      return unless(isTextList(value), message('files.shape.a.texts'));
    case 'textsMap':
      return unless(isMap(value) && Object.values(value).every(isTextList), message('files.shape.a.textsMap'));
    case 'type':
      return unless(
        (typeof value === 'string' && TYPES.has(value)) ||
          (isTextList(value) && value.length > 0 && value.every((type) => TYPES.has(type))),
        message('files.shape.a.type', { types: [...TYPES].join(', ') }),
      );
    case 'choices':
      return unless(Array.isArray(value) && value.length > 0, message('files.shape.a.choices'));
    case 'list':
      return unless(Array.isArray(value), message('files.shape.a.list'));
  }
}

/** Reading an expression takes no time; only matching can. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
