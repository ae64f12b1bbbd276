/**
 * A form of Open Composer with Ruby in it, as far as it can be read without running it: what stands outside, loops over lists that are
 * written down, the first of the branches, values of plain expressions. Source: ERB (trim mode "-", as Open Composer reads forms).
 */
import { emptyFound, readRuby, type RubyFound, type SourceLine } from './erbCode.ts';
import { erbPieces } from './erbTags.ts';
import { readRubyLiteral, type RubyValue } from './rubyLiteral.ts';

export interface ErbText {
  readonly lines: readonly SourceLine[];
  readonly found: RubyFound;
}

/** Stands where a value is worked out on the server. */
export const WORKED_OUT = '\u{e002}';

/** A loop over a long list writes no more than this. */
const MAX_CHARACTERS = 2_000_000;

type Token = { readonly kind: 'text' | 'code' | 'value'; readonly text: string; readonly line: number };

function tokensOf(text: string): Token[] {
  const pieces = erbPieces(text);
  return pieces.flatMap((piece, at): Token[] => {
    if (piece.kind === 'comment') return [];
    if (piece.kind !== 'text')
      return [{ kind: piece.kind === 'output' ? 'value' : 'code', text: piece.text, line: piece.line }];
    const isJoined = pieces[at - 1]?.trimsAfter === true && piece.text.startsWith('\n');
    const whole = isJoined ? piece.text.slice(1) : piece.text;
    return [
      {
        kind: 'text',
        text: pieces[at + 1]?.trimsBefore === true ? whole.replace(/[ \t]+$/, '') : whole,
        line: piece.line + Number(isJoined),
      },
    ];
  });
}

interface Block {
  /** Null: the whole form. */
  readonly code: Token | null;
  readonly branches: (Token | Block)[][];
}

const OPENS =
  /^\s*(?:if|unless|case|while|until|for|begin)\b(?![\s\S]*\n[\s\S]*\S)|\bdo\s*(?:\|[^|\n]*\|)?\s*$|\{\s*\|[^|\n]*\|\s*$/;
const CLOSES = /^\s*(?:end\b|\})[\s\S]*$/;
const BRANCHES = /^\s*(?:else|elsif|when|in)\b/;

function blocksOf(tokens: readonly Token[]): Block {
  const root: Block = { code: null, branches: [[]] };
  const open = [root];
  for (const token of tokens) {
    const top = open.at(-1) ?? root;
    if (token.kind === 'code' && top !== root && CLOSES.test(token.text)) open.pop();
    else if (token.kind === 'code' && top !== root && BRANCHES.test(token.text)) top.branches.push([]);
    else if (token.kind === 'code' && OPENS.test(token.text)) {
      const block: Block = { code: token, branches: [[]] };
      top.branches.at(-1)?.push(block);
      open.push(block);
    } else top.branches.at(-1)?.push(token);
  }
  return root;
}

/** Reads a form. Never throws. */
export function readErb(text: string): ErbText {
  const found = emptyFound();
  const pieces: SourceLine[] = [];
  let length = 0;
  const emit = (piece: string, line: number): void => {
    length += piece.length;
    if (length <= MAX_CHARACTERS) pieces.push({ text: piece, line });
  };
  const walk = (items: readonly (Token | Block)[], scope: ReadonlyMap<string, RubyValue> | null): void => {
    for (const item of items) {
      if ('branches' in item) walkBlock(item, scope);
      else if (item.kind === 'text') emit(item.text, item.line);
      else if (item.kind === 'code') readRuby(item.text, item.line, found);
      else emit(valueText(item, scope ?? found.known, found), item.line);
    }
  };
  const walkBlock = (
    { code, branches: [first = [], ...others] }: Block,
    scope: ReadonlyMap<string, RubyValue> | null,
  ): void => {
    const known = scope ?? found.known;
    const loop = /^\s*([\s\S]*?)\.each\s*(?:do|\{)\s*\|\s*([A-Za-z_]\w*)\s*\|\s*$/.exec(code?.text ?? '');
    const list = loop === null ? undefined : readRubyLiteral(loop[1] ?? '', 0, known)?.value;
    if (Array.isArray(list) && length <= MAX_CHARACTERS) {
      for (const item of list) walk(first, new Map([...known, [loop?.[2] ?? '', item]]));
      return;
    }
    for (const [at, line] of (code?.text ?? '').split('\n').entries())
      if (line.trim() !== '') found.unread.push({ text: line.trim(), line: (code?.line ?? 1) + at });
    walk(first, scope);
    // several branches would give one key twice
    if (others.length > 0) found.unread.push({ text: 'else', line: code?.line ?? 1 });
  };
  walk(blocksOf(tokensOf(text)).branches[0] ?? [], null);
  return { lines: linesOf(pieces), found };
}

/** What `<%= … %>` writes; a call of a site's own function stays, as one word between marks. */
function valueText({ text, line }: Token, known: ReadonlyMap<string, RubyValue>, found: RubyFound): string {
  const code = text.trim();
  const literal = readRubyLiteral(code, 0, known);
  if (literal !== null && literal.end === code.length && typeof literal.value !== 'object')
    return String(literal.value);
  const item = /^([A-Za-z_]\w*)\[(\d+|-1)\]$/.exec(code);
  const value = item === null ? undefined : known.get(item[1] ?? '');
  const part = Array.isArray(value) ? value.at(Number(item?.[2])) : undefined;
  if (part !== undefined && part !== null && typeof part !== 'object') return String(part);
  found.unread.push({ text: `<%= ${code.replaceAll(/\s+/g, ' ')} %>`, line });
  return `${WORKED_OUT}${code.replaceAll(/\s+/g, ' ')}${WORKED_OUT}`;
}

/** Pieces as lines, each with the line of the file that its first character is from. */
function linesOf(pieces: readonly SourceLine[]): SourceLine[] {
  const lines: { text: string; line: number }[] = [{ text: '', line: 1 }];
  for (const piece of pieces) {
    for (const [at, part] of piece.text.split('\n').entries()) {
      const last = lines.at(-1);
      if (at > 0 || last === undefined) lines.push({ text: part, line: piece.line + at });
      else if (last.text === '') lines[lines.length - 1] = { text: part, line: piece.line };
      else last.text += part;
    }
  }
  return lines;
}
