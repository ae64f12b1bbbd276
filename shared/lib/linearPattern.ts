/**
 * Regular expressions from templates, matched in time proportional to text × pattern. A template may come from anybody, and
 * JavaScript's own engine can be held up for hours by twenty characters of pattern. This one follows all ways through the
 * pattern at once (Thompson 1968), so it never goes back.
 */

import { message, type Message } from '../messages/message.ts';

/** Enough for `[A-Z]{3}-\d{1,200}`; stops `((a{99}){99}){99}`. */
const MAX_INSTRUCTIONS = 1000;
/** The same for what is asked of one character, each range of a class by itself: `[abc…]{900}` is many questions in few instructions. */
const MAX_TESTS = 5000;
/** Longer than any that a person writes. */
const MAX_CHARACTERS = 20_000;

type Test = (codePoint: number) => boolean;
type Instruction =
  | { kind: 'one'; test: Test }
  | { kind: 'split'; other: number }
  | { kind: 'jump'; to: number }
  | { kind: 'begin' }
  | { kind: 'end' };

type Node =
  /** `tests`: how many ranges are looked at. */
  | { kind: 'one'; test: Test; tests: number }
  | { kind: 'begin' }
  | { kind: 'end' }
  | { kind: 'sequence'; parts: Node[] }
  | { kind: 'choice'; options: Node[] }
  | { kind: 'repeat'; part: Node; min: number; max: number };

export type LinearPattern = { ok: true; matches: (text: string) => boolean } | { ok: false; reason: Message };

/**
 * Reads a regular expression that must fit a whole text, as an HTML field's `pattern` does. Known: literals, `.`, classes,
 * `\d \w \s` and their opposites, groups, `|`, `* + ? {n,m}`, `^`, `$`. Look-around, back references and `\b` are refused.
 */
export function linearPattern(source: string): LinearPattern {
  if (source.length > MAX_CHARACTERS) return { ok: false, reason: message('format.pattern.tooLarge') };
  try {
    const program = compile(new Reader(source).all());
    return { ok: true, matches: (text) => run(program, text) };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, reason: error.said };
    throw error;
  }
}

class PatternError extends Error {
  readonly said: Message;

  constructor(said: Message) {
    super(said.id);
    this.said = said;
  }
}

const between =
  (low: string, high: string): Test =>
  (c) =>
    c >= (low.codePointAt(0) ?? 0) && c <= (high.codePointAt(0) ?? 0);
const anyOf =
  (tests: readonly Test[]): Test =>
  (c) =>
    tests.some((test) => test(c));
const not =
  (test: Test): Test =>
  (c) =>
    !test(c);
const digit = between('0', '9');
const word = anyOf([digit, between('a', 'z'), between('A', 'Z'), between('_', '_')]);
const space: Test = (c) => /\s/.test(String.fromCodePoint(c));
const CLASSES: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };

