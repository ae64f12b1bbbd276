import { LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Button, ErrorNotice, RelativeTime, navigate } from '../../ui/index.ts';
import { ChangedKey } from './ChangedKey.tsx';
import { keyChangeOf } from './keyChange.ts';

/** What the connection is doing when it is not simply there, with the way on. */
export function ConnectionNotice({ cluster, onConnect }: { cluster: ClusterView; onConnect: () => void }) {
  const { profile, connection } = cluster;
  switch (connection.phase) {
    case 'offline':
    case 'ready':
    case 'asking':
      return null;
    case 'connecting':
      return (
        <p className="notice-line" role="status">
          <LoaderCircle size={14} className="spin" aria-hidden />{' '}
          {connection.step === null ? null : sayMessage(connection.step)}
        </p>
      );
    case 'degraded':
      return (
        <p className="note note-warn" role="status">
          <TriangleAlert size={14} aria-hidden /> {sayMessage(connection.reason)}
        </p>
      );
    case 'waiting':
      return (
        <div className="note note-warn">
          <TriangleAlert size={14} aria-hidden />
          <span>
            {sayMessage(connection.reason)}{' '}
            <span className="muted">
              {t('clusters.attempt', { attempt: connection.attempt })} <RelativeTime at={connection.until} isAhead />
            </span>
          </span>
        </div>
      );
    case 'failed': {
      const change = keyChangeOf(connection.error);
      if (change)
        return (
          <ChangedKey
            key={`${change.host} ${change.offered}`}
            clusterId={profile.id}
            change={change}
            onConnect={onConnect}
          />
        );
      return (
        <ErrorNotice
          error={connection.error}
          action={
            <>
              <Button onPress={onConnect}>{t('ui.tryAgain')}</Button>
              {profile.kind === 'demo' ? null : (
                <Button onPress={() => navigate('clusters', [profile.id, 'edit'])}>{t('clusters.testing.edit')}</Button>
              )}
            </>
          }
        />
      );
    }
  }
}
