import type { ClusterFacts, ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, Group } from '../../ui/index.ts';
import { Pair } from './Pair.tsx';

/** Clocks this close (s) count as equal. */
const SAME_CLOCK = 3;

/** What else is worth knowing: version, folders, sizes, what is enforced. What is not known is left out. */
export function GeneralFacts({ facts, profile }: { facts: ClusterFacts; profile: ClusterProfile }) {
  const offset = Math.round(facts.clockOffset);
  const lines: [string, string][] = [
    [t('clusters.facts.clusterName'), facts.clusterName],
    [t('clusters.facts.version'), facts.slurmVersion],
    [t('clusters.facts.loginHost'), facts.loginHost],
    [t('clusters.facts.user'), facts.user],
    [t('clusters.facts.home'), facts.home],
    [t('clusters.facts.scratch'), facts.scratch ?? ''],
    [t('clusters.facts.runRoot'), profile.runRoot],
    [t('clusters.facts.images'), profile.imageFolders.join('\n')],
    [
      t('clusters.facts.maxArray'),
      facts.maxArraySize === null
        ? ''
        : t('clusters.facts.maxArrayText', {
            count: formatCount(facts.maxArraySize),
            last: formatCount(facts.maxArraySize - 1),
          }),
    ],
    [t('clusters.facts.maxJobs'), facts.maxJobCount === null ? '' : formatCount(facts.maxJobCount)],
    [t('clusters.facts.memory'), facts.minJobAge === null ? '' : formatDuration(facts.minJobAge)],
    [
      t('clusters.facts.clock'),
      Math.abs(offset) <= SAME_CLOCK
        ? t('clusters.facts.clockRight')
        : t('clusters.facts.clockOff', { seconds: offset > 0 ? `+${String(offset)}` : String(offset) }),
    ],
    [t('clusters.facts.priority'), facts.priorityType ?? ''],
    [t('clusters.facts.partLimits'), facts.enforcePartLimits ?? ''],
    [t('clusters.facts.enforced'), facts.accountingEnforce.join(', ')],
    [t('clusters.facts.overriding'), facts.overridingVariables.join(', ')],
    [t('clusters.facts.imported'), profile.importedFrom ?? ''],
  ];
  return (
    <Group title={t('clusters.sections.facts')}>
      <dl className="cluster-facts selectable">
        {lines
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <Pair key={name} name={name}>
              {value}
            </Pair>
          ))}
      </dl>
    </Group>
  );
}