/** Recursive descent over the pattern's characters. */
class Reader {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#characters = Array.from(source);
  }

  all(): Node {
    const node = this.#choice();
    if (this.#peek() !== undefined)
      throw new PatternError(message('format.pattern.noBeginning', { character: this.#peek() ?? '' }));
    return node;
  }

  #peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  #take(): string {
    const c = this.#characters[this.#at];
    if (c === undefined) throw new PatternError(message('format.pattern.endsEarly'));
    this.#at += 1;
    return c;
  }

  #choice(): Node {
    this.#depth += 1;
    if (this.#depth > 100) throw new PatternError(message('format.pattern.deep'));
    const options = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at += 1;
      options.push(this.#sequence());
    }
    this.#depth -= 1;
    return { kind: 'choice', options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (let c = this.#peek(); c !== undefined && c !== '|' && c !== ')'; c = this.#peek())
      parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Node {
    const part = this.#atom();
    const counts = this.#quantifier();
    if (counts === null) return part;
    if (this.#peek() === '?') this.#at += 1; // lazy or greedy: the same for a whole match
    if (this.#quantifier() !== null) throw new PatternError(message('format.pattern.repeatedTwice'));
    return { kind: 'repeat', part, ...counts };
  }

  /** The text from here on, where it is a count in braces; a `{` that begins none is a character. */
  #braces(): RegExpExecArray | null {
    return this.#peek() === '{'
      ? /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.#characters.slice(this.#at, this.#at + 16).join(''))
      : null;
  }

  #quantifier(): { min: number; max: number } | null {
    const c = this.#peek();
    if (c === '*' || c === '+' || c === '?') {
      this.#at += 1;
      return { min: c === '+' ? 1 : 0, max: c === '?' ? 1 : Infinity };
    }
    const braces = this.#braces();
    if (braces === null) return null;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? Infinity : Number(braces[3]);
    if (max < min) throw new PatternError(message('format.pattern.backwards', { braces: braces[0] }));
    return { min, max };
  }

  #atom(): Node {
    const [lone] = this.#braces() ?? [];
    if (lone !== undefined) throw new PatternError(message('format.pattern.nothingToRepeat', { character: lone }));
    const c = this.#take();
    switch (c) {
      case '^':
        return { kind: 'begin' };
      case '$':
        return { kind: 'end' };
      case '.':
        return {
          kind: 'one',
          test: not(anyOf([between('\n', '\n'), between('\r', '\r'), between('\u2028', '\u2029')])),
          tests: 3,
        };
      case '[':
        return { kind: 'one', ...this.#class() };
      case '(':
        return this.#group();
      case '\\':
        return { kind: 'one', test: this.#escape(), tests: 1 };
      case '*':
      case '+':
      case '?':
        throw new PatternError(message('format.pattern.nothingToRepeat', { character: c }));
      default:
        return { kind: 'one', test: between(c, c), tests: 1 };
    }
  }

  #group(): Node {
    if (this.#peek() === '?') {
      if (this.#peek(1) !== ':') throw new PatternError(message('format.pattern.lookAround'));
      this.#at += 2;
    }
    const node = this.#choice();
    if (this.#peek() !== ')') throw new PatternError(message('format.pattern.notClosed'));
    this.#at += 1;
    return node;
  }

  /** After a backslash. */
  #escape(): Test {
    const c = this.#take();
    const known = CLASSES[c];
    if (known !== undefined) return known;
    const literal = CONTROLS[c] ?? c;
    if (/[A-Za-z0-9]/.test(c) && CONTROLS[c] === undefined)
      throw new PatternError(message('format.pattern.notSupported', { character: c }));
    return between(literal, literal);
  }

  /** After the opening bracket. */
  #class(): { test: Test; tests: number } {
    const negated = this.#peek() === '^';
    if (negated) this.#at += 1;
    const tests: Test[] = [];
    for (;;) {
      const c = this.#take();
      if (c === ']') return { test: negated ? not(anyOf(tests)) : anyOf(tests), tests: tests.length };
      if (c === '\\' && CLASSES[this.#peek() ?? ''] !== undefined) {
        tests.push(this.#escape());
        continue;
      }
      const low = c === '\\' ? this.#classEscape() : c;
      const next = this.#peek(1);
      if (this.#peek() !== '-' || next === undefined || next === ']') {
        tests.push(between(low, low));
        continue;
      }
      this.#at += 1;
      const taken = this.#take();
      const high = taken === '\\' ? this.#classEscape() : taken;
      if ((low.codePointAt(0) ?? 0) > (high.codePointAt(0) ?? 0))
        throw new PatternError(message('format.pattern.emptyRange', { low, high }));
      tests.push(between(low, high));
    }
  }

  #classEscape(): string {
    const c = this.#take();
    if (/[A-Za-z0-9]/.test(c) && CONTROLS[c] === undefined)
      throw new PatternError(message('format.pattern.notSupported', { character: c }));
    return CONTROLS[c] ?? c;
  }
}

function compile(root: Node): Instruction[] {
  const program: Instruction[] = [];
  const emit = (instruction: Instruction): number => {
    if (program.length >= MAX_INSTRUCTIONS) throw new PatternError(message('format.pattern.tooLarge'));
    return program.push(instruction) - 1;
  };
  let tests = 0;
  const node = (n: Node): void => {
    switch (n.kind) {
      case 'one':
        tests += n.tests;
        if (tests > MAX_TESTS) throw new PatternError(message('format.pattern.tooLarge'));
        emit(n);
        return;
      case 'begin':
      case 'end':
        emit(n);
        return;
      case 'sequence':
        n.parts.forEach(node);
        return;
      case 'choice': {
        const ends: number[] = [];
        n.options.forEach((option, i) => {
          const split = i < n.options.length - 1 ? emit({ kind: 'split', other: 0 }) : null;
          node(option);
          if (split === null) return;
          ends.push(emit({ kind: 'jump', to: 0 }));
          program[split] = { kind: 'split', other: program.length };
        });
        for (const end of ends) program[end] = { kind: 'jump', to: program.length };
        return;
      }
      case 'repeat': {
        for (let i = 0; i < n.min; i += 1) {
          const before = program.length;
          node(n.part);
          if (program.length === before) break; // nothing, however often
        }
        if (n.max === Infinity) {
          const split = emit({ kind: 'split', other: 0 });
          node(n.part);
          emit({ kind: 'jump', to: split });
          program[split] = { kind: 'split', other: program.length };
        } else {
          const splits: number[] = [];
          for (let i = n.min; i < n.max; i += 1) {
            splits.push(emit({ kind: 'split', other: 0 }));
            node(n.part);
          }
          for (const split of splits) program[split] = { kind: 'split', other: program.length };
        }
      }
    }
  };
  node(root);
  return program;
}

function run(program: readonly Instruction[], text: string): boolean {
  const characters = Array.from(text);
  /** The position for which an instruction was reached last, from 1. */
  const reached = new Uint32Array(program.length + 1);
  const open: number[] = [];
  const add = (into: number[], start: number, position: number): void => {
    open.push(start);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached[at] === position + 1) continue;
      reached[at] = position + 1;
      const instruction = program[at];
      if (instruction === undefined || instruction.kind === 'one') into.push(at);
      else if (instruction.kind === 'jump') open.push(instruction.to);
      else if (instruction.kind === 'split') open.push(at + 1, instruction.other);
      else if (position === (instruction.kind === 'begin' ? 0 : characters.length)) open.push(at + 1);
    }
  };
  let current: number[] = [];
  add(current, 0, 0);
  for (let position = 0; position < characters.length && current.length > 0; position += 1) {
    const code = characters[position]?.codePointAt(0) ?? 0;
    const next: number[] = [];
    for (const at of current) {
      const instruction = program[at];
      if (instruction?.kind === 'one' && instruction.test(code)) add(next, at + 1, position + 1);
    }
    current = next;
  }
  return reached[program.length] === characters.length + 1;
}
