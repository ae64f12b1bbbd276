/** Lines of ssh_config(5), split as OpenSSH splits them: strdelim() for the keyword, argv_split() for the rest (misc.c). */

export interface ConfigLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As it stands, without white space around it; long ones are cut. */
  readonly text: string;
  /** In lower case. */
  readonly keyword: string;
  /** What follows the keyword, as it stands: ProxyCommand and ProxyJump take it so. */
  readonly rest: string;
  /** The arguments without quotes, escapes and comment; `null`: a quote does not close. */
  readonly args: readonly string[] | null;
}

const SHOWN_CHARACTERS = 200;

/** No real line is longer; the rest of the file is read all the same. */
const MAX_LINE_CHARACTERS = 16_384;

const BLANK = new Set([' ', '\t', '\r', '\n']);

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.has(text.charAt(at))) at += 1;
  return at;
}

/** The keyword and where the rest begins. Between them stand blanks and at most one `=`; the keyword may be quoted. */
function splitKeyword(text: string): { keyword: string; rest: string } {
  let at = skipBlanks(text, 0);
  let keyword = '';
  if (text.charAt(at) === '"') {
    const close = text.indexOf('"', at + 1);
    if (close < 0) return { keyword: text.slice(at + 1), rest: '' };
    keyword = text.slice(at + 1, close);
    at = close + 1;
  } else {
    const from = at;
    while (at < text.length && !BLANK.has(text.charAt(at)) && text.charAt(at) !== '=' && text.charAt(at) !== '"')
      at += 1;
    keyword = text.slice(from, at);
  }
  at = skipBlanks(text, at);
  if (text.charAt(at) === '=') at = skipBlanks(text, at + 1);
  return { keyword: keyword.toLowerCase(), rest: text.slice(at) };
}

/** Words in the manner of argv_split(): quotes of both kinds, `\` before a quote, a `\` or (outside quotes) a blank; `#` begins a comment. */
export function splitArguments(text: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at += 1;
    if (at >= text.length || text.charAt(at) === '#') return words;
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const c = text.charAt(at);
      const next = text.charAt(at + 1);
      if (c === '\\') {
        if (next === "'" || next === '"' || next === '\\' || (quote === '' && next === ' ')) {
          at += 1;
          word += next;
        } else word += c;
      } else if (quote === '' && (c === ' ' || c === '\t')) break;
      else if (quote === '' && (c === '"' || c === "'")) quote = c;
      else if (c === quote) quote = '';
      else word += c;
    }
    if (quote !== '') return null;
    words.push(word);
  }
}

/** The lines that say something, and the numbers of those that are too long to be read. */
export function parseLines(file: string, content: string): { lines: ConfigLine[]; tooLong: number[] } {
  const lines: ConfigLine[] = [];
  const tooLong: number[] = [];
  for (const [index, whole] of content.split('\n').entries()) {
    if (whole.length > MAX_LINE_CHARACTERS) {
      tooLong.push(index + 1);
      continue;
    }
    const text = whole.trim();
    if (text === '' || text.startsWith('#')) continue;
    const { keyword, rest } = splitKeyword(text);
    lines.push({
      file,
      line: index + 1,
      text: text.slice(0, SHOWN_CHARACTERS),
      keyword,
      rest,
      args: splitArguments(rest),
    });
  }
  return { lines, tooLong };
}
