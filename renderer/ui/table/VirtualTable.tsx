import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent } from 'react';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import { hasMod } from '../Kbd.tsx';
import type { Column } from './column.ts';
import { gridAction, NOWHERE, placeNow, type KnownPlace } from './gridKeys.ts';
import { TableHead, type TableOrder } from './TableHead.tsx';
import { TableRow } from './TableRow.tsx';
import '../Skeleton.css';
import './VirtualTable.css';

export type { Column };

/** Rows that unfold into others below them. */
export interface TableTree<R> {
  /** 1 for a row that belongs to no other. */
  levelOf: (row: R) => number;
  /** `null`: there is nothing to unfold. */
  isOpen: (row: R) => boolean | null;
  onOpen: (row: R, isOpen: boolean) => void;
  /** Index of the row that this one belongs to; its own for one of the first level. */
  parentOf: (row: R, index: number) => number;
  /** Key of the row that the one with this key belongs to, whether it is shown or not; null for one of the first level. */
  ownerOf: (key: string) => string | null;
}

export interface VirtualTableProps<R> {
  /** For screen readers. */
  label: string;
  columns: readonly Column<R>[];
  rowCount: number;
  /** `undefined` while the row is not loaded: a placeholder is shown. The same object as long as nothing of it has changed. */
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
  order?: TableOrder;
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
/** Rows from the top that are looked through for the marked one: what is further down was scrolled to by hand. */
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
  // where the keyboard is, and where a selection began
  const [cursor, setCursor] = useState(NOWHERE);
  const anchor = useRef(NOWHERE);

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

  const keyAt = (index: number): string | null => {
    const row = rowAt(index);
    return row === undefined ? null : keyOf(row);
  };
  // what is marked from outside leads, unless the keyboard has gone on to a row that is not loaded yet
  const leading = cursor.key === null && cursor.index >= 0 ? null : (marked ?? cursor.key);
  const owner = leading === null ? null : (tree?.ownerOf(leading) ?? null);
  const isFoldedOwner = (row: R | undefined): boolean =>
    row !== undefined && owner !== null && keyOf(row) === owner && tree?.isOpen(row) === false;
  const at =
    (leading === null
      ? undefined
      : (items.find(({ index }) => keyAt(index) === leading) ?? items.find(({ index }) => isFoldedOwner(rowAt(index))))
    )?.index ?? cursor.index;
  const nowAt = (place: KnownPlace): number => placeNow(place, rowCount, keyAt, tree?.ownerOf);

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

  const keysBetween = (a: number, b: number): Set<string> => {
    const keys = new Set<string>();
    for (let index = Math.min(a, b); index <= Math.max(a, b); index += 1) {
      const key = keyAt(index);
      if (key !== null) keys.add(key);
    }
    return keys;
  };
  const deselect = (): void => {
    if (selected.size > 0) onSelect(new Set());
  };

  const goTo = (from: number, to: number, extend: boolean): void => {
    virtual.scrollToIndex(to);
    const row = rowAt(to);
    const place = { index: to, key: keyAt(to) };
    setCursor(place);
    if (row !== undefined) onMark(row, to);
    if (!extend) {
      anchor.current = place;
      deselect();
      return;
    }
    if (anchor.current.index < 0) anchor.current = { index: Math.max(0, from), key: keyAt(Math.max(0, from)) };
    onSelect(keysBetween(nowAt(anchor.current), to));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const from = nowAt({ index: at, key: leading });
    const row = from < 0 ? undefined : rowAt(from);
    const action = gridAction(
      { key: event.key, shiftKey: event.shiftKey, hasMod: hasMod(event) },
      {
        at: from,
        rowCount,
        page: Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2),
        isOpen: row === undefined ? null : (tree?.isOpen(row) ?? null),
        parent: row === undefined || tree === undefined ? null : tree.parentOf(row, from),
        hasSelection: selected.size > 0,
      },
    );
    if (action === null) return;
    event.preventDefault();
    switch (action.do) {
      case 'go':
        goTo(from, action.to, action.extend);
        break;
      case 'unfold':
        if (row !== undefined) tree?.onOpen(row, action.isOpen);
        break;
      case 'open':
        if (row !== undefined) onOpen(row);
        break;
      case 'deselect':
        deselect();
        break;
      case 'selectAll':
        onSelect(keysBetween(0, rowCount - 1));
        break;
      default:
        assertNever(action);
    }
  };

  /** The row that an event of the mouse is in. */
  const rowOf = (event: MouseEvent): { row: R; index: number } | null => {
    const element = (event.target as Element).closest<HTMLElement>('[data-index]');
    const index = Number(element?.dataset['index'] ?? -1);
    const row = index < 0 ? undefined : rowAt(index);
    return row === undefined ? null : { row, index };
  };

  const onClick = (event: MouseEvent): void => {
    const found = rowOf(event);
    if (found === null) return;
    const { row, index } = found;
    const place = { index, key: keyOf(row) };
    setCursor(place);
    if (hasMod(event)) {
      const keys = new Set(selected.size === 0 && marked !== null ? [marked] : selected);
      if (!keys.delete(place.key)) keys.add(place.key);
      onSelect(keys);
      anchor.current = place;
    } else if (event.shiftKey) {
      onSelect(keysBetween(anchor.current.index < 0 ? Math.max(0, at) : nowAt(anchor.current), index));
    } else {
      anchor.current = place;
      deselect();
    }
    onMark(row, index);
  };

  const openMenu = (event: MouseEvent): void => {
    if (onMenu === undefined) return;
    const pressed = rowOf(event);
    // the menu key says no place: the row where the keyboard is
    const index = pressed?.index ?? at;
    const row = pressed?.row ?? (index < 0 ? undefined : rowAt(index));
    const frame = document.getElementById(`${bodyId}-${String(index)}`)?.getBoundingClientRect();
    if (row === undefined || frame === undefined) return;
    event.preventDefault();
    if (index !== at) goTo(at, index, false);
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
        <TableHead
          columns={columns}
          widthOf={widthOf}
          onResize={(id, width) => onWidths({ ...widths, [id]: width })}
          order={order}
          onOrder={onOrder}
        />
        <div
          className="vtable-body"
          role="rowgroup"
          style={{ height: `${String(virtual.getTotalSize())}px` }}
          onClick={onClick}
          onDoubleClick={(event) => {
            const found = rowOf(event);
            if (found !== null) onOpen(found.row);
          }}
        >
          {items.map((item) => {
            const row = rowAt(item.index);
            const key = row === undefined ? null : keyOf(row);
            const isMarked = key !== null && key === marked;
            return (
              <TableRow
                key={item.key}
                id={`${bodyId}-${String(item.index)}`}
                row={row}
                rowKey={key}
                index={item.index}
                top={item.start - rowHeight}
                columns={columns}
                level={row === undefined ? undefined : tree?.levelOf(row)}
                isUnfolded={row === undefined ? undefined : (tree?.isOpen(row) ?? undefined)}
                isMarked={isMarked}
                isSelected={isMarked || (key !== null && selected.has(key))}
                isCursor={item.index === at}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
