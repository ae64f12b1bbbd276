import { Ban } from 'lucide-react';
import { useState } from 'react';
import { mayConnect } from '../../../shared/domain/cluster/connection.ts';
import { mayBeCancelled } from '../../../shared/domain/job/rules.ts';
import { runOfTask } from '../../../shared/domain/job/runOfTask.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { taskGroup } from '../../../shared/domain/job/taskGroup.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { connectCluster } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ConfirmDialog, Dialog, showToast } from '../../ui/index.ts';
import { useStale } from './knowledge.ts';

/** Cancels a job, or one task of an array, after asking. Without a connection it says that it goes on, and offers to connect. */
export function CancelJob({ job: run, task = null }: { job: JobRecord; task?: Task | null }) {
  const job = task === null ? run : runOfTask(run, task);
  const [isAsking, setAsking] = useState(false);
  const stale = useStale(job);
  if (!mayBeCancelled(job)) return null;
  const name = task === null ? job.name : t('jobs.tasks.nameOf', { task: task.index ?? '', name: job.name });
  const cancel = async (): Promise<void> => {
    try {
      await client.call('jobs.cancel', {
        runId: job.runId,
        ...(task === null || task.index === null ? {} : { tasks: [task.index] }),
      });
    } catch (thrown) {
      const { message, hint } = appErrorOf(thrown);
      showToast({
        kind: 'bad',
        title: t('jobs.cancelFailed', { name }),
        detail: hint === '' ? message : `${message} ${hint}`,
      });
    }
  };
  const connect = (): void => {
    setAsking(false);
    void connectCluster(job.clusterId).catch(() => undefined);
  };
  const isWaiting = taskGroup(job) === 'pending';
  return (
    <>
      <Button size="dense" icon={Ban} onPress={() => setAsking(true)}>
        {t(task === null ? 'jobs.cancelConfirm' : 'jobs.tasks.cancel')}
      </Button>
      {stale === null || job.jobId === null ? (
        <ConfirmDialog
          title={t('jobs.cancelTitle', { name })}
          confirmLabel={t(task === null ? 'jobs.cancelConfirm' : 'jobs.tasks.cancel')}
          cancelLabel={isWaiting ? t('jobs.keepWaiting') : t('jobs.keep')}
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          onConfirm={cancel}
        >
          <p>
            {job.jobId === null
              ? t('jobs.cancelUnsentText')
              : t(isWaiting ? 'jobs.cancelWaitingText' : 'jobs.cancelText', { jobId: job.jobId })}
          </p>
        </ConfirmDialog>
      ) : (
        <Dialog
          title={t('jobs.cannotCancel', { name })}
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
          <p>{t('jobs.cannotCancelText', { cluster: stale.clusterName, jobId: job.jobId })}</p>
        </Dialog>
      )}
    </>
  );
}
