/** The plain expressions of Ruby that forms are written with, as a tree. No expression is run; what is not of these is null. */

export type RubyExpression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'truth'; readonly value: boolean }
  /** Words that stand next to each other: `"a#{b}"`. */
  | { readonly kind: 'joined'; readonly parts: readonly RubyExpression[] }
  | { readonly kind: 'list'; readonly items: readonly RubyExpression[] }
  /** `/a|b/` with plain words only. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** A variable, a field (`context.` before it is left out), or a constant such as `Pathname`. */
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'call';
      readonly of: RubyExpression;
      readonly method: string;
      readonly given: readonly RubyExpression[];
    }
  | {
      readonly kind: 'operation';
      readonly operator: string;
      readonly left: RubyExpression;
      readonly right: RubyExpression;
    }
  | { readonly kind: 'not'; readonly of: RubyExpression }
  | {
      readonly kind: 'choice';
      readonly test: RubyExpression;
      readonly yes: RubyExpression;
      readonly no: RubyExpression;
    };

/** Longer ones nobody writes into a form. */
const MAX_LENGTH = 2000;
const MAX_DEPTH = 30;

/** Null for everything else than names, literals, their comparisons, sums, ternaries and calls without blocks. Never throws. */
export function readExpression(text: string): RubyExpression | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    const reader = new Reader(text);
    const found = reader.expression(0);
    return reader.isDone() ? found : null;
  } catch (error) {
    if (error instanceof NotPlain) return null;
    throw error;
  }
}

class NotPlain extends Error {}

const LEVELS: readonly RegExp[] = [/\|\||or\b/y, /&&|and\b/y, /==|!=|=~|!~|>=|<=|>|</y, /[+-]/y, /[*/]/y];

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isDone(): boolean {
    this.#take(/\s*/y);
    return this.#at >= this.#text.length;
  }

  expression(depth: number): RubyExpression {
    if (depth > MAX_DEPTH) throw new NotPlain();
    const test = this.#binary(0, depth);
    if (this.#word(/\?/y) === null) return test;
    const yes = this.expression(depth + 1);
    if (this.#word(/:/y) === null) throw new NotPlain();
    return { kind: 'choice', test, yes, no: this.expression(depth + 1) };
  }

  #binary(level: number, depth: number): RubyExpression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary(depth);
    let left = this.#binary(level + 1, depth);
    for (;;) {
      const found = this.#word(operators);
      if (found === null) return left;
      const operator = found === 'or' ? '||' : found === 'and' ? '&&' : found;
      left = { kind: 'operation', operator, left, right: this.#binary(level + 1, depth + 1) };
    }
  }

  #unary(depth: number): RubyExpression {
    if (depth > MAX_DEPTH) throw new NotPlain();
    if (this.#word(/!(?![=~])|not\b/y) !== null) return { kind: 'not', of: this.#unary(depth + 1) };
    let found = this.#atom(depth);
    for (;;) {
      const [, method] = this.#match(/\s*(?:&?\.|::)\s*([A-Za-z_]\w*(?:\?|!(?!=))?)/y) ?? [];
      if (method !== undefined) {
        const given = this.#take(/\(/y) === null ? [] : this.#until(')', depth);
        found =
          found.kind === 'name' && found.name === 'context' && given.length === 0
            ? { kind: 'name', name: method }
            : { kind: 'call', of: found, method, given };
      } else if (
        found.kind === 'name' &&
        (found.name === 'ENV' || found.name === 'context') &&
        this.#take(/\[/y) !== null
      ) {
        const [key] = this.#until(']', depth);
        if (key?.kind !== 'text') throw new NotPlain();
        found =
          found.name === 'context'
            ? { kind: 'name', name: key.value }
            : { kind: 'call', of: found, method: 'fetch', given: [key] };
      } else return found;
    }
  }

  #atom(depth: number): RubyExpression {
    this.#take(/\s*/y);
    const [number] = this.#match(/-?\d[\d_]*(?:\.\d+)?/y) ?? [];
    if (number !== undefined) return { kind: 'number', value: Number(number.replaceAll('_', '')) };
    if (this.#take(/"/y) !== null) return this.#quoted(depth);
    const [, single] = this.#match(/'((?:[^'\\]|\\[^])*)'/y) ?? [];
    if (single !== undefined) return { kind: 'text', value: single.replaceAll(/\\(['\\])/g, '$1') };
    const [, symbol] = this.#match(/:([a-z_]\w*)/y) ?? [];
    if (symbol !== undefined) return { kind: 'text', value: symbol };
    const [, pattern] = this.#match(/\/([\w|-]+)\//y) ?? [];
    if (pattern !== undefined) return { kind: 'words', words: pattern.split('|').filter((word) => word !== '') };
    const [, words] = this.#match(/%w[[(]([^\])]*)[\])]/y) ?? [];
    if (words !== undefined)
      return {
        kind: 'list',
        items: words
          .split(/\s+/)
          .filter((word) => word !== '')
          .map((value) => ({ kind: 'text', value })),
      };
    if (this.#take(/\[/y) !== null) return { kind: 'list', items: this.#until(']', depth) };
    if (this.#take(/\(/y) !== null) {
      const [inner, more] = this.#until(')', depth);
      if (inner === undefined || more !== undefined) throw new NotPlain();
      return inner;
    }
    const [name] = this.#match(/[A-Za-z_]\w*\b/y) ?? [];
    if (name === undefined || /^(?:if|unless|do|end|rescue|while|then|else|case|lambda|proc)$/.test(name))
      throw new NotPlain();
    return name === 'nil'
      ? { kind: 'nothing' }
      : name === 'true' || name === 'false'
        ? { kind: 'truth', value: name === 'true' }
        : { kind: 'name', name };
  }

  /** Behind the opening quote. */
  #quoted(depth: number): RubyExpression {
    const parts: RubyExpression[] = [];
    for (;;) {
      const [text = ''] = this.#match(/(?:[^"\\#]|\\[^]|#(?!\{))*/y) ?? [];
      if (text !== '')
        parts.push({
          kind: 'text',
          value: text.replaceAll(/\\([^])/g, (_, c: string) => ({ n: '\n', t: '\t' })[c] ?? c),
        });
      if (this.#take(/"/y) !== null) break;
      if (this.#take(/#\{/y) === null) throw new NotPlain();
      parts.push(this.expression(depth + 1));
      if (this.#word(/\}/y) === null) throw new NotPlain();
    }
    const [first] = parts;
    return parts.length === 1 && first?.kind === 'text'
      ? first
      : parts.length === 0
        ? { kind: 'text', value: '' }
        : { kind: 'joined', parts };
  }

  /** What stands between commas, up to `end`. */
  #until(end: string, depth: number): RubyExpression[] {
    const found: RubyExpression[] = [];
    const close = end === ')' ? /\)/y : /\]/y;
    while (this.#word(close) === null) {
      if (found.length > 0 && this.#word(/,/y) === null) throw new NotPlain();
      if (found.length > 0 && this.#word(close) !== null) break;
      found.push(this.expression(depth + 1));
    }
    return found;
  }

  /** The pattern behind blanks; nothing is taken where it is not there. */
  #word(pattern: RegExp): string | null {
    const before = this.#at;
    this.#take(/\s*/y);
    const found = this.#take(pattern);
    if (found === null) this.#at = before;
    return found;
  }

  #take(pattern: RegExp): string | null {
    return this.#match(pattern)?.[0] ?? null;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}
