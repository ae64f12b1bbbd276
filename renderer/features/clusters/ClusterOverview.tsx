import type { ClusterFacts, ClusterView, Unknown } from '../../../shared/domain/cluster/profile.ts';
import { useClusters } from '../../stores/clusters.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { exactTime, Group } from '../../ui/index.ts';
import { GeneralFacts } from './GeneralFacts.tsx';
import { LimitGauges } from './LimitGauges.tsx';
import { MyJobs } from './MyJobs.tsx';
import { Pair } from './Pair.tsx';
import { GpuBars, PartitionBars } from './PartitionBars.tsx';
import { presentPartitions, whyUnknown } from './clusterOverview.ts';
import { Quotas } from './Quotas.tsx';
import { Reservations } from './Reservations.tsx';
import './ClusterOverview.css';

/** The cluster at a glance: what is free, what is mine, what I may use, what is coming. */
export function ClusterOverview({ facts, cluster }: { facts: ClusterFacts; cluster: ClusterView }) {
  const usage = useClusters((store) => store.usages[cluster.profile.id]) ?? null;
  const partitions = presentPartitions(facts, usage);
  return (
    <>
      <PartitionBars partitions={partitions} waiting={usage?.waiting ?? null} />
      <div className="cluster-columns">
        <GpuBars partitions={partitions} why={whyUnknown(facts, 'gpusInUse')} />
        <MyJobs mine={usage?.mine ?? null} clusterId={cluster.profile.id} />
        <LimitGauges facts={facts} usage={usage} />
        <Reservations reservations={facts.reservations} why={whyUnknown(facts, 'reservations')} />
        <Quotas quotas={facts.quotas} why={whyUnknown(facts, 'quota')} />
        <GeneralFacts facts={facts} profile={cluster.profile} />
      </div>
      <WhatIsUnknown unknown={facts.unknown} />
    </>
  );
}

function WhatIsUnknown({ unknown }: { unknown: readonly Unknown[] }) {
  if (unknown.length === 0) return null;
  return (
    <Group title={t('clusters.why.title')}>
      <dl className="cluster-facts selectable" data-testid="unknown">
        {unknown.map(({ subject, reason, since }, index) => (
          <Pair key={index} name={t(`clusters.why.${subject}`)}>
            {since === undefined
              ? sayMessage(reason)
              : t('clusters.why.since', { reason: sayMessage(reason), time: exactTime(since) })}
          </Pair>
        ))}
      </dl>
    </Group>
  );
}
