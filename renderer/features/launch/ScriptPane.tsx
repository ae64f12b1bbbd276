import {
  fieldOfLine,
  focusField,
  linesOfField,
  requestPreview,
  useFormSession,
  useFormSessionKey,
  useFormSessions,
  useFormView,
} from '../form/index.ts';
import { Download, PencilLine } from 'lucide-react';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { foldedLines, ScriptView, type LineProblem } from '../../editor/index.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Button, CopyButton, ErrorNotice, later, Select, Skeleton } from '../../ui/index.ts';
import './ScriptPane.css';

// first seen when somebody edits
const WritableText = later(async () => (await import('./WritableText.tsx')).WritableText);

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

/** The script as it would be submitted now, and the files generated beside it; each can be edited by hand. */
export function ScriptPane() {
  const key = useFormSessionKey();
  const preview = useFormSession((session) => session.preview);
  const edits = useFormSession((session) => session.draft.edits);
  const jobName = useFormSession((session) => session.draft.jobName);
  const error = useFormSession((session) => session.previewError);
  const focused = useFormSessions((store) => store.focusedField);
  const place = useFormView((view) => view.place);
  const [chosen, setChosen] = useState(SCRIPT);
  /** The text that is being edited though it was not changed yet, and where its editor takes the focus. */
  const [editing, setEditing] = useState<{ id: string; line: null } | null>(null);
  const made = preview?.files.find(({ name }) => name === chosen);
  const file = made ? made.name : null;
  const id = file ?? SCRIPT;
  const text = made?.text ?? preview?.text ?? '';
  const isWritable = editing?.id === id || edits?.some((each) => each.file === file) === true;
  const spans = file === null ? preview?.spans : undefined;
  const problems = preview?.problems;
  const marked = useMemo(() => linesOfField(spans ?? [], focused), [spans, focused]);
  const lines = useMemo(
    () =>
      (problems ?? []).flatMap((problem): LineProblem[] => {
        const { field, severity, message } = problem;
        const line =
          field === 'script' && problem.file === file ? problem.line : linesOfField(spans ?? [], field)[0]?.from;
        return line == null ? [] : [{ line, severity, message: sayMessage(message) }];
      }),
    [problems, spans, file],
  );
  useEffect(() => {
    if (place) setChosen(place.file ?? SCRIPT);
  }, [place]);
  useEffect(() => () => useFormView.setState({ place: null, mended: null }), []);
  // stays on where somebody takes the last of their edits back
  const edit = (): void => setEditing((before) => (before?.id === id ? before : { id, line: null }));
  const fieldOf = (line: number): string | null => fieldOfLine(spans ?? [], line);
  const toField = (line: number): void => {
    const field = fieldOf(line);
    if (field !== null) focusField(field);
  };
  const folds = useMemo(() => foldedLines(file === null ? preview?.folds : undefined), [file, preview?.folds]);
  const view = {
    text,
    language: file === null ? ('shell' as const) : ('plaintext' as const),
    label: file ?? t('launch.script.title'),
    marked,
    folds,
    problems: lines,
    goTo: place?.file === file && place.line !== null ? place : editing?.id === id ? editing : null,
  };
  return (
    <section className="script-pane" aria-label={t('launch.script.title')}>
      <div className="script-head">
        {preview && preview.files.length > 0 ? (
          <Select
            label={t('launch.script.which')}
            labelHidden
            dense
            items={[
              { id: SCRIPT, label: t('launch.script.title') },
              ...preview.files.map((each) => ({ id: each.name, label: each.name })),
            ]}
            value={id}
            onChange={setChosen}
          />
        ) : (
          <h2>{t('launch.script.title')}</h2>
        )}
        <span className="form-actions">
          <CopyButton text={text}>{t('ui.copy')}</CopyButton>
          <Button
            size="dense"
            icon={Download}
            isDisabled={text === ''}
            onPress={() => saveAs(file ?? `${jobName || 'job'}.sh`, text)}
          >
            {t('launch.script.save')}
          </Button>
          {isWritable ? null : (
            <Button
              size="dense"
              icon={PencilLine}
              isDisabled={preview === null}
              onPress={edit}
              data-testid="edit-script"
            >
              {t('launch.script.edit')}
            </Button>
          )}
        </span>
      </div>
      {error ? (
        <ErrorNotice
          error={error}
          action={
            <Button size="dense" onPress={() => requestPreview(key)}>
              {t('ui.tryAgain')}
            </Button>
          }
        />
      ) : null}
      {preview === null ? (
        error ? null : (
          <Skeleton lines={[30, 55, 45, 50, 35, 70, 60]} />
        )
      ) : isWritable ? (
        <Suspense fallback={<ScriptView key={id} {...view} />}>
          <WritableText
            key={id}
            {...view}
            file={file}
            fieldOf={fieldOf}
            onWriting={edit}
            onDone={() => setEditing(null)}
          />
        </Suspense>
      ) : (
        <ScriptView key={id} {...view} onLine={toField} />
      )}
    </section>
  );
}
