import { Pencil, Plug, RefreshCw, Trash2, Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ClusterView, ConnectionTestStep } from '../../../shared/domain/cluster.ts';
import type { AppError } from '../../../shared/errors/appError.ts';
import { appErrorOf, connectCluster, loadFacts, useClusters } from '../../client/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ConfirmDialog, ConnectionBadge, EmptyState, ErrorNotice, IconButton, RelativeTime, Skeleton, navigate } from '../../ui/index.ts';
import { ConnectionTest } from './ConnectionTest.tsx';
import { FactsView } from './FactsView.tsx';

export function ClusterDetail({ cluster }: { cluster: ClusterView }) {
  const { profile, connection } = cluster;
  const [error, setError] = useState<AppError | null>(null);
  const [steps, setSteps] = useState<readonly ConnectionTestStep[] | 'running' | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const isOpen = connection.phase === 'ready';
  const isBusy = connection.phase === 'connecting' || connection.phase === 'asking';

  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(appErrorOf(failure));
    }
  };
  const connect = () =>
    attempt(async () => {
      // why it failed is in the connection's own state, which is shown below
      await connectCluster(profile.id).catch(() => undefined);
    });
  const test = () =>
    attempt(async () => {
      setSteps('running');
      try {
        setSteps(await client.call('clusters.test', { clusterId: profile.id }));
      } catch (failure) {
        setSteps(null);
        throw failure;
      }
    });
  const remove = () =>
    attempt(async () => {
      await client.call('clusters.remove', { clusterId: profile.id });
      navigate('clusters');
    });

  return (
    <section className="cluster" aria-label={profile.name} data-testid="cluster-detail">
      <header className="cluster-head">
        <h2 className="selectable">{profile.name}</h2>
        <ConnectionBadge phase={connection.phase} />
        {isOpen && connection.roundTripMs !== null ? <span className="secondary">{t('clusters.roundTrip', { ms: Math.max(1, Math.round(connection.roundTripMs)) })}</span> : null}
        <span className="cluster-actions">
          {isOpen ? (
            <Button icon={Unplug} onPress={() => void attempt(() => client.call('clusters.disconnect', { clusterId: profile.id }))}>
              {t('clusters.disconnect')}
            </Button>
          ) : (
            <Button variant="primary" icon={Plug} isDisabled={isBusy} onPress={() => void connect()}>
              {t('clusters.connect')}
            </Button>
          )}
          <Button isDisabled={steps === 'running'} onPress={() => void test()}>
            {steps === 'running' ? t('clusters.testing') : t('clusters.test')}
          </Button>
          <Button icon={Pencil} onPress={() => navigate('clusters', [profile.id, 'edit'])}>
            {t('clusters.edit')}
          </Button>
          {profile.kind === 'demo' ? null : <IconButton icon={Trash2} label={t('clusters.remove')} onPress={() => setRemoving(true)} />}
        </span>
      </header>
      {/* it may hold nothing that takes the focus, and still has to scroll by keyboard */}
      <div className="cluster-body" tabIndex={0} role="group" aria-label={profile.name}>
        {error ? <ErrorNotice error={error} /> : null}
        {connection.phase === 'connecting' ? <p className="muted">{connection.step}</p> : null}
        {connection.phase === 'failed' ? <ErrorNotice error={connection.error} action={<Button onPress={() => void connect()}>{t('ui.tryAgain')}</Button>} /> : null}
        {connection.phase === 'waiting' ? (
          <p className="note">
            {connection.reason}{' '}
            <span className="muted">
              {t('clusters.attempt', { attempt: connection.attempt })} <RelativeTime at={connection.until} />
            </span>
          </p>
        ) : null}
        {steps === null ? null : <ConnectionTest steps={steps} />}
        <Facts cluster={cluster} />
      </div>
      <ConfirmDialog title={t('clusters.removeTitle', { name: profile.name })} confirmLabel={t('clusters.removeConfirm')} isOpen={isRemoving} onClose={() => setRemoving(false)} onConfirm={remove}>
        <p>{t('clusters.removeText')}</p>
      </ConfirmDialog>
    </section>
  );
}

function Facts({ cluster }: { cluster: ClusterView }) {
  const { id } = cluster.profile;
  const facts = useClusters((store) => store.facts[id]);
  const [error, setError] = useState<AppError | null>(null);
  const [isReading, setReading] = useState(false);
  const isOpen = cluster.connection.phase === 'ready';

  useEffect(() => {
    // What was read once is known without a connection too.
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
  };

  const notice = error ? <ErrorNotice title={t('clusters.factsFailed')} error={error} action={<Button onPress={() => void refresh()}>{t('ui.tryAgain')}</Button>} /> : null;
  if (facts === undefined) {
    if (notice) return notice;
    return isOpen ? <Skeleton lines={[40, 85, 80, 60]} /> : <EmptyState icon={Unplug} title={t(`ui.connection.${cluster.connection.phase}`)}>{t('clusters.offlineText')}</EmptyState>;
  }
  return (
    <>
      {notice}
      <FactsView
        facts={facts}
        profile={cluster.profile}
        aside={
          <span className="cluster-age secondary">
            <RelativeTime at={facts.takenAt} />
            <IconButton icon={RefreshCw} size="dense" label={t('clusters.refresh')} isDisabled={isReading || !isOpen} onPress={() => void refresh()} />
          </span>
        }
      />
    </>
  );
}
