import { FileKey2, Pencil, ServerOff } from 'lucide-react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import { loadClusters, useClusters } from '../../stores/clusters.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  ConnectionBadge,
  EmptyState,
  ErrorNotice,
  MenuButton,
  Skeleton,
  SplitPane,
  navigate,
  routeHref,
  useRoute,
} from '../../ui/index.ts';
import { CLUSTER_TABS, ClusterDetail } from './ClusterDetail.tsx';
import { ImportedForm } from './ImportedForm.tsx';
import { ProfileForm } from './ProfileForm.tsx';
import { SshConfigImport } from './SshConfigImport.tsx';
import './ClustersPage.css';

/**
 * `#/clusters/<id>` shows a cluster (`/<id>/modules` one of its tabs), `#/clusters/<id>/edit` its form, `#/clusters/new` an empty one,
 * `#/clusters/new/<name>` one filled in as ssh would connect to the name, `#/clusters/import` the names to choose from.
 */
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
  const isImport = segments[0] === 'import';
  const alias = segments[1];
  const takenIds = clusters.map(({ profile }) => profile.id);
  const leaveNew = (id: string | null): void => navigate('clusters', id === null ? [] : [id]);
  return (
    <SplitPane
      direction="row"
      sized="first"
      size={width}
      onResize={setWidth}
      min={180}
      minOther={460}
      label={t('clusters.list')}
      first={<ClusterList clusters={clusters} chosenId={isNew || isImport ? null : (chosen?.profile.id ?? null)} />}
      second={
        isImport ? (
          <SshConfigImport clusters={clusters} />
        ) : isNew && alias !== undefined ? (
          <ImportedForm key={alias} alias={alias} takenIds={takenIds} onDone={leaveNew} />
        ) : isNew ? (
          <ProfileForm
            key="new"
            profile={null}
            takenIds={takenIds}
            onDone={leaveNew}
            onTakeAlias={(name) => navigate('clusters', ['new', name])}
          />
        ) : chosen && segments[1] === 'edit' ? (
          <ProfileForm
            key={chosen.profile.id}
            profile={chosen.profile}
            takenIds={[]}
            focus={segments[2]}
            onDone={() => navigate('clusters', [chosen.profile.id])}
          />
        ) : chosen ? (
          <ClusterDetail
            key={chosen.profile.id}
            cluster={chosen}
            tab={CLUSTER_TABS.find((tab) => tab === segments[1]) ?? 'overview'}
          />
        ) : (
          <EmptyState icon={ServerOff} title={t('clusters.empty')} action={<AddMenu />}>
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
        <AddMenu />
      </header>
      <ul aria-label={t('clusters.list')}>
        {clusters.map(({ profile, connection }) => (
          <li key={profile.id}>
            <a
              className="cluster-link"
              href={routeHref('clusters', profile.id)}
              aria-current={profile.id === chosenId ? 'true' : undefined}
            >
              <span className="cluster-link-name">
                <span className="truncate">{profile.name}</span>
                <ConnectionBadge phase={connection.phase} />
              </span>
              <span className="secondary truncate">
                {profile.kind === 'demo' ? t('clusters.demo') : `${profile.user}@${profile.host}`}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function AddMenu() {
  return (
    <MenuButton
      size="dense"
      label={t('clusters.addLabel')}
      entries={[
        {
          id: 'import',
          label: t('clusters.addFromConfig'),
          icon: FileKey2,
          onAction: () => navigate('clusters', ['import']),
        },
        { id: 'new', label: t('clusters.addByHand'), icon: Pencil, onAction: () => navigate('clusters', ['new']) },
      ]}
    >
      {t('clusters.add')}
    </MenuButton>
  );
}
