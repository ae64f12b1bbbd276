import { FileInput, FilePenLine, FilePlus2, FileQuestion, FolderSearch, Plus, Star } from 'lucide-react';
import { useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { useRemembered } from '../../../client/remembered.ts';
import { t } from '../../../i18n/index.ts';
import {
  Button,
  EmptyState,
  ErrorNotice,
  formatCount,
  IconButton,
  Menu,
  routeHref,
  SearchField,
  Select,
  Skeleton,
} from '../../../ui/index.ts';
import { loadLibrary, useLibrary } from '../../../stores/library.ts';
import {
  chooseTemplates,
  commonTags,
  groupLabel,
  isWholeLibrary,
  LIBRARY_ORDERS,
  sourceLabel,
  templateKey,
  WHOLE_LIBRARY,
  type LibraryChoice,
} from '../browser/index.ts';
import { newTemplate } from './actions.ts';
import { segmentsOf } from './address.ts';
import { loadUnsaved, useDocuments } from './documents.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { LibraryRows } from './LibraryRows.tsx';
import { ScanNow } from './ScanNow.tsx';
import { useArchived, useLeftOut, useSearch } from './librarySearch.ts';

const SOURCES = ['private', 'community', 'official', 'archived'] as const;

/** Every template there is, to narrow down and open. */
export function LibraryPane({ openKey, onOpen }: { openKey: string | null; onOpen: (key: string) => void }) {
  const { templates, error } = useLibrary();
  const [kept, setChoice] = useRemembered<LibraryChoice>('studio.choice', WHOLE_LIBRARY);
  const choice = useMemo(() => ({ ...WHOLE_LIBRARY, ...kept }), [kept]);
  const [enterCount, setEnterCount] = useState(0);
  const [imports, setImports] = useState(false);
  const found = useSearch(choice.source === 'archived' ? '' : choice.text);
  const isArchive = choice.source === 'archived';
  const partial = useLeftOut(templates);
  const archived = useArchived(isArchive, templates);
  const all = isArchive ? archived : templates;
  const shown = useMemo(() => chooseTemplates(all ?? [], choice, found), [all, choice, found]);
  const offered = useMemo(() => commonTags(templates ?? [], choice.tags), [templates, choice.tags]);
  const categories = useMemo(() => [...new Set((templates ?? []).map(({ category }) => category))].sort(), [templates]);
  const change = (changes: Partial<LibraryChoice>): void => setChoice({ ...choice, ...changes });

  const onFilterKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      setEnterCount(enterCount + 1);
    }
    const [first] = shown;
    if (event.key === 'Enter' && first && !event.nativeEvent.isComposing) onOpen(templateKey(first));
  };

  return (
    <section className="library" aria-label={t('templates.title')}>
      <div className="library-filter">
        <div className="library-search">
          {/* capture: the search field keeps its keys to itself */}
          <div onKeyDownCapture={onFilterKey}>
            <SearchField
              label={t('studio.search')}
              value={choice.text}
              onChange={(text) => change({ text })}
              testId="library-search"
            />
          </div>
          <IconButton
            icon={Star}
            label={t('studio.onlyFavourites')}
            pressed={choice.onlyFavourites}
            onPress={() => change({ onlyFavourites: !choice.onlyFavourites })}
          />
          <Menu
            label={t('studio.add')}
            trigger={<IconButton icon={Plus} label={t('studio.add')} />}
            entries={[
              { id: 'new', label: t('studio.new'), icon: FilePlus2, onAction: newTemplate },
              { id: 'import', label: t('studio.import.menu'), icon: FileInput, onAction: () => setImports(true) },
            ]}
          />
        </div>
        <div className="library-selects">
          <Select
            dense
            labelHidden
            label={t('studio.source')}
            value={choice.source}
            onChange={(source) => change({ source })}
            items={[
              { id: '', label: t('studio.allSources') },
              ...SOURCES.map((source) => ({ id: source, label: sourceLabel(source) })),
            ]}
          />
          <Select
            dense
            labelHidden
            label={t('studio.category')}
            value={choice.category}
            onChange={(category) => change({ category })}
            items={[
              { id: '', label: t('studio.allCategories') },
              ...categories.map((category) => ({ id: category, label: groupLabel(category) })),
            ]}
          />
          <Select
            dense
            labelHidden
            label={t('studio.order')}
            value={choice.order}
            onChange={(order) => change({ order: LIBRARY_ORDERS.find((known) => known === order) ?? 'name' })}
            items={LIBRARY_ORDERS.map((order) => ({ id: order, label: t(`studio.orders.${order}`) }))}
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
                onClick={() =>
                  change({
                    tags: choice.tags.includes(tag)
                      ? choice.tags.filter((other) => other !== tag)
                      : [...choice.tags, tag],
                  })
                }
              >
                {tag}
              </button>
            ))}
          </div>
        )}
      </div>
      {imports ? <ImportDialog onClose={() => setImports(false)} /> : null}
      <UnsavedList openKey={openKey} />
      {error && !templates ? (
        <ErrorNotice error={error} action={<Button onPress={() => void loadLibrary()}>{t('ui.tryAgain')}</Button>} />
      ) : null}
      {!all && !error ? <Skeleton lines={[70, 60, 75, 65, 80]} /> : null}
      {all && shown.length === 0 ? <NothingShown choice={choice} onWhole={() => setChoice(WHOLE_LIBRARY)} /> : null}
      {shown.length > 0 ? (
        <LibraryRows
          templates={shown}
          openKey={openKey}
          onOpen={(template) => onOpen(templateKey(template))}
          enterCount={enterCount}
        />
      ) : null}
      {all ? (
        <footer className="library-foot secondary" aria-live="polite">
          {t('studio.count', { count: shown.length, shown: formatCount(shown.length) })}
          <ScanNow />
          {partial.map(({ source, clusterId, leftOut: { count, first } }, index) => (
            <div key={`${clusterId ?? ''}${source}${String(index)}`} data-testid="left-out">
              {t('studio.leftOut', {
                count,
                folder: clusterId ?? sourceLabel(source),
                first: first
                  .map(({ name, reason }) =>
                    t('studio.leftOutFirst', { name, reason: t(`studio.leftOutReasons.${reason}`) }),
                  )
                  .join(', '),
              })}
            </div>
          ))}
        </footer>
      ) : null}
    </section>
  );
}

