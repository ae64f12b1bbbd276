import { useEffect, type ReactNode } from 'react';
import type { ClusterFacts, ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { chooseCluster } from '../../stores/clusters.ts';
import { loadImages, useImages } from '../../stores/images.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, Group, RelativeTime, routeHref } from '../../ui/index.ts';
import { Pair } from './Pair.tsx';

/** Clocks this close (s) count as equal. */
const SAME_CLOCK = 3;

/** What else is worth knowing: version, folders, sizes, what is enforced. What is not known is left out. */
export function GeneralFacts({ facts, profile }: { facts: ClusterFacts; profile: ClusterProfile }) {
  const offset = Math.round(facts.clockOffset);
  const lines: [string, ReactNode][] = [
    [t('clusters.facts.clusterName'), facts.clusterName],
    [t('clusters.facts.version'), facts.slurmVersion],
    [t('clusters.facts.loginHost'), facts.loginHost],
    [t('clusters.facts.user'), facts.user],
    [t('clusters.facts.home'), facts.home],
    [t('clusters.facts.scratch'), facts.scratch ?? ''],
    [t('clusters.facts.runRoot'), profile.runRoot],
    [t('clusters.facts.images'), <KnownImages key="images" profile={profile} />],
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

/** The folders that are looked through for images, how many are known, and as of when. */
function KnownImages({ profile }: { profile: ClusterProfile }) {
  const { id } = profile;
  const list = useImages((store) => store.lists[id]);
  useEffect(() => {
    void loadImages(id);
  }, [id]);
  const there = list?.images.filter(({ active }) => active).length ?? 0;
  return (
    <>
      {profile.imageFolders.map((folder) => (
        <span key={folder} className="fact-line">
          {folder}
        </span>
      ))}
      {list === undefined ? null : (
        <a href={routeHref('images')} onClick={() => chooseCluster(id)} data-testid="known-images">
          {t('clusters.facts.imagesKnown', { count: there, shown: formatCount(there) })}
        </a>
      )}
      {list === undefined ? null : list.scannedAt === null ? (
        <span className="muted"> {t('images.never')}</span>
      ) : (
        <span className="muted">
          {' '}
          · <RelativeTime at={list.scannedAt} />
        </span>
      )}
    </>
  );
}
