/**
 * Changes values in the text of a YAML document by cutting and pasting in the text itself, so that comments, blank lines, order, quotes
 * and all that is not named stay byte for byte. What stands in the way of that (an alias on the path, a compact list in a list) is
 * `NotSpliceable`; the caller has a slower way, and looks at the result of both.
 */
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Scalar,
  type CST,
  type Pair,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { parseBounded } from '../format/yamlDocument.ts';
import { layoutOf, withoutBlankEnd, type YamlLayout } from './yamlLayout.ts';

export type PathStep = string | number;
type Node = ParsedNode;
type MapNode = YAMLMap.Parsed;
type SeqNode = YAMLSeq.Parsed;
type PairNode = Pair<Node, Node | null>;

/** The text is in a form that cannot be changed in place. */
export class NotSpliceable extends Error {}

/** A value in a map or list, with what holds it. */
type Holder =
  | { readonly kind: 'pair'; readonly map: MapNode; readonly pair: PairNode }
  | { readonly kind: 'item'; readonly seq: SeqNode; readonly index: number };

/** One parsed text. Its methods give the changed text. */
class Splice {
  readonly #text: string;
  readonly #eol: string;
  readonly #root: Node | null;
  readonly #layout: YamlLayout;

  constructor(text: string) {
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.#text = text === '' || text.endsWith('\n') ? text : text + this.#eol;
    const document = parseBounded(this.#text);
    if (document.errors.length > 0) throw new NotSpliceable(document.errors[0]?.message);
    this.#root = document.contents;
    this.#layout = layoutOf(this.#text);
  }

  set(path: readonly PathStep[], value: unknown): string {
    let node = this.#root;
    let holder: Holder | null = null;
    for (const [i, step] of path.entries()) {
      const rest = path.slice(i + 1);
      if (isMap(node) && typeof step === 'string') {
        const pair = pairOf(node, step);
        if (pair === undefined) return this.#insertPair(node, step, nested(rest, value), holder);
        holder = { kind: 'pair', map: node, pair };
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number') {
        if (step === node.items.length) return this.#insertItem(node, step, nested(rest, value), holder);
        holder = { kind: 'item', seq: node, index: step };
        node = node.items[step] as Node;
      } else if (isNothing(node)) {
        if (holder === null)
          return this.#text + this.#pairLines(String(step), nested(rest, value), 0).join(this.#eol) + this.#eol;
        return this.#replace(holder, nested(path.slice(i), value));
      } else throw new NotSpliceable('the path does not lead there');
    }
    if (holder === null) throw new NotSpliceable('the whole document');
    return this.#replace(holder, value);
  }

  remove(path: readonly PathStep[]): string {
    const { parent, holder, last } = this.#parentOf(path);
    const index = indexIn(parent, last);
    if (parent.items.length === 1 && holder !== null) return this.#replace(holder, isMap(parent) ? {} : []);
    if (parent.flow === true) return this.#removeFromFlow(parent, index);
    const region = this.#region(parent, index);
    if (region.whole) return this.#splice(region.from, region.to, '');
    // the first key after “- ”: the next one moves up to it, unless a comment stands between
    const next = this.#start(parent, index + 1);
    const between = this.#text.slice(region.contentEnd, next);
    return between.includes('#')
      ? this.#splice(region.start, region.contentEnd, '')
      : this.#splice(region.start, next, '');
  }

  insert(path: readonly PathStep[], at: number, value: unknown): string {
    const { node, holder } = this.#find(path);
    if (!isSeq(node)) throw new NotSpliceable('not a list');
    return this.#insertItem(node, at, value, holder);
  }

  /** A key of a block map before the key that is now at `at`. */
  insertKey(path: readonly PathStep[], at: number, key: string, value: unknown): string {
    const { node, holder } = this.#find(path);
    if (!isMap(node)) throw new NotSpliceable('not a map');
    const map = node;
    if (map.flow === true || at >= map.items.length || map.items.length === 0)
      return this.#insertPair(map, key, value, holder);
    const region = this.#region(map, at);
    if (!region.whole) throw new NotSpliceable('a compact map');
    return this.#splice(
      region.attached,
      region.attached,
      this.#lines(this.#pairLines(key, value, this.#column(region.start))),
    );
  }

