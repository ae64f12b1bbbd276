import { Settings2 } from 'lucide-react';
import { chooseCluster, useClusters, useCurrentCluster } from '../stores/clusters.ts';
import { t } from '../i18n/index.ts';
import { ConnectionBadge, MenuButton, navigate, type MenuEntry } from '../ui/index.ts';

/** Which cluster Launch submits to, and how its connection is. */
export function ClusterSwitcher() {
  const clusters = useClusters((store) => store.clusters);
  const current = useCurrentCluster();
  const entries: MenuEntry[] = [
    ...(clusters ?? []).map(({ profile, connection }): MenuEntry => ({
      id: profile.id,
      label: profile.name,
      detail: <ConnectionBadge phase={connection.phase} />,
      onAction: () => chooseCluster(profile.id),
    })),
    { kind: 'separator', id: 'separator' },
    { id: 'manage', label: t('app.manageClusters'), icon: Settings2, onAction: () => navigate('clusters') },
  ];
  return (
    <MenuButton label={t('app.chooseCluster')} entries={entries}>
      <span className="muted">{t('app.cluster')}</span>
      <strong className="truncate" data-testid="current-cluster">
        {current?.profile.name ?? t('app.noCluster')}
      </strong>
      {current ? <ConnectionBadge phase={current.connection.phase} /> : null}
    </MenuButton>
  );
}
