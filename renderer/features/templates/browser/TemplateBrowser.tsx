import { FileQuestion, FolderSearch } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { TemplateSummary } from '../../../../shared/contract/templates.ts';
import { useRemembered } from '../../../client/remembered.ts';
import { t } from '../../../i18n/index.ts';
import { Button, EmptyState, ErrorNotice, SearchField, Skeleton } from '../../../ui/index.ts';
import { commonTags, groupTemplates, quickGroups } from './browse.ts';
import { loadLibrary, useLibrary } from '../../../stores/library.ts';
import { TemplateTree } from './TemplateTree.tsx';
import './TemplateBrowser.css';

/** All templates, to filter and open: the left pane of Launch. */
export function TemplateBrowser({
  selectedKey,
  onOpen,
}: {
  selectedKey: string | null;
  onOpen: (template: TemplateSummary) => void;
}) {
  const { templates, error } = useLibrary();
  const [text, setText] = useRemembered('templates.filter', '');
  const [tags, setTags] = useRemembered<readonly string[]>('templates.tags', []);
  const [folded, setFolded] = useRemembered<readonly string[]>('templates.folded', []);
  const [enterCount, setEnterCount] = useState(0);
  const offered = useMemo(() => commonTags(templates ?? [], tags), [templates, tags]);
  const isFiltered = text.trim() !== '' || tags.length > 0;
  const groups = useMemo(
    () => [
      // who looks for something gets each answer once
      ...(isFiltered ? [] : quickGroups(templates ?? [])),
      ...groupTemplates(templates ?? [], { text, tags }),
    ],
    [templates, text, tags, isFiltered],
  );

  const onFilterKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      setEnterCount(enterCount + 1);
    }
    const first = groups[0]?.templates[0];
    if (event.key === 'Enter' && isFiltered && first && !event.nativeEvent.isComposing) onOpen(first);
  };
  const toggleTag = (tag: string): void =>
    setTags(tags.includes(tag) ? tags.filter((other) => other !== tag) : [...tags, tag]);
  const clear = (): void => {
    setText('');
    setTags([]);
  };

  return (
    <section className="template-browser" aria-label={t('templates.title')}>
      {/* capture: the search field keeps its keys to itself */}
      <div className="template-filter" onKeyDownCapture={onFilterKey}>
        <SearchField label={t('templates.filter')} value={text} onChange={setText} testId="template-filter" />
        {offered.length === 0 ? null : (
          <div className="template-tags" role="group" aria-label={t('templates.tags')}>
            {offered.map((tag) => (
              <button
                key={tag}
                type="button"
                className="template-tag"
                aria-pressed={tags.includes(tag)}
                onClick={() => toggleTag(tag)}
              >
                {tag}
              </button>
            ))}
          </div>
        )}
      </div>
      {error && !templates ? (
        <ErrorNotice error={error} action={<Button onPress={() => void loadLibrary()}>{t('ui.tryAgain')}</Button>} />
      ) : null}
      {!templates && !error ? <Skeleton lines={[40, 70, 60, 45, 75, 65]} /> : null}
      {templates?.length === 0 ? (
        <EmptyState icon={FileQuestion} title={t('templates.none')}>
          {t('templates.noneHint')}
        </EmptyState>
      ) : null}
      {templates && templates.length > 0 && groups.length === 0 ? (
        <EmptyState
          icon={FolderSearch}
          title={t('templates.noMatch')}
          action={<Button onPress={clear}>{t('templates.clearFilter')}</Button>}
        />
      ) : null}
      {groups.length > 0 ? (
        // while a filter is set, what it finds is never folded away
        <TemplateTree
          groups={groups}
          folded={isFiltered ? [] : folded}
          onFold={isFiltered ? () => undefined : setFolded}
          selectedKey={selectedKey}
          onOpen={onOpen}
          enterCount={enterCount}
        />
      ) : null}
    </section>
  );
}
