import { Package, RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ClusterModule, ClusterModules, ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  CopyButton,
  EmptyState,
  ErrorNotice,
  IconButton,
  RelativeTime,
  SearchField,
  Skeleton,
} from '../../ui/index.ts';
import { findModules } from './modules.ts';
import './ClusterOverview.css';

/** Lines that are drawn at once: beyond these nobody reads, and typing is quicker. */
const SHOWN = 200;

/** The software modules of a cluster: read when asked for, searched here. */
export function ModulesView({ cluster }: { cluster: ClusterView }) {
  const { id } = cluster.profile;
  const [modules, setModules] = useState<ClusterModules | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [isReading, setReading] = useState(false);
  const reading = useRef<AbortController | null>(null);
  useEffect(() => () => reading.current?.abort(), []);
  const isOpen = isConnected(cluster.connection);

  const read = async (refresh: boolean): Promise<void> => {
    const gone = new AbortController();
    reading.current = gone;
    setReading(true);
    setError(null);
    try {
      setModules(await client.call('clusters.modules', { clusterId: id, refresh }, { signal: gone.signal }));
    } catch (failure) {
      if (!gone.signal.aborted) setError(appErrorOf(failure));
    } finally {
      if (!gone.signal.aborted) setReading(false);
    }
  };

  if (modules)
    return (
      <ModuleList
        modules={modules}
        isReading={isReading}
        canRefresh={isOpen}
        error={error}
        onRefresh={() => void read(true)}
      />
    );
  if (isReading) return <Skeleton lines={[30, 45, 40, 50, 35]} />;
  return (
    <>
      {error ? (
        <div className="clusters-notice">
          <ErrorNotice title={t('clusters.modules.failed')} error={error} />
        </div>
      ) : null}
      <EmptyState
        icon={Package}
        title={t('clusters.tabs.modules')}
        action={<Button onPress={() => void read(false)}>{t('clusters.modules.load')}</Button>}
      >
        {t('clusters.modules.loadText')}
      </EmptyState>
    </>
  );
}

function ModuleList({
  modules,
  isReading,
  canRefresh,
  error,
  onRefresh,
}: {
  modules: ClusterModules;
  isReading: boolean;
  canRefresh: boolean;
  error: CodedError | null;
  onRefresh: () => void;
}) {
  const [query, setQuery] = useState('');
  const found = findModules(modules.modules, query);
  const shown = found.slice(0, SHOWN);
  return (
    <>
      <div className="import-bar">
        <SearchField label={t('clusters.modules.filter')} value={query} onChange={setQuery} testId="modules-filter" />
        <span className="secondary" role="status">
          {t('clusters.modules.count', { count: found.length })}
        </span>
        <span className="spring" />
        <span className="cluster-ages secondary">
          {modules.system === 'none'
            ? ''
            : `${modules.system === 'lmod' ? 'Lmod' : 'Environment Modules'} ${modules.version ?? ''}`}
          <RelativeTime at={modules.takenAt} />
          <IconButton
            icon={RefreshCw}
            size="dense"
            label={t('clusters.modules.refresh')}
            isDisabled={isReading || !canRefresh}
            onPress={onRefresh}
          />
        </span>
      </div>
      <div className="cluster-body">
        {error ? <ErrorNotice title={t('clusters.modules.failed')} error={error} /> : null}
        {modules.system === 'none' ? (
          <p className="muted">{t('clusters.modules.none')}</p>
        ) : modules.modules.length === 0 ? (
          <p className="muted">{t('clusters.modules.empty')}</p>
        ) : found.length === 0 ? (
          <p className="muted">{t('clusters.modules.noMatch', { query: query.trim() })}</p>
        ) : (
          <ul className="modules" data-testid="modules">
            {shown.map((module) => (
              <ModuleLine key={module.name} module={module} />
            ))}
          </ul>
        )}
        {found.length > SHOWN ? (
          <p className="secondary">{t('clusters.modules.more', { count: found.length - SHOWN })}</p>
        ) : null}
      </div>
    </>
  );
}

function ModuleLine({ module: { name, versions, defaultVersion } }: { module: ClusterModule }) {
  return (
    <li>
      <strong className="mono selectable">{name}</strong>
      <span className="module-versions mono selectable">
        {versions.map((version) => (
          <span key={version}>
            {version}
            {version === defaultVersion ? <span className="tag">{t('clusters.modules.default')}</span> : null}
          </span>
        ))}
      </span>
      <CopyButton text={`module load ${name}`} label={t('clusters.modules.copy', { name })} />
    </li>
  );
}
