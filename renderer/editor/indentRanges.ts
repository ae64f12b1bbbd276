import type { LineRange } from './monaco.ts';

const TAB = 4;

function indentOf(line: string): number | null {
  let columns = 0;
  for (const character of line) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += TAB - (columns % TAB);
    else return columns;
  }
  return null;
}

/** The ranges that a text without folds of its own is folded into: a line with the deeper indented ones below it, blank ends left out. */
export function indentRanges(lines: readonly string[]): LineRange[] {
  const ranges: LineRange[] = [];
  const open: { line: number; indent: number }[] = [];
  let last = 0;
  const close = (indent: number): void => {
    for (let top = open.at(-1); top !== undefined && top.indent >= indent; top = open.at(-1)) {
      open.pop();
      if (last > top.line) ranges.push({ from: top.line, to: last });
    }
  };
  for (const [index, line] of lines.entries()) {
    const indent = indentOf(line);
    if (indent === null) continue;
    close(indent);
    open.push({ line: index + 1, indent });
    last = index + 1;
  }
  close(0);
  return ranges.sort((a, b) => a.from - b.from);
}
