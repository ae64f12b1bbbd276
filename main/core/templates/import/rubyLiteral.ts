/** The few values that Ruby writes down as they are: texts, numbers, lists, hashes. Nothing is run. */

export type RubyValue = string | number | boolean | null | RubyValue[] | { [key: string]: RubyValue };

/** Stands where a value is not written down but worked out. */
const UNKNOWN = Symbol('worked out');
type Read = RubyValue | typeof UNKNOWN;

/** Deeper than any form. */
const MAX_DEPTH = 40;

export interface RubyLiteral {
  readonly value: RubyValue;
  /** Where it ends, in characters. */
  readonly end: number;
  /** Parts that are worked out were left out of it. */
  readonly isPartial: boolean;
}

/**
 * The value that `text` writes down from `from` on, or null. `known` are variables whose values were read before. Items of a list and
 * entries of a hash that are worked out are left out. Never throws; time grows with the text's length.
 */
export function readRubyLiteral(text: string, from: number, known: ReadonlyMap<string, RubyValue>): RubyLiteral | null {
  const reader = new Reader(text, from, known);
  const value = reader.value(0);
  return value === UNKNOWN ? null : { value, end: reader.at, isPartial: reader.isPartial };
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>', '|': '|' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', s: ' ', '\n': '' };

class Reader {
  at: number;
  isPartial = false;
  readonly #text: string;
  readonly #known: ReadonlyMap<string, RubyValue>;

  constructor(text: string, from: number, known: ReadonlyMap<string, RubyValue>) {
    this.#text = text;
    this.at = from;
    this.#known = known;
  }

  value(depth: number): Read {
    const start = this.at;
    const found = depth > MAX_DEPTH ? UNKNOWN : this.#plain(depth);
    this.#take(/\.freeze\b/y);
    this.#blanks(/[ \t]*/y);
    // an operator or a call behind it makes another value of it
    if (found !== UNKNOWN && /(?:[,\])};\n#]|=>|$)/y.test(this.#rest())) return found;
    this.at = start;
    return UNKNOWN;
  }

  #rest(): string {
    return this.#text.slice(this.at, this.at + 2);
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  #blanks(pattern = /(?:\s|#(?!\{)[^\n]*)*/y): void {
    this.#take(pattern);
  }

  #plain(depth: number): Read {
    this.#blanks();
    const c = this.#text.charAt(this.at);
    if (c === '[') return this.#list(depth);
    if (c === '{') return this.#hash(depth);
    if (c === '"' || c === "'") return this.#quoted(c, c === '"');
    const words = this.#take(/%[wi]([[({<|])/y);
    if (words !== null)
      return this.#until(CLOSING[words[1] ?? ''] ?? '')
        .split(/\s+/)
        .filter(Boolean);
    const number = this.#take(/[-+]?\d[\d_]*(?:\.\d+)?(?![\w.])/y);
    if (number !== null) return Number(number[0].replaceAll('_', ''));
    const symbol = this.#take(/:([A-Za-z_]\w*)(?![\w(])/y);
    if (symbol !== null) return symbol[1] ?? '';
    const word = this.#take(/[@A-Za-z_]\w*[?!]?/y)?.[0];
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'nil') return null;
    return word === undefined ? UNKNOWN : (this.#known.get(word) ?? UNKNOWN);
  }

  #until(close: string): string {
    const end = this.#text.indexOf(close, this.at);
    const found = this.#text.slice(this.at, end === -1 ? undefined : end);
    this.at = end === -1 ? this.#text.length : end + 1;
    return found;
  }

  /** In double quotes, `#{name}` of a known text is filled in, and `\#{x}` is not for Ruby. */
  #quoted(quote: string, isDouble: boolean): Read {
    let made = '';
    let isKnown = true;
    for (this.at += 1; this.at < this.#text.length; this.at += 1) {
      const c = this.#text.charAt(this.at);
      if (c === quote) {
        this.at += 1;
        return isKnown ? made : UNKNOWN;
      }
      const inner = isDouble && c === '#' ? /#\{([^{}"\n]*)\}/y : null;
      if (inner !== null) inner.lastIndex = this.at;
      const filled = inner?.exec(this.#text) ?? null;
      if (filled !== null) {
        const value = this.#known.get((filled[1] ?? '').trim());
        if (typeof value === 'string' || typeof value === 'number') made += String(value);
        else isKnown = false;
        this.at += filled[0].length - 1;
      } else if (c === '\\') {
        this.at += 1;
        const next = this.#text.charAt(this.at);
        if (isDouble) made += ESCAPES[next] ?? next;
        else made += next === '\\' || next === quote ? next : `\\${next}`;
      } else made += c;
    }
    return UNKNOWN;
  }

  #list(depth: number): Read {
    const items: RubyValue[] = [];
    const loose: [string, RubyValue][] = [];
    this.at += 1;
    for (;;) {
      this.#blanks();
      if (this.#take(/\]/y) !== null) return loose.length === 0 ? items : [...items, Object.fromEntries(loose)];
      // `[a, key: b]`: a hash without braces
      const key = this.#take(/([A-Za-z_]\w*):(?!:)\s*/y);
      const item = this.value(depth + 1);
      if (item === UNKNOWN) this.#skip();
      else if (key !== null) loose.push([key[1] ?? '', item]);
      else items.push(item);
      this.#blanks();
      if (this.#take(/,/y) === null && !/\]/y.test(this.#rest())) return UNKNOWN;
    }
  }

  #hash(depth: number): Read {
    const entries: [string, RubyValue][] = [];
    this.at += 1;
    for (;;) {
      this.#blanks();
      if (this.#take(/\}/y) !== null) return Object.fromEntries(entries);
      const short = this.#take(/(?:([A-Za-z_]\w*)|"([^"\n]*)"|'([^'\n]*)'):(?![:\w])/y);
      const key = short === null ? this.value(depth + 1) : (short[1] ?? short[2] ?? short[3] ?? '');
      this.#blanks();
      if (key === UNKNOWN || typeof key === 'object' || (short === null && this.#take(/=>/y) === null)) return UNKNOWN;
      const value = this.value(depth + 1);
      if (value === UNKNOWN) this.#skip();
      else entries.push([String(key), value]);
      this.#blanks();
      if (this.#take(/,/y) === null && !/\}/y.test(this.#rest())) return UNKNOWN;
    }
  }

  /** Past something that is worked out, to the comma or bracket behind it. */
  #skip(): void {
    this.isPartial = true;
    const open: string[] = [];
    for (; this.at < this.#text.length; this.at += 1) {
      const c = this.#text.charAt(this.at);
      if (c === '"' || c === "'") {
        this.#quoted(c, c === '"');
        this.at -= 1;
      } else if (c === '[' || c === '(' || c === '{') open.push(CLOSING[c] ?? '');
      else if (c === open.at(-1)) open.pop();
      else if (open.length === 0 && (c === ',' || c === ']' || c === '}')) return;
    }
  }
}
