import { FolderX, Plug, RefreshCw, Waypoints, X } from 'lucide-react';
import { useState } from 'react';
import { isConnected, mayConnect } from '../../../shared/domain/cluster/connection.ts';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { connectCluster } from '../../stores/clusters.ts';
import { cancelScan, mayCancelScan, scanImages, useImages, type ImageList } from '../../stores/images.ts';
import { t } from '../../i18n/index.ts';
import { Button, ErrorNotice, IconButton, RelativeTime, exactTime } from '../../ui/index.ts';
import { FolderList } from './FolderList.tsx';
import { NodeScanDialog } from './NodeScanDialog.tsx';

/** When the folders were looked at, what of them could not be read, how far a new look is, and the way to one. */
export function ScanStatus({ cluster, list }: { cluster: ClusterView; list: ImageList }) {
  const { id } = cluster.profile;
  const isScanning = useImages((store) => id in store.scans);
  const error = useImages((store) => store.errors[id]);
  const [areFoldersShown, setFoldersShown] = useState(false);
  const [areNodesAsked, setNodesAsked] = useState(false);
  const isReady = isConnected(cluster.connection);
  return (
    <div className="images-status">
      <div className="images-status-line secondary" data-testid="images-status">
        {isScanning ? (
          <Progress cluster={cluster} />
        ) : (
          <>
            {list.scannedAt === null ? (
              <span>{t('images.never')}</span>
            ) : isReady ? (
              <span>
                {t('images.lookedAt')} <RelativeTime at={list.scannedAt} />
              </span>
            ) : (
              <span className="images-stale">{t('images.asOf', { time: exactTime(list.scannedAt) })}</span>
            )}
            <button
              type="button"
              className="images-link"
              onClick={() => setFoldersShown(!areFoldersShown)}
              aria-expanded={areFoldersShown}
            >
              {t('images.folders', { count: list.folders.length })}
              {list.unreadable.length === 0 ? null : (
                <span className="images-unreadable">
                  <FolderX size={12} aria-hidden /> {t('images.unreadable', { count: list.unreadable.length })}
                </span>
              )}
            </button>
            <span className="spring" />
            {isReady ? (
              <>
                <IconButton
                  icon={Waypoints}
                  size="dense"
                  label={t('images.nodes.open')}
                  onPress={() => setNodesAsked(true)}
                />
                <IconButton
                  icon={RefreshCw}
                  size="dense"
                  label={t('images.rescan')}
                  onPress={() => void scanImages(id)}
                />
              </>
            ) : mayConnect(cluster.connection) ? (
              <Button
                size="dense"
                variant="quiet"
                icon={Plug}
                onPress={() => void connectCluster(id).catch(() => undefined)}
              >
                {t('clusters.connect')}
              </Button>
            ) : null}
          </>
        )}
      </div>
      {error ? (
        <ErrorNotice
          title={t('images.scanFailed')}
          error={error}
          action={
            isReady ? (
              <Button size="dense" onPress={() => void scanImages(id)}>
                {t('ui.tryAgain')}
              </Button>
            ) : undefined
          }
        />
      ) : null}
      {areFoldersShown ? <FolderList list={list} /> : null}
      {areNodesAsked ? <NodeScanDialog clusterId={id} onClose={() => setNodesAsked(false)} /> : null}
    </div>
  );
}

function Progress({ cluster }: { cluster: ClusterView }) {
  const { id } = cluster.profile;
  const progress = useImages((store) => store.scans[id] ?? null);
  return (
    <>
      <RefreshCw size={12} className="spin" aria-hidden />
      <span role="status" className="truncate">
        {progress === null
          ? t('images.scanning')
          : progress.toRead > 0
            ? t('images.reading', { read: progress.read, total: progress.toRead })
            : t('images.searching', { folder: plainLine(progress.folder), count: progress.found })}
      </span>
      <span className="spring" />
      {mayCancelScan(id) ? (
        <Button size="dense" variant="quiet" icon={X} onPress={() => cancelScan(id)}>
          {t('ui.cancel')}
        </Button>
      ) : null}
    </>
  );
}
