import { problemKey, sayProblemAt } from '../../i18n/problem.ts';
import { CircleAlert, CircleCheck, CircleDashed, Eye, FilePlus2, FolderInput, TriangleAlert, X } from 'lucide-react';
import { Suspense, useMemo, useRef, useState } from 'react';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import {
  Button,
  Bytes,
  ErrorNotice,
  Group,
  IconButton,
  later,
  Menu,
  ProblemLine,
  showToast,
  type MenuEntry,
} from '../../ui/index.ts';
import { withFileAgain, withFileInSlot, withFix, withoutFile } from './session/draft.ts';
import { addFiles, changeDraft, takeSampleFiles } from './session/drafting.ts';
import { useFormSession, useFormSessionKey } from './formSessionContext.ts';
import { slotRows, type SlotRow } from './slotRows.ts';

const FileKind = later(async () => (await import('./FileKind.tsx')).FileKind);
const FilePreview = later(async () => (await import('./FilePreview.tsx')).FilePreview);

/** The files of the job: one row for each slot of the template, one for each extra file. */
export function FileFields() {
  const key = useFormSessionKey();
  const slots = useFormSession((session) => session.detail.template.files);
  const files = useFormSession((session) => session.draft.files);
  const problems = useFormSession((session) => session.preview?.problems ?? null);
  const vanished = useFormSession((session) => session.vanished);
  const incoming = useFormSession((session) => session.incoming);
  const fileError = useFormSession((session) => session.fileError);
  const samples = useFormSession((session) => session.samples);
  const [shown, setShown] = useState<DraftFile | null>(null);
  const rows = useMemo(() => slotRows(slots, files, problems ?? [], vanished), [slots, files, problems, vanished]);
  const hasMissing = rows.some((row) => row.state === 'missing' || row.state === 'vanished');
  return (
    <Group
      title={t('launch.files.title')}
      aside={
        <span className="form-actions">
          {samples.length > 0 && hasMissing ? (
            <Button size="dense" variant="quiet" onPress={() => void takeSampleFiles(key)}>
              {t('launch.files.useSamples')}
            </Button>
          ) : null}
          <BrowseButton slot={null} />
        </span>
      }
    >
      {fileError ? <ErrorNotice error={fileError} /> : null}
      <ul className="file-rows">
        {rows.map((row) => (
          <FileRow
            key={row.slot ? `slot-${row.slot.name}` : (row.file?.handle ?? '')}
            row={row}
            slots={slots}
            onPreview={setShown}
          />
        ))}
        {incoming.map((name, i) => (
          <li key={`incoming-${String(i)}`} className="file-row" role="status">
            <CircleDashed size={14} aria-hidden className="muted" />
            <span className="truncate muted">{t('launch.files.incoming', { name })}</span>
          </li>
        ))}
      </ul>
      {rows.length === 0 && incoming.length === 0 ? <p className="secondary">{t('launch.files.none')}</p> : null}
      {shown ? (
        <Suspense>
          <FilePreview
            file={shown}
            problems={(problems ?? []).filter(({ file }) => file === shown.name)}
            onClose={() => setShown(null)}
          />
        </Suspense>
      ) : null}
    </Group>
  );
}

const ICONS = {
  ok: CircleCheck,
  empty: CircleDashed,
  missing: CircleDashed,
  problem: CircleAlert,
  vanished: TriangleAlert,
} as const;

