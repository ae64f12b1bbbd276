import { RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t, type TextKey } from '../../i18n/index.ts';
import {
  Button,
  clockTime,
  ErrorNotice,
  formatCount,
  Group,
  IconButton,
  navigate,
  RelativeTime,
  Skeleton,
} from '../../ui/index.ts';
import './ClusterOverview.css';

type Commands = OutputOf<'clusters.commands'>;

const PURPOSES: Readonly<Record<string, TextKey>> = {
  poll: 'clusters.commands.purposes.poll',
  facts: 'clusters.commands.purposes.facts',
  usage: 'clusters.commands.purposes.usage',
  submit: 'clusters.commands.purposes.submit',
  log: 'clusters.commands.purposes.log',
  files: 'clusters.commands.purposes.files',
  login: 'clusters.commands.purposes.login',
  test: 'clusters.commands.purposes.test',
  start: 'clusters.commands.purposes.start',
  cancel: 'clusters.commands.purposes.cancel',
  modules: 'clusters.commands.purposes.modules',
};

function purposeText(purpose: string): string {
  const key = PURPOSES[purpose];
  return key === undefined ? purpose : t(key);
}

function timeText(ms: number): string {
  return ms < 10_000 ? `${formatCount(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What Slipway ran on the cluster in the last hour: for the person, and for the site that asks. */
export function CommandsView({ cluster }: { cluster: ClusterView }) {
  const { id, pollSeconds } = cluster.profile;
  const [commands, setCommands] = useState<Commands | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const read = useCallback(
    (signal?: AbortSignal) => {
      client.call('clusters.commands', { clusterId: id }, signal ? { signal } : {}).then(
        (value) => {
          setCommands(value);
          setError(null);
        },
        (failure: unknown) => {
          if (!signal?.aborted) setError(appErrorOf(failure));
        },
      );
    },
    [id],
  );
  useEffect(() => {
    const gone = new AbortController();
    read(gone.signal);
    return () => gone.abort();
  }, [read]);

  if (error) {
    return (
      <div className="cluster-body">
        <ErrorNotice error={error} action={<Button onPress={() => read()}>{t('ui.tryAgain')}</Button>} />
      </div>
    );
  }
  if (commands === null) return <Skeleton lines={[60, 40, 40]} />;
  const total = commands.counts.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className="cluster-body" data-testid="commands">
      <p className="commands-intro">
        {t('clusters.commands.intro', { since: clockTime(commands.since, Date.now()), seconds: pollSeconds })}{' '}
        {t('clusters.commands.raise')}{' '}
        <Button size="dense" onPress={() => navigate('clusters', [id, 'edit'])}>
          {t('clusters.commands.raiseAction')}
        </Button>
      </p>
      <Group
        title={total === 0 ? t('clusters.commands.none') : t('clusters.commands.total', { count: total })}
        aside={
          <IconButton icon={RefreshCw} size="dense" label={t('clusters.commands.refresh')} onPress={() => read()} />
        }
      >
        {total === 0 ? null : <CountTable counts={commands.counts} />}
      </Group>
      {commands.latest.length === 0 ? null : (
        <Group title={t('clusters.commands.latest')}>
          <LatestTable latest={commands.latest} />
        </Group>
      )}
    </div>
  );
}

function CountTable({ counts }: { counts: Commands['counts'] }) {
  const sorted = [...counts].sort((a, b) => b.count - a.count);
  return (
    <table className="cluster-table commands-table">
      <thead>
        <tr>
          <th>{t('clusters.commands.program')}</th>
          <th>{t('clusters.commands.purpose')}</th>
          <th className="number">{t('clusters.commands.count')}</th>
          <th className="number">{t('clusters.commands.elapsed')}</th>
          <th className="number">{t('clusters.commands.last')}</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((row) => (
          <tr key={`${row.program} ${row.purpose}`}>
            <th scope="row" className="mono selectable">
              {row.program}
            </th>
            <td>{purposeText(row.purpose)}</td>
            <td className="number">{formatCount(row.count)}</td>
            <td className="number">{timeText(row.elapsed)}</td>
            <td className="number">
              <RelativeTime at={row.lastAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LatestTable({ latest }: { latest: Commands['latest'] }) {
  const time = (at: number): string => new Date(at).toTimeString().slice(0, 8);
  return (
    <table className="cluster-table commands-table">
      <thead>
        <tr>
          <th>{t('clusters.commands.at')}</th>
          <th>{t('clusters.commands.program')}</th>
          <th>{t('clusters.commands.purpose')}</th>
          <th className="number">{t('clusters.commands.took')}</th>
        </tr>
      </thead>
      <tbody>
        {latest.map((row, index) => (
          <tr key={index}>
            <td className="mono">{time(row.at)}</td>
            <td className="mono selectable">{row.program}</td>
            <td>{purposeText(row.purpose)}</td>
            <td className="number">{timeText(row.elapsed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
