import { useEffect } from 'react';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { errorText } from '../../client/pageError.ts';
import { t } from '../../i18n/index.ts';
import { loadFacts, loadUsage, useClusters, useCurrentCluster } from '../../stores/clusters.ts';
import { showToast } from '../../ui/index.ts';
import { requestPreview, useFormSessions } from '../form/index.ts';

/** The load is looked at again after so many milliseconds while somebody looks at the form. */
const LOOK_EVERY_MS = 60_000;

/** Takes the cluster's facts once it is ready, and looks at what is free while the form is in sight; limits then become checks. */
export function useClusterFacts(): void {
  const cluster = useCurrentCluster();
  const clusterId = cluster?.profile.id ?? null;
  const isReady = cluster !== null && isConnected(cluster.connection);
  const loadedAt = useClusters((store) => (clusterId === null ? undefined : store.usages[clusterId]?.takenAt));
  const takenAt = useClusters((store) => (clusterId === null ? undefined : store.facts[clusterId]?.takenAt));
  const openKey = useFormSessions((store) => store.openKey);
  const settings = JSON.stringify([cluster?.profile.rates, cluster?.profile.maxFileSize]);
  useEffect(() => {
    if (clusterId === null || !isReady) return undefined;
    const gone = new AbortController();
    loadFacts(clusterId, { signal: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) showToast({ kind: 'bad', title: t('launch.factsFailed'), detail: errorText(error) });
    });
    return () => gone.abort();
  }, [clusterId, isReady]);
  useEffect(() => {
    if (clusterId === null || !isReady) return undefined;
    const gone = new AbortController();
    // what is free is a courtesy of the form: without it the limits are checked all the same
    const look = (): void => {
      if (document.visibilityState === 'visible') loadUsage(clusterId, { signal: gone.signal }).catch(() => undefined);
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      gone.abort();
    };
  }, [clusterId, isReady]);
  useEffect(() => {
    if (openKey !== null && (takenAt !== undefined || loadedAt !== undefined)) requestPreview(openKey);
  }, [openKey, takenAt, loadedAt]);
  useEffect(() => {
    // price and checks go by these settings, which may have been changed while another screen was open
    if (openKey !== null) requestPreview(openKey);
  }, [openKey, settings]);
}
