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

/** Rows that say their job's id first and last, and whether the text is all that the program had to say. */
export interface FramedRows {
  /** Cells without the closing id; the last one may hold anything, ends of lines too. */
  readonly rows: string[][];
  /** False when something of a row stands alone or the text has no end: then what is not among the rows may exist all the same. */
  readonly whole: boolean;
}

const ROW_BEGINS = /^(\d+(?:[_+][^\x1f]*)?)\x1f/;
const BARE_ID = /^\d+(?:[_+]\S*)?$/;

/**
 * Rows of `count` cells and, behind them, the first cell once more. A row that is cut, or mixed with another answer, does not end as
 * it began, and is left out. A last cell with both ends of lines and separators cannot be told from such a mixture. Lines without a
 * separator (a message of the day, `CLUSTER: alpha`) belong to nobody and do no harm.
 */
export function framedRows(text: string, count: number): FramedRows {
  const lines = text.split('\n');
  // what follows the last end of line: nothing, unless the text was cut
  let whole = lines.pop() === '' || text === '';
  const rows: string[][] = [];
  let open: { id: string; lines: string[] } | null = null;
  const closed = (id: string, row: string): boolean => {
    if (!row.endsWith(`${SEPARATOR}${id}`)) return false;
    const cells = row.slice(0, -id.length - 1).split(SEPARATOR);
    if (cells.length < count || (cells.length > count && row.includes('\n'))) return false;
    rows.push([...cells.slice(0, count - 1), cells.slice(count - 1).join(SEPARATOR)]);
    return true;
  };
  for (const line of lines) {
    const id = ROW_BEGINS.exec(line)?.[1];
    if (id !== undefined && closed(id, line)) {
      if (open !== null) whole = false;
      open = null;
    } else if (open !== null) {
      open.lines.push(line);
      // looked at as a whole only where it may end, so that the time grows with the length alone
      if (line.endsWith(`${SEPARATOR}${open.id}`)) {
        if (!closed(open.id, open.lines.join('\n'))) whole = false;
        open = null;
      }
    } else if (id !== undefined) {
      open = { id, lines: [line] };
    } else if (line.includes(SEPARATOR) || BARE_ID.test(line)) {
      whole = false;
    }
  }
  return { rows, whole: whole && open === null };
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
  // most lines of a text that is no answer
  if (!line.includes('=')) return pairs;
  // the keys first: an expression that also looks for the end of each value takes a time that grows with the square of the blanks
  const keys = [...line.matchAll(/(?:^|\s)([A-Za-z][\w:/]*)=/g)];
  for (const [i, { 0: head, 1: key = '', index }] of keys.entries())
    if (!pairs.has(key)) pairs.set(key, line.slice(index + head.length, keys[i + 1]?.index).trimEnd());
  return pairs;
}