  renameKey(path: readonly PathStep[], key: string): string {
    const { holder } = this.#find(path);
    if (holder?.kind !== 'pair') throw new NotSpliceable('not a key');
    const { range } = holder.pair.key;
    return this.#splice(range[0], range[1], renderKey(key));
  }

  move(path: readonly PathStep[], from: number, to: number): string {
    const { node } = this.#find(path);
    if (!isMap(node) && !isSeq(node)) throw new NotSpliceable('not a list');
    const parent = node;
    if (parent.flow === true) return this.#moveInFlow(parent, from, to);
    const moved = this.#region(parent, from);
    const target = this.#region(parent, to);
    if (!moved.whole || !target.whole) throw new NotSpliceable('a compact list');
    const block = this.#text.slice(moved.attached, moved.to);
    if (from < to)
      return (
        this.#text.slice(0, moved.attached) +
        this.#text.slice(moved.to, target.to) +
        block +
        this.#text.slice(target.to)
      );
    return (
      this.#text.slice(0, target.attached) +
      block +
      this.#text.slice(target.attached, moved.attached) +
      this.#text.slice(moved.to)
    );
  }

  #find(path: readonly PathStep[]): { node: Node | null; holder: Holder | null } {
    let node = this.#root;
    let holder: Holder | null = null;
    for (const step of path) {
      if (isMap(node) && typeof step === 'string') {
        const pair = pairOf(node, step);
        if (pair === undefined) throw new NotSpliceable('no such key');
        holder = { kind: 'pair', map: node, pair };
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
        holder = { kind: 'item', seq: node, index: step };
        node = node.items[step] as Node;
      } else throw new NotSpliceable('the path does not lead there');
    }
    return { node, holder };
  }

  #parentOf(path: readonly PathStep[]): { parent: MapNode | SeqNode; holder: Holder | null; last: PathStep } {
    const last = path.at(-1);
    const { node, holder } = this.#find(path.slice(0, -1));
    if (last === undefined || (!isMap(node) && !isSeq(node))) throw new NotSpliceable('not in a map or list');
    return { parent: node, holder, last };
  }

  #splice(from: number, to: number, by: string): string {
    return this.#text.slice(0, from) + by + this.#text.slice(to);
  }

  #lines(lines: readonly string[]): string {
    return lines.map((line) => line + this.#eol).join('');
  }

  #lineStart(offset: number): number {
    if (offset <= 0) return 0;
    return this.#text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** After the line break of the line that `offset` is in; `offset` itself where a line begins there. */
  #lineEnd(offset: number): number {
    if (offset > 0 && this.#text[offset - 1] === '\n') return offset;
    const at = this.#text.indexOf('\n', offset);
    return at === -1 ? this.#text.length : at + 1;
  }

  #column(offset: number): number {
    return offset - this.#lineStart(offset);
  }

  /** Where the key or the dash of an entry stands. */
  #start(parent: MapNode | SeqNode, index: number): number {
    if (isMap(parent)) return startOf(parent.items[index]?.key ?? null);
    const token = parent.srcToken as CST.BlockSequence | undefined;
    const dash = token?.items[index]?.start.find((each) => each.type === 'seq-item-ind');
    if (dash === undefined) throw new NotSpliceable('a list without dashes');
    return dash.offset;
  }

  /** The end of the last thing that is no comment, in or at a node. */
  #contentEnd(node: Node | null, otherwise: number): number {
    // where nothing stands, the parser's place for it may be behind a comment
    if (node === null || (isNothing(node) && node.range[0] === node.range[1])) return otherwise;
    if (isCollection(node) && node.flow !== true) {
      const last = node.items.at(-1) as PairNode | Node | undefined;
      if (last === undefined) return node.range[1];
      if ('key' in last) return this.#contentEnd(last.value, this.#keyEnd(last));
      return this.#contentEnd(last, this.#start(node, node.items.length - 1) + 1);
    }
    const end = node.range[1];
    if (!isBlockScalar(node) || /^[|>][1-9]?\+/.test(this.#text.slice(node.range[0], node.range[0] + 3))) return end;
    // blank lines after the text are not part of it
    return node.range[0] + withoutBlankEnd(this.#text.slice(node.range[0], end)).length;
  }

  /** After the colon of a key, or after the key where it has none. */
  #keyEnd({ key }: PairNode): number {
    const end = key.range[1];
    return end + (/^[^\S\n]*:/.exec(this.#text.slice(end, end + 100))?.[0].length ?? 0);
  }

  /** The lines of an entry of a block; `attached` begins with the comments right above it. `whole`: nothing else stands on its first line. */
  #region(
    parent: MapNode | SeqNode,
    index: number,
  ): { start: number; contentEnd: number; from: number; to: number; attached: number; whole: boolean } {
    const start = this.#start(parent, index);
    const item = parent.items[index] as PairNode | Node | undefined;
    if (item === undefined) throw new NotSpliceable('no such entry');
    const contentEnd =
      'key' in item ? this.#contentEnd(item.value, this.#keyEnd(item)) : this.#contentEnd(item, start + 1);
    const from = this.#lineStart(start);
    const before = this.#text.slice(from, start);
    const floor = index === 0 ? 0 : this.#entryEnd(parent, index - 1);
    let attached = from;
    for (
      let above = this.#lineStart(attached - 1);
      attached > floor && above >= floor && /^[^\S\n]*#/.test(this.#text.slice(above, attached));
      above = this.#lineStart(attached - 1)
    )
      attached = above;
    return { start, contentEnd, from, to: this.#lineEnd(contentEnd), attached, whole: before.trim() === '' };
  }

  #entryEnd(parent: MapNode | SeqNode, index: number): number {
    const item = parent.items[index] as PairNode | Node | undefined;
    if (item === undefined) return 0;
    const start = this.#start(parent, index);
    return this.#lineEnd(
      'key' in item ? this.#contentEnd(item.value, this.#keyEnd(item)) : this.#contentEnd(item, start + 1),
    );
  }

  /** `key: value` as lines, from the given column. */
  #pairLines(key: string, value: unknown, column: number, style?: Scalar.Type): string[] {
    return this.#render({ [key]: styled(value, style) }, column);
  }

  #render(value: unknown, column: number): string[] {
    const document = new Document(yamlData(value), {
      version: '1.2',
      compat: 'yaml-1.1',
      aliasDuplicateObjects: false,
    });
    const text = document.toString({
      lineWidth: 0,
      indent: this.#layout.step,
      indentSeq: this.#layout.indentSeq,
      doubleQuotedMinMultiLineLength: 1e9,
      blockQuote: 'literal',
      simpleKeys: true,
    });
    const lines = text.replace(/\n$/, '').split('\n');
    return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line));
  }

  #insertPair(map: MapNode, key: string, value: unknown, holder: Holder | null): string {
    const last = map.items.at(-1);
    if (map.flow === true) {
      if (last === undefined && holder !== null && !this.#isInFlow(map)) return this.#replace(holder, { [key]: value });
      return this.#insertInFlow(map, map.items.length, flowText({ [key]: value }).slice(1, -1));
    }
    const column = this.#column(startOf(map.items[0]?.key ?? null));
    const end = this.#lineEnd(this.#entryEnd(map, map.items.length - 1));
    return this.#splice(end, end, this.#lines(this.#pairLines(key, value, column)));
  }

  #insertItem(seq: SeqNode, at: number, value: unknown, holder: Holder | null): string {
    if (at > seq.items.length) throw new NotSpliceable('no such place');
    if (seq.flow === true) {
      if (
        seq.items.length === 0 &&
        holder !== null &&
        !this.#isInFlow(seq) &&
        typeof value === 'object' &&
        value !== null
      )
        return this.#replace(holder, [value]);
      return this.#insertInFlow(seq, at, flowText([value]).slice(1, -1));
    }
    const column = this.#column(this.#start(seq, 0));
    const text = this.#lines(this.#render([value], column));
    if (at === seq.items.length) {
      const end = this.#entryEnd(seq, at - 1);
      return this.#splice(end, end, text);
    }
    const region = this.#region(seq, at);
    if (!region.whole) throw new NotSpliceable('a compact list');
    return this.#splice(region.attached, region.attached, text);
  }

  /** Whether a `{` or `[` is open around a node: its own brackets do not count. */
  #isInFlow(node: Node): boolean {
    let found = false;
    const walk = (each: unknown, flow: boolean): void => {
      if (found) return;
      if (each === node) found = flow;
      else if (isCollection(each)) for (const item of each.items) walk(item, flow || each.flow === true);
      else if (typeof each === 'object' && each !== null && 'key' in each) walk((each as PairNode).value, flow);
    };
    walk(this.#root, false);
    return found;
  }

  #replace(holder: Holder, value: unknown): string {
    const parent = holder.kind === 'pair' ? holder.map : holder.seq;
    const old = holder.kind === 'pair' ? holder.pair.value : (holder.seq.items[holder.index] as Node);
    if (isAlias(old)) throw new NotSpliceable('an alias');
    if (old !== null && (old.anchor !== undefined || (old.tag !== undefined && this.#text[old.range[0]] === '!')))
      throw new NotSpliceable('an anchor');
    const inFlow = parent.flow === true || this.#isInFlow(parent);
    const isTree = typeof value === 'object' && value !== null && !isScalar(value);
    const isFlat = inFlow || !isTree || (isCollection(old) && old.flow === true && old.items.length > 0);
    const isLong = typeof value === 'string' && value.includes('\n') && !inFlow;
    if (inFlow || (isFlat && !isLong && !isBlockScalar(old) && !(isCollection(old) && old.flow !== true))) {
      const text = isTree
        ? flowText(value)
        : inFlow
          ? flowText([styled(value, styleOf(old))]).slice(1, -1)
          : this.#pairLines('k', value, 0, styleOf(old)).join(this.#eol).slice(3);
      if (old === null || (isNothing(old) && old.range[0] === old.range[1])) {
        const at =
          holder.kind === 'item'
            ? parent.flow === true
              ? (old?.range[0] ?? 0)
              : this.#start(holder.seq, holder.index) + 1
            : old === null
              ? holder.pair.key.range[1]
              : this.#afterColon(holder.pair, null);
        return this.#splice(at, at, `${old === null ? ':' : ''} ${text}`);
      }
      return this.#splice(old.range[0], old.range[1], text);
    }
    return this.#replaceBlock(holder, old, value);
  }

  /** The new value has lines of its own, or the old one had. What stands behind the old one's first line stays there. */
  #replaceBlock(holder: Holder, old: Node | null, value: unknown): string {
    const isPair = holder.kind === 'pair';
    const start = isPair ? startOf(holder.pair.key) : this.#start(holder.seq, holder.index);
    const column = this.#column(start);
    const literal = typeof value === 'string' && value.includes('\n') ? 'BLOCK_LITERAL' : styleOf(old);
    const rendered = isPair
      ? this.#pairLines('k', value, column, literal)
      : this.#render([styled(value, literal)], column);
    const [first = '', ...body] = rendered;
    const head = first.slice(column + 2).trimEnd();
    const mark = isPair ? this.#afterColon(holder.pair, old) : start + 1;
    const end = old === null ? mark : this.#contentEnd(old, mark);
    const glue = head === '' ? '' : ` ${head.trimStart()}`;

    if (old === null || (isNothing(old) && old.range[0] === old.range[1]))
      return this.#withBody(mark, mark, glue, body);
    if (isCollection(old) && old.flow !== true && this.#text.slice(mark, old.range[0]).includes('\n')) {
      const from = this.#lineStart(old.range[0]);
      const lineOfMark = this.#lineEnd(mark);
      return (
        this.#text.slice(0, mark) +
        glue +
        this.#text.slice(mark, lineOfMark) +
        this.#text.slice(lineOfMark, from) +
        this.#lines(body) +
        this.#text.slice(this.#lineEnd(end))
      );
    }
    if (isBlockScalar(old)) {
      const headerEnd = this.#lineEnd(old.range[0] + 1);
      const comment = /(?<![^\S\n])[^\S\n]+#[^\r\n]*/.exec(this.#text.slice(old.range[0], headerEnd))?.[0] ?? '';
      return (
        this.#text.slice(0, mark) +
        glue +
        comment +
        this.#eol +
        this.#lines(body) +
        this.#text.slice(this.#lineEnd(end))
      );
    }
    return this.#withBody(mark, end, glue, body);
  }

  /** Replaces a part of a line and puts lines below it; a comment behind the part stays behind it. */
  #withBody(from: number, to: number, text: string, body: readonly string[]): string {
    const end = this.#lineEnd(to);
    return this.#text.slice(0, from) + text + this.#text.slice(to, end) + this.#lines(body) + this.#text.slice(end);
  }

  #afterColon(pair: PairNode, old: Node | null): number {
    const from = pair.key.range[1];
    const colon = this.#text.indexOf(':', from);
    if (colon === -1 || (old !== null && colon > old.range[0])) throw new NotSpliceable('a key without a colon');
    return colon + 1;
  }

  #commas(parent: MapNode | SeqNode): (number | null)[] {
    const token = parent.srcToken as CST.FlowCollection | undefined;
    if (token === undefined || !('end' in token)) throw new NotSpliceable('a list without brackets');
    return token.items.map((item) => item.start.find((each) => each.type === 'comma')?.offset ?? null);
  }

  #flowRange(parent: MapNode | SeqNode, index: number): { from: number; to: number } {
    const item = parent.items[index] as PairNode | Node | undefined;
    if (item === undefined) throw new NotSpliceable('no such entry');
    const [first, last] = 'key' in item ? [item.key, item.value ?? item.key] : [item, item];
    if (first.anchor !== undefined || last.anchor !== undefined || first.range[0] === first.range[1])
      throw new NotSpliceable('an anchor');
    return { from: first.range[0], to: last.range[1] };
  }

  #insertInFlow(parent: MapNode | SeqNode, at: number, text: string): string {
    if (parent.items.length === 0) {
      const inside = this.#text.slice(parent.range[0] + 1, parent.range[1] - 1);
      if (inside.trim() !== '') throw new NotSpliceable('a comment in an empty list');
      return this.#splice(parent.range[0] + 1, parent.range[1] - 1, text);
    }
    if (at < parent.items.length) {
      const { from } = this.#flowRange(parent, at);
      return this.#splice(from, from, `${text}, `);
    }
    const { to } = this.#flowRange(parent, parent.items.length - 1);
    return this.#splice(to, to, `, ${text}`);
  }

  #removeFromFlow(parent: MapNode | SeqNode, index: number): string {
    const { from, to } = this.#flowRange(parent, index);
    const commas = this.#commas(parent);
    const after = commas[index + 1] ?? null;
    if (after !== null && index + 1 < parent.items.length) {
      const gap = /^[^\S\n]*/.exec(this.#text.slice(after + 1))?.[0].length ?? 0;
      return this.#text.slice(0, from) + this.#text.slice(to, after) + this.#text.slice(after + 1 + gap);
    }
    // the last one: its own comma stays for the one before, if it has one
    const before = commas[index];
    if (before === undefined || before === null) return this.#splice(from, to, '');
    const between = this.#text.slice(before + 1, from);
    return this.#text.slice(0, before) + (between.trim() === '' ? '' : between) + this.#text.slice(to);
  }

  #moveInFlow(parent: MapNode | SeqNode, from: number, to: number): string {
    const ranges = parent.items.map((_, i) => this.#flowRange(parent, i));
    const order = ranges.map((_, i) => i);
    order.splice(to, 0, ...order.splice(from, 1));
    let text = '';
    let done = 0;
    for (const [place, range] of ranges.entries()) {
      const source = ranges[order[place] ?? 0];
      if (source === undefined) throw new NotSpliceable('no such entry');
      text += this.#text.slice(done, range.from) + this.#text.slice(source.from, source.to);
      done = range.to;
    }
    return text + this.#text.slice(done);
  }
}

