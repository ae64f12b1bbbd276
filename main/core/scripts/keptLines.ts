/** The lines that a run cannot do without, in a script that was edited by hand. */
import { diffLines } from '../../../shared/domain/text/merge.ts';
import type { KeptLines } from './scriptText.ts';

/** Where each block of kept lines begins in the text, in their order and undivided; or the first of which that is not so. */
export function findKept(
  generated: readonly string[],
  kept: readonly KeptLines[],
  text: readonly string[],
): { starts: number[] } | { missing: KeptLines } {
  const starts: number[] = [];
  let next = 0;
  for (const block of kept) {
    const lines = generated.slice(block.from, block.to);
    // the first line of a script names its interpreter, or nothing does
    const last = block.from === 0 ? 0 : text.length - lines.length;
    let at = next;
    while (at <= last && !lines.every((line, i) => text[at + i] === line)) at += 1;
    if (at > last) return { missing: block };
    starts.push(at);
    next = at + lines.length;
  }
  return { starts };
}

/** The text with the kept lines back in their places. No line of a person's is lost: what stood in their place follows them. */
export function withKept(generated: readonly string[], kept: readonly KeptLines[], text: readonly string[]): string[] {
  const isKept = (index: number): boolean => kept.some(({ from, to }) => from <= index && index < to);
  const isInside = (index: number): boolean =>
    kept.some(({ from, to }) => (from < index && index < to) || (from === 0 && index === 0));
  const lines: string[] = [];
  let waiting: string[] = [];
  // not by push(...): a text has more lines than a call may have arguments
  const follow = (): void => {
    for (const line of waiting) lines.push(line);
    waiting = [];
  };
  const take = (index: number): void => {
    lines.push(generated[index] ?? '');
    if (!isInside(index + 1)) follow();
  };
  let next = 0;
  for (const hunk of diffLines(generated, text)) {
    for (; next < hunk.from; next += 1) take(next);
    for (; next < hunk.to; next += 1) if (isKept(next)) take(next);
    waiting = [...waiting, ...hunk.lines];
    if (!isInside(hunk.to)) follow();
  }
  for (; next < generated.length; next += 1) take(next);
  return [...lines, ...waiting];
}
