import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components';
import { Search } from 'lucide-react';
import type { TemplateSummary } from '../../shared/contract/templates.ts';
import type { JobRow } from '../../shared/domain/job/schema.ts';
import { errorText } from '../client/pageError.ts';
import { useClusters } from '../stores/clusters.ts';
import { useImages } from '../stores/images.ts';
import { client } from '../client/index.ts';
import { t } from '../i18n/index.ts';
import { Kbd, showToast } from '../ui/index.ts';
import { commandsOf, findCommands, type Command } from './commands.ts';
import './CommandPalette.css';

const NO_CLUSTERS: never[] = [];
const NO_IMAGES: never[] = [];
/** Lines that are drawn: beyond these nobody reads, and typing is quicker. */
const SHOWN = 100;

export function CommandPalette({ onClose }: { onClose: () => void }) {
  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="modal palette-modal">
        <AriaDialog className="dialog palette" aria-label={t('app.palette.title')}>
          <Palette onClose={onClose} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [templates, setTemplates] = useState<readonly TemplateSummary[]>([]);
  const [jobs, setJobs] = useState<readonly JobRow[]>([]);
  const clusters = useClusters((store) => store.clusters ?? NO_CLUSTERS);
  const currentId = useClusters((store) => store.currentId);
  const images = useImages((store) => store.lists[currentId ?? '']?.images ?? NO_IMAGES);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.list', {}, { signal: gone.signal }).then(setTemplates, () => undefined);
    return () => gone.abort();
  }, []);
  useEffect(() => {
    if (query.trim() === '') return undefined;
    const gone = new AbortController();
    client.call('jobs.list', { filter: { text: query.trim() }, limit: 8 }, { signal: gone.signal }).then(
      (found) => setJobs(found.rows),
      () => undefined,
    );
    return () => gone.abort();
  }, [query]);

  const found = useMemo(
    () => findCommands(commandsOf({ clusters, templates, jobs, images }), query).slice(0, SHOWN),
    [clusters, templates, jobs, images, query],
  );
  const marked = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [marked]);

  const run = (command: Command): void => {
    onClose();
    void Promise.resolve(command.run()).catch((error: unknown) =>
      showToast({ kind: 'bad', title: t('app.toast.actionFailed'), detail: errorText(error) }),
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const last = Math.max(0, found.length - 1);
    const now = Math.min(at, last);
    if (event.key === 'ArrowDown') setAt(now === last ? 0 : now + 1);
    else if (event.key === 'ArrowUp') setAt(now === 0 ? last : now - 1);
    else if (event.key === 'Enter' && marked) run(marked);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="palette-input">
        <Search size={16} aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={marked ? `${listId}-${marked.id}` : undefined}
          aria-label={t('app.palette.title')}
          placeholder={t('app.search')}
          value={query}
          autoFocus
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="palette-list" role="listbox" id={listId} ref={list} aria-label={t('app.palette.title')}>
        {found.map((command, index) => (
          <PaletteLine
            key={command.id}
            id={`${listId}-${command.id}`}
            command={command}
            isMarked={command === marked}
            startsGroup={found[index - 1]?.group !== command.group && query === ''}
            onMark={() => setAt(index)}
            onRun={() => run(command)}
          />
        ))}
      </div>
      {found.length === 0 ? <p className="palette-empty muted">{t('app.palette.empty', { query })}</p> : null}
    </>
  );
}

function PaletteLine({
  id,
  command,
  isMarked,
  startsGroup,
  onMark,
  onRun,
}: {
  id: string;
  command: Command;
  isMarked: boolean;
  startsGroup: boolean;
  onMark: () => void;
  onRun: () => void;
}) {
  const Icon = command.icon;
  return (
    <>
      {startsGroup ? (
        <div className="palette-group" role="presentation">
          {t(`app.palette.groups.${command.group}`)}
        </div>
      ) : null}
      <div
        className="palette-line"
        role="option"
        id={id}
        aria-selected={isMarked}
        onPointerMove={isMarked ? undefined : onMark}
        onClick={onRun}
      >
        <Icon size={14} aria-hidden />
        <span className="truncate palette-label">{command.label}</span>
        {command.detail ? <span className="truncate secondary">{command.detail}</span> : null}
        {command.keys ? (
          <span className="palette-keys">
            {command.keys.map((key) => (
              <Kbd key={key} keys={[key]} />
            ))}
          </span>
        ) : null}
      </div>
    </>
  );
}
