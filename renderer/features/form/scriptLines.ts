import type { SourceSpan } from '../../../shared/domain/job/script.ts';

/** The field that made a line: the narrowest of those that claim it. */
export function fieldOfLine(spans: readonly SourceSpan[], line: number): string | null {
  let found: SourceSpan | null = null;
  for (const span of spans) {
    if (line < span.from || line > span.to) continue;
    if (found === null || span.to - span.from < found.to - found.from) found = span;
  }
  return found?.field ?? null;
}

/** The lines that a field made. */
export function linesOfField(spans: readonly SourceSpan[], field: string | null): SourceSpan[] {
  return field === null ? [] : spans.filter((span) => span.field === field);
}
