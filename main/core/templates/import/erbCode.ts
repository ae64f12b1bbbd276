/** What Ruby between `<%` and `%>` writes down as it is: values of variables, here-documents, widgets as hashes. Nothing is run. */
import { readRubyLiteral, type RubyValue } from './rubyLiteral.ts';

export interface SourceLine {
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
}

/** What all pieces of Ruby of a form come to. */
export interface RubyFound {
  /** Variables whose values are written down. */
  readonly known: Map<string, RubyValue>;
  /** Widgets that are put into the form by name: `form['nodes'] = { 'widget' => 'number' }`. */
  readonly widgets: { readonly name: string; readonly widget: { [key: string]: RubyValue }; readonly line: number }[];
  /** Here-documents that become part of the job script. */
  readonly script: SourceLine[];
  /** What would have to be run. */
  readonly unread: SourceLine[];
  /** Files of other forms that this one begins from. */
  readonly otherForms: Set<string>;
}

export const emptyFound = (): RubyFound => ({
  known: new Map(),
  widgets: [],
  script: [],
  unread: [],
  otherForms: new Set(),
});

const HEREDOC = /<<([~-]?)(?:(['"])(\w+)\2|([A-Z]\w*))/;
const ASSIGNED = /^[ \t]*([@A-Za-z_]\w*)[ \t]*(\|\|)?=(?![=~>])[ \t]*/;
const CHANGED = /^[ \t]*([@A-Za-z_]\w*)[ \t]*(?:\+=|-=|<<|\.(?:push|concat|map!|reject!|delete\w*|unshift)\b)/;
const WIDGET = /^[ \t]*[\w.@]+(?:\[[^\]\n]*\])*\[[ \t]*['"]([A-Za-z]\w*)['"][ \t]*\][ \t]*=[ \t]*(?=\{)/;
const OTHER_FORM = /['"]([^'"\n]*form\.ya?ml(?:\.erb)?)['"]/;
/** Says nothing by itself. */
const STRUCTURE = /^\s*(?:end|else|begin|ensure|rescue|\}|\]|\))?\s*[,)}\]]*\s*$/;

/** Adds what `code`, whose first line is `firstLine` of the file, writes down. Time grows with the code's length. */
export function readRuby(code: string, firstLine: number, found: RubyFound): void {
  const lines = code.split('\n');
  const starts: number[] = [];
  for (let at = 0, offset = 0; at < lines.length; at += 1) {
    starts.push(offset);
    offset += (lines[at] ?? '').length + 1;
  }
  /** The first line that begins at or after `offset`. */
  const after = (at: number, offset: number): number => {
    let next = at + 1;
    while (next < lines.length && (starts[next] ?? 0) < offset) next += 1;
    return next;
  };
  for (let at = 0; at < lines.length;) {
    const text = lines[at] ?? '';
    const line = firstLine + at;
    const other = OTHER_FORM.exec(text)?.[1];
    if (other !== undefined && !/^\s*#/.test(text)) found.otherForms.add(other);
    const heredoc = /^\s*#/.test(text) ? null : HEREDOC.exec(text);
    if (/^\s*#/.test(text) || STRUCTURE.test(text)) at += 1;
    else if (heredoc !== null) at = readHeredoc(lines, at, firstLine, heredoc, found);
    else at = readStatement(code, text, at, line, starts, after, found);
  }
}

function readStatement(
  code: string,
  text: string,
  at: number,
  line: number,
  starts: readonly number[],
  after: (at: number, offset: number) => number,
  found: RubyFound,
): number {
  const begin = starts[at] ?? 0;
  const widget = WIDGET.exec(text);
  const assigned = widget === null ? ASSIGNED.exec(text) : null;
  const match = widget ?? assigned;
  const literal = match === null ? null : readRubyLiteral(code, begin + match[0].length, found.known);
  const name = match?.[1] ?? '';
  if (literal !== null && widget !== null && isHash(literal.value) && Object.hasOwn(literal.value, 'widget')) {
    found.widgets.push({ name, widget: literal.value, line });
    if (literal.isPartial) found.unread.push({ text: `${text.trim()} …`, line });
    return after(at, literal.end);
  }
  if (literal !== null && assigned !== null) {
    // `x ||= 1` leaves a value that is there
    if (assigned[2] === undefined || !found.known.has(name)) found.known.set(name, literal.value);
    if (literal.isPartial) found.unread.push({ text: `${text.trim()} …`, line });
    return after(at, literal.end);
  }
  const changed = assigned?.[1] ?? CHANGED.exec(text)?.[1];
  if (changed !== undefined) found.known.delete(changed);
  found.unread.push({ text: text.trim(), line });
  return at + 1;
}

const isHash = (value: RubyValue): value is { [key: string]: RubyValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The lines up to the word that ends it, without the indentation that `<<~` takes away. */
function readHeredoc(
  lines: readonly string[],
  at: number,
  firstLine: number,
  [whole, kind = '', quote = '', quotedTag, plainTag]: RegExpExecArray,
  found: RubyFound,
): number {
  const tag = quotedTag ?? plainTag ?? '';
  const opening = lines[at] ?? '';
  const end = lines.findIndex((line, row) => row > at && (kind === '' ? line === tag : line.trim() === tag));
  const last = end === -1 ? lines.length : end;
  const body = lines.slice(at + 1, last);
  const indents = body.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const margin = kind === '~' ? Math.min(...indents, Infinity) : 0;
  const texts = body
    .map((line) => line.slice(Math.min(margin, line.length)))
    .map((line) => (quote === "'" ? line : line.replaceAll('\\#{', '#{')));
  const name = ASSIGNED.exec(opening)?.[1];
  if (/script/i.test(opening.replace(whole, '')) || /script|job|command/i.test(tag))
    texts.forEach((text, row) => found.script.push({ text, line: firstLine + at + 1 + row }));
  else if (name !== undefined) found.known.set(name, `${texts.join('\n')}\n`);
  else found.unread.push({ text: opening.trim(), line: firstLine + at });
  return last + 1;
}
