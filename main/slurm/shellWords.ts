/**
 * Where the words of a bash script stand, for finding literal values in it and putting variables in their place. Not a shell: it
 * knows quotes, comments, here-documents and expansions well enough to leave alone what it does not take apart.
 */

export interface ShellWord {
  /** From 0. */
  readonly line: number;
  /** Which word of its line, from 0. Putting one word in place of another changes no other's number. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly raw: string;
  /** What the word means where nothing in it is expanded; null otherwise, and where it goes over the end of the line. */
  readonly literal: string | null;
  /** Words of one command share it. */
  readonly command: number;
  /** The command's own name, or an assignment before it. */
  readonly isFirst: boolean;
  /** The redirection that it is the target of: `>`, `>>`, `<`. */
  readonly redirect: string | null;
}

export interface ShellText {
  readonly words: readonly ShellWord[];
  /** Lines that are comments, from 0. */
  readonly comments: ReadonlySet<number>;
  /** Lines within here-documents, from 0. */
  readonly hereLines: ReadonlySet<number>;
}

/** Words behind which a command begins. */
const BEFORE_COMMAND = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
  'time',
  'export',
  'exec',
  'nohup',
]);
/** What a word may consist of so that nothing in it is expanded. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Expansions within expansions; nobody writes more. */
const MAX_DEPTH = 100;

class Unclosed extends Error {}

