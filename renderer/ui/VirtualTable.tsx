import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { t } from '../i18n/index.ts';
import { hasMod } from './Kbd.tsx';
import './Skeleton.css';
import './VirtualTable.css';

export interface Column<R> {
  id: string;
  header: string;
  /** px until it is resized. The last column takes what is left. */
  width: number;
  align?: 'start' | 'end';
  render: (row: R) => ReactNode;
}

/** Rows that unfold into others below them. */
export interface TableTree<R> {
  /** 1 for a row that belongs to no other. */
  levelOf: (row: R) => number;
  /** `null`: there is nothing to unfold. */
  isOpen: (row: R) => boolean | null;
  onOpen: (row: R, isOpen: boolean) => void;
  /** Index of the row that this one belongs to; its own for one of the first level. */
  parentOf: (row: R, index: number) => number;
}

export interface VirtualTableProps<R> {
  /** For screen readers. */
  label: string;
  columns: readonly Column<R>[];
  rowCount: number;
  /** `undefined` while the row is not loaded: a placeholder is shown. */
  rowAt: (index: number) => R | undefined;
  keyOf: (row: R) => string;
  /** Key of the marked row. */
  marked: string | null;
  onMark: (row: R, index: number) => void;
  /** Enter or double click. Space and a click only mark. */
  onOpen: (row: R) => void;
  selected: ReadonlySet<string>;
  onSelect: (keys: ReadonlySet<string>) => void;
  /** Widths that were changed, by column. */
  widths: Readonly<Record<string, number>>;
  onWidths: (widths: Record<string, number>) => void;
  /** With it rows unfold: the right arrow opens and goes in, the left one closes and goes out. */
  tree?: TableTree<R>;
  /** How the rows are ordered; with `onOrder` the heads of the columns order them. */
  order?: { readonly column: string; readonly descending: boolean };
  onOrder?: (column: string) => void;
  /** The row's own menu is asked for, at this place of the window: by the other mouse button, or by the keyboard. */
  onMenu?: (row: R, place: { x: number; y: number }) => void;
  /** Rows on screen, both included. */
  onVisible: (from: number, to: number) => void;
  /** Remembers the scroll position under this name while the page lives. */
  scrollKey?: string;
  testId?: string;
}

const ROW_REM = 1.75;
const LEAST_WIDTH = 40;
/** Rows that are looked through for the marked one: what is further down was scrolled to by hand. */
const SEARCHED = 2000;
const scrollPositions = new Map<string, number>();

function remInPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/**
 * A table of any length: only the rows on screen exist. One tab stop for the header (arrows move between columns, with Shift they
 * resize) and one for the rows (arrows, Page, Home, End; Shift extends the selection; Enter opens; Space marks).
 */
