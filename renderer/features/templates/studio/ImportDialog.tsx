import { CircleAlert, CircleCheck, FileInput, TriangleAlert } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import type { ImportNote, ImportReport, ParameterOffer } from '../../../../shared/domain/template/studio.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { client } from '../../../client/index.ts';
import { sayMessage, t } from '../../../i18n/index.ts';
import { Button, Checkbox, Dialog, ErrorNotice, Group } from '../../../ui/index.ts';
import { showDocument } from './actions.ts';
import { createDocument } from './documents.ts';
import { droppedTexts, textsOf } from './droppedTexts.ts';

const ICONS = { taken: CircleCheck, changed: TriangleAlert, unsupported: CircleAlert } as const;
const KINDS = ['unsupported', 'changed', 'taken'] as const;

/** Makes a template of what people have, and tells what became of each part of it before anything is kept. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<ParameterOffer>>(new Set());
  const [isOver, setOver] = useState(false);
  const [isBusy, setBusy] = useState(false);

  const take = async (read: Promise<{ name: string; text: string }[]>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const files = await read;
      if (files.length > 0) {
        setReport(await client.call('templates.import', { files }));
        setChosen(new Set());
      }
    } catch (reason) {
      setError(appErrorOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const finish = async (): Promise<void> => {
    if (!report) return;
    setBusy(true);
    try {
      let { text } = report;
      for (const offer of report.offers)
        if (chosen.has(offer)) ({ text } = await client.call('templates.acceptOffer', { text, offer }));
      for (const other of report.more ?? []) createDocument(other.text);
      showDocument(createDocument(text));
      onClose();
    } catch (reason) {
      setError(appErrorOf(reason));
      setBusy(false);
    }
  };
  const choose = (offer: ParameterOffer, isOn: boolean): void =>
    setChosen((before) => new Set(isOn ? [...before, offer] : [...before].filter((other) => other !== offer)));
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(droppedTexts(event.dataTransfer));
  };

  return (
    <Dialog
      title={t('studio.import.title')}
      isOpen
      onClose={onClose}
      width={56}
      actions={
        report ? (
          <>
            <Button onPress={() => setReport(null)}>{t('studio.import.others')}</Button>
            <Button variant="primary" isDisabled={isBusy} onPress={() => void finish()}>
              {t('studio.import.make')}
            </Button>
          </>
        ) : null
      }
    >
      {error ? <ErrorNotice error={error} /> : null}
      {report ? (
        <div className="import-report" data-testid="import-report">
          <p>{t(`studio.import.formats.${report.format}`)}</p>
          {report.more === undefined ? null : (
            <p>
              {t('studio.import.more', {
                count: report.more.length + 1,
                names: report.more.map(({ name }) => name).join(', '),
              })}
            </p>
          )}
          {report.offers.length === 0 ? null : (
            <Group title={t('studio.import.offers')}>
              <p className="secondary">{t('studio.import.offersHint')}</p>
              <div className="import-offers">
                {report.offers.map((offer, index) => (
                  <Checkbox
                    key={`${offer.name}-${String(index)}`}
                    isSelected={chosen.has(offer)}
                    onChange={(isOn) => choose(offer, isOn)}
                  >
                    <span className="mono">{offer.value}</span>{' '}
                    <span className="secondary">
                      → {offer.label}
                      {offer.line === null ? '' : ` · ${t('studio.line', { line: offer.line })}`}
                    </span>
                  </Checkbox>
                ))}
              </div>
            </Group>
          )}
          {KINDS.map((kind) => (
            <Notes key={kind} kind={kind} notes={report.notes.filter((note) => note.kind === kind)} />
          ))}
        </div>
      ) : (
        <div
          className="import-drop"
          data-over={isOver || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        >
          <FileInput size={24} strokeWidth={1.5} aria-hidden className="muted" />
          <p>{t('studio.import.hint')}</p>
          <Button autoFocus isDisabled={isBusy} onPress={() => input.current?.click()}>
            {t('studio.import.choose')}
          </Button>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            tabIndex={-1}
            aria-hidden
            data-testid="import-files"
            onChange={(event) => {
              void take(textsOf([...(event.target.files ?? [])]));
              event.target.value = '';
            }}
          />
        </div>
      )}
    </Dialog>
  );
}

function Notes({ kind, notes }: { kind: ImportNote['kind']; notes: readonly ImportNote[] }) {
  if (notes.length === 0) return null;
  const Icon = ICONS[kind];
  return (
    <Group title={t(`studio.import.kinds.${kind}`, { count: notes.length })}>
      <ul className="import-notes">
        {notes.map((note, index) => (
          <li key={index} className={`import-note import-${note.kind}`}>
            <Icon size={13} aria-hidden />
            <span className="selectable">
              {typeof note.what === 'string' ? <span className="mono">{note.what}</span> : sayMessage(note.what)}{' '}
              <span className="secondary">
                {note.line === null ? note.file : t('studio.import.place', { file: note.file, line: note.line })}
              </span>
              {note.reason === null ? null : (
                <>
                  <br />
                  {sayMessage(note.reason)}
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Group>
  );
}
