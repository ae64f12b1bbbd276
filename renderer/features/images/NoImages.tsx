import { Container, FolderSearch, Plug } from 'lucide-react';
import { isConnected, mayConnect } from '../../../shared/domain/cluster/connection.ts';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import { connectCluster } from '../../stores/clusters.ts';
import { scanImages, useImages, type ImageList } from '../../stores/images.ts';
import { t } from '../../i18n/index.ts';
import { Button, EmptyState, Skeleton, navigate } from '../../ui/index.ts';
import { FolderList } from './FolderList.tsx';

/** Why there is nothing in the list, and the one step that changes it. */
export function NoImages({ cluster, list }: { cluster: ClusterView; list: ImageList }) {
  const { profile, connection } = cluster;
  const isScanning = useImages((store) => profile.id in store.scans);
  const toFolders = (
    <Button onPress={() => navigate('clusters', [profile.id, 'edit', 'imageFolders'])}>
      {t('images.empty.setFolders')}
    </Button>
  );
  // the folders of the demo cluster are known once it runs
  if (profile.imageFolders.length === 0 && profile.kind !== 'demo')
    return (
      <EmptyState icon={FolderSearch} title={t('images.empty.noFolders')} action={toFolders}>
        {t('images.empty.noFoldersText')}
      </EmptyState>
    );
  if (isScanning) return <Skeleton lines={[60, 75, 50, 70, 65]} />;
  if (list.scannedAt === null)
    return (
      <EmptyState
        icon={Container}
        title={t('images.empty.never', { name: profile.name })}
        action={
          isConnected(connection) ? (
            <Button variant="primary" onPress={() => void scanImages(profile.id)}>
              {t('images.empty.look')}
            </Button>
          ) : mayConnect(connection) ? (
            <Button
              variant="primary"
              icon={Plug}
              onPress={() => void connectCluster(profile.id).catch(() => undefined)}
            >
              {t('clusters.connect')}
            </Button>
          ) : null
        }
      >
        {t('images.empty.neverText')}
      </EmptyState>
    );
  return (
    <div className="images-none">
      <EmptyState
        icon={FolderSearch}
        title={t('images.empty.nothing')}
        action={profile.kind === 'demo' ? null : toFolders}
      >
        {t('images.empty.nothingText')}
      </EmptyState>
      <FolderList list={list} />
    </div>
  );
}
