import { RefreshCw, Unplug } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { ClusterFacts, ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { loadFacts, useClusters } from '../../stores/clusters.ts';
import { sayError, t } from '../../i18n/index.ts';
import { Button, EmptyState, ErrorNotice, IconButton, RelativeTime, Skeleton } from '../../ui/index.ts';
import { useClusterUsage } from './useClusterUsage.ts';

/** The facts of a cluster with their age, or why there are none. What was read once is shown without a connection too. */
export function FactsFrame({
  cluster,
  children,
}: {
  cluster: ClusterView;
  children: (facts: ClusterFacts) => ReactNode;
}) {
  const { id } = cluster.profile;
  const facts = useClusters((store) => store.facts[id]);
  const [error, setError] = useState<CodedError | null>(null);
  const [isReading, setReading] = useState(false);
  const isOpen = isConnected(cluster.connection);
  const usage = useClusterUsage(id, isOpen);

  useEffect(() => {
    const gone = new AbortController();
    loadFacts(id, { signal: gone.signal }).then(
      () => setError(null),
      (failure: unknown) => {
        if (!gone.signal.aborted && isOpen) setError(appErrorOf(failure));
      },
    );
    return () => gone.abort();
  }, [id, isOpen]);

  const refresh = async (): Promise<void> => {
    setReading(true);
    try {
      await loadFacts(id, { refresh: true });
      setError(null);
    } catch (failure) {
      setError(appErrorOf(failure));
    } finally {
      setReading(false);
    }
    usage.refresh();
  };

  const notice = error ? (
    <ErrorNotice
      title={t('clusters.factsFailed')}
      error={error}
      action={<Button onPress={() => void refresh()}>{t('ui.tryAgain')}</Button>}
    />
  ) : null;
  if (facts === undefined) {
    if (notice) return <div className="cluster-body">{notice}</div>;
    return isOpen || cluster.connection.phase === 'connecting' ? (
      <div className="cluster-body">
        <Skeleton lines={[40, 85, 80, 60]} />
      </div>
    ) : (
      <EmptyState icon={Unplug} title={t(`ui.connection.${cluster.connection.phase}`)}>
        {t('clusters.offlineText')}
      </EmptyState>
    );
  }
  return (
    <div className="cluster-body">
      <p className="cluster-ages secondary" data-testid="ages">
        {isOpen ? null : <span className="cluster-stale">{t('clusters.asKnown')}</span>}
        <span>
          {t('clusters.factsAge')}: <RelativeTime at={facts.takenAt} />
        </span>
        {usage.takenAt === null ? null : (
          <span>
            {t('clusters.usageAge')}: <RelativeTime at={usage.takenAt} />
          </span>
        )}
        <IconButton
          icon={RefreshCw}
          size="dense"
          label={t('clusters.refresh')}
          isDisabled={isReading || !isOpen}
          onPress={() => void refresh()}
        />
      </p>
      {notice}
      {usage.error && isOpen ? (
        <p className="note">{t('clusters.usageFailed', { reason: sayError(usage.error).message })}</p>
      ) : null}
      {children(facts)}
    </div>
  );
}
