/** A text with embedded Ruby (ERB), taken apart into what stands outside of Ruby and what is within. Nothing is run. */

export interface ErbPiece {
  /** `output`: `<%= … %>`, its value stands in its place; `code`: `<% … %>`; `comment`: `<%# … %>`. */
  readonly kind: 'text' | 'output' | 'code' | 'comment';
  /** What stands within, or the text. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** `<%-`: blanks before it go. */
  readonly trimsBefore: boolean;
  /** `-%>`: the end of the line behind it goes. */
  readonly trimsAfter: boolean;
}

/** Pieces in their order; a tag that does not close goes to the end of the text. `<%%` and `%%>` are `<%` and `%>`. */
export function erbPieces(text: string): ErbPiece[] {
  const pieces: ErbPiece[] = [];
  let line = 1;
  let at = 0;
  let before = '';
  const flush = (): void => {
    if (before !== '')
      pieces.push({ kind: 'text', text: before, line: line - count(before), trimsBefore: false, trimsAfter: false });
    before = '';
  };
  while (at < text.length) {
    const open = text.indexOf('<%', at);
    const plain = open === -1 ? text.slice(at) : text.slice(at, open);
    before += plain;
    line += count(plain);
    if (open === -1) break;
    if (text.startsWith('<%%', open)) {
      before += '<%';
      at = open + 3;
      continue;
    }
    flush();
    const found = text.indexOf('%>', open + 2);
    const end = found === -1 ? text.length : found;
    const whole = text.slice(open + 2, end);
    const [, mark = '', inner = '', trims = ''] = /^(-?=|#|-)?([^]*?)(-?)$/.exec(whole) ?? [];
    pieces.push({
      kind: mark.endsWith('=') ? 'output' : mark === '#' ? 'comment' : 'code',
      text: inner,
      line,
      trimsBefore: mark.startsWith('-'),
      trimsAfter: trims !== '',
    });
    line += count(whole);
    at = end + 2;
  }
  flush();
  return pieces;
}

const count = (text: string): number => text.split('\n').length - 1;

type WithText<Kind extends string> = Kind extends string
  ? { readonly kind: Kind; readonly text: string; readonly line: number }
  : never;

export type Statement =
  | WithText<'if' | 'unless' | 'elsif' | 'case' | 'when'>
  /** The head of a block of another kind: a loop, a definition. */
  | WithText<'block'>
  | WithText<'other'>
  | { readonly kind: 'else'; readonly line: number }
  | { readonly kind: 'end'; readonly line: number }
  | {
      readonly kind: 'assign';
      readonly name: string;
      readonly how: '=' | '+=';
      readonly text: string;
      readonly line: number;
    };

/** Lines that mean nothing for what comes out. */
const IDLE = /^(?:#.*|require(?:_relative)?\b.*)?$/;

/**
 * The statements of a piece of Ruby, one a line, as most people write them. A loop or definition that ends in the piece says nothing by
 * itself: it is told, and what it sets is not known afterwards.
 */
export function rubyStatements(code: string, firstLine: number): Statement[] {
  const all = statementsOf(code, firstLine);
  const kept: Statement[] = [];
  for (let at = 0; at < all.length; at += 1) {
    const statement = all[at];
    const end = statement?.kind === 'block' && !ASSIGNED.test(statement.text) ? endOf(all, at) : -1;
    if (statement !== undefined)
      kept.push(statement.kind === 'block' && end !== -1 ? { ...statement, kind: 'other' } : statement);
    if (end === -1) continue;
    kept.push(
      ...all
        .slice(at + 1, end)
        .flatMap((each): Statement[] => (each.kind === 'assign' ? [{ ...each, text: `do ${each.text}` }] : [])),
    );
    at = end;
  }
  return kept;
}

const ASSIGNED = /^[a-z_]\w*\s*=/;

/** Where the block that begins at `start` ends; -1: not in this piece. */
function endOf(statements: readonly Statement[], start: number): number {
  let depth = 0;
  for (let at = start; at < statements.length; at += 1) {
    const kind = statements[at]?.kind;
    if (kind === 'block' || kind === 'if' || kind === 'unless' || kind === 'case') depth += 1;
    if (kind === 'end') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function statementsOf(code: string, firstLine: number): Statement[] {
  return code.split('\n').flatMap((each, at): Statement[] => {
    const text = each
      .trim()
      .replace(/;$/, '')
      .replace(/\s+then$/, '');
    const line = firstLine + at;
    if (IDLE.test(text)) return [];
    const [, word = '', rest = ''] = /^(if|unless|elsif|case|when|else|end)\b\s*(.*)$/.exec(text) ?? [];
    if (word === 'else' || word === 'end')
      return rest === '' ? [{ kind: word, line }] : [{ kind: 'other', text, line }];
    if (word !== '') return [{ kind: word as 'if', text: rest, line }];
    const [, name, how, value = ''] = /^([a-z_]\w*)\s*(=|\+=|<<)(?![=~>])\s*(.+)$/.exec(text) ?? [];
    if (name !== undefined) {
      // `x = case y`, `x = if y`: a block of which the variable takes the value
      if (/^(?:case|if|unless|begin)\b/.test(value) || /\b(?:do|\{)\s*(?:\|[^|]*\|)?$/.test(value))
        return [{ kind: 'block', text, line }];
      return [{ kind: 'assign', name, how: how === '=' ? '=' : '+=', text: value, line }];
    }
    if (/^(?:begin|def|while|until|for|class|module)\b/.test(text) || /\bdo\s*(?:\|[^|]*\|)?$/.test(text))
      return [{ kind: 'block', text, line }];
    return [{ kind: 'other', text, line }];
  });
}
