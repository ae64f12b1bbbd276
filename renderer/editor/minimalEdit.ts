/** Replaces the characters from `from` up to `to` with `text`. */
export interface TextEdit {
  from: number;
  to: number;
  text: string;
}

/**
 * The one edit that turns `before` into `after` and touches nothing that both begin or end with; null when they are equal. A new
 * text set as a whole would lose the scroll position, the folds and the colours of every line.
 */
export function minimalEdit(before: string, after: string): TextEdit | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head += 1;
  let tail = 0;
  while (
    tail < shorter - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail += 1;
  // half of a surrogate pair must not be replaced without the other
  if (head > 0 && isHighSurrogate(before.charCodeAt(head - 1))) head -= 1;
  if (tail > 0 && isLowSurrogate(before.charCodeAt(before.length - tail))) tail -= 1;
  return { from: head, to: before.length - tail, text: after.slice(head, after.length - tail) };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
