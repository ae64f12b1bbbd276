import type { ReactNode } from 'react';
import type { ClusterFacts, ClusterProfile, Partition } from '../../../shared/domain/cluster.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { t } from '../../i18n/index.ts';
import { Group } from '../../ui/index.ts';

/** Clocks this close (s) count as equal. */
const SAME_CLOCK = 3;

export function FactsView({ facts, profile, aside }: { facts: ClusterFacts; profile: ClusterProfile; aside: ReactNode }) {
  return (
    <>
      <Group title={t('clusters.sections.partitions')} aside={aside}>
        <Legend />
        <div className="cluster-scroll" tabIndex={0} role="region" aria-label={t('clusters.sections.partitions')}>
          <table className="cluster-table">
            <thead>
              <tr>
                <th>{t('clusters.partition.name')}</th>
                <th>{t('clusters.partition.cpus')}</th>
                <th className="number">{t('clusters.partition.nodes')}</th>
                <th>{t('clusters.partition.perNode')}</th>
                <th>{t('clusters.partition.gpus')}</th>
                <th className="number">{t('clusters.partition.maxTime')}</th>
              </tr>
            </thead>
            <tbody>
              {facts.partitions.map((partition) => (
                <PartitionLine key={partition.name} partition={partition} />
              ))}
            </tbody>
          </table>
        </div>
      </Group>
      <div className="cluster-columns">
        <General facts={facts} profile={profile} />
        <Accounts associations={facts.associations} />
      </div>
    </>
  );
}

function Legend() {
  return (
    <p className="legend" aria-hidden>
      <span>
        <i className="usage-allocated" />
        {t('clusters.legend.allocated')}
      </span>
      <span>
        <i className="usage-idle" />
        {t('clusters.legend.idle')}
      </span>
      <span>
        <i className="usage-other" />
        {t('clusters.legend.other')}
      </span>
    </p>
  );
}

function PartitionLine({ partition }: { partition: Partition }) {
  const { cpus } = partition;
  const isUp = partition.state.toUpperCase() === 'UP';
  const states = Object.entries(partition.nodesByState)
    .map(([state, count]) => `${String(count)} ${state}`)
    .join(', ');
  return (
    <tr>
      <th scope="row" className="selectable">
        {partition.name}
        {partition.isDefault ? <span className="tag">{t('clusters.partition.default')}</span> : null}
        {isUp ? null : <span className="tag tag-bad">{partition.state}</span>}
      </th>
      <td>
        <div className="usage">
          <div className="usage-bar" role="img" aria-label={usageText(cpus)} title={usageText(cpus)}>
            <Part kind="allocated" count={cpus.allocated} total={cpus.total} />
            <Part kind="idle" count={cpus.idle} total={cpus.total} />
            <Part kind="other" count={cpus.other} total={cpus.total} />
          </div>
          <span className="secondary">{t('clusters.partition.usage', { idle: cpus.idle, total: cpus.total })}</span>
        </div>
      </td>
      <td className="number" title={states}>
        {partition.totalNodes}
      </td>
      <td>{t('clusters.partition.cores', { count: partition.cpusPerNode, memory: formatBytes(partition.memoryPerNode) })}</td>
      <td>
        {partition.gpus.map((gpu) => (
          <div key={gpu.type} title={t('clusters.partition.perNodeGpu', { count: gpu.perNode })}>
            {gpu.total} × {gpu.type === '' ? 'GPU' : gpu.type}
          </div>
        ))}
      </td>
      <td className="number">{partition.maxTime === null ? t('clusters.partition.noLimit') : formatDuration(partition.maxTime)}</td>
    </tr>
  );
}

function usageText(cpus: Partition['cpus']): string {
  return [t('clusters.partition.allocated', { count: cpus.allocated }), t('clusters.partition.idle', { count: cpus.idle }), t('clusters.partition.other', { count: cpus.other })].join(', ');
}

function Part({ kind, count, total }: { kind: 'allocated' | 'idle' | 'other'; count: number; total: number }) {
  return count === 0 || total === 0 ? null : <span className={`usage-${kind}`} style={{ width: `${String((count / total) * 100)}%` }} />;
}

function General({ facts, profile }: { facts: ClusterFacts; profile: ClusterProfile }) {
  const offset = Math.round(facts.clockOffset);
  const lines: [string, string][] = [
    [t('clusters.facts.clusterName'), facts.clusterName],
    [t('clusters.facts.version'), facts.slurmVersion],
    [t('clusters.facts.loginHost'), facts.loginHost],
    [t('clusters.facts.user'), facts.user],
    [t('clusters.facts.home'), facts.home],
    [t('clusters.facts.runRoot'), profile.runRoot],
    [t('clusters.facts.images'), profile.imageFolders.join('\n')],
    [t('clusters.facts.maxArray'), facts.maxArraySize === null ? '' : String(facts.maxArraySize)],
    [t('clusters.facts.clock'), Math.abs(offset) <= SAME_CLOCK ? t('clusters.facts.clockRight') : t('clusters.facts.clockOff', { seconds: offset > 0 ? `+${String(offset)}` : String(offset) })],
    [t('clusters.facts.overriding'), facts.overridingVariables.join(', ')],
  ];
  return (
    <Group title={t('clusters.sections.facts')}>
      <dl className="cluster-facts selectable">
        {lines
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <Line key={name} name={name} value={value} />
          ))}
      </dl>
    </Group>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd style={{ whiteSpace: 'pre-line' }}>{value}</dd>
    </>
  );
}

function Accounts({ associations }: { associations: ClusterFacts['associations'] }) {
  return (
    <Group title={t('clusters.sections.accounts')}>
      {associations === null ? <p className="note">{t('clusters.noAccounting')}</p> : null}
      {associations?.length === 0 ? <p className="note">{t('clusters.noAccounts')}</p> : null}
      {associations && associations.length > 0 ? (
        <table className="cluster-table selectable">
          <thead>
            <tr>
              <th>{t('clusters.account.account')}</th>
              <th>{t('clusters.account.partition')}</th>
              <th>{t('clusters.account.qos')}</th>
            </tr>
          </thead>
          <tbody>
            {associations.map((association) => (
              <tr key={`${association.account} ${association.partition ?? ''}`}>
                <th scope="row">{association.account}</th>
                <td>{association.partition ?? t('clusters.account.all')}</td>
                <td className="wraps">
                  {association.qos.join(', ')}
                  {association.defaultQos ? <span className="tag">{t('clusters.account.default', { qos: association.defaultQos })}</span> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </Group>
  );
}