function NothingShown({ choice, onWhole }: { choice: LibraryChoice; onWhole: () => void }) {
  if (isWholeLibrary(choice) && choice.order === 'name') {
    return (
      <EmptyState icon={FileQuestion} title={t('templates.none')}>
        {t('templates.noneHint')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={FolderSearch}
      title={t('templates.noMatch')}
      action={<Button onPress={onWhole}>{t('templates.clearFilter')}</Button>}
    />
  );
}

/** Texts that are not saved, of this run of the program or of one that was interrupted. */
function UnsavedList({ openKey }: { openKey: string | null }) {
  const unsaved = useDocuments((store) => store.unsaved);
  const open = useDocuments((store) => store.open);
  useEffect(() => {
    // they are shown as soon as they can be asked for
    loadUnsaved().catch(() => undefined);
  }, []);
  if (!unsaved || unsaved.length === 0) return null;
  return (
    <nav className="library-unsaved" aria-label={t('studio.unsaved')}>
      <h2>{t('studio.unsaved')}</h2>
      <ul>
        {unsaved.map(({ key }) => (
          <li key={key}>
            <a
              className="library-unsaved-link"
              href={routeHref('templates', ...segmentsOf(key))}
              aria-current={key === openKey ? 'true' : undefined}
              data-testid={`unsaved-${key}`}
            >
              <FilePenLine size={13} aria-hidden />
              <span className="truncate">
                {open[key]?.template?.displayName ??
                  (key.startsWith('new/') ? t('studio.newTemplate') : segmentsOf(key)[1])}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
