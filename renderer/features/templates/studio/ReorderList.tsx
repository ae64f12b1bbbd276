import { ChevronRight, GripVertical, X } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from 'react-aria-components';
import { t } from '../../../i18n/index.ts';
import { IconButton } from '../../../ui/index.ts';
import { followRows, placeAfterDrop, type KnownRow } from './rowIds.ts';

export interface ReorderRow {
  name: string;
  summary: string;
  body: ReactNode;
}

/** Not text: a row that is let go over a text field must not be written into it. */
const ROW = 'application/x-slipway-row';
const NO_ROWS: readonly KnownRow[] = [];

/** Rows that fold out and change their places: dragged, or by Enter on their grip, the arrow keys, and Enter again. */
export function ReorderList({
  label,
  rows,
  onMove,
  onRemove,
  testId,
}: {
  label: string;
  rows: readonly ReorderRow[];
  onMove: (from: number, to: number) => void;
  onRemove: (index: number) => void;
  testId?: string;
}) {
  const baseId = useId();
  const [before, setBefore] = useState(NO_ROWS);
  const [openId, setOpenId] = useState<string | null>(null);
  const known = followRows(
    before,
    rows.map(({ name }) => name),
  );
  if (known !== before) setBefore(known);
  const placeOf = (id: unknown): number => known.findIndex((row) => row.id === id);

  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (ids) => [...ids].map((id) => ({ [ROW]: String(id) })),
    onReorder: ({ keys: [id], target }) => {
      const from = placeOf(id);
      const to = placeAfterDrop(from, placeOf(target.key), target.dropPosition === 'before' ? 'before' : 'after');
      if (to !== from) onMove(from, to);
    },
  });

  return (
    <GridList
      aria-label={label}
      className="reorder"
      // Tab goes through the parts of a row, whose fields need the arrow keys themselves
      keyboardNavigationBehavior="tab"
      dragAndDropHooks={dragAndDropHooks}
      {...(testId === undefined ? {} : { 'data-testid': testId })}
    >
      {rows.map((row, index) => {
        const id = known[index]?.id ?? String(index);
        const isOpen = id === openId;
        return (
          <GridListItem key={id} id={id} textValue={row.name} className="reorder-row">
            <div className="reorder-line">
              <AriaButton slot="drag" className="reorder-grip">
                <GripVertical size={14} aria-hidden />
              </AriaButton>
              <button
                type="button"
                className="reorder-toggle"
                aria-expanded={isOpen}
                aria-controls={isOpen ? `${baseId}-${id}` : undefined}
                onClick={() => setOpenId(isOpen ? null : id)}
              >
                <ChevronRight size={14} aria-hidden className="template-caret" />
                <span className="truncate reorder-name">{row.name}</span>
                <span className="secondary truncate">{row.summary}</span>
              </button>
              <IconButton
                icon={X}
                size="dense"
                label={t('studio.removeRow', { name: row.name })}
                onPress={() => onRemove(index)}
              />
            </div>
            {isOpen ? (
              // a row can be dragged by all of it but by its fields
              <div
                className="reorder-body"
                id={`${baseId}-${id}`}
                draggable
                onDragStart={(event) => {
                  event.preventDefault();
                  event.stopPropagation();
                }}
              >
                {row.body}
              </div>
            ) : null}
          </GridListItem>
        );
      })}
    </GridList>
  );
}
