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
  // every word somewhere (LIKE is faster than instr), or the id of a run or request, whole
  const words = (filter.text ?? '').split(/\s+/).filter(Boolean);
  for (const word of words) {
    add(
      `(search LIKE ? ESCAPE '\\' OR seq = (SELECT seq FROM runs WHERE run_id = ? OR request_id = ?))`,
      `%${word.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`,
      word,
      word,
    );
  }
  const from = `runs INDEXED BY ${words.length === 0 ? 'runs_newest' : 'runs_newest_text'}`;
  const where = parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`;
  return {
    cut: `SELECT seq, created_at AS at FROM ${from} ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`,
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

  /** How many runs match; of those before a given one in the order of the list, only how many come after it. */
  const count = ({ from, where, values }: ListQuery, after: SummaryRow | undefined): number => {
    const rest = after === undefined ? '' : `${where === '' ? 'WHERE' : ' AND'} (created_at, seq) < (?, ?)`;
    return (
      db
        .prepare<unknown[], number>(`SELECT count(*) FROM ${from} ${where}${rest}`)
        .pluck()
        .get(...values, ...(after === undefined ? [] : [after.createdAt, after.seq])) ?? 0
    );
  };

  /** All that match. What the page has gone through is not gone through again: together they pass the index once. */
  function totalOf(query: ListQuery, filter: JobFilter, offset: number, stored: readonly SummaryRow[]): number {
    const key = JSON.stringify(filter);
    let total = totals.get(key);
    if (total === undefined) {
      const isUnfiltered = query.where === '';
      const passed = isUnfiltered || stored.length === 0 ? 0 : offset + stored.length;
      total = passed + count(query, passed === 0 ? undefined : stored.at(-1));
      totals.set(key, total);
    }
    return total;
  }

  return {
    page: (filter, offset, limit) => {
      const query = listQuery(filter);
      // the page is cut inside the index; only its rows are then read from the table
      const stored = db
        .prepare<unknown[], SummaryRow>(
          // CROSS: in this order, whatever the planner thinks of it
          `SELECT ${SUMMARY_COLUMNS} FROM (${query.cut}) CROSS JOIN runs USING (seq) ORDER BY at DESC, seq DESC`,
        )
        .all(...query.values, limit, offset);
      const rows = stored.flatMap((row) => toRow(row) ?? []);
      // a page that is not full ends with the last one
      const isLast = stored.length < limit && (offset === 0 || stored.length > 0);
      return { rows, total: isLast ? offset + stored.length : totalOf(query, filter, offset, stored) };
    },
    changed: () => totals.clear(),
  };
}
