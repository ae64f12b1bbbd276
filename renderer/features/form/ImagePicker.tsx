import { Check, CircleAlert, Search } from 'lucide-react';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { imageKey } from '../../lib/imageKey.ts';
import { t } from '../../i18n/index.ts';
import { routeHref } from '../../ui/index.ts';
import { groupImages, imageRows, isChoosable, type ImageChoice, type ImageRow } from './imageChoices.ts';
import { ImageCard } from './ImageCard.tsx';
import { factsLine, reasonText } from './imageWords.ts';
import './ImagePicker.css';

const ROW_REM = 2.75;
const HEADING_REM = 1.5;
const PAGE = 8;

export interface ImagePickerProps {
  images: readonly ImageSummary[];
  rule: Pick<ImageRule, 'mode' | 'partition' | 'allowedImages'>;
  /** Where the job goes. */
  partition: string | null;
  /** Path of the chosen one. */
  chosen: string | null;
  onChoose: (path: string | null) => void;
  /** Whether the job may do without: then `onChoose(null)` takes the image out. */
  mayBeNone: boolean;
}

/** All images of the cluster to search and choose from; those that the template does not take say why. Only the rows in sight exist. */
export function ImagePicker({ images, rule, partition, chosen, onChoose, mayBeNone }: ImagePickerProps) {
  const [query, setQuery] = useState('');
  const groups = useMemo(() => groupImages(images, rule, partition), [images, rule, partition]);
  const rows = useMemo(() => imageRows(groups, query), [groups, query]);
  const [at, setAt] = useState(() => firstOf(rows, chosen));
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: (index) => Math.round(rem * (rows[index]?.kind === 'heading' ? HEADING_REM : ROW_REM)),
    overscan: 4,
  });
  useLayoutEffect(() => virtual.measure(), [rows, virtual]);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [at, virtual]);
  const marked = rows[at];
  const choice = marked?.kind === 'image' ? marked.choice : null;

  const move = (by: number): void => {
    let next = at;
    for (let left = Math.abs(by); left > 0; left -= 1) {
      let step = next + Math.sign(by);
      if (rows[step]?.kind === 'heading') step += Math.sign(by);
      if (rows[step] === undefined) break;
      next = step;
    }
    setAt(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'PageDown') move(PAGE);
    else if (event.key === 'PageUp') move(-PAGE);
    else if (event.key === 'Enter') {
      if (choice !== null && isChoosable(choice)) onChoose(choice.image.path);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="image-picker" data-testid="image-picker">
      <div className="image-picker-search">
        <Search size={14} aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={choice === null ? undefined : `${listId}-${String(at)}`}
          aria-label={t('images.picker.search')}
          aria-describedby={choice === null ? undefined : `${listId}-card`}
          placeholder={t('images.picker.search')}
          value={query}
          autoFocus
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(firstOf(imageRows(groups, event.target.value), null));
          }}
          onKeyDown={onKeyDown}
        />
        {mayBeNone && chosen !== null ? (
          <button type="button" className="image-picker-none" onClick={() => onChoose(null)}>
            {t('images.picker.none')}
          </button>
        ) : null}
      </div>
      <div className="image-picker-body">
        <div
          className="image-picker-list"
          role="listbox"
          id={listId}
          ref={list}
          tabIndex={-1}
          aria-label={t('images.picker.title')}
        >
          <div role="presentation" style={{ height: `${String(virtual.getTotalSize())}px`, position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              return row === undefined ? null : (
                <PickerRow
                  key={item.key}
                  id={`${listId}-${String(item.index)}`}
                  row={row}
                  top={item.start}
                  height={item.size}
                  isMarked={item.index === at}
                  isChosen={row.kind === 'image' && row.choice.image.path === chosen}
                  onMark={() => setAt(item.index)}
                  onChoose={onChoose}
                />
              );
            })}
          </div>
          {rows.length === 0 ? (
            <p className="image-picker-nothing muted">{t('images.picker.nothing', { query })}</p>
          ) : null}
        </div>
        {choice === null ? null : (
          <div className="image-picker-card" id={`${listId}-card`}>
            <ImageCard choice={choice} />
            <a href={routeHref('images', imageKey(choice.image))}>{t('images.picker.openPage')}</a>
          </div>
        )}
      </div>
    </div>
  );
}

/** The row of the chosen image, else the first image that can be chosen, else the first one. */
function firstOf(rows: readonly ImageRow[], chosen: string | null): number {
  const find = (fits: (choice: ImageChoice) => boolean): number =>
    rows.findIndex((row) => row.kind === 'image' && fits(row.choice));
  const own = chosen === null ? -1 : find(({ image }) => image.path === chosen);
  if (own >= 0) return own;
  const usable = find(isChoosable);
  return usable >= 0 ? usable : find(() => true);
}

function PickerRow({
  id,
  row,
  top,
  height,
  isMarked,
  isChosen,
  onMark,
  onChoose,
}: {
  id: string;
  row: ImageRow;
  top: number;
  height: number;
  isMarked: boolean;
  isChosen: boolean;
  onMark: () => void;
  onChoose: (path: string) => void;
}) {
  const style = { height: `${String(height)}px`, transform: `translateY(${String(top)}px)` };
  if (row.kind === 'heading')
    return (
      <div className="image-picker-heading" role="presentation" style={style}>
        {t(`images.picker.${row.group}`)}
      </div>
    );
  const { image } = row.choice;
  const reason = reasonText(row.choice);
  const canBe = isChoosable(row.choice);
  return (
    <div
      className="image-picker-row"
      role="option"
      id={id}
      aria-selected={isMarked}
      aria-disabled={!canBe}
      style={style}
      onPointerMove={isMarked ? undefined : onMark}
      onClick={canBe ? () => onChoose(image.path) : undefined}
    >
      <span className="image-picker-check">{isChosen ? <Check size={13} aria-hidden /> : null}</span>
      <span className="image-picker-lines">
        <span className="truncate">
          <strong>{plainLine(image.name)}</strong>
          {image.title === null && image.description === null ? null : (
            <span className="secondary"> {plainLine(image.description ?? image.title ?? '')}</span>
          )}
        </span>
        <span className="truncate secondary">
          {reason === null ? null : (
            <span className="image-picker-reason">
              <CircleAlert size={11} aria-hidden /> {reason}{' '}
            </span>
          )}
          {factsLine(image, Date.now())}
        </span>
      </span>
    </div>
  );
}
