import { ChevronRight, GripVertical, X } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { t } from '../../../i18n/index.ts';
import { IconButton } from '../../../ui/index.ts';

export interface SortableRow {
  name: string;
  summary: string;
  body: ReactNode;
}

/** Rows that fold out and change their places: dragged by their grip, or moved with the arrow keys on it. */
export function SortableList({
  label,
  rows,
  onMove,
  onRemove,
  testId,
}: {
  label: string;
  rows: readonly SortableRow[];
  onMove: (from: number, to: number) => void;
  onRemove: (index: number) => void;
  testId?: string;
}) {
  const list = useRef<HTMLUListElement>(null);
  const baseId = useId();
  const [openAt, setOpenAt] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  // the row that was moved keeps the focus, wherever it is drawn
  const followed = useRef<number | null>(null);
  useEffect(() => {
    if (followed.current === null) return;
    list.current?.querySelectorAll<HTMLElement>('.sortable-grip')[followed.current]?.focus();
    followed.current = null;
  }, [rows]);

  const move = (from: number, to: number): void => {
    if (to < 0 || to >= rows.length || from === to) return;
    setOpenAt((open) =>
      open === from
        ? to
        : open === null
          ? null
          : open > from && open <= to
            ? open - 1
            : open < from && open >= to
              ? open + 1
              : open,
    );
    setSaid(t('studio.moved', { name: rows[from]?.name ?? '', place: to + 1, count: rows.length }));
    onMove(from, to);
  };

  return (
    <>
      <ul className="sortable" aria-label={label} ref={list} data-testid={testId}>
        {rows.map((row, index) => (
          <li
            key={index}
            className="sortable-row"
            data-dragged={index === dragged || undefined}
            data-over={
              index === over && index !== dragged
                ? dragged !== null && dragged < index
                  ? 'after'
                  : 'before'
                : undefined
            }
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(index);
            }}
            onDrop={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              move(dragged, index);
              setDragged(null);
              setOver(null);
            }}
          >
            <div className="sortable-line">
              <button
                type="button"
                className="sortable-grip"
                draggable
                aria-label={t('studio.moveRow', { name: row.name })}
                title={t('studio.moveHint')}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = 'move';
                  event.dataTransfer.setData('text/plain', row.name);
                  setDragged(index);
                }}
                onDragEnd={() => {
                  setDragged(null);
                  setOver(null);
                }}
                onKeyDown={(event) => {
                  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
                  if (by === 0) return;
                  event.preventDefault();
                  if (index + by < 0 || index + by >= rows.length) return;
                  followed.current = index + by;
                  move(index, index + by);
                }}
              >
                <GripVertical size={14} aria-hidden />
              </button>
              <button
                type="button"
                className="sortable-toggle"
                aria-expanded={index === openAt}
                aria-controls={`${baseId}-${String(index)}`}
                onClick={() => setOpenAt(index === openAt ? null : index)}
              >
                <ChevronRight size={14} aria-hidden className="template-caret" />
                <span className="truncate sortable-name">{row.name}</span>
                <span className="secondary truncate">{row.summary}</span>
              </button>
              <IconButton
                icon={X}
                size="dense"
                label={t('studio.removeRow', { name: row.name })}
                onPress={() => {
                  setOpenAt(null);
                  onRemove(index);
                }}
              />
            </div>
            {index === openAt ? (
              <div className="sortable-body" id={`${baseId}-${String(index)}`}>
                {row.body}
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
    </>
  );
}
