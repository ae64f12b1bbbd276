import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import './Tabs.css';

export interface TabItem {
  id: string;
  label: ReactNode;
  content: ReactNode;
}

/** Tabs over one area; arrows, Home and End choose. Only the chosen one is drawn. `aside` stands at the end of the tab row. */
export function Tabs({
  label,
  items,
  selected,
  onSelect,
  aside,
}: {
  label: string;
  items: readonly TabItem[];
  selected: string;
  onSelect: (id: string) => void;
  aside?: ReactNode;
}) {
  const row = useRef<HTMLDivElement>(null);
  const baseId = useId();
  const at = Math.max(
    0,
    items.findIndex((item) => item.id === selected),
  );
  const shown = items[at];

  const onKeyDown = (event: KeyboardEvent): void => {
    const last = items.length - 1;
    const targets: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const next = targets[event.key];
    const item = next === undefined ? undefined : items[next];
    if (next === undefined || !item) return;
    event.preventDefault();
    onSelect(item.id);
    row.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };

  return (
    <div className="tabs">
      <div className="tabs-row">
        <div role="tablist" aria-label={label} className="tabs-list" ref={row} onKeyDown={onKeyDown}>
          {items.map((item, index) => (
            <button
              key={item.id}
              type="button"
              role="tab"
              className="tab"
              id={`${baseId}-tab-${item.id}`}
              aria-selected={index === at}
              aria-controls={index === at ? `${baseId}-panel` : undefined}
              tabIndex={index === at ? 0 : -1}
              onClick={() => onSelect(item.id)}
            >
              {item.label}
            </button>
          ))}
        </div>
        {aside ? <div className="tabs-aside">{aside}</div> : null}
      </div>
      {shown ? (
        <div
          key={shown.id}
          role="tabpanel"
          className="tab-panel"
          id={`${baseId}-panel`}
          aria-labelledby={`${baseId}-tab-${shown.id}`}
          tabIndex={0}
        >
          {shown.content}
        </div>
      ) : null}
    </div>
  );
}
