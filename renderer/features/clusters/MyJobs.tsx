import { CircleHelp, CirclePlay, Clock3, type LucideIcon } from 'lucide-react';
import type { ClusterUsage } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { t } from '../../i18n/index.ts';
import { Button, formatCount, Group, navigate } from '../../ui/index.ts';
import { myJobs, sumOfJobs, type MineGroup } from './clusterOverview.ts';

const ICONS: Record<MineGroup, LucideIcon> = { running: CirclePlay, pending: Clock3, other: CircleHelp };

async function showInJobs(clusterId: ClusterId): Promise<void> {
  const { setFilter } = await import('../jobs/index.ts');
  setFilter({ text: '', group: '', templateId: '', period: '', clusterId });
  navigate('jobs');
}

/** The person's own jobs on the cluster, wherever they were submitted from. */
export function MyJobs({ mine, clusterId }: { mine: ClusterUsage['mine'] | null; clusterId: ClusterId }) {
  const lines = myJobs(mine ?? []);
  const groups = (['running', 'pending', 'other'] as const)
    .map((group) => ({ group, sum: sumOfJobs(lines, group) }))
    .filter(({ group, sum }) => group !== 'other' || sum.jobs > 0);
  return (
    <Group
      title={t('clusters.sections.mine')}
      aside={
        <Button size="dense" variant="quiet" onPress={() => void showInJobs(clusterId)}>
          {t('clusters.mine.open')}
        </Button>
      }
    >
      {mine === null ? (
        <p className="muted">{t('clusters.mine.unknown')}</p>
      ) : lines.length === 0 ? (
        <p className="muted">{t('clusters.mine.none')}</p>
      ) : (
        <div data-testid="my-jobs" className="mine">
          <ul className="mine-sums">
            {groups.map(({ group, sum }) => {
              const Icon = ICONS[group];
              return (
                <li key={group} className={`mine-${group}`}>
                  <span className="mine-count">
                    <Icon size={14} aria-hidden /> <strong>{formatCount(sum.jobs)}</strong>{' '}
                    {t(`clusters.mine.${group}`)}
                  </span>
                  <span className="secondary">
                    {formatCount(sum.cpus)} {t('clusters.mine.cpus')}
                    {sum.gpus > 0 ? ` · ${formatCount(sum.gpus)} ${t('clusters.mine.gpus')}` : ''}
                    {sum.memory > 0 ? ` · ${formatBytes(sum.memory)}` : ''}
                  </span>
                </li>
              );
            })}
          </ul>
          <table className="cluster-table">
            <thead>
              <tr>
                <th>{t('clusters.mine.partition')}</th>
                <th>{t('clusters.mine.state')}</th>
                <th className="number">{t('clusters.mine.jobCount')}</th>
                <th className="number">{t('clusters.mine.cpus')}</th>
                <th className="number">{t('clusters.mine.gpus')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={`${line.group} ${line.partition}`}>
                  <th scope="row" className="wraps selectable">
                    {line.partition.replaceAll(',', ', ')}
                  </th>
                  <td>{t(`clusters.mine.${line.group}`)}</td>
                  <td className="number">{formatCount(line.jobs)}</td>
                  <td className="number">{formatCount(line.cpus)}</td>
                  <td className="number">{formatCount(line.gpus)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="secondary">{t('clusters.mine.note')}</p>
        </div>
      )}
    </Group>
  );
}
