import { useVirtualizer } from '@tanstack/react-virtual';
import { Star, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { sayMessage, t } from '../../../i18n/index.ts';
import { groupLabel, sourceLabel, templateKey } from '../browser/index.ts';

const ROW_REM = 2.75;

export interface LibraryRowsProps {
  templates: readonly TemplateSummary[];
  openKey: string | null;
  onOpen: (template: TemplateSummary) => void;
  /** While it changes the focus goes to the list: an arrow key from the search box. */
  enterCount: number;
}

/** Templates as a list of any length: one tab stop; arrows, Page, Home and End move, Enter and Space open. Only rows on screen exist. */
export function LibraryRows({ templates, openKey, onOpen, enterCount }: LibraryRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const baseId = useId();
  const [rowHeight] = useState(() =>
    Math.round(ROW_REM * (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16)),
  );
  const [cursorKey, setCursorKey] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: templates.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  const wanted = cursorKey ?? openKey;
  const at = Math.max(
    0,
    templates.findIndex((template) => templateKey(template) === wanted),
  );

  const openIndex = templates.findIndex((template) => templateKey(template) === openKey);
  const shownFor = useRef<string | null>(null);
  useEffect(() => {
    // once for each address: who scrolls away afterwards stays there
    if (openIndex < 0 || shownFor.current === openKey) return;
    shownFor.current = openKey;
    virtual.scrollToIndex(openIndex);
  }, [openIndex, openKey, virtual]);

  const entered = useRef(enterCount);
  useEffect(() => {
    if (entered.current === enterCount) return;
    entered.current = enterCount;
    scroller.current?.focus();
  }, [enterCount]);

  const goTo = (index: number): void => {
    const next = Math.max(0, Math.min(templates.length - 1, index));
    const template = templates[next];
    if (!template) return;
    setCursorKey(templateKey(template));
    virtual.scrollToIndex(next);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: templates.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) goTo(target);
    else if (event.key === 'Enter' || event.key === ' ') {
      const template = templates[at];
      if (template) onOpen(template);
    } else return;
    event.preventDefault();
  };

  const items = virtual.getVirtualItems();
  return (
    <div
      ref={scroller}
      className="library-rows"
      role="listbox"
      tabIndex={0}
      aria-label={t('templates.title')}
      aria-activedescendant={items.some((item) => item.index === at) ? `${baseId}-${String(at)}` : undefined}
      onKeyDown={onKeyDown}
      data-testid="library"
    >
      <div role="presentation" style={{ height: `${String(virtual.getTotalSize())}px`, position: 'relative' }}>
        {items.map((item) => {
          const template = templates[item.index];
          if (!template) return null;
          const key = templateKey(template);
          const [problem] = template.problems;
          return (
            <div
              key={key}
              id={`${baseId}-${String(item.index)}`}
              role="option"
              aria-selected={key === openKey}
              aria-posinset={item.index + 1}
              aria-setsize={templates.length}
              className="library-row"
              data-cursor={item.index === at || undefined}
              data-testid={`library-${template.source}-${template.id}`}
              title={problem ? sayMessage(problem.message) : template.description}
              style={{ height: `${String(item.size)}px`, transform: `translateY(${String(item.start)}px)` }}
              onClick={() => {
                setCursorKey(key);
                onOpen(template);
              }}
            >
              <span className="library-name">
                <span className="truncate">{template.displayName || template.id}</span>
                {problem ? (
                  <span className={template.usable ? 'template-flag' : 'template-flag template-broken'}>
                    <TriangleAlert size={13} aria-hidden />
                    <span className="visually-hidden">
                      {t(template.usable ? 'templates.hasProblem' : 'templates.broken', {
                        problem: sayMessage(problem.message),
                      })}
                    </span>
                  </span>
                ) : null}
                {template.favourite ? (
                  <span className="library-star">
                    <Star size={12} fill="currentColor" aria-hidden />
                    <span className="visually-hidden">{t('studio.isFavourite')}</span>
                  </span>
                ) : null}
              </span>
              <span className="secondary truncate">
                {groupLabel(template.category)} · {sourceLabel(template.source)}
                {template.site ? <> · {t('studio.site')}</> : null}
                {template.isPublic ? null : <> · {t('studio.notPublic')}</>}
                {template.version === '' ? null : <> · v{template.version}</>}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
