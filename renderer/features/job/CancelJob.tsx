import { Ban } from 'lucide-react';
import { useState } from 'react';
import { mayConnect } from '../../../shared/domain/cluster/connection.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { connectCluster } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ConfirmDialog, Dialog, showToast } from '../../ui/index.ts';
import { useStale } from './knowledge.ts';

/** Cancels a job after asking. Without a connection it says that the job goes on, and offers to connect. */
export function CancelJob({ job }: { job: JobRecord }) {
  const [isAsking, setAsking] = useState(false);
  const stale = useStale(job);
  if (job.phase !== 'submitted' || isFinal(job.state)) return null;
  const cancel = async (): Promise<void> => {
    try {
      await client.call('jobs.cancel', { runId: job.runId });
    } catch (thrown) {
      const { message, hint } = appErrorOf(thrown);
      showToast({
        kind: 'bad',
        title: t('jobs.cancelFailed', { name: job.name }),
        detail: hint === '' ? message : `${message} ${hint}`,
      });
    }
  };
  const connect = (): void => {
    setAsking(false);
    void connectCluster(job.clusterId).catch(() => undefined);
  };
  const isWaiting = stateGroup(job.state) === 'pending';
  return (
    <>
      <Button size="dense" icon={Ban} onPress={() => setAsking(true)}>
        {t('jobs.cancelConfirm')}
      </Button>
      {stale === null ? (
        <ConfirmDialog
          title={t('jobs.cancelTitle', { name: job.name })}
          confirmLabel={t('jobs.cancelConfirm')}
          cancelLabel={isWaiting ? t('jobs.keepWaiting') : t('jobs.keep')}
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          onConfirm={cancel}
        >
          <p>{t(isWaiting ? 'jobs.cancelWaitingText' : 'jobs.cancelText', { jobId: job.jobId ?? '' })}</p>
        </ConfirmDialog>
      ) : (
        <Dialog
          title={t('jobs.cannotCancel', { name: job.name })}
          width={26}
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onPress={() => setAsking(false)}>{t('ui.close')}</Button>
              {mayConnect(stale) ? (
                <Button variant="primary" onPress={connect}>
                  {t('jobs.connect')}
                </Button>
              ) : null}
            </>
          }
        >
          <p>{t('jobs.cannotCancelText', { cluster: stale.clusterName, jobId: job.jobId ?? '' })}</p>
        </Dialog>
      )}
    </>
  );
}
