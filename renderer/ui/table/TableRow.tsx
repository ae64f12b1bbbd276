import { memo, type ReactElement } from 'react';
import type { Column } from './column.ts';

export interface TableRowProps<R> {
  id: string;
  /** `undefined` while it is not loaded: a placeholder is shown. */
  row: R | undefined;
  rowKey: string | null;
  index: number;
  /** px below the head. */
  top: number;
  columns: readonly Column<R>[];
  level: number | undefined;
  isUnfolded: boolean | undefined;
  isMarked: boolean;
  isSelected: boolean;
  isCursor: boolean;
}

function Row<R>({ row, rowKey, index, columns, ...shown }: TableRowProps<R>): ReactElement {
  return (
    <div
      id={shown.id}
      className="vtable-row"
      role="row"
      aria-rowindex={index + 2}
      aria-level={shown.level}
      aria-expanded={shown.isUnfolded}
      aria-selected={shown.isSelected}
      data-index={index}
      data-key={rowKey ?? undefined}
      data-marked={shown.isMarked || undefined}
      data-cursor={shown.isCursor || undefined}
      style={{ transform: `translateY(${String(shown.top)}px)` }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          className={column.align === 'end' ? 'vtable-cell vtable-end' : 'vtable-cell'}
          role="gridcell"
        >
          {row === undefined ? <span className="skeleton-line" style={{ width: '60%' }} /> : column.render(row)}
        </div>
      ))}
    </div>
  );
}

/** A look changes a few of the rows on screen, or the counts above them: the others are not drawn again. */
export const TableRow = memo(Row) as typeof Row;
