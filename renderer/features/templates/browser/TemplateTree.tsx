import { ChevronRight, Star, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { sayMessage, t } from '../../../i18n/index.ts';
import { templateKey } from '../../../lib/templateKey.ts';
import { QUICK_GROUPS, type TemplateGroup } from './browse.ts';
import { groupLabel, sourceLabel } from './labels.ts';

type Row =
  | { kind: 'group'; key: string; group: TemplateGroup; isOpen: boolean }
  | { kind: 'template'; key: string; parent: string; template: TemplateSummary; isQuick: boolean };

export interface TemplateTreeProps {
  groups: readonly TemplateGroup[];
  folded: readonly string[];
  onFold: (folded: readonly string[]) => void;
  selectedKey: string | null;
  onOpen: (template: TemplateSummary) => void;
  /** While it changes the focus goes to the first row: an arrow key from the filter box. */
  enterCount: number;
}

function rowsOf(groups: readonly TemplateGroup[], folded: readonly string[]): Row[] {
  return groups.flatMap((group): Row[] => {
    const key = `group:${group.id}`;
    const isOpen = !folded.includes(group.id);
    const isQuick = QUICK_GROUPS.some((id) => id === group.id);
    const templates = isOpen
      ? group.templates.map((template): Row => ({
          kind: 'template',
          // the same template stands in its own group too
          key: isQuick ? `${group.id}/${templateKey(template)}` : templateKey(template),
          parent: key,
          template,
          isQuick,
        }))
      : [];
    return [{ kind: 'group', key, group, isOpen }, ...templates];
  });
}

/** Groups that fold, with their templates: one tab stop, arrows move, Enter opens. Pattern: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
export function TemplateTree({ groups, folded, onFold, selectedKey, onOpen, enterCount }: TemplateTreeProps) {
  const rows = rowsOf(groups, folded);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const active = rows.find((row) => row.key === activeKey) ?? rows.find((row) => row.key === selectedKey) ?? rows[0];

  const focusRow = (row: Row | undefined): void => {
    if (!row) return;
    setActiveKey(row.key);
    box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus();
  };
  const fold = (group: TemplateGroup, isOpen: boolean): void =>
    onFold(isOpen ? folded.filter((id) => id !== group.id) : [...folded, group.id]);
  const press = (row: Row): void => {
    setActiveKey(row.key);
    if (row.kind === 'group') fold(row.group, !row.isOpen);
    else onOpen(row.template);
  };

  const entered = useRef(enterCount);
  useEffect(() => {
    if (entered.current === enterCount) return;
    entered.current = enterCount;
    box.current?.querySelector<HTMLElement>('[role="treeitem"][aria-level="2"]')?.focus();
  }, [enterCount]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!active) return;
    const at = rows.indexOf(active);
    switch (event.key) {
      case 'ArrowDown':
        focusRow(rows[at + 1]);
        break;
      case 'ArrowUp':
        focusRow(rows[at - 1]);
        break;
      case 'Home':
        focusRow(rows[0]);
        break;
      case 'End':
        focusRow(rows.at(-1));
        break;
      case 'ArrowRight':
        if (active.kind === 'group') {
          if (active.isOpen) focusRow(rows[at + 1]);
          else fold(active.group, true);
        }
        break;
      case 'ArrowLeft':
        if (active.kind === 'template') focusRow(rows.find((row) => row.key === active.parent));
        else if (active.isOpen) fold(active.group, false);
        break;
      case 'Enter':
      case ' ':
        press(active);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div ref={box} role="tree" aria-label={t('templates.title')} className="template-tree" onKeyDown={onKeyDown}>
      {rows.map((row) => {
        const shared = {
          role: 'treeitem',
          'data-key': row.key,
          tabIndex: row === active ? 0 : -1,
          onFocus: () => setActiveKey(row.key),
          onClick: () => press(row),
        };
        if (row.kind === 'group') {
          return (
            <div key={row.key} {...shared} aria-level={1} aria-expanded={row.isOpen} className="template-group">
              <ChevronRight size={14} aria-hidden className="template-caret" />
              <span className="truncate">{groupLabel(row.group.id)}</span>
              <span className="template-count">{row.group.templates.length}</span>
            </div>
          );
        }
        const { template, isQuick } = row;
        const [problem] = template.problems;
        return (
          <div
            key={row.key}
            {...shared}
            aria-level={2}
            aria-selected={templateKey(template) === selectedKey}
            className="template-row"
            title={problem ? sayMessage(problem.message) : template.description}
            data-testid={`${isQuick ? 'quick' : 'template'}-${template.id}`}
          >
            <span className="template-name truncate">{template.displayName}</span>
            {template.favourite ? (
              <Star size={12} className="template-star" aria-label={t('templates.favourite')} />
            ) : null}
            {template.source === 'community' ? (
              <span className="template-source">{sourceLabel(template.source)}</span>
            ) : null}
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
          </div>
        );
      })}
    </div>
  );
}
