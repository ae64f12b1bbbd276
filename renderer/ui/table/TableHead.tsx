import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { t } from '../../i18n/index.ts';
import type { Column } from './column.ts';

const LEAST_WIDTH = 40;

/** How the rows are ordered. */
export interface TableOrder {
  readonly column: string;
  readonly descending: boolean;
}

/** The names of the columns: arrows move between them, with Shift they resize; a grip between two is dragged. */
export function TableHead<R>({
  columns,
  widthOf,
  onResize,
  order,
  onOrder,
}: {
  columns: readonly Column<R>[];
  widthOf: (column: Column<R>) => number;
  onResize: (id: string, width: number) => void;
  order: TableOrder | undefined;
  onOrder: ((column: string) => void) | undefined;
}) {
  const [at, setAt] = useState(0);
  const row = useRef<HTMLDivElement>(null);
  const drag = useRef<{ id: string; from: number; width: number } | null>(null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const column = columns[at];
    if (column && onOrder && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      onOrder(column.id);
      return;
    }
    if (by === 0 || !column) return;
    event.preventDefault();
    if (event.shiftKey) {
      onResize(column.id, Math.max(LEAST_WIDTH, widthOf(column) + by * 16));
      return;
    }
    const next = Math.max(0, Math.min(columns.length - 1, at + by));
    setAt(next);
    row.current?.querySelectorAll<HTMLElement>('[role="columnheader"]')[next]?.focus();
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (drag.current)
      onResize(drag.current.id, Math.max(LEAST_WIDTH, drag.current.width + event.clientX - drag.current.from));
  };

  return (
    <div className="vtable-head" role="row" aria-rowindex={1} ref={row} onKeyDown={onKeyDown}>
      {columns.map((column, index) => (
        <div
          key={column.id}
          className={column.align === 'end' ? 'vtable-header vtable-end' : 'vtable-header'}
          role="columnheader"
          tabIndex={index === at ? 0 : -1}
          title={onOrder ? t('ui.columnOrderHelp') : t('ui.columnHelp')}
          aria-sort={order?.column === column.id ? (order.descending ? 'descending' : 'ascending') : undefined}
          data-orders={onOrder ? true : undefined}
          onFocus={() => setAt(index)}
          onClick={onOrder ? () => onOrder(column.id) : undefined}
        >
          <span className="truncate">{column.header}</span>
          {order?.column === column.id ? (
            order.descending ? (
              <ArrowDown size={11} aria-hidden />
            ) : (
              <ArrowUp size={11} aria-hidden />
            )
          ) : null}
          {index === columns.length - 1 ? null : (
            <span
              className="vtable-grip"
              aria-hidden
              onClick={(event) => event.stopPropagation()}
              onPointerDown={(event) => {
                event.currentTarget.setPointerCapture(event.pointerId);
                drag.current = { id: column.id, from: event.clientX, width: widthOf(column) };
              }}
              onPointerMove={onPointerMove}
              onPointerUp={() => {
                drag.current = null;
              }}
              onDoubleClick={() => onResize(column.id, column.width)}
            />
          )}
        </div>
      ))}
    </div>
  );
}
