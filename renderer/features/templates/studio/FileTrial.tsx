import { CircleAlert, CircleCheck, CircleDashed, FlaskConical } from 'lucide-react';
import { useEffect, useRef, useState, type DragEvent } from 'react';
import type { FileHandleId } from '../../../../shared/domain/ids.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { SlotTrial } from '../../../../shared/domain/template/studio.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/clusters.ts';
import { client } from '../../../client/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Bytes, ErrorNotice, ProblemLine } from '../../../ui/index.ts';
import type { StudioDocument } from './documents.ts';

/** The files that a template asks for, and a try: which slot each dropped file would go to, and whether it is valid there. */
export function FileTrial({ document, template }: { document: StudioDocument; template: Template }) {
  const input = useRef<HTMLInputElement>(null);
  const [handles, setHandles] = useState<readonly FileHandleId[]>([]);
  const [trials, setTrials] = useState<readonly SlotTrial[]>([]);
  const [error, setError] = useState<CodedError | null>(null);
  const [isOver, setOver] = useState(false);
  const { text, isGood } = document;
  useEffect(() => {
    // a text that is no template is tried when it is one again
    if (handles.length === 0 || !isGood) return undefined;
    const gone = new AbortController();
    client.call('templates.tryFiles', { text, files: [...handles] }, { signal: gone.signal }).then(
      (found) => {
        setTrials(found);
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
      className="file-trial"
      aria-label={t('studio.trial.title')}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      data-testid="file-trial"
    >
      <div className="file-trial-head">
        <h3>{t('studio.trial.title')}</h3>
        <Button size="dense" icon={FlaskConical} onPress={() => input.current?.click()}>
          {t('studio.trial.choose')}
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          tabIndex={-1}
          aria-hidden
          data-testid="trial-files"
          onChange={(event) => {
            void take([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      <p className="secondary">
        {t('studio.trial.hint', {
          slots: template.files.map(({ name, pattern }) => `${name} (${pattern})`).join(', '),
        })}
      </p>
      {error ? <ErrorNotice error={error} /> : null}
      {trials.length === 0 ? null : (
        <ul aria-label={t('studio.trial.results')}>
          {trials.map((trial, index) => (
            <Row key={`${trial.name}-${String(index)}`} trial={trial} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ trial }: { trial: SlotTrial }) {
  const isBad = trial.problems.some(({ severity }) => severity === 'error');
  const Icon = isBad ? CircleAlert : trial.slot === null ? CircleDashed : CircleCheck;
  return (
    <li className={`file-trial-row${isBad ? ' file-trial-bad' : trial.slot === null ? '' : ' file-trial-ok'}`}>
      <Icon size={14} aria-hidden />
      <div>
        <span className="mono">{trial.name}</span>{' '}
        <span className="secondary">
          <Bytes value={trial.size} />
        </span>{' '}
        →{' '}
        {t('studio.trial.kind', {
          where: trial.slot ?? t('studio.trial.noSlot'),
          kind: t(`launch.kinds.${trial.type}`),
        })}
        {trial.problems.map((problem) => (
          <ProblemLine
            key={`${problem.rule}-${problem.message}`}
            problem={{
              severity: problem.severity,
              message:
                problem.line === null
                  ? problem.message
                  : t('launch.atLine', { line: problem.line, message: problem.message }),
              hint: problem.hint,
            }}
          />
        ))}
      </div>
    </li>
  );
}
