import { FileDiff, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { TextDiff } from '../../../editor/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorNotice, showToast } from '../../../ui/index.ts';
import { save } from './actions.ts';
import { changeText, settleConflict, type StudioDocument } from './documents.ts';

/** What stands against saving: the file was changed by another program, or the text is not valid. */
export function DocumentNotices({ document }: { document: StudioDocument }) {
  const { key, disk, saveError } = document;
  if (disk) return <Conflict document={document} diskText={disk.text} />;
  if (!saveError) return null;
  return (
    <div className="studio-notice">
      <ErrorNotice
        error={saveError}
        title={t('studio.notWritten')}
        action={
          saveError.name === 'TEMPLATE_INVALID' ? (
            <Button size="dense" onPress={() => void save(key, { broken: true })}>
              {t('studio.saveBroken')}
            </Button>
          ) : null
        }
      />
    </div>
  );
}

function Conflict({ document, diskText }: { document: StudioDocument; diskText: string }) {
  const [isShown, setShown] = useState(false);
  const { key, text } = document;
  const takeFile = (): void => {
    settleConflict(key, 'file');
    setShown(false);
    showToast({
      kind: 'info',
      title: t('studio.conflict.tookFile'),
      action: { label: t('studio.undo'), onPress: () => changeText(key, text) },
    });
  };
  const keepMine = (): void => {
    settleConflict(key, 'mine');
    setShown(false);
  };
  return (
    <div className="studio-conflict" role="alert" data-testid="studio-conflict">
      <TriangleAlert size={16} aria-hidden />
      <span>{t('studio.conflict.text')}</span>
      <Button size="dense" icon={FileDiff} onPress={() => setShown(true)}>
        {t('studio.conflict.compare')}
      </Button>
      <Dialog
        title={t('studio.conflict.title')}
        isOpen={isShown}
        onClose={() => setShown(false)}
        width={76}
        actions={
          <>
            <Button onPress={takeFile}>{t('studio.conflict.takeFile')}</Button>
            <Button variant="primary" onPress={keepMine}>
              {t('studio.conflict.keepMine')}
            </Button>
          </>
        }
      >
        <p className="secondary">{t('studio.conflict.hint')}</p>
        <div className="studio-diff">
          <TextDiff
            before={diskText}
            after={text}
            beforeLabel={t('studio.conflict.file')}
            afterLabel={t('studio.conflict.mine')}
            language="yaml"
          />
        </div>
      </Dialog>
    </div>
  );
}
