import { fieldOfLine, focusField, linesOfField, usePreviewForm } from '../../form/index.ts';
import { useMemo, useState } from 'react';
import { useRemembered } from '../../../client/remembered.ts';
import { ScriptView, type LineProblem } from '../../../editor/index.ts';
import { sayMessage, t } from '../../../i18n/index.ts';
import { CopyButton, Select, SplitPane } from '../../../ui/index.ts';
import type { StudioDocument } from './documents.ts';
import { FormPreview, previewFormKey } from './FormPreview.tsx';

/** The form that people will see and the script that it makes, side by side. */
export function Preview({ document, isNarrow }: { document: StudioDocument; isNarrow: boolean }) {
  const [width, setWidth] = useRemembered('studio.previewWidth', 480);
  const [height, setHeight] = useRemembered('studio.previewHeight', 240);
  return (
    <SplitPane
      direction={isNarrow ? 'column' : 'row'}
      sized="first"
      size={isNarrow ? height : width}
      onResize={isNarrow ? setHeight : setWidth}
      min={isNarrow ? 120 : 300}
      minOther={isNarrow ? 100 : 320}
      label={t('studio.tabs.preview')}
      first={<FormPreview document={document} />}
      second={<TriedScript documentKey={document.key} />}
    />
  );
}

const SCRIPT = '';

function TriedScript({ documentKey }: { documentKey: string }) {
  const form = usePreviewForm(previewFormKey(documentKey));
  const [chosen, setChosen] = useState(SCRIPT);
  const preview = form?.preview ?? null;
  const focusedField = form?.focusedField ?? null;
  const file = preview?.files.find(({ name }) => name === chosen);
  const marked = useMemo(
    () => (file ? [] : linesOfField(preview?.spans ?? [], focusedField)),
    [preview, focusedField, file],
  );
  const lines = useMemo(
    () =>
      (preview?.problems ?? []).flatMap(({ field, severity, message }): LineProblem[] => {
        const [span] = linesOfField(preview?.spans ?? [], field);
        return span && !file ? [{ line: span.from, severity, message: sayMessage(message) }] : [];
      }),
    [preview, file],
  );
  const text = file ? file.text : (preview?.text ?? '');
  return (
    <div className="studio-yaml">
      <div className="studio-bar">
        {preview && preview.files.length > 0 ? (
          <Select
            label={t('studio.whichText')}
            labelHidden
            dense
            items={[
              { id: SCRIPT, label: t('studio.script.preview') },
              ...preview.files.map(({ name }) => ({ id: name, label: name })),
            ]}
            value={file ? chosen : SCRIPT}
            onChange={setChosen}
          />
        ) : (
          <h3>{t('studio.script.preview')}</h3>
        )}
        <CopyButton text={text}>{t('ui.copy')}</CopyButton>
      </div>
      <ScriptView
        text={text}
        language={file ? 'plaintext' : 'shell'}
        label={t('studio.script.preview')}
        marked={marked}
        problems={lines}
        onLine={(line) => {
          const field = file ? null : fieldOfLine(preview?.spans ?? [], line);
          if (field !== null) focusField(field);
        }}
      />
    </div>
  );
}
