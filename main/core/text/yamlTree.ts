/**
 * YAML (and JSON, which it contains) as values that know where they stand. Made for files of anybody: the work is bounded
 * whatever the text, aliases cannot multiply it, and tags never make anything but plain values.
 */
import { message, type Message } from '../../../shared/messages/message.ts';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  parseAllDocuments,
  type Document,
  type Pair,
  type ParsedNode,
} from 'yaml';

export interface Place {
  /** From 1, in UTF-16 units like Monaco's. */
  readonly line: number;
  readonly column: number;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** A plain scalar as it was written: `1.0` stays `1.0`. Quoted and block scalars: their text. */
  readonly source: string;
  readonly at: Place;
}
export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlTree[];
  readonly at: Place;
}
export interface YamlEntry {
  readonly key: string;
  readonly keyAt: Place;
  readonly value: YamlTree;
}
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, YamlEntry>;
  readonly at: Place;
}
export type YamlTree = YamlScalar | YamlList | YamlMap;

export interface YamlFault extends Place {
  readonly rule:
    | 'syntax'
    | 'duplicate-key'
    | 'tag'
    | 'alias'
    | 'too-deep'
    | 'too-large'
    | 'control-character'
    | 'documents'
    | 'empty';
  readonly message: Message;
}

/** Control characters, and halves of characters, which no file in UTF-8 can hold. */
export const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Cs}/u;

/** A template of a thousand lines has some ten thousand. The parser's time grows with them. */
const MAX_LEXEMES = 60_000;
/** Nodes after aliases are followed. */
const MAX_NODES = 50_000;
const MAX_DEPTH = 64;
/** More help nobody; the first ones usually cause the rest. */
const MAX_FAULTS = 20;

/**
 * How every YAML text is parsed here, whatever it says of itself (`%YAML 1.1`): core values only. No tag makes another kind of value.
 * Keys are compared by TreeBuilder, in one pass: the library's own way takes time with the square of the size.
 */
export const YAML_OPTIONS = {
  schema: 'core',
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  version: '1.2',
} as const;

/** Tags that say of a plain value what it is anyway, or that it is text. */
const PLAIN_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
const OTHER_TAG = message('format.yaml.tag');

/** The one document of a text. `tree` is null exactly when there are faults. Never throws. */
export function readYamlTree(given: string): { tree: YamlTree | null; faults: YamlFault[] } {
  const text = given.startsWith('\ufeff') ? given.slice(1) : given;
  const place = placesOf(text);
  const fail = (rule: YamlFault['rule'], what: Message, offset: number): { tree: null; faults: YamlFault[] } => ({
    tree: null,
    faults: [{ rule, message: what, ...place(offset) }],
  });

  const control = UNWRITABLE.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase();
    return fail(
      'control-character',
      message(control[0] < '\u0080' ? 'format.yaml.control' : 'format.yaml.half', { code }),
      control.index,
    );
  }
  let lexemes = 0;
  let offset = 0;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    // a quoted scalar; what follows the mark of a text is that text
    const escape = lexeme.startsWith('"') && !isText ? wrongEscape(lexeme) : -1;
    if (escape !== -1)
      return fail(
        'syntax',
        message('format.yaml.escape', {
          sequence: Array.from(lexeme.slice(escape, escape + 3))
            .slice(0, 2)
            .join(''),
        }),
        offset + escape,
      );
    isText = lexeme === SCALAR_MARK;
    if (!MARKS.has(lexeme)) offset += lexeme.length;
    if (lexemes > MAX_LEXEMES)
      return fail(
        'too-large',
        message('format.yaml.manyElements', { most: MAX_LEXEMES }),
        Math.min(offset, text.length),
      );
  }

  const documents = documentsOf(text);
  if (documents === null) return fail('too-deep', TOO_DEEP, 0);
  const [first, second] = documents;
  if (first === undefined || (first.errors.length === 0 && first.contents === null))
    return fail('empty', message('format.yaml.empty'), 0);
  const faults: YamlFault[] = [...first.errors, ...first.warnings].slice(0, MAX_FAULTS).map((error) => ({
    ...(error.code === 'RESOURCE_EXHAUSTION'
      ? { rule: 'too-deep', message: TOO_DEEP }
      : error.code === 'TAG_RESOLVE_FAILED'
        ? { rule: 'tag', message: OTHER_TAG }
        : { rule: 'syntax', message: message('format.yaml.said', { said: sentence(error.message) }) }),
    ...place(error.pos[0]),
  }));
  if (faults.length > 0) return { tree: null, faults };
  if (second !== undefined) return fail('documents', message('format.yaml.secondDocument'), second.range[0]);

  const builder = new TreeBuilder(place);
  const tree = builder.build(first.contents);
  return builder.faults.length > 0 ? { tree: null, faults: builder.faults } : { tree, faults: [] };
}

const TOO_DEEP = message('format.yaml.deep');

/** What the lexer puts between its lexemes: no characters of the text. */
const SCALAR_MARK = '\u001f';
const MARKS = new Set([SCALAR_MARK, '\u0002', '\u0018']);

