import type { JobLimits, Tres } from '../../../shared/domain/cluster/profile.ts';
import { subjectOf } from '../../../shared/domain/limits/use.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { t, type TextKey } from '../../i18n/index.ts';
import { formatCount } from '../../ui/index.ts';

const TEXTS: Readonly<Record<keyof JobLimits, TextKey>> = {
  maxWall: 'clusters.limits.maxWall',
  maxTresPerJob: 'clusters.limits.maxTresPerJob',
  maxTresPerNode: 'clusters.limits.maxTresPerNode',
  minTresPerJob: 'clusters.limits.minTresPerJob',
  maxTresPerUser: 'clusters.limits.maxTresPerUser',
  maxJobs: 'clusters.limits.maxJobs',
  maxSubmit: 'clusters.limits.maxSubmit',
  groupTres: 'clusters.limits.groupTres',
  groupJobs: 'clusters.limits.groupJobs',
  groupSubmit: 'clusters.limits.groupSubmit',
  groupWall: 'clusters.limits.groupWall',
};
const TIMES: readonly (keyof JobLimits)[] = ['maxWall', 'groupWall'];
const WORDS = ['cpus', 'gpus', 'nodes'] as const;

/** `16 CPUs, 64 GiB, 4 GPUs (a100)`; what has no word keeps Slurm's. */
function tresText(tres: Tres): string {
  return Object.entries(tres)
    .map(([name, count]) => {
      if (name === 'mem') return formatBytes(count);
      const { what, gpuType } = subjectOf(name);
      const word = WORDS.find((known) => known === what);
      return `${formatCount(count)} ${word === undefined ? what : t(`clusters.limit.what.${word}`)}${gpuType === '' ? '' : ` (${gpuType})`}`;
    })
    .join(', ');
}

/** The limits that are set, each in a few words. */
export function limitTexts(limits: JobLimits): string[] {
  return (Object.keys(TEXTS) as (keyof JobLimits)[]).flatMap((key) => {
    const limit = limits[key];
    if (limit === null) return [];
    const value =
      typeof limit === 'object' ? tresText(limit) : TIMES.includes(key) ? formatDuration(limit) : formatCount(limit);
    return value === '' ? [] : [t(TEXTS[key], { value })];
  });
}
