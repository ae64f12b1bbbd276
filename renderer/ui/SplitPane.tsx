import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { t } from '../i18n/index.ts';
import './SplitPane.css';

export interface SplitPaneProps {
  /** `row`: side by side. `column`: one above the other. */
  direction: 'row' | 'column';
  first: ReactNode;
  /** `null`: the first pane has all the room. Nothing in it is drawn anew when the second one comes or goes. */
  second: ReactNode;
  /** Which of the two has a fixed size; the other takes the rest. */
  sized: 'first' | 'second';
  /** Its size in px. */
  size: number;
  /** Called when the size was changed, at the end of a drag. */
  onResize: (size: number) => void;
  min: number;
  /** Least px that the other one keeps. */
  minOther: number;
  /** What is resized, for screen readers. */
  label: string;
}

/** Two panes and a separator to drag, or to move with the arrow keys (Home and End: to the bounds). */
export function SplitPane({ direction, first, second, sized, size, onResize, min, minOther, label }: SplitPaneProps) {
  const box = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const extent = (): number => (direction === 'row' ? box.current?.clientWidth : box.current?.clientHeight) ?? 0;
  const bound = (next: number): number => Math.round(Math.max(min, Math.min(next, Math.max(min, extent() - minOther))));

  const sizeAt = (event: PointerEvent): number => {
    const frame = box.current?.getBoundingClientRect();
    if (!frame) return size;
    const at = direction === 'row' ? event.clientX - frame.left : event.clientY - frame.top;
    return bound(sized === 'first' ? at : extent() - at);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const grow = direction === 'row' ? 'ArrowRight' : 'ArrowDown';
    const shrink = direction === 'row' ? 'ArrowLeft' : 'ArrowUp';
    const by = (event.shiftKey ? 80 : 16) * (sized === 'first' ? 1 : -1);
    const next =
      event.key === grow
        ? size + by
        : event.key === shrink
          ? size - by
          : event.key === 'Home'
            ? min
            : event.key === 'End'
              ? extent()
              : null;
    if (next === null) return;
    event.preventDefault();
    onResize(bound(next));
  };

  const shown = dragged ?? size;
  const style = {
    '--split-size': `${String(shown)}px`,
    '--split-min': `${String(min)}px`,
    '--split-min-other': `${String(minOther)}px`,
  } as CSSProperties;
  return (
    <div ref={box} className={second === null ? 'split' : `split split-${direction} split-${sized}`} style={style}>
      <div className="split-pane split-pane-first">{first}</div>
      {second === null ? null : (
        <>
          {/* a separator that can be focused is a widget: https://www.w3.org/TR/wai-aria-1.2/#separator */}
          <div
            className="split-bar"
            role="separator"
            tabIndex={0}
            aria-label={t('ui.resize', { what: label })}
            aria-orientation={direction === 'row' ? 'vertical' : 'horizontal'}
            aria-valuenow={Math.round(shown)}
            aria-valuemin={min}
            data-dragging={dragged !== null || undefined}
            onKeyDown={onKeyDown}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              setDragged(sizeAt(event));
            }}
            onPointerMove={(event) => {
              if (dragged !== null) setDragged(sizeAt(event));
            }}
            onPointerUp={(event) => {
              if (dragged === null) return;
              onResize(sizeAt(event));
              setDragged(null);
            }}
            onPointerCancel={() => setDragged(null)}
          />
          <div className="split-pane split-pane-second">{second}</div>
        </>
      )}
    </div>
  );
}
