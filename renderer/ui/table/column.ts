import type { ReactNode } from 'react';

export interface Column<R> {
  id: string;
  header: string;
  /** px until it is resized. The last column takes what is left. */
  width: number;
  align?: 'start' | 'end';
  /** Drawn again when the row is another object or the columns are: what else it shows, its parts follow themselves. */
  render: (row: R) => ReactNode;
}
