import type { Partition } from '../../../shared/domain/cluster/profile.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, Group } from '../../ui/index.ts';
import { gpuLines, type GpuLine } from './clusterOverview.ts';
import { Bar, Legend } from './Bar.tsx';

/** Partitions as stacked bars of their CPUs: in use, free, not available. */
export function PartitionBars({
  partitions,
  waiting,
}: {
  partitions: readonly Partition[];
  waiting: Readonly<Record<string, number>> | null;
}) {
  return (
    <Group title={t('clusters.sections.partitions')} aside={<Legend kinds={['allocated', 'idle', 'other']} />}>
      {partitions.length === 0 ? <p className="muted">{t('clusters.partition.none')}</p> : null}
      <ul className="bars" data-testid="partitions">
        {partitions.map((partition) => (
          <PartitionLine
            key={partition.name}
            partition={partition}
            waiting={waiting === null ? null : (waiting[partition.name] ?? 0)}
          />
        ))}
      </ul>
    </Group>
  );
}

function PartitionLine({ partition, waiting }: { partition: Partition; waiting: number | null }) {
  const { cpus } = partition;
  const isUp = partition.state.toUpperCase() === 'UP';
  const states = Object.entries(partition.nodesByState)
    .map(([state, count]) => `${formatCount(count)} ${state}`)
    .join(', ');
  const cpuText = t('clusters.partition.cpuText', {
    allocated: formatCount(cpus.allocated),
    idle: formatCount(cpus.idle),
    other: formatCount(cpus.other),
  });
  const nodeText = states === '' ? '' : t('clusters.partition.nodesByState', { states });
  const perNode =
    partition.totalNodes * partition.cpusPerNode > cpus.total
      ? 'clusters.partition.perNodeAtMost'
      : 'clusters.partition.perNode';
  return (
    <li className="bar-line" data-partition={partition.name}>
      <span className="bar-name">
        <strong className="selectable">{partition.name}</strong>
        {partition.isDefault ? <span className="tag">{t('clusters.partition.default')}</span> : null}
        {isUp ? null : <span className="tag tag-bad">{partition.state}</span>}
      </span>
      <Bar
        label={`${partition.name}. ${cpuText}. ${nodeText}`}
        title={[cpuText, nodeText].filter((line) => line !== '').join('\n')}
        total={cpus.total}
        parts={[
          { kind: 'allocated', count: cpus.allocated },
          { kind: 'idle', count: cpus.idle },
          { kind: 'other', count: cpus.other },
        ]}
      />
      <span className="bar-value">
        {t('clusters.partition.free', {
          count: cpus.total,
          idle: formatCount(cpus.idle),
          total: formatCount(cpus.total),
        })}
      </span>
      <span className="bar-more secondary">
        <span title={nodeText}>
          {t('clusters.partition.nodes', { count: partition.totalNodes, shown: formatCount(partition.totalNodes) })},{' '}
          {t(perNode, { count: partition.cpusPerNode, memory: formatBytes(partition.memoryPerNode) })}
        </span>
        <span>
          {partition.maxTime === null
            ? t('clusters.partition.noLimit')
            : t('clusters.partition.longest', { time: formatDuration(partition.maxTime) })}
        </span>
        {waiting === null || waiting === 0 ? null : (
          <span>{t('clusters.partition.waiting', { count: waiting, shown: formatCount(waiting) })}</span>
        )}
      </span>
    </li>
  );
}

/** GPUs by type, and where they are. */
export function GpuBars({ partitions, why }: { partitions: readonly Partition[]; why: string | null }) {
  const lines = gpuLines(partitions);
  const isKnown = lines.some(({ free }) => free !== null);
  return (
    <Group
      title={t('clusters.sections.gpus')}
      aside={isKnown ? <Legend kinds={['allocated', 'idle']} words={{ allocated: t('clusters.legend.busy') }} /> : null}
    >
      {lines.length === 0 ? <p className="muted">{t('clusters.partition.noGpus')}</p> : null}
      <ul className="bars bars-narrow" data-testid="gpus">
        {lines.map((line) => (
          <GpuBar key={`${line.type} ${line.partition}`} line={line} />
        ))}
      </ul>
      {lines.length > 0 && !isKnown ? <p className="secondary">{why ?? t('clusters.legend.total')}</p> : null}
    </Group>
  );
}

function GpuBar({ line }: { line: GpuLine }) {
  const { type, partition, total, free, perNode } = line;
  const text =
    free === null
      ? t('clusters.gpu.total', { count: total })
      : t('clusters.gpu.free', { free: formatCount(free), total: formatCount(total) });
  return (
    <li className="bar-line">
      <span className="bar-name">
        <strong className="selectable">{type === '' ? t('clusters.gpu.untyped') : type}</strong>{' '}
        <span className="secondary selectable">{partition}</span>
      </span>
      <Bar
        label={`${type === '' ? 'GPU' : type}, ${partition}: ${text}`}
        title={`${text}\n${t('clusters.gpu.perNode', { count: perNode })}`}
        total={total}
        parts={
          free === null
            ? [{ kind: 'unknown', count: total }]
            : [
                { kind: 'allocated', count: Math.max(0, total - free) },
                { kind: 'idle', count: free },
              ]
        }
      />
      <span className="bar-value">{text}</span>
    </li>
  );
}
