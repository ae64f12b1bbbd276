/** File name patterns of templates: `*`, `?`, `[abc]`, `[!a-z]`, `{a,b}`; case-sensitive, for base names. */

/** More alternatives than any real pattern has; `{a,b}{a,b}…` doubles with each pair. */
const MAX_ALTERNATIVES = 64;

/**
 * The patterns without braces that `{a,b}` stands for, in the order written; nested braces too. Braces that do not close, or
 * hold no comma, are ordinary characters. At most 64 are made.
 */
export function expandBraces(pattern: string): string[] {
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

function firstBraceGroup(pattern: string): BraceGroup | null {
  for (let start = pattern.indexOf('{'); start !== -1; start = pattern.indexOf('{', start + 1)) {
    const choices: string[] = [];
    let depth = 0;
    let from = start + 1;
    for (let i = start; i < pattern.length; i += 1) {
      const c = pattern[i];
      if (c === '{') depth += 1;
      else if (c === '}') depth -= 1;
      if (c === ',' && depth === 1) {
        choices.push(pattern.slice(from, i));
        from = i + 1;
      }
      if (depth === 0) {
        if (choices.length === 0) break;
        choices.push(pattern.slice(from, i));
        return { before: pattern.slice(0, start), choices, after: pattern.slice(i + 1) };
      }
    }
  }
  return null;
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

/** True when the base name fits. Takes at most (length of name × length of pattern) steps, whatever the pattern. */
export function matchGlob(pattern: string, name: string): boolean {
  const characters = Array.from(name);
  return expandBraces(pattern).some((alternative) => matches(parse(alternative), characters));
}

type Token = { kind: 'char'; value: string } | { kind: 'any' } | { kind: 'star' } | { kind: 'class'; not: boolean; ranges: [string, string][] };

function parse(pattern: string): Token[] {
  const characters = Array.from(pattern);
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

function fits(token: Token, c: string): boolean {
  switch (token.kind) {
    case 'char':
      return token.value === c;
    case 'any':
    case 'star':
      return true;
    case 'class': {
      const code = c.codePointAt(0) ?? 0;
      return token.not !== token.ranges.some(([from, to]) => code >= (from.codePointAt(0) ?? 0) && code <= (to.codePointAt(0) ?? 0));
    }
  }
}

/** Greedy with one point of return: only the last star needs to be tried again. */
function matches(tokens: readonly Token[], characters: readonly string[]): boolean {
  let t = 0;
  let c = 0;
  let starToken = -1;
  let starCharacter = 0;
  while (c < characters.length) {
    const token = tokens[t];
    if (token?.kind === 'star') {
      starToken = t;
      starCharacter = c;
      t += 1;
    } else if (token !== undefined && fits(token, characters[c] ?? '')) {
      t += 1;
      c += 1;
    } else if (starToken !== -1) {
      starCharacter += 1;
      c = starCharacter;
      t = starToken + 1;
    } else return false;
  }
  while (tokens[t]?.kind === 'star') t += 1;
  return t === tokens.length;
}
