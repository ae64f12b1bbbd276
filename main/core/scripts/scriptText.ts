import type { ScriptFold, SourceSpan } from '../../../shared/domain/job/script.ts';

/** A script while it is being written, with the form fields that its lines come from. */
export interface ScriptText {
  /** Adds lines, which hold no line end themselves, on behalf of form fields. */
  add(lines: string | readonly string[], ...fields: string[]): void;
  /** Adds lines that a run cannot do without: edits by hand may not part or change them. */
  keep(lines: string | readonly string[], ...fields: string[]): void;
  /** Begins a section with a blank line and its name. */
  section(title: string): void;
  /** Begins a section whose lines, up to `end`, are Slipway's own. */
  ownSection(title: string, kind: ScriptFold['kind']): { end(): void };
  /** The text, ending in a line end, and the spans in the order of their first lines. */
  finish(): MadeScript;
}

/** Lines `from` up to `to`, from 0, `to` excluded. */
export interface KeptLines {
  readonly from: number;
  readonly to: number;
}

export interface MadeScript {
  readonly text: string;
  readonly spans: SourceSpan[];
  readonly folds: ScriptFold[];
  readonly kept: readonly KeptLines[];
}

export function createScriptText(): ScriptText {
  const lines: string[] = [];
  const spans: SourceSpan[] = [];
  const folds: ScriptFold[] = [];
  const kept: KeptLines[] = [];
  const add: ScriptText['add'] = (added, ...fields) => {
    const from = lines.length + 1;
    if (typeof added === 'string') lines.push(added);
    // not by push(...): a section may have more lines than a call may have arguments
    else for (const line of added) lines.push(line);
    const to = lines.length;
    if (to < from) return;
    for (const field of fields) {
      const last = spans.findLast((span) => span.field === field);
      if (last?.to === from - 1) last.to = to;
      else spans.push({ field, from, to });
    }
  };
  const section: ScriptText['section'] = (title) => add(['', `# --- ${title} ---`]);
  return {
    add,
    keep: (added, ...fields) => {
      const from = lines.length;
      add(added, ...fields);
      kept.push({ from, to: lines.length });
    },
    section,
    ownSection: (title, kind) => {
      section(title);
      const from = lines.length;
      return { end: () => void folds.push({ kind, from, to: lines.length }) };
    },
    finish: () => ({ text: `${lines.join('\n')}\n`, spans, folds, kept }),
  };
}
