import type { ClusterFacts, ClusterUsage } from '../../../shared/domain/cluster/profile.ts';
import { limitUse, type LimitUse } from '../../../shared/domain/limits/use.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, Group } from '../../ui/index.ts';
import { Gauge } from './Gauge.tsx';
import { fullness, sortedLimits, whyUnknown } from './clusterOverview.ts';

/** Subjects that have a word; others keep Slurm's. */
const SUBJECTS = ['jobs', 'submit', 'cpus', 'gpus', 'memory', 'nodes', 'billing'] as const;

function subjectText({ what, gpuType }: LimitUse): string {
  const known = SUBJECTS.find((subject) => subject === what);
  const word = known === undefined ? what : t(`clusters.limit.what.${known}`);
  return gpuType === '' ? word : `${word} (${gpuType})`;
}

/** Limits over several jobs, and how much of each my jobs take now; the fullest first. */
export function LimitGauges({ facts, usage }: { facts: ClusterFacts; usage: ClusterUsage | null }) {
  const limits = sortedLimits(limitUse(facts, usage));
  return (
    <Group title={t('clusters.sections.limits')}>
      {limits.length === 0 ? (
        <p className="muted">
          {facts.associations === null
            ? (whyUnknown(facts, 'accounting') ?? t('clusters.noAccounting'))
            : t('clusters.limit.none')}
        </p>
      ) : null}
      <ul className="gauges" data-testid="limits">
        {limits.map((limit) => (
          <LimitLine
            key={[limit.scope, limit.name, limit.what, limit.gpuType, limit.isShared].join(' ')}
            limit={limit}
          />
        ))}
      </ul>
    </Group>
  );
}

function LimitLine({ limit }: { limit: LimitUse }) {
  const { scope, name, used, unit } = limit;
  const shown = unit === 'bytes' ? formatBytes : formatCount;
  const level = fullness(used, limit.limit);
  const text =
    used === null
      ? t('clusters.limit.atMost', { limit: shown(limit.limit) })
      : t('clusters.limit.of', { used: shown(used), limit: shown(limit.limit) });
  const place = [t(`clusters.limit.scope.${scope}`, { name }), limit.isShared ? t('clusters.limit.everybody') : '']
    .filter((part) => part !== '')
    .join(', ');
  return (
    <Gauge
      name={
        <>
          <strong>{subjectText(limit)}</strong> <span className="secondary selectable">{place}</span>
        </>
      }
      label={`${subjectText(limit)}, ${place}: ${text}`}
      share={used === null ? null : limit.limit === 0 ? 1 : used / limit.limit}
      tone={level === 'full' ? 'bad' : level === 'near' ? 'warn' : 'plain'}
      text={
        <>
          {text}
          {used === null
            ? ` (${t('clusters.limit.unknownUse')})`
            : level === 'full'
              ? ` – ${t('clusters.limit.full')}`
              : level === 'near'
                ? ` – ${t('clusters.limit.nearly')}`
                : ''}
        </>
      }
    />
  );
}
