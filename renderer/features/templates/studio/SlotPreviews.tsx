import { problemKey, sayProblemAt } from '../../../i18n/problem.ts';
import { CircleAlert, CircleCheck, CircleDashed, FlaskConical } from 'lucide-react';
import { useEffect, useRef, useState, type DragEvent } from 'react';
import type { FileHandleId } from '../../../../shared/domain/ids.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { SlotPreview } from '../../../../shared/domain/template/studio.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { client } from '../../../client/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Bytes, ErrorNotice, ProblemLine } from '../../../ui/index.ts';
import type { StudioDocument } from './documents.ts';

/** The files that a template asks for, and a try: which slot each dropped file would go to, and whether it is valid there. */
export function SlotPreviews({ document, template }: { document: StudioDocument; template: Template }) {
  const input = useRef<HTMLInputElement>(null);
  const [handles, setHandles] = useState<readonly FileHandleId[]>([]);
  const [previews, setPreviews] = useState<readonly SlotPreview[]>([]);
  const [error, setError] = useState<CodedError | null>(null);
  const [isOver, setOver] = useState(false);
  const { text, isGood } = document;
  useEffect(() => {
    // a text that is no template is tried when it is one again
    if (handles.length === 0 || !isGood) return undefined;
    const gone = new AbortController();
    client.call('templates.tryFiles', { text, files: [...handles] }, { signal: gone.signal }).then(
      (found) => {
        setPreviews(found);
        setError(null);
      },
      (reason: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(reason));
      },
    );
    return () => gone.abort();
  }, [text, isGood, handles]);

  const take = async (files: readonly File[]): Promise<void> => {
    if (files.length === 0) return;
    try {
      const granted = await client.grantFiles(files);
      setHandles(granted.map(({ handle }) => handle));
    } catch (reason) {
      setError(appErrorOf(reason));
    }
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take([...event.dataTransfer.files]);
  };
  if (template.files.length === 0) return null;
  return (
    <section
      className="slot-preview"
      aria-label={t('studio.slotPreview.title')}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      data-testid="slot-preview"
    >
      <div className="slot-preview-head">
        <h3>{t('studio.slotPreview.title')}</h3>
        <Button size="dense" icon={FlaskConical} onPress={() => input.current?.click()}>
          {t('studio.slotPreview.choose')}
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          tabIndex={-1}
          aria-hidden
          data-testid="slot-preview-files"
          onChange={(event) => {
            void take([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      <p className="secondary">
        {t('studio.slotPreview.hint', {
          slots: template.files.map(({ name, pattern }) => `${name} (${pattern})`).join(', '),
        })}
      </p>
      {error ? <ErrorNotice error={error} /> : null}
      {previews.length === 0 ? null : (
        <ul aria-label={t('studio.slotPreview.results')}>
          {previews.map((preview, index) => (
            <Row key={`${preview.name}-${String(index)}`} preview={preview} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ preview }: { preview: SlotPreview }) {
  const isBad = preview.problems.some(({ severity }) => severity === 'error');
  const Icon = isBad ? CircleAlert : preview.slot === null ? CircleDashed : CircleCheck;
  return (
    <li className={`slot-preview-row${isBad ? ' slot-preview-bad' : preview.slot === null ? '' : ' slot-preview-ok'}`}>
      <Icon size={14} aria-hidden />
      <div>
        <span className="mono">{preview.name}</span>{' '}
        <span className="secondary">
          <Bytes value={preview.size} />
        </span>{' '}
        →{' '}
        {t('studio.slotPreview.kind', {
          where: preview.slot ?? t('studio.slotPreview.noSlot'),
          kind: t(`launch.kinds.${preview.type}`),
        })}
        {preview.problems.map((problem) => (
          <ProblemLine key={problemKey(problem)} problem={sayProblemAt(problem)} />
        ))}
      </div>
    </li>
  );
}
