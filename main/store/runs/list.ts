import type { Database } from 'better-sqlite3';
import { JobRow, type JobFilter } from '../../../shared/domain/job/schema.ts';
import { SUMMARY_COLUMNS, type SummaryRow } from './runRows.ts';

/** What a page is asked with: `cut` finds its runs, within an index alone; the values are for the `?` of `where`. */
export interface ListQuery {
  readonly cut: string;
  readonly from: string;
  readonly where: string;
  readonly values: readonly (string | number)[];
}

/** The WHERE of a filter, over columns of one of the two indexes for that only. */
export function listQuery(filter: JobFilter): ListQuery {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (part: string, ...more: (string | number)[]): void => {
    parts.push(part);
    values.push(...more);
  };
  if (filter.since !== undefined) add('created_at >= ?', filter.since);
  if (filter.clusterId !== undefined) add('cluster_id = ?', filter.clusterId);
  if (filter.templateId !== undefined) add('template_id = ?', filter.templateId);
  if (filter.states !== undefined)
    add(`display_state IN (${filter.states.map(() => '?').join(', ')})`, ...filter.states);
  // every word somewhere (instr has no wild cards to escape), or the id of a run or request, whole
  const words = (filter.text ?? '').split(/\s+/).filter(Boolean);
  for (const word of words) {
    add(
      '(instr(search, ?) > 0 OR seq = (SELECT seq FROM runs WHERE run_id = ? OR request_id = ?))',
      word.toLowerCase(),
      word,
      word,
    );
  }
  const from = `runs INDEXED BY ${words.length === 0 ? 'runs_newest' : 'runs_newest_text'}`;
  const where = parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`;
  return {
    cut: `SELECT seq FROM ${from} ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`,
    from,
    where,
    values,
  };
}

export interface RunList {
  page(filter: JobFilter, offset: number, limit: number): { rows: JobRow[]; total: number };
  /** Something was written: what was counted may not be true any more. */
  changed(): void;
}

/** Pages of runs, newest first. `toRow` makes the row of what is stored; null leaves it out. */
export function createRunList(db: Database, toRow: (row: SummaryRow) => JobRow | null): RunList {
  /** Totals of filters since the last write: whoever scrolls asks for many pages of one filter. */
  const totals = new Map<string, number>();

  const count = ({ from, where, values }: ListQuery): number => {
    const key = JSON.stringify([from, where, values]);
    const known = totals.get(key);
    if (known !== undefined) return known;
    const total =
      db
        .prepare<unknown[], number>(`SELECT count(*) FROM ${from} ${where}`)
        .pluck()
        .get(...values) ?? 0;
    totals.set(key, total);
    return total;
  };

  return {
    page: (filter, offset, limit) => {
      const query = listQuery(filter);
      // the page is cut inside the index; only its rows are then read from the table
      const stored = db
        .prepare<unknown[], SummaryRow>(
          // CROSS: in this order, whatever the planner thinks of it
          `SELECT ${SUMMARY_COLUMNS} FROM (${query.cut}) CROSS JOIN runs USING (seq) ORDER BY created_at DESC, seq DESC`,
        )
        .all(...query.values, limit, offset);
      const rows = stored.flatMap((row) => toRow(row) ?? []);
      // a page that is not full ends with the last one
      const isLast = stored.length < limit && (offset === 0 || stored.length > 0);
      return { rows, total: isLast ? offset + stored.length : count(query) };
    },
    changed: () => totals.clear(),
  };
}
