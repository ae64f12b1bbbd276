/** How a YAML text is laid out, so that what is put into it looks like the rest. Time grows with the text's length. */

export interface YamlLayout {
  /** Columns from a key to the keys within it. */
  readonly step: number;
  /** Whether the dashes of a list stand further in than its key. */
  readonly indentSeq: boolean;
}

const STEPS = [2, 3, 4, 6, 8];

/** As the first nested maps and lists do it. */
export function layoutOf(text: string): YamlLayout {
  const steps = new Set<number>();
  let indentSeq = true;
  let above = '';
  for (const line of text.split(/\r?\n/)) {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const from = /^ */.exec(above)?.[0].length ?? 0;
    const isKey = /[^\s#-]/y;
    isKey.lastIndex = from;
    if (isKey.test(above)) {
      if (from === 0 && /^[^\s#-]/.test(line.slice(indent)) && /:[^\S\n]*(?:#|$)/.test(above)) steps.add(indent);
      if (from === indent && line.startsWith('- ', indent) && /:[^\S\n]*$/.test(above.trimEnd())) indentSeq = false;
    }
    above = line;
  }
  return { step: STEPS.find((each) => steps.has(each)) ?? 2, indentSeq };
}

/** A text without the blank lines that it ends in, and without the blanks before them. */
export function withoutBlankEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === '\n') {
    end -= text.charAt(end - 2) === '\r' ? 2 : 1;
    while (end > 0 && (text.charAt(end - 1) === ' ' || text.charAt(end - 1) === '\t')) end -= 1;
  }
  return text.slice(0, end);
}
