import { useCallback, useEffect, useRef, useState } from 'react';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { loadUsage, useClusters } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';

/** How often the cluster is asked while somebody looks, in ms. */
const EVERY_MS = 60_000;
/** Several jobs often change one after the other: one question for all of them, in ms. */
const SETTLED_MS = 1500;

/**
 * Asks what happens on a cluster for as long as this page is in view, its window visible, and the cluster connected; never
 * otherwise: sites count such questions.
 */
export function useClusterUsage(
  clusterId: ClusterId,
  isConnected: boolean,
): { takenAt: number | null; error: CodedError | null; refresh: () => void } {
  const takenAt = useClusters((store) => store.usages[clusterId]?.takenAt ?? null);
  const [error, setError] = useState<CodedError | null>(null);
  const asking = useRef<AbortController | null>(null);

  const ask = useCallback(() => {
    if (!isConnected || document.visibilityState !== 'visible') return;
    asking.current?.abort();
    const gone = new AbortController();
    asking.current = gone;
    loadUsage(clusterId, { signal: gone.signal }).then(
      () => setError(null),
      (failure: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(failure));
      },
    );
  }, [clusterId, isConnected]);

  useEffect(() => {
    const askIfOld = (): void => {
      const known = useClusters.getState().usages[clusterId]?.takenAt ?? 0;
      if (Date.now() - known >= EVERY_MS) ask();
    };
    // whoever comes from a submission wants to see it: the core answers from its last look where that is recent enough for the site
    ask();
    let soon: ReturnType<typeof setTimeout> | undefined;
    const changes = client.on('jobs.changed', ({ rows }) => {
      if (!rows.some((row) => row.clusterId === clusterId)) return;
      clearTimeout(soon);
      soon = setTimeout(ask, SETTLED_MS);
    });
    const timer = setInterval(ask, EVERY_MS);
    document.addEventListener('visibilitychange', askIfOld);
    window.addEventListener('focus', askIfOld);
    return () => {
      clearInterval(timer);
      clearTimeout(soon);
      void changes.dispose();
      document.removeEventListener('visibilitychange', askIfOld);
      window.removeEventListener('focus', askIfOld);
      asking.current?.abort();
    };
  }, [ask, clusterId]);
  return { takenAt, error, refresh: ask };
}
