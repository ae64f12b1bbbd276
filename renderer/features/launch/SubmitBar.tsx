import { type FormSession, showProblem, useFormSession, useFormSessionKey } from '../form/index.ts';
import { Send } from 'lucide-react';
import { useEffect } from 'react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import { errorText } from '../../client/pageError.ts';
import { connectCluster, useCurrentCluster } from '../../stores/clusters.ts';
import { sayError, sayMessage, t } from '../../i18n/index.ts';
import { Button, ErrorNotice, hasMod, Kbd, showToast } from '../../ui/index.ts';
import { backToEdit, sendAgain, submit } from './submitting.ts';
import './SubmitBar.css';

interface Obstacle {
  text: string;
  action?: { label: string; onPress: () => void };
}

/** Why the job cannot be submitted now: the first thing that is to be done about it. */
function obstacleOf(session: FormSession, cluster: ClusterView | null): Obstacle | null {
  if (!session.detail.usable) return { text: t('launch.submit.brokenTemplate') };
  if (session.incoming.length > 0) return { text: t('launch.submit.incoming', { count: session.incoming.length }) };
  if (session.draft.files.some((file) => session.vanished.has(file.handle)))
    return { text: t('launch.submit.vanished') };
  const errors = session.preview?.problems.filter((problem) => problem.severity === 'error') ?? [];
  const [first] = errors;
  if (first) {
    return {
      text: t('launch.submit.problems', { count: errors.length }),
      ...(first.field === null
        ? {}
        : { action: { label: t('launch.submit.show'), onPress: () => showProblem(first) } }),
    };
  }
  if (session.preview === null) return { text: t('launch.submit.noPreview') };
  if (!cluster) return { text: t('launch.submit.noCluster') };
  const { connection, profile } = cluster;
  switch (connection.phase) {
    case 'ready':
    case 'degraded':
      return null;
    case 'connecting':
      return {
        text: t('launch.submit.connecting', {
          cluster: profile.name,
          step: connection.step === null ? '' : sayMessage(connection.step),
        }),
      };
    case 'asking':
      return { text: t('launch.submit.asking', { cluster: profile.name }) };
    case 'waiting':
      return {
        text: t('launch.submit.waiting', { cluster: profile.name, reason: sayMessage(connection.reason) }),
        action: connectAction(cluster),
      };
    case 'offline':
      return { text: t('launch.submit.offline', { cluster: profile.name }), action: connectAction(cluster) };
    case 'failed':
      return {
        text: t('launch.submit.failed', { cluster: profile.name, reason: sayError(connection.error).message }),
        action: connectAction(cluster),
      };
  }
}

function connectAction(cluster: ClusterView): NonNullable<Obstacle['action']> {
  return {
    label: t(cluster.connection.phase === 'waiting' ? 'launch.submit.reconnect' : 'launch.submit.connect'),
    onPress: () => {
      connectCluster(cluster.profile.id).catch((error: unknown) => showToast({ kind: 'bad', title: errorText(error) }));
    },
  };
}

/** The one primary button, and why it waits. */
export function SubmitBar() {
  const key = useFormSessionKey();
  const cluster = useCurrentCluster();
  const session = useFormSession((whole) => whole);
  const { submission } = session;
  const obstacle = obstacleOf(session, cluster);
  const canSubmit = obstacle === null && submission.kind === 'editing';

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !hasMod(event) || document.querySelector('[role="dialog"], [role="alertdialog"]'))
        return;
      event.preventDefault();
      event.stopPropagation();
      if (canSubmit) void submit(key);
    };
    // before Monaco, for which the keys mean something else
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [key, canSubmit]);

  return (
    <div className="submit-bar">
      {submission.kind === 'editing' && submission.error ? (
        <ErrorNotice title={t('launch.submit.notTaken')} error={submission.error} />
      ) : null}
      {submission.kind === 'lost' ? (
        <ErrorNotice
          title={t('launch.submit.lost')}
          error={submission.error}
          action={
            <>
              <Button size="dense" onPress={() => void sendAgain(key)}>
                {t('launch.submit.askAgain')}
              </Button>
              <Button size="dense" variant="quiet" onPress={() => backToEdit(key)}>
                {t('launch.submit.backToEdit')}
              </Button>
            </>
          }
        />
      ) : null}
      {obstacle ? (
        <div className="submit-obstacle" role="status" data-testid="obstacle">
          <span>{obstacle.text}</span>
          {obstacle.action ? (
            <Button size="dense" onPress={obstacle.action.onPress}>
              {obstacle.action.label}
            </Button>
          ) : null}
        </div>
      ) : null}
      <Button
        variant="primary"
        icon={Send}
        isDisabled={!canSubmit}
        onPress={() => void submit(key)}
        data-testid="submit"
      >
        <span className="submit-label">
          {t(submission.kind === 'sending' ? 'launch.submit.sending' : 'launch.submit.to', {
            cluster: cluster?.profile.name ?? '',
          })}
          <Kbd keys={['mod', 'enter']} />
        </span>
      </Button>
    </div>
  );
}
