/**
 * What an editor offers and explains at a place of a template's text, from the schema. The text is in the middle of being written, so it
 * is read by its lines and indentation, not as YAML; what cannot be made out gets no answer.
 */
import type { EditorAdvice, EditorItem } from '../../../../shared/domain/template/studio.ts';
import { fileVariable } from '../../../../shared/domain/template/fileSlots.ts';
import { parameterVariable } from '../../../../shared/domain/template/parameters.ts';
import { optionKey } from '../../../../shared/domain/request/options.ts';
import type { Message } from '../../../../shared/messages/message.ts';
import { TEMPLATE_SCHEMA, type SchemaNode } from '../format/templateSchema.ts';

/** Lines above the cursor that are looked at. */
const MAX_LINES = 20_000;
/** Of each line, characters that are looked at: keys stand at its beginning. A cursor beyond gets no answer. */
const MAX_LINE = 1000;
/** Names that are offered; nobody looks through more. */
const MAX_NAMES = 1000;
const NO_ADVICE: EditorAdvice = { items: [], hover: null };

/** A key on the way to the cursor; `*` is an item of a list. */
interface Spot {
  readonly path: readonly string[];
  /** The key whose value is being written; null where a key is. */
  readonly key: string | null;
  /** In a block of text below `key: |`. */
  readonly inText: boolean;
  /** Keys that the same map has already. */
  readonly siblings: ReadonlySet<string>;
  readonly word: string;
}

// each part takes what the next cannot begin with: no character is looked at twice
const KEY = /^(?:"([^"]*)"\s*|'([^']*)'\s*|([^\s#:{}[\],"'&*!|>%@`-][^:#{}[\],]*|<<\s*)):(?=\s|$)/;
const keyOf = (text: string): string | null => {
  const match = KEY.exec(text);
  return match === null ? null : (match[1] ?? match[2] ?? match[3]?.trimEnd() ?? '');
};

/** Line and column from 1, in UTF-16 units. A place beyond the text, or far out on a line, gets no answer. Time grows with the text's length. */
export function adviseAt(text: string, line: number, column: number): EditorAdvice {
  const lines = text.split(/\r?\n/, MAX_LINES).map((each) => each.slice(0, MAX_LINE));
  const current = lines[line - 1];
  if (current === undefined || column > MAX_LINE) return NO_ADVICE;
  const before = current.slice(0, column - 1);
  const spot = spotAt(lines, line - 1, before);
  return { items: itemsAt(spot, before, text), hover: hoverAt(lines, line - 1, column - 1) };
}

function indentOf(line: string): number {
  return line.search(/\S|$/);
}

/** `  - - key: x` as dashes and the rest: where each begins. */
function parts(line: string): { dashes: number[]; at: number; rest: string } {
  const dashes: number[] = [];
  let at = indentOf(line);
  const dash = /-(?:\s+|$)/y;
  for (dash.lastIndex = at; dash.test(line); at = dash.lastIndex) dashes.push(at);
  return { dashes, at, rest: line.slice(at) };
}

interface Ancestor {
  readonly column: number;
  readonly name: string;
}

