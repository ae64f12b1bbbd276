import { FileQuestion, FolderSearch } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { TemplateSummary } from '../../../shared/contract/templates.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { Button, EmptyState, ErrorNotice, formatCount, SearchField, Select, Skeleton } from '../../ui/index.ts';
import { chooseTemplates, commonTags, groupLabel, isWholeLibrary, loadLibrary, sourceLabel, useLibrary, WHOLE_LIBRARY, type LibraryChoice } from '../templates/index.ts';
import { LibraryRows } from './LibraryRows.tsx';

const SOURCES = ['private', 'community', 'official'] as const;

/** Every template there is, to narrow down and open. */
export function LibraryPane({ openKey, onOpen }: { openKey: string | null; onOpen: (template: TemplateSummary) => void }) {
  const { templates, error } = useLibrary();
  const [choice, setChoice] = useRemembered<LibraryChoice>('studio.choice', WHOLE_LIBRARY);
  const [enterCount, setEnterCount] = useState(0);
  const shown = useMemo(() => chooseTemplates(templates ?? [], choice, null), [templates, choice]);
  const offered = useMemo(() => commonTags(templates ?? [], choice.tags), [templates, choice.tags]);
  const categories = useMemo(() => [...new Set((templates ?? []).map(({ category }) => category))].sort(), [templates]);
  const change = (changes: Partial<LibraryChoice>): void => setChoice({ ...choice, ...changes });

  const onFilterKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      setEnterCount(enterCount + 1);
    }
    const [first] = shown;
    if (event.key === 'Enter' && first && !event.nativeEvent.isComposing) onOpen(first);
  };

  return (
    <section className="library" aria-label={t('templates.title')}>
      <div className="library-filter">
        {/* capture: the search field keeps its keys to itself */}
        <div onKeyDownCapture={onFilterKey}>
          <SearchField label={t('studio.search')} value={choice.text} onChange={(text) => change({ text })} testId="library-search" />
        </div>
        <div className="library-selects">
          <Select
            dense
            labelHidden
            label={t('studio.source')}
            value={choice.source}
            onChange={(source) => change({ source })}
            items={[{ id: '', label: t('studio.allSources') }, ...SOURCES.map((source) => ({ id: source, label: sourceLabel(source) }))]}
          />
          <Select
            dense
            labelHidden
            label={t('studio.category')}
            value={choice.category}
            onChange={(category) => change({ category })}
            items={[{ id: '', label: t('studio.allCategories') }, ...categories.map((category) => ({ id: category, label: groupLabel(category) }))]}
          />
        </div>
        {offered.length === 0 ? null : (
          <div className="template-tags" role="group" aria-label={t('templates.tags')}>
            {offered.map((tag) => (
              <button
                key={tag}
                type="button"
                className="template-tag"
                aria-pressed={choice.tags.includes(tag)}
                onClick={() => change({ tags: choice.tags.includes(tag) ? choice.tags.filter((other) => other !== tag) : [...choice.tags, tag] })}
              >
                {tag}
              </button>
            ))}
          </div>
        )}
      </div>
      {error && !templates ? <ErrorNotice error={error} action={<Button onPress={() => void loadLibrary()}>{t('ui.tryAgain')}</Button>} /> : null}
      {!templates && !error ? <Skeleton lines={[70, 60, 75, 65, 80]} /> : null}
      {templates && shown.length === 0 ? (
        isWholeLibrary(choice) ? (
          <EmptyState icon={FileQuestion} title={t('templates.none')}>
            {t('templates.noneHint')}
          </EmptyState>
        ) : (
          <EmptyState icon={FolderSearch} title={t('templates.noMatch')} action={<Button onPress={() => setChoice(WHOLE_LIBRARY)}>{t('templates.clearFilter')}</Button>} />
        )
      ) : null}
      {shown.length > 0 ? <LibraryRows templates={shown} openKey={openKey} onOpen={onOpen} enterCount={enterCount} /> : null}
      {templates ? (
        <footer className="library-foot secondary" aria-live="polite">
          {t('studio.count', { count: shown.length, shown: formatCount(shown.length) })}
        </footer>
      ) : null}
    </section>
  );
}
