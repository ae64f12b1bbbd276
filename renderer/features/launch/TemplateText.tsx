import { useFormSession } from '../form/index.ts';
import { useMemo } from 'react';
import { ScriptView } from '../../editor/index.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { CopyButton, Dialog } from '../../ui/index.ts';

/** The template's own file, with what is wrong in it. */
export function TemplateText({ onClose }: { onClose: () => void }) {
  const detail = useFormSession((session) => session.detail);
  const lines = useMemo(
    () =>
      detail.problems.flatMap(({ line, column, severity, message }) =>
        line === null ? [] : [{ line, column, severity, message: sayMessage(message) }],
      ),
    [detail],
  );
  return (
    <Dialog
      title={detail.fileName}
      isOpen
      onClose={onClose}
      width={56}
      actions={<CopyButton text={detail.text}>{t('ui.copy')}</CopyButton>}
    >
      <div className="file-preview">
        <ScriptView text={detail.text} language="yaml" label={detail.fileName} problems={lines} />
      </div>
    </Dialog>
  );
}
