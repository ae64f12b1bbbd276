import {
  Archive,
  ArchiveRestore,
  Copy,
  Download,
  Ellipsis,
  Rocket,
  Save,
  Share2,
  Star,
  Trash2,
  Undo2,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../../../i18n/index.ts';
import {
  Button,
  ConfirmDialog,
  hasMod,
  IconButton,
  Menu,
  navigate,
  RelativeTime,
  type MenuEntry,
} from '../../../ui/index.ts';
import { sourceLabel } from '../browser/index.ts';
import { archive, clone, discard, erase, exportText, restore, save, setFavourite } from './actions.ts';
import { isChanged, mayWrite, type StudioDocument } from './documents.ts';
import { PublishDialog } from './PublishDialog.tsx';
import { useSummary } from './summary.ts';

export function DocumentHead({ document, name }: { document: StudioDocument; name: string }) {
  const { key, ref, template } = document;
  const [asksErase, setAsksErase] = useState(false);
  const [publishes, setPublishes] = useState(false);
  const summary = useSummary(key);
  const changed = isChanged(document);
  const canWrite = mayWrite(document);
  const isArchived = ref?.source === 'archived';
  useSaveKey(canWrite && changed, key);

  const entries: MenuEntry[] = [
    ...(ref && canWrite && !isArchived
      ? [{ id: 'clone', label: t('studio.clone'), icon: Copy, onAction: () => void clone(ref) }]
      : []),
    { id: 'export', label: t('studio.export'), icon: Download, onAction: () => exportText(document) },
    ...(ref?.source === 'private' && document.detail
      ? [{ id: 'publish', label: t('studio.publish.menu'), icon: Share2, onAction: () => setPublishes(true) }]
      : []),
    ...(changed && canWrite
      ? [{ id: 'discard', label: t('studio.discard'), icon: Undo2, onAction: () => discard(key) }]
      : []),
    ...(ref && canWrite && !isArchived
      ? [
          {
            id: 'archive',
            label: t('studio.archive'),
            icon: Archive,
            isDanger: true,
            onAction: () => void archive(ref, name),
          },
        ]
      : []),
    ...(isArchived
      ? [{ id: 'erase', label: t('studio.erase'), icon: Trash2, isDanger: true, onAction: () => setAsksErase(true) }]
      : []),
  ];
  return (
    <header className="studio-head">
      <div className="studio-title">
        <h2 className="truncate selectable" title={name}>
          {name}
        </h2>
        <span className="secondary">
          {ref ? sourceLabel(ref.source) : t('studio.notSaved')}
          {template?.version ? <> · v{template.version}</> : null}
          {template?.author ? <> · {template.author}</> : null}
          {summary && summary.uses > 0 ? (
            <>
              {' · '}
              {t('studio.uses', { count: summary.uses })}, <RelativeTime at={summary.lastUsedAt} />
            </>
          ) : null}
        </span>
        {changed ? (
          <span className="studio-changed" data-testid="studio-changed">
            {t('studio.changed')}
          </span>
        ) : null}
      </div>
      <span className="studio-actions">
        {ref && summary ? (
          <IconButton
            icon={Star}
            label={t(summary.favourite ? 'studio.noFavourite' : 'studio.favourite')}
            pressed={summary.favourite}
            onPress={() => void setFavourite(ref, !summary.favourite)}
          />
        ) : null}
        <Menu
          label={t('studio.more')}
          trigger={<IconButton icon={Ellipsis} label={t('studio.more')} />}
          entries={entries}
        />
        {ref && !isArchived ? (
          <Button icon={Rocket} onPress={() => navigate('launch', [ref.source, ref.id])}>
            {t('studio.use')}
          </Button>
        ) : null}
        {isArchived ? (
          <Button variant="primary" icon={ArchiveRestore} onPress={() => void restore(ref.id)}>
            {t('studio.restore')}
          </Button>
        ) : canWrite ? (
          <Button
            variant="primary"
            icon={Save}
            isDisabled={!changed || document.isSaving}
            onPress={() => void save(key)}
          >
            {t('studio.save')}
          </Button>
        ) : ref ? (
          <Button variant="primary" icon={Copy} onPress={() => void clone(ref)}>
            {t('studio.cloneToEdit')}
          </Button>
        ) : null}
      </span>
      {template && template.description !== '' ? (
        <p className="secondary selectable studio-description">{template.description}</p>
      ) : null}
      {publishes && ref ? <PublishDialog id={ref.id} name={name} onClose={() => setPublishes(false)} /> : null}
      <ConfirmDialog
        title={t('studio.eraseTitle', { name })}
        isOpen={asksErase}
        onClose={() => setAsksErase(false)}
        confirmLabel={t('studio.erase')}
        onConfirm={() => (ref ? erase(ref.id) : undefined)}
      >
        {t('studio.eraseText')}
      </ConfirmDialog>
    </header>
  );
}

/** Ctrl/⌘ S saves, also while the text has the focus. */
function useSaveKey(isOn: boolean, key: string): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!hasMod(event) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 's') return;
      // the browser's own "save page" is never meant here
      event.preventDefault();
      if (isOn) void save(key);
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [isOn, key]);
}