function FileRow({
  row,
  slots,
  onPreview,
}: {
  row: SlotRow;
  slots: readonly FileSlot[];
  onPreview: (file: DraftFile) => void;
}) {
  const { slot, file, problems, state } = row;
  const key = useFormSessionKey();
  const template = useFormSession((session) => session.detail.template);
  const Icon = ICONS[state];
  const field = slot ? `files.${slot.name}` : undefined;
  const isBad = state === 'vanished' || problems.some(({ severity }) => severity === 'error');
  // that a required file is missing is said by the empty slot itself, and in the checks
  const told = state === 'vanished' ? [] : problems.filter(({ severity }) => file !== null || severity !== 'error');
  return (
    <li
      className={`file-row file-${state}${isBad ? ' file-bad' : ''}`}
      data-field={field}
      data-slot={slot?.name}
      data-testid={slot ? `slot-${slot.name}` : 'extra-file'}
    >
      <Icon size={14} aria-hidden className="file-icon" />
      <div className="file-main">
        <div className="file-line">
          {slot ? (
            <span className="file-slot" title={slot.description}>
              {slot.name}
              {slot.required ? (
                <span className="visually-hidden"> ({t('ui.required')})</span>
              ) : (
                <span className="file-optional"> {t('launch.files.optional')}</span>
              )}
            </span>
          ) : (
            <span className="file-slot muted">
              {t('launch.files.extra')}
              {file ? (
                <Suspense>
                  <FileKind name={file.name} />
                </Suspense>
              ) : null}
            </span>
          )}
          {file ? (
            <>
              <span className="file-name mono truncate" title={file.name}>
                {file.name}
              </span>
              <span className="secondary">
                <Bytes value={file.size} />
              </span>
            </>
          ) : (
            <span className="file-wanted secondary truncate" title={slot?.description}>
              {t('launch.files.dropHere', { pattern: slot?.pattern ?? '*' })}
            </span>
          )}
        </div>
        {file === null && slot ? (
          <span className="field-help">
            {slot.description === '' ? null : <>{slot.description} · </>}
            {t('launch.files.upTo', { size: formatBytes(slot.maxSize) })}
          </span>
        ) : null}
        {state === 'vanished' && file ? (
          <ProblemLine problem={{ severity: 'error', message: t('launch.files.vanished') }} />
        ) : null}
        {told.map((problem) => {
          const { fix } = problem;
          const mend = fix
            ? {
                label: sayMessage(fix.label),
                onPress: () => changeDraft(key, (draft) => withFix(template, draft, fix)),
              }
            : null;
          return <ProblemLine key={problemKey(problem)} problem={{ ...sayProblemAt(problem), fix: mend }} />;
        })}
      </div>
      <div className="file-actions">
        {file ? (
          <FileActions file={file} slots={slots} onPreview={onPreview} />
        ) : slot ? (
          <BrowseButton slot={slot} />
        ) : null}
      </div>
    </li>
  );
}

function FileActions({
  file,
  slots,
  onPreview,
}: {
  file: DraftFile;
  slots: readonly FileSlot[];
  onPreview: (file: DraftFile) => void;
}) {
  const key = useFormSessionKey();
  const index = useFormSession((session) => session.draft.files.findIndex((other) => other.handle === file.handle));
  const isVanished = useFormSession((session) => session.vanished.has(file.handle));
  const remove = (): void => {
    changeDraft(key, (draft) => withoutFile(draft, file.handle));
    showToast({
      kind: 'info',
      title: t('launch.files.removed', { name: file.name }),
      action: {
        label: t('launch.undo'),
        onPress: () => changeDraft(key, (draft) => withFileAgain(draft, file, index)),
      },
    });
  };
  const move = (slot: string | null): void => changeDraft(key, (draft) => withFileInSlot(draft, file.handle, slot));
  const targets: MenuEntry[] = [
    ...slots
      .filter((slot) => slot.name !== file.slot)
      .map((slot): MenuEntry => ({
        id: slot.name,
        label: slot.name,
        detail: slot.pattern,
        onAction: () => move(slot.name),
      })),
    ...(file.slot === null ? [] : [{ id: '', label: t('launch.files.asExtra'), onAction: () => move(null) }]),
  ];
  return (
    <>
      {isVanished ? null : (
        <IconButton
          icon={Eye}
          size="dense"
          label={t('launch.files.preview', { name: file.name })}
          onPress={() => onPreview(file)}
        />
      )}
      {targets.length === 0 ? null : (
        <Menu
          label={t('launch.files.moveTo', { name: file.name })}
          trigger={<IconButton icon={FolderInput} size="dense" label={t('launch.files.moveTo', { name: file.name })} />}
          entries={targets}
        />
      )}
      <IconButton icon={X} size="dense" label={t('launch.files.remove', { name: file.name })} onPress={remove} />
    </>
  );
}

/** Opens the computer's file dialog; with a slot, the chosen file goes there. */
function BrowseButton({ slot }: { slot: FileSlot | null }) {
  const key = useFormSessionKey();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      {slot ? (
        <Button
          size="dense"
          onPress={() => input.current?.click()}
          aria-label={t('launch.files.browseFor', { slot: slot.name })}
        >
          {t('launch.files.browse')}
        </Button>
      ) : (
        <Button size="dense" icon={FilePlus2} onPress={() => input.current?.click()}>
          {t('launch.files.add')}
        </Button>
      )}
      <input
        ref={input}
        type="file"
        multiple={slot === null}
        hidden
        tabIndex={-1}
        aria-hidden
        data-testid={slot ? `browse-${slot.name}` : 'browse'}
        onChange={(event) => {
          void addFiles(key, [...(event.target.files ?? [])], slot?.name ?? null);
          // the same file can be chosen again after it was edited
          event.target.value = '';
        }}
      />
    </>
  );
}