/** Null where the library's recursion came to the end of the stack outside of where it looks for that itself. */
function documentsOf(text: string): Document.Parsed[] | null {
  try {
    const parsed = parseAllDocuments(text, YAML_OPTIONS);
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Where a `"…"` has a `\\` that begins no escape; -1 where it has none. The library makes an error with a stack of each, and a megabyte
 * holds half a million. Source: YAML 1.2.2, 5.7 Escaped Characters.
 */
function wrongEscape(quoted: string): number {
  for (let at = quoted.indexOf('\\'); at !== -1; at = quoted.indexOf('\\', at + 2)) {
    const digits = { x: 2, u: 4, U: 8 }[quoted.charAt(at + 1)];
    if (
      digits === undefined
        ? !'0abtnvfre "/\\N_LP\t\n\r'.includes(quoted.charAt(at + 1))
        : !/^[0-9a-fA-F]*$/.test(quoted.slice(at + 2, at + 2 + digits))
    )
      return at;
  }
  return -1;
}

function sentence(said: string): string {
  const first = said.split('\n')[0] ?? said;
  return `${first.charAt(0).toLowerCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}`;
}

/** Offsets to lines and columns, by binary search. */
function placesOf(text: string): (offset: number) => Place {
  const starts = [0];
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Ends the building at once; the fault is recorded before it is thrown. */
class Stop extends Error {}

class TreeBuilder {
  readonly faults: YamlFault[] = [];
  readonly #place: (offset: number) => Place;
  /** Latest node of each anchor so far; the library's own look-up walks the whole document for every alias. */
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #anchored = new Set<ParsedNode>();
  #nodes = 0;

  constructor(place: (offset: number) => Place) {
    this.#place = place;
  }

  build(node: ParsedNode | null): YamlTree | null {
    try {
      return this.#tree(node, 0, 0);
    } catch (error) {
      if (error instanceof Stop) return null;
      throw error;
    }
  }

  #fault(rule: YamlFault['rule'], what: Message, at: Place): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ rule, message: what, ...at });
  }

  #tree(node: ParsedNode | null, depth: number, near: number): YamlTree {
    const offset = node?.range[0] ?? near;
    const at = this.#place(offset);
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) {
      if (depth > MAX_DEPTH) this.#fault('too-deep', message('format.yaml.deeper', { most: MAX_DEPTH }), at);
      else this.#fault('alias', message('format.yaml.manyValues', { most: MAX_NODES }), at);
      throw new Stop();
    }
    if (node !== null && !isAlias(node) && node.anchor !== undefined && !this.#anchored.has(node)) {
      this.#anchored.add(node);
      this.#anchors.set(node.anchor, node);
    }
    if (node?.tag !== undefined && !PLAIN_TAGS.has(node.tag)) {
      this.#fault('tag', OTHER_TAG, at);
      return { kind: 'scalar', value: null, source: '', at };
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target !== undefined) return this.#tree(target, depth + 1, offset);
      this.#fault('alias', message('format.yaml.noAnchor', { name: node.source.slice(0, 80) }), at);
      return { kind: 'scalar', value: null, source: '', at };
    }
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.#tree(item, depth + 1, offset)), at };
    if (isMap(node)) return this.#map(node.items, depth, at);
    if (isScalar(node)) {
      const value: unknown = node.value;
      // `.inf` and `.nan` are words: no answer, database or JSON Schema can hold such a number
      const plain =
        typeof value === 'number' && !Number.isFinite(value)
          ? node.source
          : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
            ? value
            : null;
      return { kind: 'scalar', value: plain, source: typeof plain === 'string' ? plain : node.source, at };
    }
    return { kind: 'scalar', value: null, source: '', at };
  }

  #map(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], depth: number, at: Place): YamlMap {
    const entries = new Map<string, YamlEntry>();
    const merged: YamlTree[] = [];
    for (const pair of pairs) {
      const offset = pair.key.range[0];
      const keyAt = this.#place(offset);
      const keyNode = isAlias(pair.key) ? this.#anchors.get(pair.key.source) : pair.key;
      if (!isScalar(keyNode) || (keyNode.tag !== undefined && !PLAIN_TAGS.has(keyNode.tag))) {
        this.#fault('syntax', message('format.yaml.keyText'), keyAt);
        continue;
      }
      const key = typeof keyNode.value === 'string' ? keyNode.value : keyNode.source;
      const value = this.#tree(pair.value, depth + 1, pair.key.range[1]);
      if (key === '<<') merged.push(...(value.kind === 'list' ? value.items : [value]));
      else if (entries.has(key))
        this.#fault('duplicate-key', message('format.yaml.keyTwice', { key: key.slice(0, 80) }), keyAt);
      else entries.set(key, { key, keyAt, value });
    }
    for (const other of merged) {
      if (other.kind !== 'map') this.#fault('syntax', message('format.yaml.mergesMaps'), other.at);
      else for (const entry of other.entries.values()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
    return { kind: 'map', entries, at };
  }
}

/** The same values without their places. A key `__proto__` is a key like any other. */
export function plainValue(tree: YamlTree): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(plainValue);
    case 'map':
      return Object.fromEntries(Array.from(tree.entries.values(), (entry) => [entry.key, plainValue(entry.value)]));
  }
}