/** The keys and dashes that the end of `before`, on line `row`, stands below; from the outside in. */
function ancestorsOf(lines: readonly string[], row: number, before: string): { chain: Ancestor[]; inText: boolean } {
  const own = parts(before);
  const chain: Ancestor[] = own.dashes.map((column) => ({ column, name: '*' })).reverse();
  let floor = own.dashes[0] ?? own.at;
  let inText = false;
  for (let i = row - 1; i >= 0 && floor >= 0; i -= 1) {
    const line = lines[i] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const { dashes, at, rest } = parts(line);
    const key = keyOf(rest);
    const isDash = chain.at(-1)?.name === '*';
    // a list may begin at the column of its key
    if (key !== null && (at < floor || (at === floor && isDash && dashes.length === 0))) {
      chain.push({ column: at, name: key });
      inText ||= /:\s+[|>][-+\d]*\s*(?:#.*)?$/.test(rest);
      floor = at;
    }
    for (const dash of [...dashes].reverse()) {
      if (dash >= floor) continue;
      chain.push({ column: dash, name: '*' });
      floor = dash;
    }
    if (floor === 0 && chain.at(-1)?.name !== '*') break;
  }
  return { chain: chain.reverse(), inText };
}

function spotAt(lines: readonly string[], row: number, before: string): Spot {
  const { chain, inText } = ancestorsOf(lines, row, before);
  const path = chain.map(({ name }) => name);
  const { at, rest } = parts(before);
  if (inText)
    return {
      path,
      key: path.at(-1) ?? null,
      inText: true,
      siblings: new Set(),
      word: /[$\w{]*$/.exec(before)?.[0] ?? '',
    };
  const key = keyOf(rest);
  const value = key === null ? rest : rest.slice((KEY.exec(rest)?.[0] ?? '').length).trimStart();
  const within = key === null ? path : [...path, key];
  const flow = inBraces(value, within);
  if (flow !== null) return flow;
  const word = /[^\s,[\]]*$/.exec(before)?.[0] ?? '';
  if (key !== null) return { path, key, inText: false, siblings: new Set(), word };
  if (value.startsWith('"') || value.includes('#')) return { path, key: null, inText: true, siblings: new Set(), word };
  return { path, key: null, inText: false, siblings: siblingsOf(lines, row, at), word };
}

/** In `{a: 1, b|` on one line: the place within the braces. */
function inBraces(value: string, outer: readonly string[]): Spot | null {
  if (!/^[{[]/.test(value)) return null;
  interface Level {
    path: readonly string[];
    map: boolean;
    key: string | null;
    from: number;
    keys: Set<string>;
  }
  const levels: Level[] = [];
  let quote = '';
  for (let i = 0; i < value.length; i += 1) {
    const c = value.charAt(i);
    const top = levels.at(-1);
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '{' || c === '[') {
      const path = top === undefined ? outer : [...top.path, ...(top.map ? [top.key ?? ''] : ['*'])];
      levels.push({ path, map: c === '{', key: null, from: i + 1, keys: new Set() });
    } else if (c === '}' || c === ']') levels.pop();
    else if (top !== undefined && c === ':' && top.map && top.key === null) {
      top.key = value
        .slice(top.from, i)
        .trim()
        .replaceAll(/^["']|["']$/g, '');
      top.keys.add(top.key);
      top.from = i + 1;
    } else if (top !== undefined && c === ',') {
      top.key = null;
      top.from = i + 1;
    }
  }
  const top = levels.at(-1);
  if (top === undefined) return null;
  const word = value.slice(top.from).trimStart();
  if (top.map) return { path: top.path, key: top.key, inText: false, siblings: top.keys, word };
  return { path: top.path.slice(0, -1), key: top.path.at(-1) ?? null, inText: false, siblings: new Set(), word };
}

/** Keys of the map that line `row` is in, whose keys stand at `column`. */
function siblingsOf(lines: readonly string[], row: number, column: number): Set<string> {
  const found = new Set<string>();
  // after a dash the map begins here
  for (const step of parts(lines[row] ?? '').dashes.length > 0 ? [1] : [-1, 1]) {
    for (let i = row + step; i >= 0 && i < lines.length; i += step) {
      const line = lines[i] ?? '';
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
      const { dashes, at, rest } = parts(line);
      if (step === 1 && (dashes[0] ?? at) < column) break;
      const key = at === column ? keyOf(rest) : null;
      if (key !== null && !(step === 1 && dashes.length > 0)) found.add(key);
      if (at < column || (dashes[0] !== undefined && dashes[0] < column)) break;
    }
  }
  return found;
}

/** All nodes that a path may lead to. */
function nodesAt(path: readonly string[]): SchemaNode[] {
  const open = (node: SchemaNode): SchemaNode[] => [node, ...(node.anyOf ?? []).flatMap(open)];
  return path.reduce<SchemaNode[]>(
    (nodes, step, i) =>
      nodes.flatMap((node) => {
        if (step === '*') return node.items === undefined ? [] : open(node.items);
        const key = path[i - 1] === 'slurm' && i === 1 ? optionKey(step) : step;
        const next =
          node.properties !== undefined && Object.hasOwn(node.properties, key)
            ? node.properties[key]
            : node.additionalProperties;
        return next === undefined ? [] : open(next);
      }),
    open(TEMPLATE_SCHEMA),
  );
}

function itemsAt(spot: Spot, before: string, text: string): EditorItem[] {
  const names = declared(text);
  const at = spot.key === null ? spot.path : [...spot.path, spot.key];
  if (/\{\{\s*\w*$/.test(before))
    return names.parameters.map((name) => item(name, `${name}}}`, 'parameter', null, /\w*$/.exec(before)?.[0] ?? ''));
  if (spot.path[0] === 'script' && /\$\{?\w*$/.test(before)) {
    const variables = [
      ...names.parameters.map(parameterVariable),
      ...names.files.map(fileVariable),
      'SLIPWAY_RUN_DIR',
      'SLIPWAY_RUN_ID',
      'APPTAINER_IMAGE',
      'IMAGE_APP',
    ];
    return variables.map((name) => item(name, name, 'variable', null, /\w*$/.exec(before)?.[0] ?? ''));
  }
  if (spot.inText) return [];
  if (spot.key === null) {
    const nodes = nodesAt(spot.path);
    const properties = nodes.flatMap((node) => Object.entries(node.properties ?? {}));
    return properties
      .filter(([key, node]) => !spot.siblings.has(key) && node.deprecated !== true)
      .map(([key, node]) => item(key, `${key}: `, 'key', node.description ?? null, spot.word));
  }
  if (spot.key === 'field' && (spot.path.includes('visible_when') || spot.path.includes('when')))
    return names.parameters.map((name) => item(name, name, 'parameter', null, spot.word));
  const values = nodesAt(at).flatMap((node) => [
    ...(node.enum ?? []).filter((each) => each !== null),
    ...(node.enum === undefined ? (node.examples ?? []) : []),
  ]);
  const flat = values
    .flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [each]))
    .flatMap((each) =>
      typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean' ? [String(each)] : [],
    );
  return [...new Set(flat)]
    .filter((each) => !each.includes('\n'))
    .map((each) => item(each, needsQuotes(each) ? JSON.stringify(each) : each, 'value', null, spot.word));
}

function item(
  label: string,
  insert: string,
  kind: EditorItem['kind'],
  documentation: Message | null,
  typed: string,
): EditorItem {
  return { label, insert, kind, documentation, replace: typed.length };
}

function needsQuotes(text: string): boolean {
  return !/^[A-Za-z0-9/._-][A-Za-z0-9/._|+ @-]*$/.test(text) || /^\d+:/.test(text);
}

/** Names of parameters and files, as far as the text can be read. */
function declared(text: string): { parameters: string[]; files: string[] } {
  const parameters = new Set<string>();
  const files = new Set<string>();
  let section = '';
  let depth = -1;
  // a map from name to the rest, rather than a list
  const isMap = !/^\s*-/.test(text.slice(text.indexOf('parameters:') + 'parameters:'.length));
  for (const whole of text.split(/\r?\n/)) {
    const line = whole.slice(0, MAX_LINE);
    const top = /^([a-z_]+)\s*:/.exec(line)?.[1];
    if (top !== undefined) {
      section = top;
      depth = -1;
    }
    const isFiles = section === 'files' || section === 'input_file_schema' || section === 'option_file_schema';
    if (section !== 'parameters' && !isFiles) continue;
    for (const match of line.matchAll(/(?:^\s*(?:-\s+)?|[{,[]\s*)name\s*:\s*["']?([A-Za-z_]\w*)/g))
      (isFiles ? files : parameters).add(match[1] ?? '');
    const key = /^(\s+)([A-Za-z]\w*)\s*:\s*(?:\{.*|#.*)?$/.exec(line);
    if (section === 'parameters' && key !== null) {
      if (depth === -1) depth = key[1]?.length ?? 0;
      if (key[1]?.length === depth && isMap) parameters.add(key[2] ?? '');
    }
  }
  return { parameters: [...parameters].slice(0, MAX_NAMES), files: [...files].slice(0, MAX_NAMES) };
}

function hoverAt(lines: readonly string[], row: number, offset: number): EditorAdvice['hover'] {
  const line = lines[row] ?? '';
  const isWord = (c: string | undefined): boolean => c !== undefined && /[\w-]/.test(c);
  let from = offset;
  while (from > 0 && isWord(line[from - 1])) from -= 1;
  let to = offset;
  while (isWord(line[to])) to += 1;
  const word = line.slice(from, to).replace(/^-+/, '');
  if (word === '' || !/^["']?\s*:(?:\s|$)/.test(line.slice(to))) return null;
  const spot = spotAt(lines, row, line.slice(0, from));
  if (spot.inText || spot.key !== null) return null;
  const node = nodesAt([...spot.path, word]).find(({ description }) => (description ?? null) !== null);
  const text = node?.description ?? null;
  if (node === undefined || text === null) return null;
  const examples = (node.examples ?? [])
    .slice(0, 3)
    .map((each) => (typeof each === 'string' ? each.trimEnd() : JSON.stringify(each)));
  return { key: word, text, examples, line: row + 1, from: from + 1, to: to + 1 };
}