function pairOf(map: YAMLMap, key: string): PairNode | undefined {
  return (map as MapNode).items.find(
    ({ key: node }) => isScalar(node) && (typeof node.value === 'string' ? node.value : node.source) === key,
  );
}

function indexIn(parent: MapNode | SeqNode, step: PathStep): number {
  const index =
    typeof step === 'number'
      ? step
      : isMap(parent)
        ? parent.items.indexOf(pairOf(parent, step) as MapNode['items'][number])
        : -1;
  if (index < 0 || index >= parent.items.length) throw new NotSpliceable('no such entry');
  return index;
}

function startOf(node: Node | null): number {
  if (node === null || node.anchor !== undefined || isAlias(node)) throw new NotSpliceable('a key with an anchor');
  return node.range[0];
}

function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.anchor === undefined);
}

function isBlockScalar(node: Node | null): node is Scalar.Parsed {
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
}

/** The quotes that a value had. */
function styleOf(node: Node | null): Scalar.Type | undefined {
  return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') ? node.type : undefined;
}

function styled(value: unknown, style: Scalar.Type | undefined): unknown {
  if (typeof value !== 'string' || style === undefined || (style === 'BLOCK_LITERAL' && OPENS_BLANK.test(value)))
    return yamlData(value);
  const scalar = new Scalar(value);
  scalar.type = style;
  return scalar;
}