export function VirtualTable<R>(props: VirtualTableProps<R>) {
  const {
    label,
    columns,
    rowCount,
    rowAt,
    keyOf,
    marked,
    onMark,
    onOpen,
    selected,
    onSelect,
    widths,
    onWidths,
    onVisible,
    tree,
    order,
    onOrder,
    onMenu,
    scrollKey,
    testId,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const bodyId = useId();
  const [rowHeight] = useState(() => Math.round(ROW_REM * remInPx()));
  // Where the keyboard is. Rows shift when new jobs arrive, so the key leads and the index only remembers.
  const [cursor, setCursor] = useState(-1);
  const anchor = useRef(-1);

  const virtual = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialOffset: scrollKey === undefined ? 0 : (scrollPositions.get(scrollKey) ?? 0),
    // the sticky header stands above the first row
    scrollMargin: rowHeight,
    scrollPaddingStart: rowHeight,
  });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  const latestVisible = useRef(onVisible);
  useEffect(() => {
    latestVisible.current = onVisible;
  });
  useEffect(() => latestVisible.current(from, to), [from, to, rowCount]);

  const markedIndex = items.find((item) => {
    const row = rowAt(item.index);
    return row !== undefined && keyOf(row) === marked;
  })?.index;
  const at = markedIndex ?? cursor;

  // Details that open over the lower rows, or an address that names a row, must not hide it.
  const latestRows = useRef({ rowAt, keyOf, rowCount });
  useEffect(() => {
    latestRows.current = { rowAt, keyOf, rowCount };
  });
  const hasRows = rowCount > 0;
  useEffect(() => {
    if (marked === null || !hasRows) return undefined;
    const frame = requestAnimationFrame(() => {
      const rows = latestRows.current;
      for (let index = 0; index < Math.min(rows.rowCount, SEARCHED); index += 1) {
        const row = rows.rowAt(index);
        if (row !== undefined && rows.keyOf(row) === marked) virtual.scrollToIndex(index);
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [marked, hasRows, virtual]);

  const goTo = (index: number, extend: boolean): void => {
    if (rowCount === 0) return;
    const next = Math.max(0, Math.min(rowCount - 1, index));
    virtual.scrollToIndex(next);
    setCursor(next);
    const row = rowAt(next);
    if (row !== undefined) onMark(row, next);
    if (!extend) {
      anchor.current = next;
      if (selected.size > 0) onSelect(new Set());
      return;
    }
    if (anchor.current < 0) anchor.current = Math.max(0, at);
    onSelect(keysBetween(anchor.current, next));
  };

  const keysBetween = (a: number, b: number): Set<string> => {
    const keys = new Set<string>();
    for (let index = Math.min(a, b); index <= Math.max(a, b); index += 1) {
      const row = rowAt(index);
      if (row !== undefined) keys.add(keyOf(row));
    }
    return keys;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const row = at < 0 ? undefined : rowAt(at);
    switch (event.key) {
      case 'ArrowDown':
        goTo(at + 1, event.shiftKey);
        break;
      case 'ArrowUp':
        goTo(at - 1, event.shiftKey);
        break;
      case 'PageDown':
        goTo(at + page, event.shiftKey);
        break;
      case 'PageUp':
        goTo(at - page, event.shiftKey);
        break;
      case 'Home':
        goTo(0, event.shiftKey);
        break;
      case 'End':
        goTo(rowCount - 1, event.shiftKey);
        break;
      case 'ArrowRight': {
        const isOpen = row === undefined ? null : (tree?.isOpen(row) ?? null);
        if (row === undefined || isOpen === null) return;
        if (isOpen) goTo(at + 1, false);
        else tree?.onOpen(row, true);
        break;
      }
      case 'ArrowLeft':
        if (row === undefined || tree === undefined) return;
        if (tree.isOpen(row) === true) tree.onOpen(row, false);
        else goTo(tree.parentOf(row, at), false);
        break;
      case 'Enter':
        if (row !== undefined) onOpen(row);
        break;
      case ' ':
        goTo(Math.max(0, at), event.shiftKey);
        break;
      case 'Escape':
        if (selected.size === 0) return;
        onSelect(new Set());
        break;
      default:
        if (!hasMod(event) || event.key.toLowerCase() !== 'a') return;
        onSelect(keysBetween(0, rowCount - 1));
    }
    event.preventDefault();
  };

  const onRowClick = (event: MouseEvent, row: R, index: number): void => {
    setCursor(index);
    if (hasMod(event)) {
      const keys = new Set(selected.size === 0 && marked !== null ? [marked] : selected);
      if (!keys.delete(keyOf(row))) keys.add(keyOf(row));
      onSelect(keys);
      anchor.current = index;
    } else if (event.shiftKey) {
      onSelect(keysBetween(anchor.current < 0 ? Math.max(0, at) : anchor.current, index));
    } else {
      anchor.current = index;
      if (selected.size > 0) onSelect(new Set());
    }
    onMark(row, index);
  };

  const openMenu = (event: MouseEvent): void => {
    if (onMenu === undefined) return;
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>('.vtable-row') : null;
    // the menu key says no place: the row where the keyboard is
    const element = pressed ?? document.getElementById(`${bodyId}-${String(at)}`);
    const index = Number(element?.id.slice(bodyId.length + 1) ?? Number.NaN);
    const row = Number.isNaN(index) ? undefined : rowAt(index);
    if (element === null || row === undefined) return;
    event.preventDefault();
    if (index !== at) goTo(index, false);
    const frame = element.getBoundingClientRect();
    onMenu(row, pressed === null ? { x: frame.left + 24, y: frame.bottom } : { x: event.clientX, y: event.clientY });
  };

  const widthOf = (column: Column<R>): number => widths[column.id] ?? column.width;
  const template = columns
    .map((column, index) =>
      index === columns.length - 1 ? `minmax(${String(widthOf(column))}px, 1fr)` : `${String(widthOf(column))}px`,
    )
    .join(' ');
  const style = {
    '--columns': template,
    '--row': `${String(rowHeight)}px`,
    '--table-width': `${String(columns.reduce((sum, column) => sum + widthOf(column), 0))}px`,
  } as CSSProperties;

  return (
    <div
      className="vtable"
      ref={scroller}
      style={style}
      data-testid={testId}
      onScroll={(event) => {
        if (scrollKey !== undefined) scrollPositions.set(scrollKey, event.currentTarget.scrollTop);
      }}
    >
      <div
        className="vtable-grid"
        role={tree ? 'treegrid' : 'grid'}
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length}
        aria-multiselectable
        aria-activedescendant={items.some((item) => item.index === at) ? `${bodyId}-${String(at)}` : undefined}
        onKeyDown={(event) => {
          if (event.target === event.currentTarget) onKeyDown(event);
        }}
        onContextMenu={openMenu}
      >
        <HeaderRow
          columns={columns}
          widthOf={widthOf}
          onResize={(id, width) => onWidths({ ...widths, [id]: width })}
          order={order}
          onOrder={onOrder}
        />
        <div className="vtable-body" role="rowgroup" style={{ height: `${String(virtual.getTotalSize())}px` }}>
          {items.map((item) => {
            const row = rowAt(item.index);
            const key = row === undefined ? null : keyOf(row);
            const isMarked = key !== null && key === marked;
            const isUnfolded = row === undefined ? undefined : (tree?.isOpen(row) ?? undefined);
            return (
              <div
                key={item.key}
                id={`${bodyId}-${String(item.index)}`}
                className="vtable-row"
                role="row"
                aria-rowindex={item.index + 2}
                aria-level={row === undefined ? undefined : tree?.levelOf(row)}
                aria-expanded={isUnfolded}
                aria-selected={isMarked || (key !== null && selected.has(key))}
                data-marked={isMarked || undefined}
                data-cursor={item.index === at || undefined}
                data-key={key ?? undefined}
                style={{ transform: `translateY(${String(item.start - rowHeight)}px)` }}
                onClick={row === undefined ? undefined : (event) => onRowClick(event, row, item.index)}
                onDoubleClick={row === undefined ? undefined : () => onOpen(row)}
              >
                {columns.map((column) => (
                  <div
                    key={column.id}
                    className={column.align === 'end' ? 'vtable-cell vtable-end' : 'vtable-cell'}
                    role="gridcell"
                  >
                    {row === undefined ? (
                      <span className="skeleton-line" style={{ width: '60%' }} />
                    ) : (
                      column.render(row)
                    )}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function HeaderRow<R>({
  columns,
  widthOf,
  onResize,
  order,
  onOrder,
}: {
  columns: readonly Column<R>[];
  widthOf: (column: Column<R>) => number;
  onResize: (id: string, width: number) => void;
  order: VirtualTableProps<R>['order'];
  onOrder: VirtualTableProps<R>['onOrder'];
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