/** Null where a quote or a bracket is not closed: such a text is not understood. */
export function shellWords(text: string): ShellText | null {
  try {
    return new Reader(text).read();
  } catch (error) {
    if (error instanceof Unclosed) return null;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 0;
  #lineStart = 0;
  #inLine = 0;
  #command = 0;
  #first = true;
  #redirect: string | null = null;
  #depth = 0;
  readonly #here: { readonly end: string; readonly tabs: boolean }[] = [];
  readonly #words: ShellWord[] = [];
  readonly #comments = new Set<number>();
  readonly #hereLines = new Set<number>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): ShellText {
    while (this.#at < this.#text.length) this.#step();
    return { words: this.#words, comments: this.#comments, hereLines: this.#hereLines };
  }

  #step(): void {
    const c = this.#text.charAt(this.#at);
    if (c === ' ' || c === '\t' || c === '\r') this.#at += 1;
    else if (c === '\n') this.#endLine();
    else if (c === '\\' && this.#text.charAt(this.#at + 1) === '\n') {
      this.#at += 1;
      this.#newLine();
    } else if (c === '#') this.#comment();
    else if (';&|()'.includes(c)) this.#operator(c);
    else if (c === '<' || c === '>') this.#redirection();
    else this.#word();
  }

  /** Goes over a line end at the present place. */
  #newLine(): void {
    this.#at += 1;
    this.#line += 1;
    this.#lineStart = this.#at;
    this.#inLine = 0;
  }

  #newCommand(): void {
    this.#command += 1;
    this.#first = true;
    this.#redirect = null;
  }

  #endLine(): void {
    this.#newLine();
    this.#newCommand();
    for (let here = this.#here.shift(); here !== undefined; here = this.#here.shift()) this.#hereDocument(here);
  }

  #hereDocument({ end, tabs }: { readonly end: string; readonly tabs: boolean }): void {
    while (this.#at < this.#text.length) {
      const stop = this.#text.indexOf('\n', this.#at);
      const line = this.#text.slice(this.#at, stop === -1 ? undefined : stop);
      this.#hereLines.add(this.#line);
      if (stop === -1) this.#at = this.#text.length;
      else {
        this.#at = stop;
        this.#newLine();
      }
      if ((tabs ? line.replace(/^\t+/, '') : line) === end) return;
    }
  }

  #comment(): void {
    if (this.#text.slice(this.#lineStart, this.#at).trim() === '') this.#comments.add(this.#line);
    const stop = this.#text.indexOf('\n', this.#at);
    this.#at = stop === -1 ? this.#text.length : stop;
  }

  #operator(c: string): void {
    if (c === '&' && this.#text.charAt(this.#at + 1) === '>') {
      this.#at += 1;
      this.#redirection();
      return;
    }
    if (c === '(' && this.#text.charAt(this.#at + 1) === '(' && this.#first) {
      this.#brackets();
      return;
    }
    this.#at += 1;
    this.#newCommand();
  }

  #redirection(): void {
    const [sign = '<'] = /^(?:<<<|<<-?|<>|<&|<|>>|>&|>\||>)/.exec(this.#text.slice(this.#at, this.#at + 3)) ?? [];
    if ((sign === '<' || sign === '>') && this.#text.charAt(this.#at + 1) === '(') {
      this.#word();
      return;
    }
    this.#at += sign.length;
    if (sign === '<<' || sign === '<<-') {
      while (this.#text.charAt(this.#at) === ' ' || this.#text.charAt(this.#at) === '\t') this.#at += 1;
      const from = this.#at;
      this.#skipWord();
      this.#here.push({ end: this.#text.slice(from, this.#at).replaceAll(/["'\\]/g, ''), tabs: sign === '<<-' });
    } else this.#redirect = sign;
  }

  #word(): void {
    const { line, start } = { line: this.#line, start: this.#at - this.#lineStart };
    const from = this.#at;
    const index = this.#inLine;
    this.#inLine += 1;
    this.#skipWord();
    const raw = this.#text.slice(from, this.#at);
    const isDescriptor =
      /^\d+$/.test(raw) && (this.#text.charAt(this.#at) === '<' || this.#text.charAt(this.#at) === '>');
    const literal = line !== this.#line || isDescriptor ? null : literalOf(raw);
    const isFirst = this.#first && this.#redirect === null;
    this.#words.push({
      line,
      index,
      start,
      end: start + raw.length,
      raw,
      literal,
      command: this.#command,
      isFirst,
      redirect: this.#redirect,
    });
    if (isFirst && !BEFORE_COMMAND.has(raw) && !/^[A-Za-z_]\w*=/.test(raw)) this.#first = false;
    this.#redirect = null;
  }

  #skipWord(): void {
    const from = this.#at;
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at);
      if (' \t\r\n;&|)'.includes(c)) return;
      if (c === '(') {
        // an array after `=`, a pattern of extglob, or the brackets of a function's name
        if (this.#at === from) return;
        this.#brackets();
      } else if (c === '<' || c === '>') {
        if (this.#text.charAt(this.#at + 1) !== '(') return;
        this.#at += 1;
        this.#brackets();
      } else this.#piece(c);
    }
  }

  /** One character, or one quoted or expanded part. */
  #piece(c: string): void {
    this.#deeper(() => this.#onePiece(c));
  }

  #deeper(read: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Unclosed();
    read();
    this.#depth -= 1;
  }

  #onePiece(c: string): void {
    if (c === '\\') this.#go(2);
    else if (c === "'") this.#until("'", false);
    else if (c === '"') this.#doubleQuoted();
    else if (c === '`') this.#until('`', true);
    else if (c === '$') this.#expansion();
    else this.#go(1);
  }

  /** Goes on, counting line ends. */
  #go(count: number): void {
    for (let n = 0; n < count && this.#at < this.#text.length; n += 1) {
      if (this.#text.charAt(this.#at) === '\n') this.#newLine();
      else this.#at += 1;
    }
  }

  #until(end: string, escapes: boolean): void {
    this.#go(1);
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at);
      this.#go(escapes && c === '\\' ? 2 : 1);
      if (c === end) return;
    }
    throw new Unclosed();
  }

  #doubleQuoted(): void {
    this.#go(1);
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at);
      if (c === '"') {
        this.#go(1);
        return;
      }
      // a single quote is an ordinary character here
      if (c === "'") this.#go(1);
      else this.#piece(c);
    }
    throw new Unclosed();
  }

  #expansion(): void {
    const next = this.#text.charAt(this.#at + 1);
    this.#go(1);
    if (next === '(') this.#brackets();
    else if (next === '{') this.#braces();
    else if (next === "'") this.#until("'", true);
  }

  #braces(): void {
    this.#go(1);
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at);
      if (c === '}') {
        this.#go(1);
        return;
      }
      this.#piece(c);
    }
    throw new Unclosed();
  }

  #brackets(): void {
    this.#go(1);
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at);
      if (c === ')') {
        this.#go(1);
        return;
      }
      if (c === '(') this.#deeper(() => this.#brackets());
      else this.#piece(c);
    }
    throw new Unclosed();
  }
}

function literalOf(raw: string): string | null {
  const quoted = /^(?:([A-Za-z_][\w-]*=|--?[A-Za-z][\w-]*=)?)(["'])([^"']*)\2$/.exec(raw);
  if (quoted === null) return PLAIN.test(raw) ? raw : null;
  const [, before = '', , inner = ''] = quoted;
  return PLAIN.test(inner) ? `${before}${inner}` : null;
}
