import type { Database } from 'better-sqlite3';

/** One step of the stored form: from version N - 1 to N. One that has shipped is never changed. */
export interface Migration {
  readonly sql: string;
  /** For rows that code must carry over. `sql` alone is what a file without such rows takes. */
  readonly conversion?: Conversion;
}

/** A value of SQLite. */
export type Cell = string | number | null | Uint8Array;

/** Rows of the new tables, as a thread hands them to another. */
export interface ConvertedRows {
  /** By the INSERT that takes them; each row has the values of its `?`. */
  readonly inserts: readonly { readonly sql: string; readonly rows: readonly (readonly Cell[])[] }[];
  /** What could not be read, and is among the rows as it was. */
  readonly unreadable: readonly { table: string; id: string; reason: string }[];
}

/**
 * Carries the rows of a file of the version before over into a new file of this one (rebuild.ts). In the new file the tables of this
 * version are made already. Each row that is converted has a number; the numbers are those of the old file, and grow.
 */
export interface Conversion {
  /** Whether a file of the version before, opened as `db`, has such rows. */
  isNeeded(db: Database): boolean;
  /** Copies what needs no code, all at once, from the file that is attached as `old`. */
  carry(db: Database): void;
  /** The numbers of all rows after this one, in order. `db` is the old file. */
  numbers(db: Database, after: number): number[];
  /** Makes what reads the rows after one number up to and with another and converts them. `db` is the old file. */
  reader(db: Database): (after: number, last: number) => ConvertedRows;
}
