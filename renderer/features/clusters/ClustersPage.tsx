import { Plus, ServerOff } from 'lucide-react';
import type { ClusterView } from '../../../shared/domain/cluster.ts';
import { loadClusters, useClusters } from '../../client/clusters.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { Button, ConnectionBadge, EmptyState, ErrorNotice, Skeleton, SplitPane, navigate, routeHref, useRoute } from '../../ui/index.ts';
import { ClusterDetail } from './ClusterDetail.tsx';
import { ProfileForm } from './ProfileForm.tsx';
import './ClustersPage.css';

/** `#/clusters/<id>` shows a cluster, `#/clusters/<id>/edit` its form, `#/clusters/new` an empty one. */
export function ClustersPage() {
  const { segments } = useRoute();
  const { clusters, currentId, error } = useClusters();
  const [width, setWidth] = useRemembered('clusters.list', 240);
  if (clusters === null) {
    return error ? (
      <div className="clusters-notice">
        <ErrorNotice error={error} action={<Button onPress={() => void loadClusters()}>{t('ui.tryAgain')}</Button>} />
      </div>
    ) : (
      <Skeleton />
    );
  }
  const wanted = segments[0] ?? currentId;
  const chosen = clusters.find(({ profile }) => profile.id === wanted);
  const isNew = segments[0] === 'new';
  return (
    <SplitPane
      direction="row"
      sized="first"
      size={width}
      onResize={setWidth}
      min={180}
      minOther={460}
      label={t('clusters.list')}
      first={<ClusterList clusters={clusters} chosenId={isNew ? null : (chosen?.profile.id ?? null)} />}
      second={
        isNew ? (
          <ProfileForm key="new" profile={null} takenIds={clusters.map(({ profile }) => profile.id)} onDone={(id) => navigate('clusters', id === null ? [] : [id])} />
        ) : chosen && segments[1] === 'edit' ? (
          <ProfileForm key={chosen.profile.id} profile={chosen.profile} takenIds={[]} onDone={() => navigate('clusters', [chosen.profile.id])} />
        ) : chosen ? (
          <ClusterDetail key={chosen.profile.id} cluster={chosen} />
        ) : (
          <EmptyState icon={ServerOff} title={t('clusters.empty')} action={<Button onPress={() => navigate('clusters', ['new'])}>{t('clusters.add')}</Button>}>
            {t('clusters.emptyText')}
          </EmptyState>
        )
      }
    />
  );
}

function ClusterList({ clusters, chosenId }: { clusters: readonly ClusterView[]; chosenId: string | null }) {
  return (
    <div className="clusters-side">
      <header className="clusters-side-head">
        <h1>{t('clusters.title')}</h1>
        <Button size="dense" icon={Plus} onPress={() => navigate('clusters', ['new'])}>
          {t('clusters.add')}
        </Button>
      </header>
      <ul aria-label={t('clusters.list')}>
        {clusters.map(({ profile, connection }) => (
          <li key={profile.id}>
            <a className="cluster-link" href={routeHref('clusters', profile.id)} aria-current={profile.id === chosenId ? 'true' : undefined}>
              <span className="cluster-link-name">
                <span className="truncate">{profile.name}</span>
                <ConnectionBadge phase={connection.phase} />
              </span>
              <span className="secondary truncate">{profile.kind === 'demo' ? t('clusters.demo') : `${profile.user}@${profile.host}`}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