/** A text whose first line is blank: as a block its indentation would have to be guessed. */
const OPENS_BLANK = /^[^\S\n]*\n/;

/** A value to be written: texts that would not come back from a block are quoted. */
export function yamlData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(yamlData);
  if (typeof value === 'string' && OPENS_BLANK.test(value)) {
    const scalar = new Scalar(value);
    scalar.type = 'QUOTE_DOUBLE';
    return scalar;
  }
  if (typeof value !== 'object' || value === null || isScalar(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, yamlData(each)]));
}

/** The same with quotes around texts that end in blank lines: a block of them would take in those that follow it in the file. */
export function withQuotedEnds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withQuotedEnds);
  if (typeof value === 'string' && /\n[^\S\n]*\n$/.test(value)) return styled(value, 'QUOTE_DOUBLE');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withQuotedEnds(each)]));
}

/** A value on one line. */
function flowText(value: unknown): string {
  const document = new Document(yamlData(value), { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false });
  if (isCollection(document.contents)) document.contents.flow = true;
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: false, doubleQuotedMinMultiLineLength: 1e9, simpleKeys: true })
    .trimEnd();
}

function renderKey(key: string): string {
  return flowText({ [key]: 1 }).slice(1, -4);
}

/** The value within the maps that lead to it. */
export function nested(path: readonly PathStep[], value: unknown): unknown {
  return path.reduceRight((inner, step) => {
    if (typeof step === 'string') return { [step]: inner };
    if (step === 0) return [inner];
    throw new NotSpliceable('no such place');
  }, value);
}

