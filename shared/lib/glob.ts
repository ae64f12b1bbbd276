/** File name patterns of templates: `*`, `?`, `[abc]`, `[!a-z]`, `{a,b}`; case-sensitive, for base names. */
import { matchWildcards } from './wildcards.ts';

/** No file name is longer than 255 characters. A longer pattern than this stands for itself alone. */
const MAX_CHARACTERS = 1000;
/** More alternatives than any real pattern has; `{a,b}{a,b}…` doubles with each pair. */
const MAX_ALTERNATIVES = 64;

/**
 * The patterns without braces that `{a,b}` stands for, in the order written; nested braces too. Braces that do not close, or
 * hold no comma, are ordinary characters. At most 64 are made, and one of a pattern of more than 1000 characters.
 */
export function expandBraces(pattern: string): string[] {
  if (pattern.length > MAX_CHARACTERS) return [pattern];
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && done.length < MAX_ALTERNATIVES) {
    const next = open.shift() ?? '';
    const group = firstBraceGroup(next);
    if (group === null) done.push(next);
    else if (open.length + done.length + group.choices.length <= MAX_ALTERNATIVES) {
      open.unshift(...group.choices.map((choice) => group.before + choice + group.after));
    } else open.unshift(group.before + (group.choices[0] ?? '') + group.after);
  }
  return [...new Set(done)];
}

interface BraceGroup {
  before: string;
  choices: string[];
  after: string;
}

/** The first group that closes and has a comma of its own. Each character is looked at once. */
function firstBraceGroup(pattern: string): BraceGroup | null {
  const open: { start: number; commas: number[] }[] = [];
  let first: { start: number; commas: number[]; end: number } | null = null;
  for (let i = 0; i < pattern.length; i += 1) {
    const c = pattern[i];
    if (c === '{') open.push({ start: i, commas: [] });
    else if (c === ',') open.at(-1)?.commas.push(i);
    else if (c === '}') {
      const group = open.pop();
      if (group !== undefined && group.commas.length > 0 && (first === null || group.start < first.start))
        first = { ...group, end: i };
    }
  }
  if (first === null) return null;
  const ends = [...first.commas, first.end];
  return {
    before: pattern.slice(0, first.start),
    choices: ends.map((end, i) => pattern.slice((ends[i - 1] ?? first.start) + 1, end)),
    after: pattern.slice(first.end + 1),
  };
}

/** A pattern that can match names other than itself. */
export function hasWildcard(pattern: string): boolean {
  return expandBraces(pattern).some((alternative) => parse(alternative).some((token) => token.kind !== 'char'));
}

/** How much of a pattern is fixed text: of two patterns that fit a name, the one with more says more. */
export function globSpecificity(pattern: string): number {
  const [first = ''] = expandBraces(pattern);
  const tokens = parse(first);
  const fixed = tokens.filter((token) => token.kind === 'char').length;
  return tokens.some((token) => token.kind === 'star') ? fixed : fixed + 1000;
}

/** True when the base name fits. */
export function matchGlob(pattern: string, name: string): boolean {
  const characters = Array.from(name);
  return expandBraces(pattern).some((alternative) => {
    const tokens = parse(alternative);
    return matchWildcards(
      {
        length: tokens.length,
        isStar: (i) => tokens[i]?.kind === 'star',
        fits: (i, at) => fits(tokens[i], characters[at] ?? ''),
      },
      characters.length,
    );
  });
}

type Token =
  | { kind: 'char'; value: string }
  | { kind: 'any' }
  | { kind: 'star' }
  | { kind: 'class'; not: boolean; ranges: [string, string][] };

function parse(pattern: string): Token[] {
  const characters = Array.from(pattern);
  if (pattern.length > MAX_CHARACTERS) return characters.map((value) => ({ kind: 'char', value }));
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i += 1) {
    const c = characters[i] ?? '';
    if (c === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (c === '?') tokens.push({ kind: 'any' });
    else if (c === '[') {
      const found = parseClass(characters, i);
      if (found === null) tokens.push({ kind: 'char', value: c });
      else {
        tokens.push(found.token);
        i = found.end;
      }
    } else tokens.push({ kind: 'char', value: c });
  }
  return tokens;
}

/** `[…]` from `start`; a `]` right after the opening stands for itself, as in sh. Null when it never closes. */
function parseClass(characters: readonly string[], start: number): { token: Token; end: number } | null {
  let i = start + 1;
  const not = characters[i] === '!' || characters[i] === '^';
  if (not) i += 1;
  const first = i;
  const ranges: [string, string][] = [];
  for (; i < characters.length; i += 1) {
    const from = characters[i] ?? '';
    if (from === ']' && i > first) return { token: { kind: 'class', not, ranges }, end: i };
    const to = characters[i + 2];
    if (characters[i + 1] === '-' && to !== undefined && to !== ']') {
      ranges.push([from, to]);
      i += 2;
    } else ranges.push([from, from]);
  }
  return null;
}

function fits(token: Token | undefined, c: string): boolean {
  switch (token?.kind) {
    case undefined:
      return false;
    case 'char':
      return token.value === c;
    case 'any':
    case 'star':
      return true;
    case 'class': {
      const code = c.codePointAt(0) ?? 0;
      return (
        token.not !==
        token.ranges.some(([from, to]) => code >= (from.codePointAt(0) ?? 0) && code <= (to.codePointAt(0) ?? 0))
      );
    }
  }
}
