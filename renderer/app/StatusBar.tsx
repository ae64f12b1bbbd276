import { ArrowUp, CircleAlert, RefreshCw } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import type { ClusterView } from '../../shared/domain/cluster/profile.ts';
import type { TransferProgress } from '../../shared/domain/job/schema.ts';
import { formatBytes } from '../../shared/lib/bytes.ts';
import { formatDuration } from '../../shared/lib/duration.ts';
import { isConnected } from '../../shared/domain/cluster/connection.ts';
import { connectCluster, useClusters, useCurrentCluster } from '../stores/clusters.ts';
import { client } from '../client/index.ts';
import { sayError, sayMessage, t } from '../i18n/index.ts';
import { clockTime, ConnectionBadge, IconButton, navigate, useNow } from '../ui/index.ts';
import { useActivity } from './activity.ts';
import './StatusBar.css';

export function StatusBar() {
  const { link, counts, transfers } = useActivity();
  const current = useCurrentCluster();
  const files = Object.values(transfers).flat();
  return (
    <footer className="statusbar" aria-label={t('app.status.label')}>
      {link === 'down' ? (
        <span className="statusbar-bad" role="alert">
          <CircleAlert size={12} aria-hidden />
          {t('app.status.linkDown')}
        </span>
      ) : null}
      {current ? <Connection cluster={current} /> : null}
      <Others />
      {files.length > 0 ? <Transfers files={files} /> : null}
      <AriaButton className="statusbar-button" onPress={() => navigate('jobs')} data-testid="status-counts">
        {current === null || isConnected(current.connection) || counts.running + counts.pending === 0
          ? ''
          : `${t('app.status.lastKnown')} `}
        {t('app.status.running', { count: counts.running })} · {t('app.status.pending', { count: counts.pending })}
      </AriaButton>
      {current && isConnected(current.connection) ? <NextPoll clusterId={current.profile.id} /> : null}
    </footer>
  );
}

/** What goes wrong is in the cluster's state, which the core tells by an event: nothing is lost by not waiting for the answer. */
function connect(cluster: ClusterView): void {
  void connectCluster(cluster.profile.id).catch(() => undefined);
}

function Connection({ cluster }: { cluster: ClusterView }) {
  const { connection } = cluster;
  const now = useNow(1000, connection.phase === 'waiting');
  return (
    <span className="statusbar-part">
      <ConnectionBadge phase={connection.phase} />
      {isConnected(connection) && connection.roundTripMs !== null ? (
        <span>{Math.max(1, Math.round(connection.roundTripMs))} ms</span>
      ) : null}
      {connection.phase === 'degraded' ? (
        <span className="truncate" title={sayMessage(connection.reason)}>
          {sayMessage(connection.reason)}
        </span>
      ) : null}
      {connection.phase === 'connecting' && connection.step !== null ? (
        <span className="truncate">{sayMessage(connection.step)}</span>
      ) : null}
      {connection.phase === 'waiting' ? (
        <span title={sayMessage(connection.reason)}>
          {t('app.status.retryIn', { time: formatDuration((connection.until - now) / 1000) })}
        </span>
      ) : null}
      {connection.phase === 'failed' ? (
        <span className="truncate" title={sayError(connection.error).hint}>
          {sayError(connection.error).message}
        </span>
      ) : null}
      {connection.phase === 'waiting' || connection.phase === 'failed' || connection.phase === 'offline' ? (
        <AriaButton className="statusbar-button statusbar-link" onPress={() => connect(cluster)}>
          {connection.phase === 'offline' ? t('app.status.connect') : t('app.status.reconnect')}
        </AriaButton>
      ) : null}
    </span>
  );
}

/** Another cluster that needs a person, so that nobody has to look through the list. */
function Others() {
  const currentId = useClusters((store) => store.currentId);
  const clusters = useClusters((store) => store.clusters);
  const others = clusters?.filter(({ profile }) => profile.id !== currentId) ?? [];
  const other =
    others.find(({ connection }) => connection.phase === 'asking') ??
    others.find(({ connection }) => connection.phase === 'failed');
  if (!other) return null;
  const { id, name } = other.profile;
  return (
    <AriaButton
      className="statusbar-button statusbar-link"
      onPress={() => navigate('clusters', [id])}
      data-testid="status-other"
    >
      <span className="truncate">
        {other.connection.phase === 'asking'
          ? t('app.status.otherAsks', { name })
          : t('app.status.otherFailed', { name })}
      </span>
    </AriaButton>
  );
}

function Transfers({ files }: { files: readonly TransferProgress[] }) {
  const left = files.reduce((sum, file) => sum + file.total - file.done, 0);
  const rate = files.reduce((sum, file) => sum + file.bytesPerSecond, 0);
  return (
    <span className="statusbar-part" data-testid="status-transfers">
      <ArrowUp size={12} aria-hidden />
      {rate > 0
        ? t('app.status.uploads', { count: files.length, rate: formatBytes(rate), left: formatDuration(left / rate) })
        : t('app.status.uploadsStarting', { count: files.length })}
    </span>
  );
}

function NextPoll({ clusterId }: { clusterId: ClusterView['profile']['id'] }) {
  const poll = useClusters((store) => store.polls[clusterId]);
  const now = useNow(1000);
  if (!poll) return null;
  const seconds = poll.nextPollAt === null ? null : Math.ceil((poll.nextPollAt - now) / 1000);
  return (
    <span className="statusbar-part statusbar-end">
      {poll.error === null ? null : (
        <span className="statusbar-bad" title={sayMessage(poll.error)}>
          {poll.answeredAt === null
            ? t('app.status.pollFailed')
            : t('app.status.notAskedSince', { time: clockTime(poll.answeredAt, now) })}
        </span>
      )}
      {seconds === null ? null : (
        <span>{seconds > 0 ? t('app.status.nextPoll', { seconds }) : t('app.status.polling')}</span>
      )}
      <IconButton
        icon={RefreshCw}
        size="dense"
        placement="top"
        label={t('app.status.refresh')}
        onPress={() => void client.call('jobs.refresh', { clusterId }).catch(() => undefined)}
      />
    </span>
  );
}
