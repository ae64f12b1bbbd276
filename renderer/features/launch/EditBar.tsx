import { changeDraft, useFormSessionKey } from '../form/index.ts';
import { PencilLine, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { HandEdit } from '../../../shared/domain/job/draft.ts';
import { t } from '../../i18n/index.ts';
import { Button, ConfirmDialog, showToast } from '../../ui/index.ts';
import { withEdit, withoutEdit } from './editedText.ts';
import './EditBar.css';

interface EditBarProps {
  file: string | null;
  /** What the text is called. */
  name: string;
  edit: HandEdit | null;
  onDone: () => void;
}

/** That a text is edited by hand, and the way back. */
export function EditBar({ file, name, edit, onDone }: EditBarProps) {
  const key = useFormSessionKey();
  const [isAsking, setAsking] = useState(false);
  const discard = (): void => {
    if (edit === null) return;
    changeDraft(key, (draft) => withoutEdit(draft, file));
    onDone();
    showToast({
      kind: 'info',
      title: t('launch.edit.discarded', { name }),
      action: { label: t('launch.undo'), onPress: () => changeDraft(key, (draft) => withEdit(draft, edit)) },
    });
  };
  return (
    <>
      <div className="edit-bar" data-testid="edit-bar">
        <PencilLine size={13} aria-hidden />
        <span>
          {edit === null ? null : <strong>{t('launch.edit.byHand')}. </strong>}
          <span className="secondary">{t('launch.edit.hint')}</span>
        </span>
        {edit === null ? (
          <Button size="dense" onPress={onDone}>
            {t('launch.edit.done')}
          </Button>
        ) : (
          <Button size="dense" icon={Undo2} onPress={() => setAsking(true)}>
            {t('launch.edit.discard')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        title={t('launch.edit.discardTitle', { name })}
        confirmLabel={t('launch.edit.discardYes')}
        cancelLabel={t('launch.edit.keep')}
        isOpen={isAsking}
        onConfirm={discard}
        onClose={() => setAsking(false)}
      >
        {t('launch.edit.discardText')}
      </ConfirmDialog>
    </>
  );
}
