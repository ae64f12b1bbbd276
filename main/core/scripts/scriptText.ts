import type { SourceSpan } from '../../../shared/domain/script.ts';

/** A script while it is being written, with the form fields that its lines come from. */
export interface ScriptText {
  /** Adds lines, which hold no line end themselves, on behalf of form fields. */
  add(lines: string | readonly string[], ...fields: string[]): void;
  /** Begins a section with a blank line and its name. */
  section(title: string): void;
  /** The text, ending in a line end, and the spans in the order of their first lines. */
  finish(): { text: string; spans: SourceSpan[] };
}

export function createScriptText(): ScriptText {
  const lines: string[] = [];
  const spans: SourceSpan[] = [];
  const add: ScriptText['add'] = (added, ...fields) => {
    const from = lines.length + 1;
    if (typeof added === 'string') lines.push(added);
    else lines.push(...added);
    const to = lines.length;
    if (to < from) return;
    for (const field of fields) {
      const last = spans.findLast((span) => span.field === field);
      if (last?.to === from - 1) last.to = to;
      else spans.push({ field, from, to });
    }
  };
  return {
    add,
    section: (title) => add(['', `# --- ${title} ---`]),
    finish: () => ({ text: `${lines.join('\n')}\n`, spans }),
  };
}
