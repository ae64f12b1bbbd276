import { Plug, RefreshCw } from 'lucide-react';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { isConnected, mayConnect } from '../../../shared/domain/cluster/connection.ts';
import { connectCluster, useClusters } from '../../stores/clusters.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/index.ts';

/** Connects a cluster; nothing while that is under way already. What goes wrong is in the cluster's state and in the status bar. */
export function ConnectButton({ clusterId }: { clusterId: ClusterId }) {
  const phase = useClusters(
    (store) => store.clusters?.find(({ profile }) => profile.id === clusterId)?.connection.phase,
  );
  if (phase === undefined || !mayConnect({ phase })) return null;
  return (
    <Button size="dense" icon={Plug} onPress={() => void connectCluster(clusterId).catch(() => undefined)}>
      {t('jobs.connect')}
    </Button>
  );
}

/** The next step after a failure: Try again, or Connect where trying again could not succeed. */
export function RetryButton({ clusterId, onRetry }: { clusterId: ClusterId; onRetry: () => void }) {
  const connection = useClusters(
    (store) => store.clusters?.find(({ profile }) => profile.id === clusterId)?.connection,
  );
  if (connection !== undefined && !isConnected(connection)) return <ConnectButton clusterId={clusterId} />;
  return (
    <Button size="dense" icon={RefreshCw} onPress={onRetry}>
      {t('ui.tryAgain')}
    </Button>
  );
}
