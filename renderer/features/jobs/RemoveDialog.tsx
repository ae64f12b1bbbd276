import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { errorText } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { ConfirmDialog, showToast } from '../../ui/index.ts';

/** Asks before records are forgotten; the core leaves out jobs that have not ended. */
export function RemoveDialog({
  runIds,
  isOpen,
  onClose,
  onRemoved,
}: {
  runIds: readonly JobRow['runId'][];
  isOpen: boolean;
  onClose: () => void;
  onRemoved: () => void;
}) {
  const remove = async (): Promise<void> => {
    try {
      const { removed } = await client.call('jobs.remove', { runIds: [...runIds] });
      showToast({ kind: 'info', title: t('jobs.removed', { count: removed }) });
      onRemoved();
    } catch (error) {
      showToast({ kind: 'bad', title: t('app.toast.actionFailed'), detail: errorText(error) });
    }
  };
  return (
    <ConfirmDialog
      title={t('jobs.removeTitle', { count: runIds.length })}
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel={t('jobs.removeConfirm')}
      onConfirm={remove}
    >
      <p>{t('jobs.removeText')}</p>
    </ConfirmDialog>
  );
}