export type Cut =
  | { readonly kind: 'set'; readonly path: readonly PathStep[]; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: readonly PathStep[] }
  | { readonly kind: 'insert'; readonly path: readonly PathStep[]; readonly at: number; readonly value: unknown }
  | {
      readonly kind: 'insertKey';
      readonly path: readonly PathStep[];
      readonly at: number;
      readonly key: string;
      readonly value: unknown;
    }
  | { readonly kind: 'rename'; readonly path: readonly PathStep[]; readonly key: string }
  | { readonly kind: 'move'; readonly path: readonly PathStep[]; readonly from: number; readonly to: number };

/** The text with one change. Throws `NotSpliceable`. The caller must make sure that the result says what it should. */
export function spliceYaml(text: string, cut: Cut): string {
  const splice = new Splice(text);
  switch (cut.kind) {
    case 'set':
      return splice.set(cut.path, cut.value);
    case 'remove':
      return splice.remove(cut.path);
    case 'insert':
      return splice.insert(cut.path, cut.at, cut.value);
    case 'insertKey':
      return splice.insertKey(cut.path, cut.at, cut.key, cut.value);
    case 'rename':
      return splice.renameKey(cut.path, cut.key);
    case 'move':
      return splice.move(cut.path, cut.from, cut.to);
  }
}
