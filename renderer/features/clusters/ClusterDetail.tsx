import { Activity, Ellipsis, KeyRound, Pencil, Plug, Trash2, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { ClusterView, ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { connectCluster } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  ConfirmDialog,
  ConnectionBadge,
  ErrorNotice,
  IconButton,
  Menu,
  navigate,
  Tabs,
  type MenuEntry,
} from '../../ui/index.ts';
import { AccountsView } from './AccountsView.tsx';
import { CommandsView } from './CommandsView.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { ConnectionDiagnosis } from './ConnectionDiagnosis.tsx';
import { FactsFrame } from './FactsFrame.tsx';
import { ModulesView } from './ModulesView.tsx';
import { ClusterOverview } from './ClusterOverview.tsx';
import { useConnectionDiagnosis } from './useConnectionDiagnosis.ts';

export const CLUSTER_TABS = ['overview', 'accounts', 'modules', 'commands'] as const;
export type ClusterTab = (typeof CLUSTER_TABS)[number];

/** One cluster: its connection, and what is known about it. */
export function ClusterDetail({ cluster, tab }: { cluster: ClusterView; tab: ClusterTab }) {
  const { profile, connection } = cluster;
  const [error, setError] = useState<CodedError | null>(null);
  const tester = useConnectionDiagnosis();

  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(appErrorOf(failure));
    }
  };
  // why it failed is in the connection's own state, which is shown below
  const connect = (): void => void attempt(() => connectCluster(profile.id).catch(() => undefined));
  const disconnect = (): void => void attempt(() => client.call('clusters.disconnect', { clusterId: profile.id }));
  const test = (): void => tester.start({ clusterId: profile.id });

  const nextStep = (step: ConnectionTestStep) =>
    step.step === 'hostKey' ? (
      <Button size="dense" onPress={connect}>
        {t('clusters.testing.connect')}
      </Button>
    ) : profile.kind === 'demo' ? null : (
      <Button size="dense" onPress={() => navigate('clusters', [profile.id, 'edit'])}>
        {t('clusters.testing.edit')}
      </Button>
    );

  return (
    <section className="cluster" aria-label={profile.name} data-testid="cluster-detail">
      <header className="cluster-head">
        <div className="cluster-title">
          <h2 className="selectable">{profile.name}</h2>
          <ConnectionBadge phase={connection.phase} />
          {isConnected(connection) && connection.roundTripMs !== null ? (
            <span className="secondary">
              {t('clusters.roundTrip', { ms: Math.max(1, Math.round(connection.roundTripMs)) })}
            </span>
          ) : null}
          {profile.kind === 'demo' ? null : (
            <span className="secondary selectable cluster-address">
              {profile.user}@{profile.host}
              {profile.jump.length === 0
                ? ''
                : ` ${t('clusters.via', { hops: profile.jump.map(({ host }) => host).join(', ') })}`}
            </span>
          )}
        </div>
        <Actions
          cluster={cluster}
          isTesting={tester.run?.status === 'running'}
          onConnect={connect}
          onDisconnect={disconnect}
          onTest={test}
          attempt={attempt}
        />
      </header>
      <div className="cluster-notices">
        {error ? <ErrorNotice error={error} /> : null}
        <ConnectionNotice cluster={cluster} onConnect={connect} />
        <ConnectionDiagnosis
          tester={tester}
          title={`${profile.user}@${profile.host}:${String(profile.port)}`}
          onAgain={test}
          nextStep={nextStep}
        />
      </div>
      <Tabs
        label={t('clusters.tabs.label', { name: profile.name })}
        selected={tab}
        onSelect={(next) =>
          navigate('clusters', next === 'overview' ? [profile.id] : [profile.id, next], { replace: true })
        }
        items={[
          {
            id: 'overview',
            label: t('clusters.tabs.overview'),
            content: (
              <FactsFrame cluster={cluster}>
                {(facts) => <ClusterOverview facts={facts} cluster={cluster} />}
              </FactsFrame>
            ),
          },
          {
            id: 'accounts',
            label: t('clusters.tabs.accounts'),
            content: <FactsFrame cluster={cluster}>{(facts) => <AccountsView facts={facts} />}</FactsFrame>,
          },
          { id: 'modules', label: t('clusters.tabs.modules'), content: <ModulesView cluster={cluster} /> },
          { id: 'commands', label: t('clusters.tabs.commands'), content: <CommandsView cluster={cluster} /> },
        ]}
      />
    </section>
  );
}

interface ActionsProps {
  cluster: ClusterView;
  isTesting: boolean;
  onConnect: () => void;
  onDisconnect: () => void;
  onTest: () => void;
  attempt: (work: () => Promise<unknown>) => Promise<void>;
}

function Actions({ cluster, isTesting, onConnect, onDisconnect, onTest, attempt }: ActionsProps) {
  const { profile, connection } = cluster;
  const [asks, setAsks] = useState<'remove' | 'secrets' | null>(null);
  const isBusy = connection.phase === 'connecting' || connection.phase === 'asking';
  const isWaiting = connection.phase === 'waiting';
  const more: MenuEntry[] = [
    { id: 'secrets', label: t('clusters.forgetSecrets'), icon: KeyRound, onAction: () => setAsks('secrets') },
    { id: 'remove', label: t('clusters.remove'), icon: Trash2, isDanger: true, onAction: () => setAsks('remove') },
  ];
  return (
    <div className="cluster-actions">
      {isConnected(connection) ? (
        <Button icon={Unplug} onPress={onDisconnect}>
          {t('clusters.disconnect')}
        </Button>
      ) : isBusy ? (
        <Button icon={Unplug} onPress={onDisconnect}>
          {t('clusters.giveUp')}
        </Button>
      ) : (
        <>
          {isWaiting ? <Button onPress={onDisconnect}>{t('clusters.giveUp')}</Button> : null}
          <Button variant="primary" icon={Plug} onPress={onConnect}>
            {isWaiting ? t('clusters.reconnect') : t('clusters.connect')}
          </Button>
        </>
      )}
      <Button icon={Activity} isDisabled={isTesting} onPress={onTest}>
        {t('clusters.test')}
      </Button>
      <Button icon={Pencil} onPress={() => navigate('clusters', [profile.id, 'edit'])}>
        {t('clusters.edit')}
      </Button>
      {profile.kind === 'demo' ? null : (
        <Menu
          label={t('clusters.more')}
          trigger={<IconButton icon={Ellipsis} label={t('clusters.more')} />}
          entries={more}
        />
      )}
      <ConfirmDialog
        title={t('clusters.removeTitle', { name: profile.name })}
        confirmLabel={t('clusters.removeConfirm')}
        isOpen={asks === 'remove'}
        onClose={() => setAsks(null)}
        onConfirm={() =>
          attempt(async () => {
            await client.call('clusters.remove', { clusterId: profile.id });
            navigate('clusters');
          })
        }
      >
        <p>{t('clusters.removeText')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        title={t('clusters.forgetSecretsTitle', { name: profile.name })}
        confirmLabel={t('clusters.forgetSecretsConfirm')}
        isOpen={asks === 'secrets'}
        onClose={() => setAsks(null)}
        onConfirm={() => attempt(() => client.call('clusters.forgetSecrets', { clusterId: profile.id }))}
      >
        <p>{t('clusters.forgetSecretsText')}</p>
      </ConfirmDialog>
    </div>
  );
}
