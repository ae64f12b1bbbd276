import { parseAnsiLine, PLAIN, type AnsiSpan, type AnsiStyle } from './ansi.ts';

export interface LogLine {
  readonly text: string;
  readonly spans: readonly AnsiSpan[];
}

/** Characters that are kept; the oldest go first. What was dropped can be read again from the file. */
const MOST_CHARACTERS = 24_000_000;

/**
 * The part of a log file that was read so far, as lines. `from` and `next` are byte offsets in the file. A first line that was cut
 * by the offset is not shown.
 */
export class LogBuffer {
  #parts: { offset: number; text: string }[] = [];
  #characters = 0;
  #lines: LogLine[] = [];
  /** The last line while it has no line feed: it is parsed again with what follows. */
  #open = '';
  #openStyle: AnsiStyle = PLAIN;
  #hidesFirst = false;
  #next = 0;

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Byte where the part begins that is held. */
  get from(): number {
    return this.#parts[0]?.offset ?? this.#next;
  }

  /** Byte after the last one that is held. */
  get next(): number {
    return this.#next;
  }

  /** Adds what follows. Returns how many lines the log grew by. Text that does not follow on is a mistake of the caller. */
  append(text: string, offset: number, next: number): number {
    const before = this.#lines.length;
    if (this.#parts.length === 0) this.#hidesFirst = offset > 0;
    if (text !== '') {
      this.#parts.push({ offset, text });
      this.#characters += text.length;
    }
    this.#next = next;
    if (this.#characters > MOST_CHARACTERS && this.#parts.length > 1) this.#dropOldest();
    else this.#parse(text);
    return this.#lines.length - before;
  }

  /** Adds what stands before. Returns how many lines the log grew by. */
  prepend(text: string, offset: number): number {
    const before = this.#lines.length;
    this.#parts.unshift({ offset, text });
    this.#characters += text.length;
    this.#rebuild();
    return this.#lines.length - before;
  }

  #dropOldest(): void {
    while (this.#characters > MOST_CHARACTERS / 2 && this.#parts.length > 1)
      this.#characters -= this.#parts.shift()?.text.length ?? 0;
    this.#rebuild();
  }

  #rebuild(): void {
    this.#lines = [];
    this.#open = '';
    this.#openStyle = PLAIN;
    this.#hidesFirst = this.from > 0;
    for (const part of this.#parts) this.#parse(part.text);
  }

  #parse(text: string): void {
    const pieces = (this.#open + text).split('\n');
    // the line without an end was shown already
    if (this.#open !== '' && !this.#hidesFirst) this.#lines.pop();
    this.#open = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = parseAnsiLine(piece, this.#openStyle);
      this.#openStyle = line.style;
      if (this.#hidesFirst) this.#hidesFirst = false;
      else this.#lines.push({ text: line.text, spans: line.spans });
    }
    if (this.#open !== '' && !this.#hidesFirst) {
      const line = parseAnsiLine(this.#open, this.#openStyle);
      this.#lines.push({ text: line.text, spans: line.spans });
    }
  }
}

/** One place where a search fits. */
export interface LogMatch {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** More than these nobody steps through. */
const MOST_MATCHES = 10_000;

/** Places of a text, without regard to case, in order. */
export function findInLog(lines: readonly LogLine[], query: string): LogMatch[] {
  if (query === '') return [];
  const wanted = query.toLowerCase();
  const matches: LogMatch[] = [];
  for (const [line, { text }] of lines.entries()) {
    const lower = text.toLowerCase();
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) {
      matches.push({ line, from: at, to: at + wanted.length });
      if (matches.length === MOST_MATCHES) return matches;
    }
  }
  return matches;
}
