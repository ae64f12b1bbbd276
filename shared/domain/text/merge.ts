/**
 * Three-way merge of texts by lines: what a person wrote, what the form makes now, and what it made when the person wrote.
 *
 * Other than diff3, two changes conflict only where their lines overlap, or where both put something between the same two lines.
 * Changes that merely touch keep both: in a script each `#SBATCH` or `export` line stands for itself, and they stand side by side.
 */

/** Lines `from` up to `to` (from 0, `to` excluded) of the old text, and what stands there in the new one, from its line `at` on. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly lines: readonly string[];
}

/**
 * `theirs`: as in the form's text, from its line `at` (from 0) on, whether or not anybody changed it; `mine`: by hand; `conflict`:
 * changed by both, differently.
 */
export type MergePiece =
  | { readonly kind: 'theirs'; readonly lines: readonly string[]; readonly at: number }
  | { readonly kind: 'mine'; readonly lines: readonly string[] }
  | { readonly kind: 'conflict'; readonly mine: readonly string[]; readonly theirs: readonly string[] };

/** Beyond so many differing lines the differing part is one change: coarser, never wrong. Bounds time and memory (its square). */
const MAX_DIFFERENCES = 1500;
/** The same beyond so many comparisons: lines that repeat are compared over and over. A tenth of a second or so. */
const MAX_COMPARISONS = 10_000_000;

export const linesOf = (text: string): string[] => text.replaceAll('\r\n', '\n').split('\n');

/** The least changes that make `after` of `before`, in order; no two of them touch. Source: Myers, An O(ND) Difference Algorithm. */
export function diffLines(before: readonly string[], after: readonly string[]): Hunk[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  if (a.length === 0 && b.length === 0) return [];
  const whole: Hunk = { from: head, to: head + a.length, at: head, lines: b };
  if (a.length === 0 || b.length === 0) return [whole];
  const matches = commonLines(a, b);
  if (matches === null) return [whole];

  const hunks: Hunk[] = [];
  let [x, y] = [0, 0];
  for (const [nextX, nextY] of [...matches, [a.length, b.length] as const]) {
    if (nextX > x || nextY > y)
      hunks.push({ from: head + x, to: head + nextX, at: head + y, lines: b.slice(y, nextY) });
    [x, y] = [nextX + 1, nextY + 1];
  }
  return hunks;
}

