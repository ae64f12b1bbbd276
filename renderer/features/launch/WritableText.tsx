import { pointAtField, useFormSession, useFormSessionKey, useFormView } from '../form/index.ts';
import { useEffect, useMemo } from 'react';
import { ScriptView, type ScriptViewProps } from '../../editor/index.ts';
import { Conflicts } from './Conflicts.tsx';
import { EditBar } from './EditBar.tsx';
import { shownText } from './editedText.ts';
import { editByHand } from './handEdits.ts';

interface WritableTextProps extends Omit<ScriptViewProps, 'onEdit' | 'onLine'> {
  /** `null` for the script. */
  file: string | null;
  fieldOf: (line: number) => string | null;
  /** Each time that somebody writes. */
  onWriting: () => void;
  onDone: () => void;
}

/** A text that can be written in, or, where the form changed the same lines, the places that are to be decided. */
export function WritableText({ file, fieldOf, onWriting, onDone, ...view }: WritableTextProps) {
  const key = useFormSessionKey();
  const preview = useFormSession((session) => session.preview);
  const draft = useFormSession((session) => session.draft);
  const shown = useMemo(() => shownText({ preview, draft }, file), [preview, draft, file]);
  const mended = useFormView((form) => (form.place?.file === file ? form.mended : null));
  useEffect(() => {
    if (mended === null) return;
    editByHand(key, file, mended);
    useFormView.setState({ mended: null });
  }, [key, file, mended]);
  if (shown === null) return null;
  // whoever writes keeps the caret
  const point = (line: number): void => {
    const field = fieldOf(line);
    if (field !== null) pointAtField(field);
  };
  const write = (text: string): void => {
    onWriting();
    editByHand(key, file, text);
  };
  return (
    <>
      <EditBar file={file} name={view.label} edit={shown.edit} onDone={onDone} />
      {shown.pieces.length > 0 ? (
        <Conflicts
          key={JSON.stringify(shown.pieces.filter(({ kind }) => kind === 'conflict'))}
          file={file}
          name={view.label}
          pieces={shown.pieces}
        />
      ) : (
        <ScriptView {...view} text={shown.text} onLine={point} onEdit={write} />
      )}
    </>
  );
}
