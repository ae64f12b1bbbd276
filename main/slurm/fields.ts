/** Reading the cells of Slurm's tables. Everything tolerates what it does not know. */
import { parseSlurmDuration } from '../../shared/lib/duration.ts';

/** Between the fields of a row: the unit separator, which no path and no state holds. */
export const SEPARATOR = '\x1f';

/**
 * Rows of `count` fields; the last one may itself hold separators. A line with fewer is the rest of a name with a newline, a warning
 * or a cut line, and is left out.
 */
export function rowsOf(text: string, count: number): string[][] {
  const rows: string[][] = [];
  for (const line of text.split('\n')) {
    const cells = line.split(SEPARATOR);
    if (cells.length < count) continue;
    rows.push([...cells.slice(0, count - 1), cells.slice(count - 1).join(SEPARATOR)]);
  }
  return rows;
}

/** Epoch seconds (`SLURM_TIME_FORMAT=%s`), or null for N/A, Unknown, NONE and everything else. 0 is Slurm's "not set". */
export function epochOf(cell: string | undefined): number | null {
  const text = cell?.trim() ?? '';
  if (!/^\d{1,12}$/.test(text)) return null;
  const seconds = Number(text);
  return seconds > 0 ? seconds : null;
}

/** Seconds of a duration, null where Slurm does not know or there is no limit. */
export function durationOf(cell: string | undefined): number | null {
  const seconds = parseSlurmDuration(cell ?? '');
  return seconds !== null && Number.isFinite(seconds) ? seconds : null;
}

const NOTHING = new Set(['', 'N/A', 'NONE', 'None', '(null)', 'Unknown', 'None assigned', 'n/a']);

/** The cell, or null for Slurm's many words for nothing. */
export function textOf(cell: string | undefined): string | null {
  const text = cell?.trim() ?? '';
  return NOTHING.has(text) ? null : text;
}

/** A whole number, or null. */
export function numberOf(cell: string | undefined): number | null {
  return /^\d{1,15}$/.test(cell?.trim() ?? '') ? Number(cell) : null;
}

/** `CANCELLED by 1001`, `CANCELLED+`, `idle*`: the state, and what follows it. */
export function stateOf(cell: string | undefined): { state: string; detail: string | null } {
  const text = cell?.trim() ?? '';
  const space = text.indexOf(' ');
  const word = (space < 0 ? text : text.slice(0, space)).replace(/\+$/, '');
  return { state: word, detail: space < 0 ? null : text.slice(space + 1).trim() };
}

/**
 * `Key=Value` pairs of one line of `scontrol -o`. A value ends before the next key, so that one with spaces (a comment, a reason) does
 * not make the rest unreadable.
 */
export function pairsOf(line: string): Map<string, string> {
  const pairs = new Map<string, string>();
  // the keys first: an expression that also looks for the end of each value takes a time that grows with the square of the blanks
  const keys = [...line.matchAll(/(?:^|\s)([A-Za-z][\w:/]*)=/g)];
  for (const [i, { 0: head, 1: key = '', index }] of keys.entries()) if (!pairs.has(key)) pairs.set(key, line.slice(index + head.length, keys[i + 1]?.index).trimEnd());
  return pairs;
}
