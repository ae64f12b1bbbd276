import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ScriptView, type LineProblem } from '../../editor/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, CopyButton, ErrorNotice, Select, Skeleton } from '../../ui/index.ts';
import { requestPreview } from './drafting.ts';
import { focusField } from './focusField.ts';
import { fieldOfLine, linesOfField } from './scriptLines.ts';
import { useSession, useSessionKey } from './sessionContext.ts';
import { useSessions } from './sessions.ts';

/** Hands a text to the person as a file: the browser's or Electron's own save dialog. */
function saveAs(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

const SCRIPT = '';

/** The script as it would be submitted now, and the files generated beside it. */
export function ScriptPane() {
  const key = useSessionKey();
  const preview = useSession((session) => session.preview);
  const error = useSession((session) => session.previewError);
  const jobName = useSession((session) => session.draft.jobName);
  const focused = useSessions((store) => store.focusedField);
  const [chosen, setChosen] = useState(SCRIPT);
  const file = preview?.files.find(({ name }) => name === chosen);
  const spans = preview?.spans;
  const problems = preview?.problems;
  const marked = useMemo(() => linesOfField(spans ?? [], focused), [spans, focused]);
  const lines = useMemo(
    () =>
      (problems ?? []).flatMap(({ field, severity, message }): LineProblem[] => {
        const [span] = linesOfField(spans ?? [], field);
        return span ? [{ line: span.from, severity, message }] : [];
      }),
    [problems, spans],
  );
  const text = file ? file.text : (preview?.text ?? '');
  const toField = (line: number): void => {
    const field = fieldOfLine(spans ?? [], line);
    if (field !== null) focusField(field);
  };
  return (
    <section className="script-pane" aria-label={t('launch.script.title')}>
      <div className="script-head">
        {preview && preview.files.length > 0 ? (
          <Select
            label={t('launch.script.which')}
            labelHidden
            dense
            items={[{ id: SCRIPT, label: t('launch.script.title') }, ...preview.files.map(({ name }) => ({ id: name, label: name }))]}
            value={file ? chosen : SCRIPT}
            onChange={setChosen}
          />
        ) : (
          <h2>{t('launch.script.title')}</h2>
        )}
        <span className="form-actions">
          <CopyButton text={text}>{t('ui.copy')}</CopyButton>
          <Button size="dense" icon={Download} isDisabled={text === ''} onPress={() => saveAs(file ? file.name : `${jobName || 'job'}.sh`, text)}>
            {t('launch.script.save')}
          </Button>
        </span>
      </div>
      {error ? <ErrorNotice error={error} action={<Button size="dense" onPress={() => requestPreview(key)}>{t('ui.tryAgain')}</Button>} /> : null}
      {preview === null ? (
        error ? null : <Skeleton lines={[30, 55, 45, 50, 35, 70, 60]} />
      ) : file ? (
        <ScriptView key={file.name} text={file.text} language="plaintext" label={file.name} />
      ) : (
        <ScriptView text={preview.text} language="shell" label={t('launch.script.title')} marked={marked} problems={lines} onLine={toField} />
      )}
    </section>
  );
}