/** A longest series of lines that both have, as pairs of indexes; null beyond MAX_DIFFERENCES. */
function commonLines(a: readonly string[], b: readonly string[]): (readonly [number, number])[] | null {
  const limit = Math.min(a.length + b.length, MAX_DIFFERENCES);
  const furthest = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  const at = (k: number): number => furthest[middle + k] ?? 0;
  const trace: Int32Array[] = [];
  let compared = 0;
  for (let d = 0; d <= limit; d += 1) {
    trace.push(furthest.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      let y = x - k;
      const from = x;
      while (x < a.length && y < b.length && a[x] === b[y]) [x, y] = [x + 1, y + 1];
      compared += x - from + 1;
      if (compared > MAX_COMPARISONS) return null;
      furthest[middle + k] = x;
      if (x >= a.length && y >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return null;
}

function walkBack(trace: readonly Int32Array[], endX: number, endY: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [endX, endY];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const kept = trace[d];
    const at = (k: number): number => kept?.[d + 1 + k] ?? 0;
    const k = x - y;
    const before = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(before);
    const fromY = d === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY) {
      [x, y] = [x - 1, y - 1];
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/** Lines of the old text that two changes, or two groups of them, cannot both have. */
function overlaps(a: Pick<Hunk, 'from' | 'to'>, b: Pick<Hunk, 'from' | 'to'>): boolean {
  if (a.from === a.to && b.from === b.to) return a.from === b.from;
  return (
    Math.max(a.from, b.from) < Math.min(a.to, b.to) ||
    (a.from === a.to && b.from < a.from && a.from < b.to) ||
    (b.from === b.to && a.from < b.from && b.from < a.to)
  );
}

interface Region {
  from: number;
  to: number;
  mine: Hunk[];
  theirs: Hunk[];
}

/** Changes of both sides in the order of the old text; those that overlap are one region. */
function regionsOf(mine: readonly Hunk[], theirs: readonly Hunk[]): Region[] {
  const all = [
    ...mine.map((hunk) => ({ side: 'mine' as const, hunk })),
    ...theirs.map((hunk) => ({ side: 'theirs' as const, hunk })),
  ];
  all.sort((a, b) => a.hunk.from - b.hunk.from || a.hunk.to - b.hunk.to);
  const regions: Region[] = [];
  for (const { side, hunk } of all) {
    let region: Region = { from: hunk.from, to: hunk.to, mine: [], theirs: [] };
    region[side].push(hunk);
    for (let last = regions.at(-1); last !== undefined && overlaps(last, region); last = regions.at(-1)) {
      regions.pop();
      for (const each of region.mine) last.mine.push(each);
      for (const each of region.theirs) last.theirs.push(each);
      region = { ...last, from: Math.min(last.from, region.from), to: Math.max(last.to, region.to) };
    }
    regions.push(region);
  }
  return regions;
}

/** A region of the old text with one side's changes. */
function changed(base: readonly string[], { from, to }: Region, hunks: readonly Hunk[]): string[] {
  // not by push(...): a text has more lines than a call may have arguments
  const parts: (readonly string[])[] = [];
  let next = from;
  for (const hunk of hunks) {
    parts.push(base.slice(next, hunk.from), hunk.lines);
    next = hunk.to;
  }
  parts.push(base.slice(next, to));
  return parts.flat();
}

/**
 * Merges line by line. Nothing is lost: each line that either side added is in a piece, and each that either side removed is gone
 * or in a conflict. The pieces joined are the merged text, if there is no conflict.
 */
export function mergeLines(base: readonly string[], mine: readonly string[], theirs: readonly string[]): MergePiece[] {
  // what follows its like joins it; the lines are put together once, at the end
  const runs: { first: MergePiece; parts: (readonly string[])[]; end: number }[] = [];
  const push = (piece: MergePiece): void => {
    if (piece.kind !== 'conflict' && piece.lines.length === 0) return;
    const last = runs.at(-1);
    const joins =
      piece.kind === 'theirs'
        ? last?.first.kind === 'theirs' && last.end === piece.at
        : piece.kind === 'mine' && last?.first.kind === 'mine';
    if (joins && last !== undefined && piece.kind !== 'conflict') {
      last.parts.push(piece.lines);
      last.end += piece.lines.length;
    } else
      runs.push({
        first: piece,
        parts: piece.kind === 'conflict' ? [] : [piece.lines],
        end: piece.kind === 'theirs' ? piece.at + piece.lines.length : 0,
      });
  };
  let next = 0;
  // how much further a line stands in their text than in the old one
  let shift = 0;
  for (const region of regionsOf(diffLines(base, mine), diffLines(base, theirs))) {
    push({ kind: 'theirs', lines: base.slice(next, region.from), at: next + shift });
    const [ofMine, ofTheirs] = [changed(base, region, region.mine), changed(base, region, region.theirs)];
    const at = region.from + shift;
    if (region.mine.length === 0) push({ kind: 'theirs', lines: ofTheirs, at });
    else if (region.theirs.length === 0) push({ kind: 'mine', lines: ofMine });
    else pushBoth(ofMine, ofTheirs, at, push);
    shift += ofTheirs.length - (region.to - region.from);
    next = region.to;
  }
  push({ kind: 'theirs', lines: base.slice(next), at: next + shift });
  return runs.map(({ first, parts }) => (first.kind === 'conflict' ? first : { ...first, lines: parts.flat() }));
}

/** What both changed alike at the beginning and end of a region is no conflict. */
function pushBoth(
  mine: readonly string[],
  theirs: readonly string[],
  at: number,
  push: (piece: MergePiece) => void,
): void {
  const shorter = Math.min(mine.length, theirs.length);
  let head = 0;
  while (head < shorter && mine[head] === theirs[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && mine[mine.length - 1 - tail] === theirs[theirs.length - 1 - tail]) tail += 1;
  push({ kind: 'theirs', lines: theirs.slice(0, head), at });
  const conflict = { mine: mine.slice(head, mine.length - tail), theirs: theirs.slice(head, theirs.length - tail) };
  if (conflict.mine.length > 0 || conflict.theirs.length > 0) push({ kind: 'conflict', ...conflict });
  push({ kind: 'theirs', lines: theirs.slice(theirs.length - tail), at: at + theirs.length - tail });
}
