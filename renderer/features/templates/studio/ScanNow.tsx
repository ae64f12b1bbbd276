import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { OutputOf } from '../../../../shared/contract/index.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { useClusters } from '../../../stores/clusters.ts';
import { client } from '../../../client/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button, ErrorNotice, formatCount } from '../../../ui/index.ts';
import { loadLibrary } from '../../../stores/library.ts';
import { sourceLabel } from '../browser/index.ts';

type Scan = OutputOf<'templates.scan'>;

/** Looks at every template folder now, and says what each has. What is left out stands beside it whether or not somebody scans. */
export function ScanNow() {
  const clusters = useClusters((store) => store.clusters);
  const [scan, setScan] = useState<Scan | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const clusterName = (id: string): string => clusters?.find(({ profile }) => profile.id === id)?.profile.name ?? id;

  const look = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setScan(await client.call('templates.scan', {}));
      await loadLibrary();
    } catch (reason) {
      setError(appErrorOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="library-scan">
      <Button size="dense" variant="quiet" icon={RefreshCw} isDisabled={isBusy} onPress={() => void look()}>
        {t(isBusy ? 'studio.scan.busy' : 'studio.scan.do')}
      </Button>
      {error ? <ErrorNotice error={error} /> : null}
      {scan ? (
        <ul aria-label={t('studio.scan.results')} data-testid="scan-results">
          {countsOf(scan, clusterName).map(([where, count]) => (
            <li key={where}>{t('studio.scan.found', { where, count, shown: formatCount(count) })}</li>
          ))}
          {scan.failed.map(({ clusterId, reason }) => (
            <li key={clusterId}>{t('studio.scan.failed', { cluster: clusterName(clusterId), reason })}</li>
          ))}
          {scan.folders.every(({ leftOut }) => leftOut.count === 0) ? <li>{t('studio.scan.nothingLeftOut')}</li> : null}
        </ul>
      ) : null}
    </div>
  );
}

/** A source may have several folders: a shared tree and what lies beside it. */
function countsOf({ folders }: Scan, clusterName: (id: string) => string): [where: string, count: number][] {
  const counts = new Map<string, number>();
  for (const folder of folders) {
    const where = placeOf(folder, clusterName);
    counts.set(where, (counts.get(where) ?? 0) + folder.templates);
  }
  return [...counts];
}

function placeOf({ source, site, clusterId }: Scan['folders'][number], clusterName: (id: string) => string): string {
  const named = site ? t('studio.scan.ofSite', { source: sourceLabel(source) }) : sourceLabel(source);
  return clusterId === null ? named : t('studio.scan.onCluster', { source: named, cluster: clusterName(clusterId) });
}
